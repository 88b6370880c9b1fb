#include "client/lib/file_digest.h"

#include "crypto/hash.h"

namespace depone::client {

Result<crypto::Digest> digest_of(system::File& file) {
  crypto::Sha256 hash;
  Bytes piece(256 * 1024);
  for (;;) {
    DEPONE_ASSIGN(const std::size_t n, file.read(piece));
    if (n == 0) return hash.finish();
    hash.update(ByteView(piece).first(n));
  }
}

}  // namespace depone::client
