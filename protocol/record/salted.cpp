#include "protocol/record/salted.h"

#include "crypto/hash.h"
#include "crypto/log/merkle.h"

namespace depone::protocol::record {
namespace {

std::string leaf(const crypto::Salt32& salt, std::string_view name, const boost::json::value& value) {
  std::array<std::uint8_t, 32> derived{};
  crypto::blake2b_256(salt.span(), {view("depone/leaf/v1"), view(name)}, derived);
  std::string out = "{\"n\":";
  append_json_string(out, name);
  out += ",\"s\":\"" + crypto::to_base64(ByteView(derived).first(16)) + "\",\"v\":" + write_json(value) + '}';
  return out;
}

void flatten(const std::string& name, const boost::json::value& value, std::vector<PartValue>& values) {
  if (value.is_object() && !value.get_object().empty()) {
    for (const auto& field : value.get_object()) flatten(name + '.' + std::string(field.key()), field.value(), values);
  } else if (value.is_array() && !value.get_array().empty()) {
    for (std::size_t i = 0; i < value.get_array().size(); ++i)
      flatten(name + '.' + std::to_string(i), value.get_array()[i], values);
  } else {
    values.push_back({name, value});
  }
}

struct OpenedPart {
  crypto::Salt32 salt;
  std::vector<PartValue> values;
};
Result<OpenedPart> open_part(ByteView part) {
  DEPONE_ASSIGN(const boost::json::value json, parse_json(part, "the part"));
  if (!json.is_object() || !is_plain(json) || json.get_object().empty() || json.get_object().begin()->key() != "salt") {
    return not_the_form("the part", "does not begin with its salt");
  }
  // One part, one spelling: else a row could be changed (a key twice, a space) under a commitment that still holds.
  if (write_json(json) != text_view(part)) return not_the_form("the part", "is not written in the one byte form");
  OpenedPart out;
  if (!FormOf<crypto::Salt32>::read(json.get_object().begin()->value(), out.salt)) {
    return not_the_form("the part", "has a salt that is not 32 bytes in base64");
  }
  for (const auto& field : json.get_object()) {
    if (field.key() != "salt") flatten(std::string(field.key()), field.value(), out.values);
  }
  return out;
}

}  // namespace

Result<std::vector<PartValue>> part_values(ByteView part) {
  DEPONE_ASSIGN(auto opened, open_part(part));
  return std::move(opened.values);
}

Result<std::vector<std::string>> salted_leaves(ByteView part) {
  DEPONE_ASSIGN(const auto opened, open_part(part));
  std::vector<std::string> leaves;
  leaves.reserve(opened.values.size());
  for (const auto& [name, value] : opened.values) leaves.push_back(leaf(opened.salt, name, value));
  return leaves;
}

Result<crypto::Digest> salted_root(ByteView part) {
  DEPONE_ASSIGN(const auto leaves, salted_leaves(part));
  std::vector<crypto::Digest> hashes;
  hashes.reserve(leaves.size());
  for (const auto& text : leaves) hashes.push_back(crypto::log::leaf_hash(view(text)));
  return crypto::log::root_of(hashes);
}

bool is_committed(ByteView part, const crypto::Digest* commitment) {
  const auto root = salted_root(part);
  return commitment != nullptr && root && *root == *commitment;
}

bool is_salted(std::string_view part) { return part == "private" || part == "identity"; }

bool is_part(std::string_view name, ByteView bytes, const crypto::Digest& commitment) {
  return is_salted(name) ? is_committed(bytes, &commitment) : crypto::sha256(bytes) == commitment;
}

}  // namespace depone::protocol::record
