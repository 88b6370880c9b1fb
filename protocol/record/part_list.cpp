#include "protocol/record/part_list.h"

namespace depone::protocol::record {

void FormOf<PartList>::write(Writer& w, const PartList& value) {
  std::string out = "{";
  for (const auto& [name, commitment] : value.entries) {
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ":\"" + crypto::to_hex(commitment.span()) + '"';
  }
  w.write_raw(out + '}');
}

bool FormOf<PartList>::read(const boost::json::value& json, PartList& value) {
  if (!json.is_object()) return false;
  for (const auto& field : json.get_object()) {
    crypto::Digest commitment;
    if (!FormOf<crypto::Digest>::read(field.value(), commitment)) return false;
    value.add(field.key(), commitment);
  }
  return true;
}

bool FormOf<PartList>::take(Scanner& s, PartList& value) {
  if (!s.skip("{")) return false;
  if (s.skip("}")) return true;
  do {
    const auto name = s.text();
    crypto::Digest commitment;
    if (!name || value.find(*name) != nullptr || !s.skip(":") || !s.take(commitment)) return false;
    value.add(*name, commitment);
  } while (s.skip(","));
  return s.skip("}");
}

PartList parts_in(const RawObject& body) {
  PartList out;
  const auto json = parse_json(view(body.json), "the act's body");
  const auto* const parts = json && json->is_object() ? json->get_object().if_contains("parts") : nullptr;
  if (parts == nullptr || !FormOf<PartList>::read(*parts, out)) return {};
  return out;
}

}  // namespace depone::protocol::record
