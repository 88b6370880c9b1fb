#include "client/lib/audit_state.h"

#include "tests/unit/client/audited_log.h"
#include "tests/unit/error_code.h"

namespace depone::client {
namespace {

using tests::code_of;

class AuditStateTest : public testing::Test {
 protected:
  AuditStateTest() {
    log_.submit(1);
    log_.submit(2);
  }
  // An audit up to this size, which is kept; what it went on from.
  std::uint64_t audit(std::size_t end, bool again = false) {
    auto state = AuditState::hold(path()).value();
    AuditReport report;
    LogAuditor auditor(*log_.roster, report, state.begin().value());
    if (!again) state.resume(auditor);
    const auto from = auditor.size();
    for (auto seq = from; seq < end; ++seq) auditor.take(log_.lines[seq].entry, log_.lines[seq].act);
    EXPECT_TRUE(state.keep(auditor));
    return from;
  }
  std::filesystem::path path() const { return folder_ / "audit"; }
  std::size_t records() const {
    return std::size_t{std::filesystem::exists(folder_ / "audit.records-a")} +
           std::size_t{std::filesystem::exists(folder_ / "audit.records-b")};
  }

  const TemporaryFolder folder_;
  ForgedLog log_;
};

TEST_F(AuditStateTest, GoesOnFromWhatWasKept) {
  EXPECT_EQ(audit(3), 0u);
  EXPECT_EQ(audit(5), 3u);
  EXPECT_EQ(audit(6, true), 0u);
  EXPECT_EQ(audit(6), 6u);
  EXPECT_EQ(records(), 1u);
}

TEST_F(AuditStateTest, AnAuditThatBeginsAgainAndKeepsNothingLeavesTheOldState) {
  audit(5);
  {
    auto state = AuditState::hold(path()).value();
    AuditReport report;
    LogAuditor auditor(*log_.roster, report, state.begin().value());
    auditor.take(log_.lines[0].entry, log_.lines[0].act);
    EXPECT_EQ(records(), 2u);
  }
  EXPECT_EQ(records(), 1u);
  EXPECT_EQ(audit(5), 5u);
}

TEST_F(AuditStateTest, OneAuditAtATime) {
  const auto first = AuditState::hold(path()).value();
  EXPECT_EQ(code_of(AuditState::hold(path())), ErrorCode::exists);
}

TEST_F(AuditStateTest, AStateOfNoKnownFormOrWithoutItsRecordsIsNone) {
  for (const auto* const torn : {"", "a", "c{}", "b{\"v\":3}"}) {
    audit(5);
    ASSERT_TRUE(system::write_file(path(), view(torn), system::IfExists::replace));
    EXPECT_EQ(audit(5), 0u) << torn;
  }
  audit(5);
  for (const auto* const which : {"audit.records-a", "audit.records-b"}) std::filesystem::remove(folder_ / which);
  EXPECT_EQ(audit(5), 0u);
}

TEST_F(AuditStateTest, RecordsThatWereChangedAreNoStateAndNoPass) {
  audit(5);
  for (const auto* const which : {"audit.records-a", "audit.records-b"}) {
    if (!std::filesystem::exists(folder_ / which)) continue;
    auto file = system::File::open_or_create(folder_ / which).value();
    Bytes byte(1);
    ASSERT_TRUE(file.read_at(12, byte));  // of the first record's key
    byte[0] ^= 1;
    ASSERT_TRUE(file.write_at(12, byte));
  }
  auto state = AuditState::hold(path()).value();
  AuditReport report;
  LogAuditor auditor(*log_.roster, report, state.begin().value());
  state.resume(auditor);
  ASSERT_EQ(auditor.size(), 5u);
  for (auto seq = auditor.size(); seq < log_.lines.size(); ++seq)
    auditor.take(log_.lines[seq].entry, log_.lines[seq].act);
  EXPECT_EQ(code_of(auditor.finish(log_.head())), ErrorCode::damaged);
}

}  // namespace
}  // namespace depone::client
