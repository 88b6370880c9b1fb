// What is said of an item, as the log proves it: its submission and, where it was described again, what of which
// description holds. The archive's answers carry it in pieces (docs/FORMAT.md "Frames"): submit, described,
// described_private, described_manifest. That no later description was held back, an answer alone cannot prove: the
// entry of a retrieval swears to the latest, and an item's history shows them all.
#pragma once

#include <map>

#include "client/lib/session.h"
#include "protocol/record/bodies.h"
#include "protocol/record/parts.h"

namespace depone::client {

// The pieces of one item in an answer, as they came.
using ItemPieces = std::map<std::string, Bytes, std::less<>>;

struct ItemTerms {
  crypto::EvidenceId item;
  protocol::record::Receipt receipt;  // of its submission
  protocol::record::VerifiedReceipt submitted;
  protocol::record::EvidenceSubmit body;
  protocol::record::SubmitFacts facts;
  std::uint64_t described = 0;  // seq of the latest description; 0: it was never described again
  crypto::Digest described_by;  // the act that a further description supersedes
  protocol::record::Sensitivity sensitivity{};
  // Commitments that hold: to the private part, to the sealed manifest, to the manifest inside.
  crypto::Digest private_part, sealed_manifest, manifest;
};

// damaged: a piece is missing, does not verify, or is of another item.
Result<ItemTerms> read_terms(Session& session, const ItemPieces& pieces);
// The private part, where the answer has it, checked against the commitment that holds.
Result<std::optional<protocol::record::SubmitPrivate>> private_part_of(const ItemTerms& terms,
                                                                       const ItemPieces& pieces);
// How the item was shared into a further case, where the answer has it.
Result<std::optional<protocol::record::EvidenceShare>> read_share(Session& session, const ItemTerms& terms,
                                                                  const ItemPieces& pieces);

}  // namespace depone::client
