// The keys of cases: made by whoever opens one, sealed to its readers, and handed on by readers alone. Seeds are sealed
// only to members whose enrolment the log proves.
#pragma once

#include "client/lib/session.h"
#include "protocol/record/bodies.h"
#include "protocol/record/parts.h"

namespace depone::client {

struct NewCase {
  std::string prefix;
  protocol::record::CasePrivate private_part;
  std::vector<std::pair<const policy::Member*, protocol::record::GrantAs>> grants;
};
struct OpenedCase {
  crypto::CaseId case_id;
  std::uint64_t entry = 0;
};
// Makes the case's seed, seals it to those named, and forgets it.
Result<OpenedCase> open_new_case(Session& session, NewCase wanted, protocol::record::TimePoint now);

// Grants one epoch of a case, whose seed comes out of our own grant; the entry's number.
Result<std::uint64_t> grant_case(Session& session, const policy::Case& of, std::uint32_t epoch,
                                 const policy::Member& to, protocol::record::GrantAs as,
                                 protocol::record::TimePoint now);

// The seed of a case's epoch, out of the act (case.open or case.grant) that granted it to us; checked against the key.
Result<crypto::SealSeed> open_case_seed(const Identity& identity, const policy::Roster& roster,
                                        const protocol::record::Act& granting, const crypto::CaseId& case_id,
                                        std::uint32_t epoch);

}  // namespace depone::client
