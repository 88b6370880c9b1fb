// The tables as wholes, once every entry has been compared with its own rows: rows that nothing in the log is behind,
// rows that are missing, counters, and the archive's keys.
#pragma once

#include "daemon/store/derived_rows.h"
#include "daemon/verify/report.h"
#include "policy/log_replay.h"

namespace depone::daemon::verify {

// `replay` and `roster` are at the log's end; `behind` is what they took.
void check_tables(store::Connection& db, const policy::LogReplay& replay, const policy::Roster& roster,
                  const store::Behind& behind, Report& report);

}  // namespace depone::daemon::verify
