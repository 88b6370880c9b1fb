// Retrieving: asks with a stated purpose, and opens what comes only after everything is checked: the receipt of the
// asking, the submission's own receipt and signature, the grant, both halves of the key, every commitment.
#pragma once

#include "client/lib/item_terms.h"
#include "client/lib/submitter.h"
#include "crypto/item_keys.h"
#include "protocol/record/manifest.h"

namespace depone::client {

struct RetrieveRequest {
  crypto::CaseId case_id;
  std::vector<crypto::EvidenceId> items;
  crypto::Scope scope = crypto::Scope::content;
  protocol::record::Use use = protocol::record::Use::internal;
  protocol::record::RetrievePrivate statement;
};

// A manifest that holds and is not used.
struct PassedOver {
  std::string why;
  std::uint64_t used = 0;  // the entry whose manifest is, instead
};
// An item that was granted, with all that was said of it checked.
struct RetrievedItem {
  crypto::EvidenceId item;
  std::string ref;
  protocol::record::VerifiedReceipt retrieved;  // the receipt of the asking
  protocol::record::Receipt retrieve_receipt;
  ItemTerms terms;
  protocol::record::SubmitPrivate private_part;
  protocol::record::Manifest manifest;
  std::string manifest_text;
  // The manifest that holds cannot be believed, by the fault of who signed it: `manifest` is an earlier one.
  std::optional<PassedOver> passed_over;
  crypto::ItemContext context;
  std::optional<crypto::ItemSecret> item_secret;
  std::optional<crypto::ManifestKey> manifest_key;
  // For scope content:
  std::optional<crypto::ReleaseShare> release_share;
  Bytes object;  // where it came inside the answer
};
struct RefusedItem {
  crypto::EvidenceId item;
  std::string code, sentence;
  std::uint64_t entry = 0;
};
// An item whose part of the answer does not hold, or is missing: nothing of it is believed.
struct FailedItem {
  crypto::EvidenceId item;
  Error error;
};
// Each item that was asked for is in exactly one of the three.
struct Retrieval {
  protocol::record::Act act;
  std::vector<RetrievedItem> items;
  std::vector<RefusedItem> refused;
  std::vector<FailedItem> failed;
};

// One request for items of one case, at most kRetrieveItemsMax. An error is of the request as a whole: refused,
// unreachable, damaged (the answer speaks of items that were not asked for).
Result<Retrieval> retrieve(Session& session, RetrieveRequest request, const system::Clock& clock);

}  // namespace depone::client
