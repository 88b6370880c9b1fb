#include "daemon/ledger/deposited.h"

#include "crypto/item_keys.h"
#include "protocol/record/salted.h"

namespace depone::daemon::ledger {

using namespace protocol::record;

namespace {

Error damaged(const char* what) { return fail(ErrorCode::damaged, what); }

// The act of an entry, where the entry is of this type, was not refused, is on this item, and names the act.
Result<std::pair<Entry, store::StoredAct>> act_on_item(store::Connection& db, std::uint64_t seq,
                                                       const crypto::EvidenceId& item, std::string_view type) {
  const auto bytes = store::entry_bytes(db, seq);
  auto entry = bytes ? parse_entry(view(*bytes)) : Result<Entry>(damaged("its entry is missing"));
  if (!entry) return entry.error();
  if (entry->seq != seq || entry->type != type || entry->outcome == Outcome::refused ||
      entry->subject != subject_of(item)) {
    return damaged("its entry is of something else");
  }
  auto stored = store::act_of_entry(db, seq);
  if (!stored) return damaged("its act is missing");
  if (!entry->act || envelope_hash(view(stored->envelope)) != *entry->act)
    return damaged("its act is not the one that its entry names");
  return std::pair(std::move(*entry), std::move(*stored));
}

}  // namespace

namespace {

// An entry's act, signed by an enrolled member.
Result<Act> signed_act(const policy::Roster& roster, const store::StoredAct& stored) {
  DEPONE_ASSIGN(auto act, parse_act(view(stored.envelope)));
  const auto* const signer = roster.find(act.payload.actor);
  if (signer == nullptr || !verify_envelope(act.envelope, signer->sign))
    return damaged("the signature of its act does not verify");
  return act;
}

Result<SubmitPrivate> committed_private(store::Connection& db, store::Row act, const PartList& parts) {
  const auto* const commitment = parts.find("private");
  const auto part = store::part_of(db, act, "private");
  if (commitment == nullptr || !part) return damaged("its private part is missing");
  if (!is_committed(*part, commitment)) return damaged("its private part does not match the commitment in its act");
  return parse_form<SubmitPrivate>(*part, "the private part");
}

// What the latest description of an item says that holds: its row must say the same.
Result<crypto::Digest> check_description(store::Connection& db, const store::Item& item) {
  DEPONE_ASSIGN(const auto found, act_on_item(db, item.described, item.id, EvidenceDescribe::kType));
  DEPONE_ASSIGN(const auto facts, facts_of<DescribeFacts>(found.first));
  if (facts.holds != item.holds) return damaged("its row does not say what its latest description says");
  return *found.first.act;
}

Result<SubmitPrivate> described_private(store::Connection& db, const policy::Roster& roster, const store::Item& item) {
  DEPONE_ASSIGN(const auto found, act_on_item(db, item.holds.private_part, item.id, EvidenceDescribe::kType));
  DEPONE_ASSIGN(const auto act, signed_act(roster, found.second));
  DEPONE_ASSIGN(const auto body, body_of<EvidenceDescribe>(act));
  if (body.item != item.id) return damaged("its description is of another item");
  return committed_private(db, found.second.row, body.parts);
}

}  // namespace

Result<Deposited> read_deposited(store::Connection& db, const policy::Roster& roster, const store::Item& item) {
  DEPONE_ASSIGN(const auto found, act_on_item(db, item.seq, item.id, EvidenceSubmit::kType));
  DEPONE_ASSIGN(const auto act, signed_act(roster, found.second));
  Deposited out;
  DEPONE_ASSIGN(out.body, body_of<EvidenceSubmit>(act));
  if (crypto::item_id(roster.genesis(), act.payload.actor, out.body.nonce) != item.id)
    return damaged("its act is of another item");
  if (item.case_id != out.body.case_id || item.epoch != out.body.epoch || item.facts.submitter != act.payload.actor)
    return damaged("its row does not say what its act says");
  out.described_by = act.hash;
  if (item.described_again()) {
    DEPONE_ASSIGN(out.described_by, check_description(db, item));
  } else if (item.holds != Described{item.seq, item.seq, out.body.sensitivity}) {
    return damaged("its row does not say what its act says");
  }
  if (item.holds.private_part == item.seq) {
    DEPONE_ASSIGN(out.private_part, committed_private(db, found.second.row, out.body.parts));
  } else {
    DEPONE_ASSIGN(out.private_part, described_private(db, roster, item));
  }
  return out;
}

std::optional<policy::Release> read_release(store::Connection& db, const crypto::Digest& act_hash,
                                            const store::Item& item, const crypto::KeyId& reader) {
  const auto row = store::find_release(db, act_hash, item.seq, reader);
  if (!row) return std::nullopt;
  const auto found = act_on_item(db, row->seq, item.id, EvidenceRetrieve::kType);
  if (!found || *found->first.act != act_hash || !found->first.actor || *found->first.actor != reader)
    return std::nullopt;
  const auto facts = facts_of<RetrieveFacts>(found->first);
  const auto act = parse_act(view(found->second.envelope));
  const auto body = act ? body_of<EvidenceRetrieve>(*act) : Result<EvidenceRetrieve>(act.error());
  if (!facts || !facts->until || !body || act->payload.actor != reader) return std::nullopt;
  return policy::Release{body->case_id, body->scope, *facts->until};
}

}  // namespace depone::daemon::ledger
