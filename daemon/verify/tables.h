// The tables as wholes, once every entry has been compared with its own rows: rows that nothing in the log is behind,
// rows that are missing, counters, and the archive's keys.
#pragma once

#include "daemon/store/derived_rows.h"
#include "daemon/verify/report.h"
#include "policy/log_replay.h"

namespace depone::daemon::verify {

// What the end of a replay found of entries.
void report_entries(const policy::LogReplay::End& end, Report& report);

// `replay` is at the log's end, and ends with this: what it finds of entries goes to the report as well. `behind` is
// what the entries took.
Result<> check_tables(store::Connection& db, policy::LogReplay& replay, const policy::Roster& roster,
                      const store::Behind& behind, Report& report);

}  // namespace depone::daemon::verify
