// A submission in its pieces, so that each can be made wrong by itself. What is sealed is random bytes: the archive
// cannot tell, and that is the point of it.
#pragma once

#include "crypto/secret.h"
#include "protocol/record/bodies.h"
#include "protocol/record/parts.h"
#include "tests/hostile_member/peer.h"

namespace depone::hostile {

struct Deposit {
  protocol::record::EvidenceSubmit body;
  protocol::record::SubmitPrivate said;
  Bytes manifest, secret, private_part, share, object;
  crypto::EvidenceId item;
};

// A whole one, of an object of this many sealed bytes, whose commitments hold.
Deposit new_deposit(const Target& target, const crypto::KeyId& actor, const crypto::CaseId& case_id,
                    std::size_t object_bytes = 32 + 64 + 16);
// Commits again, after `said` or a piece was changed.
void commit(const Target& target, const crypto::KeyId& actor, Deposit& deposit);

enum class Object { inside, apart };
Bytes frame_of(const protocol::record::Act& act, const Deposit& deposit, Object object = Object::inside);
// A frame, sealed to the archive's intake key: the body of POST /v1/submissions.
Bytes seal_frame(const Target& target, ByteView frame);

Bytes random_bytes(std::size_t size);

}  // namespace depone::hostile
