#include "client/lib/case_keys.h"

#include "crypto/grant.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;

Result<OpenedCase> open_new_case(Session& session, NewCase wanted, TimePoint now) {
  const auto& genesis = session.archive().card().genesis;
  const auto suite = session.archive().card().facts.intake.suite;
  const auto seed = crypto::SealSeed::random();
  CaseOpen body;
  body.case_id = crypto::random_fixed<crypto::CaseId>();
  body.prefix = std::move(wanted.prefix);
  DEPONE_ASSIGN(body.key, crypto::seal_public_key(suite, seed));
  for (const auto& [member, as] : wanted.grants) {
    DEPONE_ASSIGN(auto sealed, crypto::seal_grant(seed, member->seal, genesis, body.case_id, 1, member->id));
    body.grants.push_back({member->id, std::move(sealed), as});
  }
  wanted.private_part.salt = crypto::random_fixed<crypto::Salt32>();
  const auto part = write_form(wanted.private_part);
  DEPONE_ASSIGN(const auto root, salted_root(view(part)));
  body.parts.add("private", root);
  const auto act = make_act(session.identity().signing_key(), genesis, session.seen(), now, body);
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  frame.add("private", view(part));
  DEPONE_ASSIGN(const auto receipts, session.act(act, frame.bytes()));
  return OpenedCase{body.case_id, receipts.front().entry.seq};
}

Result<crypto::SealSeed> open_case_seed(const Identity& identity, const policy::Roster& roster, const Act& granting,
                                        const crypto::CaseId& case_id, std::uint32_t epoch) {
  Bytes sealed;
  if (granting.payload.type == CaseOpen::kType) {
    DEPONE_ASSIGN(const auto body, body_of<CaseOpen>(granting));
    for (const auto& grant : body.grants) {
      if (grant.member == identity.id()) sealed = grant.sealed_seed;
    }
  } else {
    DEPONE_ASSIGN(const auto body, body_of<CaseGrant>(granting));
    if (body.member == identity.id()) sealed = body.sealed_seed;
  }
  const auto suite = roster.facts().intake.suite;
  const auto info = crypto::case_seed_info(roster.genesis(), case_id, epoch, identity.id());
  DEPONE_ASSIGN(auto seed, crypto::open_sealed_secret<crypto::SealSeed>(suite, identity.seal_seed(), info, sealed));
  const auto* const of = roster.find(case_id);
  DEPONE_ASSIGN(const auto key, crypto::seal_public_key(suite, seed));
  if (of == nullptr || epoch < 1 || epoch > of->epochs.size() || key != of->epochs[epoch - 1]) {
    return fail(ErrorCode::damaged, "the grant does not hold the key of its case");
  }
  return seed;
}

Result<std::uint64_t> grant_case(Session& session, const policy::Case& of, std::uint32_t epoch,
                                 const policy::Member& to, GrantAs as, TimePoint now) {
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  const auto* const held = of.grant_of(session.identity().id(), epoch);
  if (held == nullptr || held->as != GrantAs::reader)
    return fail(ErrorCode::refused, "only a reader of the case can grant it to others");
  DEPONE_ASSIGN(const auto granting, session.roster_act(held->seq));
  DEPONE_ASSIGN(const auto seed, open_case_seed(session.identity(), *roster, granting, of.id, epoch));
  CaseGrant body{of.id, epoch, to.id, {}, as};
  DEPONE_ASSIGN(body.sealed_seed, crypto::seal_grant(seed, to.seal, roster->genesis(), of.id, epoch, to.id));
  const auto act = make_act(session.identity().signing_key(), roster->genesis(), session.seen(), now, body);
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  DEPONE_ASSIGN(const auto receipts, session.act(act, frame.bytes()));
  return receipts.front().entry.seq;
}

}  // namespace depone::client
