// Sealing one item on the investigator's machine: two locks, the sealed object, the manifest, the signed act, and the
// submission that only the archive's intake key opens (DESIGN section 4). No network and no files: bytes in, bytes out.
//
//   ItemSealer sealer(archive, target, identity);     fresh keys, fresh names
//   sealer.header(); sealer.seal_chunk(...) …         the content, chunk by chunk, once
//   sealer.hash_sealed(...) …                         what is sent of it, once
//   sealer.finish(description, now, seen)             -> what is sent, and the opening for the receipt
//
// A sealer must not be used again over changed bytes: if the source changed, throw it away and begin a new one.
#pragma once

#include "client/lib/identity.h"
#include "crypto/hash.h"
#include "crypto/object.h"
#include "protocol/record/act.h"
#include "protocol/record/archive_card.h"
#include "protocol/record/bodies.h"
#include "protocol/record/manifest.h"
#include "protocol/record/parts.h"
#include "protocol/record/receipt.h"

namespace depone::client {

// Where an item goes: what the case card says.
struct CaseTarget {
  crypto::CaseId case_id;
  std::uint32_t epoch = 1;
  crypto::SealPublicKey key;
};

// What its submitter says of an item. The sealer fills in salts, digests and sizes.
struct ItemDescription {
  protocol::record::Kind kind{};
  protocol::record::Sensitivity sensitivity{};
  std::vector<protocol::record::DerivedFrom> derived_from;
  protocol::record::SubmitPrivate private_part;
  protocol::record::Manifest manifest;
};

struct SealedSubmission {
  protocol::record::Act act;
  crypto::EvidenceId item;
  protocol::record::Opening opening;
  Bytes sealed;  // the body of POST /v1/submissions
};

class ItemSealer {
 public:
  ItemSealer(const protocol::record::ArchiveCard& archive, CaseTarget target, const Identity& identity);

  const crypto::EvidenceId& item() const { return item_; }
  const crypto::ObjectHeader& header() const { return header_; }
  // Seals the next chunk into `out` (plain.size() + 16 bytes). All but the last are 65,536 bytes of plaintext.
  void seal_chunk(ByteView plain, bool last, std::span<std::uint8_t> out);
  // The sealed object, header first, in the order in which it goes out. May run beside seal_chunk() on another thread.
  void hash_sealed(ByteView bytes);

  // After the last chunk, and all of it was hashed. `inline_object` is the whole sealed object where it travels inside
  // the submission.
  Result<SealedSubmission> finish(ItemDescription description, protocol::record::TimePoint now,
                                  const protocol::record::Seen& seen, ByteView inline_object);

 private:
  const protocol::record::ArchiveCard& archive_;
  CaseTarget target_;
  const Identity& identity_;
  crypto::Nonce16 nonce_ = crypto::random_fixed<crypto::Nonce16>();
  crypto::ItemSecret item_secret_ = crypto::ItemSecret::random();
  crypto::ReleaseShare release_share_ = crypto::ReleaseShare::random();
  crypto::ObjectHeader header_ = crypto::new_object_header();
  crypto::EvidenceId item_;
  crypto::ItemContext context_;
  crypto::ChunkCipher cipher_;
  crypto::Sha256 plain_hash_;
  crypto::Sha256 sealed_hash_;
  std::uint64_t plain_bytes_ = 0;
  std::uint64_t sealed_bytes_ = 0;
  std::uint64_t chunks_ = 0;
};

}  // namespace depone::client
