// Members, cases and grants in SQL: kept for joins, and compared with the chain at every start. Derived. Functions of a
// connection.
#pragma once

#include "daemon/store/database.h"
#include "policy/roster.h"

namespace depone::daemon::store {

void insert_member(Connection& db, const policy::Member& member, std::string_view card);
void mark_revoked(Connection& db, const crypto::KeyId& member, std::uint64_t seq);
void insert_case(Connection& db, const policy::Case& opened);
void insert_grant(Connection& db, const crypto::CaseId& case_id, const policy::HeldGrant& grant);
// Says which row of these tables differs from the roster, or nothing.
std::optional<std::string> differs_from(Connection& db, const policy::Roster& roster);

}  // namespace depone::daemon::store
