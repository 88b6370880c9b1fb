#include "protocol/record/bodies.h"

namespace depone::protocol::record {

bool parts_fit(const EvidenceDescribe& body) {
  const auto& parts = body.parts;
  const bool known = parts.empty() || parts.names_are({"manifest"}) || parts.names_are({"private"}) ||
                     parts.names_are({"manifest", "private"});
  return known && (parts.find("manifest") != nullptr) == body.manifest_commitment.has_value();
}

}  // namespace depone::protocol::record
