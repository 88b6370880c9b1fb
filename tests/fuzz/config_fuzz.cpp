// config.toml: read within its bounds, and written so that it reads again.
#include <fmt/format.h>

#include "daemon/config.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/target.h"

namespace depone::fuzz {
namespace {

using protocol::transport::parse_address;

void check(const daemon::Config& config) {
  require(config.readers >= 1 && config.readers <= 64, "threads are bounded");
  require(config.server.connections_max >= 1 && config.server.head_bytes_max <= 1 << 20, "connections are bounded");
  require(config.service.submission_bytes_max <= 16 << 20 && config.service.act_bytes_max <= 16 << 20,
          "bodies are bounded");
  require(config.uploads.kept.count() > 0 && config.drain.count() > 0, "times are positive");
  for (const auto& address : config.addresses) require(parse_address(address).has_value(), "an address is one");
}

struct Bounds {
  const char* room;
  const char* key;
  std::uint64_t least, most;
};
constexpr Bounds kBounds[] = {{"service", "readers", 1, 64},
                              {"net", "connections_max", 1, 100'000},
                              {"net", "idle_seconds", 1, 86'400},
                              {"ledger", "grant_hours", 1, 744},
                              {"uploads", "bytes_max", 1, std::uint64_t{1} << 50},
                              {"service", "act_bytes_max", 100'000, 16 << 20}};

void check_bounds(Choices& choices) {
  const auto& bounds = kBounds[choices.below(std::size(kBounds))];
  const std::uint64_t values[] = {choices.number(), bounds.least - 1, bounds.least, bounds.most, bounds.most + 1};
  const auto value = values[choices.below(std::size(values))];
  const auto text = fmt::format("[{}]\n{} = {}\n", bounds.room, bounds.key, value);
  require(daemon::read_config(file_of(view(text))).has_value() == (value >= bounds.least && value <= bounds.most),
          "a number is taken within its bounds");
}

void fuzz(ByteView input) {
  Choices choices(input);
  check_bounds(choices);
  if (const auto config = daemon::read_config(file_of(input))) {
    require(is_utf8(input), "a configuration is UTF-8");
    check(*config);
  }
  // A path of any characters stands in a new configuration as it is.
  if (!is_utf8(input)) return;
  const auto path = std::string(text_view(input));
  const auto text = daemon::new_config({"::1", 8443}, {"archive.example:443"}, path);
  const auto config = daemon::read_config(file_of(view(text)));
  if (text.size() > 64 * 1024) return;
  require(config && config->key_file == path, "a new configuration says what it was told");
  require(config->listen.host == "::1" && config->addresses.size() == 1, "and no more");
}

Seeds seeds() {
  Seeds out;
  const auto add = [&](const char* name, std::string_view bytes) { out.push_back({name, to_bytes(bytes)}); };
  add("config", daemon::new_config({"127.0.0.1", 8443}, {"archive.example:443"}, "/etc/depone/key"));
  add("one", "[service]\nreaders = 4\n[log]\nlevel = \"debug\"\n");
  add("inline", "net = { listen = \"[::1]:1\", addresses = [\"a:1\"] }\n");
  add("nasty_unknown", "[net]\nlisten_ = 1\n");
  add("nasty_number", "[service]\nreaders = 1e3\n[ledger]\ngroup_max = 9223372036854775808\n");
  add("nasty_twice", "[log]\nlevel = \"info\"\nlevel = \"debug\"\n[log]\n");
  add("nasty_path", "a\"b\\c\n[net]\t\x7f\x01");
  add("nasty_date", "[log]\nlevel = 1979-05-27T07:32:00Z\n");
  add("nasty_deep", "a = " + std::string(10'000, '['));
  add(
      "nasty_dots", "a." + [] {
        std::string dots;
        for (int i = 0; i < 1'000; ++i) dots += "a.";
        return dots;
      }() + "a = 1\n");
  return out;
}

const Registered kTarget{{"config", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
