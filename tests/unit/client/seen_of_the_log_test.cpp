#include "tests/unit/client/audited_log.h"

namespace depone::client {
namespace {

using namespace protocol::record;

// Submits on what the log is said to have been.
std::uint64_t submit_on(ForgedLog& log, const Seen& seen, std::uint64_t number) {
  return log.submit(make_act(log.lawyer.key, log.genesis, seen, TimePoint{}, log.submission()), number).seq;
}

TEST(SeenOfTheLog, AnActSignedOnALogThatThisOneNeverWasIsFound) {
  ForgedLog log;
  submit_on(log, log.head(), 1);
  submit_on(log, log.head(2), 2);
  EXPECT_EQ(audited(log), std::vector<std::string>{});
  for (const std::size_t size : {1, 3, 4}) {
    ForgedLog lying;
    const auto seq = submit_on(lying, {size, lying.head(size - 1).root}, 1);
    EXPECT_TRUE(finds(lying, seq, "a log that this one never was")) << size;
  }
}

TEST(SeenOfTheLog, WhatASignerSawBeforeTheLastAuditIsLeftToAProof) {
  ForgedLog log;
  const auto end = log.submit(1).seq + 1;
  const auto old = submit_on(log, log.head(3), 2), now = submit_on(log, log.head(end), 3);
  const TemporaryFolder folder;
  const auto records = folder / "records";
  AuditReport report;
  LogAuditor first(*log.roster, report, policy::KeyedRecords::create(records).value());
  for (std::size_t seq = 0; seq < end; ++seq) first.take(log.lines[seq].entry, log.lines[seq].act);
  LogAuditor auditor(*log.roster, report, records_of_a_test());
  ASSERT_TRUE(auditor.resume(view(first.state().value()), records));
  take_all(auditor, log);
  EXPECT_EQ(sentences(report), std::vector<std::string>{});
  ASSERT_EQ(auditor.claims().size(), 1u) << now;  // where the state ended is known
  const auto claim = auditor.claims().front();
  EXPECT_EQ(claim.entry, old);
  EXPECT_EQ(claim.seen.root, log.head(3).root);
  auditor.answer(claim, false);
  EXPECT_TRUE(auditor.claims().empty());
  ASSERT_EQ(report.wrong.size(), 1u);
  EXPECT_NE(sentences(report).front().find("entry " + std::to_string(old) + " took an act whose signer"),
            std::string::npos);
}

}  // namespace
}  // namespace depone::client
