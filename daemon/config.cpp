#include "daemon/config.h"

#include <algorithm>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "policy/vocabulary/vocabulary.h"
#include "system/file.h"

namespace depone::daemon {
namespace {

constexpr std::size_t kConfigBytesMax = 64 * 1024;

// One key: how it is read into a Config. Answers what would be right, or nothing.
using Setter = std::function<std::optional<std::string>(Config&, const toml::node&)>;

template <class Apply>
Setter number(std::int64_t least, std::int64_t most, Apply apply) {
  return [=](Config& config, const toml::node& node) -> std::optional<std::string> {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) return fmt::format("a whole number from {} to {}", least, most);
    apply(config, *value);
    return std::nullopt;
  };
}
template <class Apply>
Setter text(const char* right, Apply apply) {
  return [=](Config& config, const toml::node& node) -> std::optional<std::string> {
    const auto value = node.value_exact<std::string>();
    return value && apply(config, *value) ? std::nullopt : std::optional<std::string>(right);
  };
}

std::size_t to_size(std::int64_t value) { return static_cast<std::size_t>(value); }
std::uint64_t to_bytes(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::chrono::milliseconds seconds(std::int64_t value) { return std::chrono::seconds(value); }

std::optional<std::string> read_addresses(Config& config, const toml::node& node) {
  const auto* const array = node.as_array();
  if (array == nullptr) return "a list of \"host:port\"";
  for (const auto& element : *array) {
    const auto address = element.value_exact<std::string>();
    if (!address || !protocol::transport::parse_address(*address)) return "a list of \"host:port\"";
    config.addresses.push_back(*address);
  }
  return std::nullopt;
}

bool set_listen(Config& config, const std::string& value) {
  const auto address = protocol::transport::parse_address(value);
  if (address) config.listen = *address;
  return address.has_value();
}
bool set_level(Config& config, const std::string& value) {
  config.log_level = value;
  static constexpr auto kLevels = std::to_array<std::string_view>({"debug", "info", "warning", "error"});
  return std::ranges::find(kLevels, value) != kLevels.end();
}

const std::map<std::string, Setter>& setters() {
  constexpr std::int64_t kDay = 86'400, kPeta = std::int64_t{1} << 50;
  static const auto* const table = new std::map<std::string, Setter>{
      {"net.listen", text("\"host:port\"", set_listen)},
      {"net.addresses", read_addresses},
      {"net.connections_max",
       number(1, 100'000, [](Config& c, std::int64_t v) { c.server.connections_max = to_size(v); })},
      {"net.connections_per_member_max",
       number(1, 100'000, [](Config& c, std::int64_t v) { c.server.connections_per_peer_max = to_size(v); })},
      {"net.handshakes_per_second",
       number(1, 100'000, [](Config& c, std::int64_t v) { c.server.handshakes_per_second = to_size(v); })},
      {"net.handshakes_per_address_per_second",
       number(1, 100'000, [](Config& c, std::int64_t v) { c.server.handshakes_per_address_per_second = to_size(v); })},
      {"net.progress_bytes_min",
       number(1, 1 << 20, [](Config& c, std::int64_t v) { c.server.progress_bytes_min = to_size(v); })},
      {"net.head_bytes_max",
       number(1024, 1 << 20, [](Config& c, std::int64_t v) { c.server.head_bytes_max = to_size(v); })},
      {"net.handshake_seconds", number(1, 600, [](Config& c, std::int64_t v) { c.server.handshake = seconds(v); })},
      {"net.head_seconds", number(1, 600, [](Config& c, std::int64_t v) { c.server.head = seconds(v); })},
      {"net.idle_seconds", number(1, kDay, [](Config& c, std::int64_t v) { c.server.idle = seconds(v); })},
      {"net.progress_seconds", number(1, kDay, [](Config& c, std::int64_t v) { c.server.progress = seconds(v); })},
      {"net.drain_seconds", number(1, 3600, [](Config& c, std::int64_t v) { c.drain = std::chrono::seconds(v); })},
      {"ledger.group_max", number(1, 10'000, [](Config& c, std::int64_t v) { c.ledger.group_max = to_size(v); })},
      {"ledger.waiting_max",
       number(1, 1'000'000, [](Config& c, std::int64_t v) { c.ledger.waiting_max = to_size(v); })},
      {"ledger.waiting_bytes_max", number(1 << 20, std::int64_t{1} << 36,
                                          [](Config& c, std::int64_t v) { c.ledger.waiting_bytes_max = to_size(v); })},
      {"ledger.grant_hours",
       number(1, 24 * 31, [](Config& c, std::int64_t v) { c.ledger.grant_life = std::chrono::hours(v); })},
      {"uploads.bytes_max",
       number(1, kPeta, [](Config& c, std::int64_t v) { c.uploads.bytes_max = static_cast<std::uint64_t>(v); })},
      {"uploads.unfinished_bytes_max",
       number(1, kPeta,
              [](Config& c, std::int64_t v) { c.uploads.unfinished_bytes_max = static_cast<std::uint64_t>(v); })},
      {"uploads.unfinished_bytes_per_member_max", number(1, kPeta,
                                                         [](Config& c, std::int64_t v) {
                                                           c.uploads.unfinished_bytes_per_member_max =
                                                               static_cast<std::uint64_t>(v);
                                                         })},
      {"uploads.unfinished_per_member_max",
       number(1, 10'000, [](Config& c, std::int64_t v) { c.uploads.unfinished_per_member_max = to_size(v); })},
      {"uploads.kept_hours",
       number(1, 24 * 365, [](Config& c, std::int64_t v) { c.uploads.kept = std::chrono::hours(v); })},
      {"storage.free_bytes_min",
       number(0, kPeta, [](Config& c, std::int64_t v) { c.storage.free_bytes_min = to_bytes(v); })},
      {"storage.reserve_bytes", number(1 << 20, std::int64_t{1} << 36,
                                       [](Config& c, std::int64_t v) { c.storage.reserve_bytes = to_bytes(v); })},
      {"service.entries_per_minute_per_member",
       number(1, 10'000'000, [](Config& c, std::int64_t v) { c.capacity.entries_per_minute_per_member = to_size(v); })},
      {"service.bodies_bytes_max",
       number(16 << 20, std::int64_t{1} << 40,
              [](Config& c, std::int64_t v) { c.capacity.bodies_bytes_max = to_bytes(v); })},
      {"service.bodies_bytes_per_member_max",
       number(16 << 20, std::int64_t{1} << 40,
              [](Config& c, std::int64_t v) { c.capacity.bodies_bytes_per_member_max = to_bytes(v); })},
      {"service.submission_bytes_max",
       number(200'000, 16 << 20, [](Config& c, std::int64_t v) { c.service.submission_bytes_max = to_size(v); })},
      {"service.batch_bytes_max",
       number(200'000, 64 << 20, [](Config& c, std::int64_t v) { c.service.batch_bytes_max = to_size(v); })},
      {"service.act_bytes_max",
       number(100'000, 16 << 20, [](Config& c, std::int64_t v) { c.service.act_bytes_max = to_size(v); })},
      {"service.search_results_max",
       number(1, 10'000, [](Config& c, std::int64_t v) { c.service.search_results_max = to_size(v); })},
      {"service.search_bytes_max",
       number(1, 64 << 20, [](Config& c, std::int64_t v) { c.service.search_bytes_max = to_size(v); })},
      {"service.history_entries_max",
       number(1, 1'000'000, [](Config& c, std::int64_t v) { c.service.history_entries_max = to_size(v); })},
      {"service.answer_inline_bytes_max",
       number(0, 64 << 20,
              [](Config& c, std::int64_t v) { c.service.answer_inline_bytes_max = static_cast<std::uint64_t>(v); })},
      {"service.readers", number(1, 64, [](Config& c, std::int64_t v) { c.readers = to_size(v); })},
      {"log.level", text("\"debug\", \"info\", \"warning\" or \"error\"", set_level)},
      {"unlock.key_file", text("a path",
                               [](Config& c, const std::string& v) {
                                 c.key_file = v;
                                 return true;
                               })},
  };
  return *table;
}

Error unknown_key(const std::filesystem::path& file, const toml::node& node, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [key, setter] : setters()) known.push_back(key);
  const auto near = policy::vocabulary::nearest(name, known);
  return fail(ErrorCode::malformed,
              fmt::format("{}:{}: there is no setting '{}'{}", file.string(), node.source().begin.line, name,
                          near ? fmt::format("; did you mean '{}'?", *near) : ""));
}

// As TOML writes a basic string: any path stands in it as it is.
std::string toml_text(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

Result<Config> read_config(const std::filesystem::path& file) {
  DEPONE_ASSIGN(const auto bytes, system::read_file(file, kConfigBytesMax));
  toml::table table;
  try {
    table = toml::parse(text_view(bytes), file.string());
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::malformed,
                fmt::format("{}:{}: {}", file.string(), error.source().begin.line, error.description()));
  }
  Config config;
  for (const auto& [room, settings] : table) {
    const auto* const section = settings.as_table();
    if (section == nullptr) return unknown_key(file, settings, std::string(room.str()));
    for (const auto& [key, value] : *section) {
      const auto name = fmt::format("{}.{}", room.str(), key.str());
      const auto found = setters().find(name);
      if (found == setters().end()) return unknown_key(file, value, name);
      if (const auto right = found->second(config, value)) {
        return fail(ErrorCode::malformed,
                    fmt::format("{}:{}: '{}' must be {}", file.string(), value.source().begin.line, name, *right));
      }
    }
  }
  return config;
}

std::string new_config(const protocol::transport::Address& listen, const std::vector<std::string>& addresses,
                       const std::string& key_file) {
  const Config d;
  std::vector<std::string> list;
  for (const auto& address : addresses) list.push_back(toml_text(address));
  return fmt::format(
      R"(# The configuration of this archive. Every setting is shown with its default; deponed refuses one that it does not know.

[net]
listen = {}              # where members connect
addresses = [{}]         # what the archive card says; `listen` where empty
connections_max = {}     # at once; fewer where the system allows fewer open files
connections_per_member_max = {}
handshakes_per_second = {}               # ten seconds' worth may come at once; what is more is cut
handshakes_per_address_per_second = {}
head_bytes_max = {}      # of a request's head
handshake_seconds = {}   # for TLS
head_seconds = {}        # for a request's head
idle_seconds = {}        # between requests
progress_seconds = {}    # of waiting, for each progress_bytes_min of a body or an answer: who is slower is cut
progress_bytes_min = {}
drain_seconds = {}       # how long a stop waits for running requests

[ledger]
group_max = {}           # acts a transaction
waiting_max = {}         # acts that wait to be written, beyond which the archive says that it is busy
waiting_bytes_max = {}   # what they may hold in memory
grant_hours = {}         # how long a retrieval may go on fetching

[uploads]
bytes_max = {}                        # of one object
unfinished_bytes_max = {}             # of all that are under way
unfinished_bytes_per_member_max = {}  # of one member's
unfinished_per_member_max = {}        # how many one member has under way
kept_hours = {}                       # without progress, before an upload is given up

[storage]
free_bytes_min = {}      # on the archive's disk, below which nothing new is taken; what is kept is still served
reserve_bytes = {}       # a file that is given up when the disk is full, so that what is served can still be written down

[service]
entries_per_minute_per_member = {}     # of the log, searches and refusals included; a minute's worth may come at once
bodies_bytes_max = {}                  # of requests in memory
bodies_bytes_per_member_max = {}
submission_bytes_max = {}
batch_bytes_max = {}            # of submissions that come together
act_bytes_max = {}
search_results_max = {}         # items on a page
search_bytes_max = {}           # of a page, which ends early
history_entries_max = {}        # entries on a page of an item's history
answer_inline_bytes_max = {}    # small objects inside the answer to a retrieval
readers = {}                    # threads that read the database

[log]
level = "{}"             # debug, info, warning, error; none of them writes content, names or search words

[unlock]
key_file = {}            # opens the archive at start; empty: it asks for a passphrase
)",
      toml_text(protocol::transport::to_text(listen)), fmt::join(list, ", "), d.server.connections_max,
      d.server.connections_per_peer_max, d.server.handshakes_per_second, d.server.handshakes_per_address_per_second,
      d.server.head_bytes_max, d.server.handshake.count() / 1000, d.server.head.count() / 1000,
      d.server.idle.count() / 1000, d.server.progress.count() / 1000, d.server.progress_bytes_min, d.drain.count(),
      d.ledger.group_max, d.ledger.waiting_max, d.ledger.waiting_bytes_max, d.ledger.grant_life.count(),
      d.uploads.bytes_max, d.uploads.unfinished_bytes_max, d.uploads.unfinished_bytes_per_member_max,
      d.uploads.unfinished_per_member_max, d.uploads.kept.count(), d.storage.free_bytes_min, d.storage.reserve_bytes,
      d.capacity.entries_per_minute_per_member, d.capacity.bodies_bytes_max, d.capacity.bodies_bytes_per_member_max,
      d.service.submission_bytes_max, d.service.batch_bytes_max, d.service.act_bytes_max, d.service.search_results_max,
      d.service.search_bytes_max, d.service.history_entries_max, d.service.answer_inline_bytes_max, d.readers,
      d.log_level, toml_text(key_file));
}

}  // namespace depone::daemon
