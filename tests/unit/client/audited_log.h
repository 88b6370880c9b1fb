// A forged log, and what an audit says of it.
#pragma once

#include "client/lib/log_auditor.h"
#include "tests/unit/client/forged_log.h"
#include "tests/unit/temporary_folder.h"

namespace depone::client {

using tests::ForgedLog;
using tests::Person;
using tests::TemporaryFolder;

inline policy::KeyedRecords records_of_a_test() {
  return policy::KeyedRecords::without_name(TemporaryFolder().path()).value();
}
inline void take_all(LogAuditor& auditor, const ForgedLog& log) {
  for (auto seq = auditor.size(); seq < log.lines.size(); ++seq) auditor.take(log.lines[seq].entry, log.lines[seq].act);
  ASSERT_TRUE(auditor.finish(log.head()));
}
inline std::vector<std::string> sentences(const AuditReport& report) {
  std::vector<std::string> out;
  for (const auto& finding : report.wrong) out.push_back(finding.subject + " " + finding.what);
  return out;
}
inline std::vector<std::string> audited(const ForgedLog& log) {
  AuditReport report;
  LogAuditor auditor(*log.roster, report, records_of_a_test());
  take_all(auditor, log);
  return sentences(report);
}
// That the audit finds this, of this entry.
inline testing::AssertionResult finds(const ForgedLog& log, std::uint64_t seq, std::string_view what) {
  const auto found = audited(log);
  for (const auto& one : found) {
    if (one.starts_with("entry " + std::to_string(seq) + " ") && one.find(what) != std::string::npos)
      return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "found " << testing::PrintToString(found);
}

}  // namespace depone::client
