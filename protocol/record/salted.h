// Salted parts (DESIGN section 5; docs/FORMAT.md "Salted root"): the RFC 6962 root over one leaf for each value of the
// part but its salt, in document order, nested objects and arrays flattened with dots (an empty one is one leaf):
//   leaf = {"n":name,"s":"<b64 16>","v":value},   s = first 16 bytes of B2(salt, "depone/leaf/v1" || name)
// One salt to store; nothing guessable after erasure; any single value can be shown with its proof. Pure.
#pragma once

#include "protocol/record/values.h"

namespace depone::protocol::record {

// The values of a part but its salt, by their names, in document order. malformed where it is not a salted part.
struct PartValue {
  std::string name;
  boost::json::value value;
};
Result<std::vector<PartValue>> part_values(ByteView part);
// The leaves of a part in the byte form, as the bytes that are hashed. malformed where it is not a salted part.
Result<std::vector<std::string>> salted_leaves(ByteView part);
Result<crypto::Digest> salted_root(ByteView part);
// Whether this is the salted part that was committed to; `commitment` null: none was.
bool is_committed(ByteView part, const crypto::Digest* commitment);

// Of the parts of acts and cards, by their names: salted, or else sealed and committed by the hash of their bytes.
bool is_salted(std::string_view part);
bool is_part(std::string_view name, ByteView bytes, const crypto::Digest& commitment);

}  // namespace depone::protocol::record
