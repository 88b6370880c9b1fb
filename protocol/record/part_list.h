// The `parts` of a signed body: names and commitments, in their order. The bytes travel beside the act.
#pragma once

#include <utility>

#include "protocol/record/values.h"

namespace depone::protocol::record {

struct PartList {
  std::vector<std::pair<std::string, crypto::Digest>> entries;

  const crypto::Digest* find(std::string_view name) const {
    for (const auto& [part, commitment] : entries) {
      if (part == name) return &commitment;
    }
    return nullptr;
  }
  void add(std::string_view name, const crypto::Digest& commitment) { entries.emplace_back(name, commitment); }
  bool empty() const { return entries.empty(); }
  // Whether the names are exactly these, in this order.
  bool names_are(std::initializer_list<std::string_view> names) const {
    return std::equal(entries.begin(), entries.end(), names.begin(), names.end(),
                      [](const auto& entry, std::string_view name) { return entry.first == name; });
  }
};

template <>
struct FormOf<PartList> {
  static constexpr std::string_view kWhat = "is not an object of part names and 64 digits of hex";
  static void write(Writer& w, const PartList& value);
  static bool read(const boost::json::value& json, PartList& value);
  static bool take(Scanner& s, PartList& value);
};

// What the body of an act commits to, of whatever type: also of one that is not known here.
PartList parts_in(const RawObject& body);

}  // namespace depone::protocol::record
