// SHA-256 of a whole file, read in pieces.
#pragma once

#include "crypto/bytes.h"
#include "system/file.h"

namespace depone::client {

Result<crypto::Digest> digest_of(system::File& file);

}  // namespace depone::client
