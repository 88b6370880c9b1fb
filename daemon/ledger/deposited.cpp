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

// Far behind the chain's end the row is believed: who sees an item may grow its chain, and must not make each decision
// on it as long as they like.
constexpr std::size_t kWalkedBackMax = 4096;

// The entry that described the item last, by the item's own chain: each description stands in it, and a granted
// retrieval swears to the latest that there was.
Result<std::uint64_t> latest_description(store::Connection& db, const store::Item& item) {
  const auto subject = subject_of(item.id);
  const auto known = store::find_subject(db, subject);
  auto seq = known ? known->last_seq : std::nullopt;
  for (std::size_t walked = 0; seq && walked < kWalkedBackMax; ++walked) {
    const auto bytes = store::entry_bytes(db, *seq);
    const auto entry = bytes ? parse_entry(view(*bytes)) : Result<Entry>(damaged("an entry of its chain is missing"));
    if (!entry) return entry.error();
    if (entry->seq != *seq || entry->subject != subject || (entry->before && *entry->before >= *seq))
      return damaged("the chain of its entries is broken");
    const bool accepted = entry->outcome == Outcome::accepted;
    if (*seq == item.seq || (accepted && entry->type == EvidenceDescribe::kType)) return *seq;
    if (accepted && entry->type == EvidenceRetrieve::kType) {
      DEPONE_ASSIGN(const auto facts, facts_of<RetrieveFacts>(*entry));
      return facts.described.value_or(item.seq);
    }
    seq = entry->before;
  }
  return seq ? Result<std::uint64_t>(item.described) : damaged("the chain of its entries does not lead to it");
}

// The further cases of an item are those that it was shared into by who signed for it.
Result<> check_shares(store::Connection& db, const policy::Roster& roster, const store::Item& item) {
  for (const auto& placement : std::span(item.facts.placements).subspan(1)) {
    const auto seq = store::share_of(db, item.seq, placement.case_id);
    if (!seq) return damaged("its share is missing");
    DEPONE_ASSIGN(const auto found, act_on_item(db, *seq, item.id, EvidenceShare::kType));
    DEPONE_ASSIGN(const auto act, signed_act(roster, found.second));
    DEPONE_ASSIGN(const auto body, body_of<EvidenceShare>(act));
    if (body.item != item.id || body.case_id != placement.case_id || body.epoch != placement.epoch)
      return damaged("it stands in a case that it was not shared into");
  }
  return {};
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
  DEPONE_TRY(check_shares(db, roster, item));
  DEPONE_ASSIGN(const auto described, latest_description(db, item));
  if (described != item.described) return damaged("its row does not name its latest description");
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
