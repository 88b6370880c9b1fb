// What a field of tus says, where it is more than a number. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/bytes.h"

namespace depone::protocol::api {

// Upload-Checksum: "sha256 <base64>". Nothing where it is of another algorithm or not written so.
std::optional<crypto::Digest> parse_upload_checksum(std::string_view field);

}  // namespace depone::protocol::api
