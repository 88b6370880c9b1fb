// The tables of an archive's database. ledger tables are the record; derived tables hold nothing that a replay of the
// entries, acts and parts would not rebuild. Everything hangs on the sequence number of an entry: ids are looked up
// once, in one index each, and integers stand everywhere else.
#pragma once

#include "daemon/store/database.h"

namespace depone::daemon::store {

constexpr int kSchemaVersion = 2;

void create_schema(Connection& connection);
// unsupported, where the database is of another version; damaged, where it holds triggers or views.
Result<> check_schema(Connection& connection);

}  // namespace depone::daemon::store
