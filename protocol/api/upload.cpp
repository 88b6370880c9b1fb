#include "protocol/api/upload.h"

#include "crypto/encoding.h"

namespace depone::protocol::api {

std::optional<crypto::Digest> parse_upload_checksum(std::string_view field) {
  constexpr std::string_view kAlgorithm = "sha256 ";
  if (!field.starts_with(kAlgorithm)) return std::nullopt;
  return crypto::fixed_from_base64<crypto::Digest>(field.substr(kAlgorithm.size()));
}

}  // namespace depone::protocol::api
