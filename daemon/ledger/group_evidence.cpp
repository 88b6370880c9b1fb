// The part of a group that is about evidence: what is deposited, described and shared.
#include <algorithm>

#include "daemon/ledger/deposited.h"
#include "daemon/ledger/group.h"

namespace depone::daemon::ledger {

using namespace protocol::record;
using policy::Decision;

namespace {

std::vector<crypto::EvidenceId> ids_of(const std::vector<DerivedFrom>& originals) {
  std::vector<crypto::EvidenceId> out;
  for (const auto& original : originals) {
    if (std::ranges::find(out, original.item) == out.end()) out.push_back(original.item);
  }
  return out;
}

}  // namespace

Recorded Group::run(const SubmitCommand& command) {
  const auto& body = command.body;
  const auto item = crypto::item_id(tip_.roster.genesis(), command.act.payload.actor, body.nonce);
  std::optional<std::uint64_t> number;
  return record_act(
      {command.act, command.parts, about_item(body.case_id, item)},
      [&](const policy::Member& actor) {
        std::vector<std::optional<policy::OriginalItem>> originals;
        for (const auto& original : body.derived_from) {
          const auto found = store::look_up_item(db_, original.item);
          const bool there = sees(actor, found) && !found->ref.empty();
          originals.push_back(there ? std::optional(original_of(*found)) : std::nullopt);
        }
        const auto decision = policy::decide(tip_.roster, actor, body, command.private_part.consent, originals);
        if (decision.outcome == Outcome::refused) return decision;
        if (const auto bound = consents_of(ids_of(body.derived_from), kOriginalsMax); !bound)
          return policy::refuse(bound.error().code == ErrorCode::too_large ? Reason::item_originals_many
                                                                           : Reason::item_damaged);
        if (store::find_item(db_, item)) return policy::refuse(Reason::item_exists);
        if (store::object_is_known(db_, body.object.sha256)) return policy::refuse(Reason::object_exists);
        return decision;
      },
      [&](const Decision& decision) {
        SubmitFacts facts;
        facts.skew_ms = skew(command.act);
        if (decision.accepted()) {
          const auto& of = *tip_.roster.find(body.case_id);
          number = store::take_item_number(db_, body.case_id);
          facts.ref = item_ref(of.prefix, *number);
          facts.epoch = body.epoch == of.current_epoch() ? "current" : "superseded";
        }
        if (command.courier != command.act.payload.actor) facts.courier = command.courier;
        return raw_facts(facts);
      },
      [&](Row, std::uint64_t seq, const Decision&) {
        store::insert_item(db_, {seq, item, body, command.private_part, command.act.payload.actor, number});
        store::insert_release_share(db_, seq, command.release_share);
        if (!command.small_object.empty()) store::insert_object(db_, seq, command.small_object);
      });
}

Recorded Group::run(const DescribeCommand& command) {
  const auto& body = command.body;
  const auto item = store::look_up_item(db_, body.item);
  const auto case_id = item ? item->case_id : crypto::CaseId{};
  Described holds;
  return record_act(
      {command.act, command.parts, about_seen(command.act, case_id, item)},
      [&](const policy::Member& actor) {
        std::optional<policy::DescribedItem> described;
        if (sees(actor, item) && !item->ref.empty()) {
          described = {item->facts, {}, std::nullopt};
          if (auto deposited = read_deposited(db_, tip_.roster, *item)) {
            described->described_by = deposited->described_by;
            described->limits = {item->holds.sensitivity, std::move(deposited->private_part.consent)};
          } else {
            tell_damage(*item, deposited.error());
          }
        }
        const auto* const consent = command.private_part ? &command.private_part->consent : nullptr;
        return policy::decide(tip_.roster, actor, body, consent, described);
      },
      [&](const Decision& decision) {
        DescribeFacts facts{skew(command.act), std::nullopt};
        if (decision.accepted()) facts.holds = holds = held_after(body, item->holds, tip_.edge.size());
        return raw_facts(facts);
      },
      [&](Row, std::uint64_t seq, const Decision&) {
        store::describe_item(db_, item->seq, seq, holds, command.private_part ? &*command.private_part : nullptr);
      });
}

Recorded Group::run(const ShareCommand& command) {
  const auto& body = command.body;
  const auto item = store::look_up_item(db_, body.item);
  return record_act(
      {command.act, command.parts, about_seen(command.act, body.case_id, item)},
      [&](const policy::Member& actor) {
        const bool there = sees(actor, item) && !item->ref.empty();
        const auto decision =
            policy::decide(tip_.roster, actor, body, there ? std::optional(item->facts) : std::nullopt);
        if (!decision.accepted()) return decision;
        const auto deposited = read_deposited(db_, tip_.roster, *item);
        if (deposited) return decision;
        tell_damage(*item, deposited.error());
        return policy::refuse(Reason::item_damaged);
      },
      [&](const Decision&) { return raw_facts(ActFacts{skew(command.act)}); },
      [&](Row, std::uint64_t seq, const Decision&) {
        store::insert_share(db_, item->seq, {body.case_id, body.epoch}, seq);
      });
}

}  // namespace depone::daemon::ledger
