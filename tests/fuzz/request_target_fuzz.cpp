// Request targets, ranges, addresses and the names of tiles.
#include "crypto/log/tile.h"
#include "protocol/api/target.h"
#include "protocol/transport/message.h"
#include "tests/fuzz/target.h"

namespace depone::fuzz {
namespace {

using namespace protocol;

void check_target(std::string_view text) {
  const auto target = api::parse_target(text);
  if (!target) return;
  require(text.size() <= 2048 && text.starts_with('/'), "a target is a path of at most 2 KiB");
  // Written by us and read again, it is the same, but for what no call of ours has: empty values and odd segments.
  std::string path;
  for (const auto& segment : target->path) {
    if (segment.empty() || segment == "." || segment == ".." || segment.find('/') != std::string::npos) return;
    path += '/' + segment;
  }
  if (path.empty()) path = "/";
  std::vector<std::pair<std::string, std::string>> query;
  for (const auto& parameter : target->query) {
    if (!parameter.second.empty()) query.push_back(parameter);
  }
  const auto again = api::parse_target(api::write_target(path, query));
  if (!again) return require(again.error().code == ErrorCode::too_large, "what is written can be read");
  require(again->path == target->path && again->query == query, "a target is read as it was written");
}

void fuzz(ByteView input) {
  const auto text = text_view(input);
  check_target(text);
  check_target("/v1/items?" + std::string(text));
  // Values of any bytes come through as they are.
  Choices choices(input);
  const auto value = std::string(text.substr(0, choices.below(200)));
  const auto read = api::parse_target(api::write_target("/v1/items", {{"word", value}, {"limit", "1"}}));
  require(read && read->find("word").value_or("") == value && read->find("limit") == "1", "values come through");

  const auto size = choices.number();
  for (const auto& field : {std::string(text), "bytes=" + std::string(text)}) {
    const auto range = api::parse_range(field, size);
    if (range) require(range->from < range->to && range->to <= size, "a range lies in its object");
  }
  if (const auto address = transport::parse_address(text)) {
    const auto again = transport::parse_address(transport::to_text(*address));
    require(again && again->host == address->host && again->port == address->port, "an address is read as written");
  }
  if (const auto name = crypto::log::parse_tile_name(text)) {
    require(crypto::log::tile_path({3, name->number, name->width}) == "tile/3/" + std::string(text),
            "a tile's name has one spelling");
    require(name->width >= 1 && name->width <= crypto::log::kTileWidth && name->number < std::uint64_t{1} << 54,
            "no arithmetic on a tile's number wraps");
  }
  for (const auto& field :
       {transport::Field{"Content-Type", std::string(text)}, transport::Field{std::string(text), ""}}) {
    if (transport::is_sendable({field})) require(text.find_first_of("\r\n") == std::string::npos, "no head ends early");
  }
}

Seeds seeds() {
  Seeds out;
  const auto add = [&](const char* name, std::string_view bytes) { out.push_back({name, to_bytes(bytes)}); };
  add("items",
      "/v1/items?case=case_caireeyuculbogazdinryhi6d4&kind=testimony&word=%EC%88%98%EC%9A%A9%EC%86%8C&limit=5");
  add("item", "/v1/items/NKPC-000001/history");
  add("tile", "x001/x234/067.p/3");
  add("range", "bytes=0-99");
  add("open_range", "bytes=5-");
  add("address", "[::1]:8443");
  add("host", "archive.example:443");
  add("nasty_dots", "/v1/../%2e%2e/%2F/./items//x");
  add("nasty_percent", "/v1/%zz?a=%&b=%0");
  add("nasty_zero_byte", std::string_view("/v1/a\0b?x=%00", 13));
  add("nasty_plus", "/v1/items?word=a+b&word=a%2Bb&=&&word");
  add("nasty_authority", "//user@host/v1");
  add("nasty_fragment", "/v1/items#x");
  add("nasty_range", "bytes=18446744073709551615-18446744073709551616");
  add("nasty_brackets", "[a b]:1");
  add("nasty_long", "/" + std::string(2100, 'a'));
  return out;
}

const Registered kTarget{{"request_target", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
