// What an archive could lie about when something is deposited or decided.
#include "client/lib/unanswered.h"
#include "tests/unit/client/lying_archive.h"
#include "tests/unit/client/lying_log.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using namespace std::chrono_literals;
namespace api = protocol::api;
using tests::code_of;

class LyingSubmission : public tests::LyingArchive {
 protected:
  static Receipt receipt_in(ByteView body) { return api::read_json<api::ActAnswer>(body, "").value().receipts.at(0); }
  void answer_with(Receipt receipt) {
    lie_to("/v1/", [receipt = std::move(receipt)](Told& told) {
      // What answers an act, and nothing else.
      if (api::read_json<api::ActAnswer>(told.body, ""))
        told = {200, to_bytes(api::write_json(api::ActAnswer{{receipt}})), {}, false};
    });
  }
  Receipt receipt_of(std::uint64_t seq) {
    auto db = connection(tests::store::Connection::Mode::read_only);
    return tests::ledger::Prover(db).receipt(seq).value();
  }
  bool waits_for_an_answer() const {
    return std::filesystem::exists(submitter_->profile.unanswered()) &&
           !std::filesystem::is_empty(submitter_->profile.unanswered());
  }
};

TEST_F(LyingSubmission, TheReceiptOfAnotherDepositIsNotOurs) {
  answer_with(deposit("first").receipt);
  EXPECT_EQ(code_of(try_deposit("second", clock_)), ErrorCode::damaged);
  EXPECT_TRUE(waits_for_an_answer());
}

TEST_F(LyingSubmission, TheReceiptOfARefusalIsNotOfADeposit) {
  // A derivative of what is not there is refused, and the archive says that it was taken.
  std::uint64_t refused = 0;
  lie_to("/v1/submissions", [&](Told& told) {
    ASSERT_GE(told.status, 400u) << text_view(told.body);
    refused = size() - 1;
    told = {200, to_bytes(api::write_json(api::ActAnswer{{receipt_of(refused)}})), {}, false};
  });
  auto asked = session(*submitter_);
  const auto target = find_case(asked, "KEYED").value();
  ItemDescription said;
  said.derived_from.push_back({crypto::random_fixed<crypto::EvidenceId>(), Relation::translation, ""});
  said.manifest.title = "derived";
  said.private_part.consent.purposes = {"documentation"};
  const auto path = folder_ / "content";
  ASSERT_TRUE(system::write_file(path, view("x"), system::IfExists::replace));
  auto source = std::move(system::File::open(path).value());
  const auto got = client::submit(asked, target.target, std::move(said), source, 1, clock_, {});
  EXPECT_EQ(code_of(got), ErrorCode::damaged);
  EXPECT_EQ(entry(refused).outcome, Outcome::refused);
}

TEST_F(LyingSubmission, AReceiptWithTheProofOfAnotherEntryDoesNotVerify) {
  const auto other = deposit("first").receipt;
  lie_to("/v1/submissions", [&](Told& told) {
    auto receipt = receipt_in(told.body);
    receipt.proof = other.proof;
    told.body = to_bytes(api::write_json(api::ActAnswer{{receipt}}));
  });
  EXPECT_EQ(code_of(try_deposit("second", clock_)), ErrorCode::damaged);
}

TEST_F(LyingSubmission, AReceiptWithTheCheckpointOfAnotherTimeDoesNotVerify) {
  const auto other = deposit("first").receipt;
  const auto checkpoint = other.proof.substr(other.proof.find("\n\n") + 2);
  lie_to("/v1/submissions", [&](Told& told) {
    auto receipt = receipt_in(told.body);
    receipt.proof.replace(receipt.proof.find("\n\n") + 2, std::string::npos, checkpoint);
    told.body = to_bytes(api::write_json(api::ActAnswer{{receipt}}));
  });
  EXPECT_EQ(code_of(try_deposit("second", clock_)), ErrorCode::damaged);
}

TEST_F(LyingSubmission, NoReceiptAndTwoReceiptsAreNotOne) {
  for (const std::size_t count : {0u, 2u}) {
    lie_to("/v1/submissions", [&](Told& told) {
      const std::vector<Receipt> receipts(count, receipt_in(told.body));
      told.body = to_bytes(api::write_json(api::ActAnswer{receipts}));
    });
    EXPECT_EQ(code_of(try_deposit("content " + std::to_string(count), clock_)), ErrorCode::damaged);
  }
}

TEST_F(LyingSubmission, ADepositIsNotPendingWhileItsAuthorIsAMember) {
  std::optional<tests::LyingLog> log;
  lie([&](const std::string& target, Told& told) {
    std::uint64_t from = 0, to = 0;
    if (log && std::sscanf(target.c_str(), "/v1/log/proof?from=%lu&to=%lu", &from, &to) == 2) {
      told = {200, to_bytes(log->consistency(from, to)), {}, false};
    } else if (target == "/v1/submissions") {
      const auto receipt = receipt_in(told.body);
      auto db = connection(tests::store::Connection::Mode::read_only);
      log.emplace(db, *log_key_, "archive.example/nk", size() - 1);
      auto pending = entry(size() - 1);
      pending.outcome = Outcome::pending;
      pending.reason = code(Reason::actor_revoked);
      pending.facts = raw_facts(SubmitFacts{facts_of<SubmitFacts>(pending)->skew_ms, "", "", {}});
      const auto seq = log->write(pending);
      told.body = to_bytes(api::write_json(api::ActAnswer{{log->receipt(seq, receipt.act.json)}}));
    }
  });
  const auto got = try_deposit("content", clock_);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::damaged) << got.error().detail;
  EXPECT_NE(got.error().detail.find("no such revocation"), std::string::npos) << got.error().detail;
}

TEST_F(LyingSubmission, AnActWithTheReceiptOfAnotherIsNotTaken) {
  const auto opened = receipt_of(size() - 1);  // of KEYED
  answer_with(opened);
  auto asked = session(*reader_);
  const auto* const roster = asked.roster().value();
  NewCase wanted;
  wanted.prefix = "NEXT";
  wanted.grants = {{roster->find(reader_->identity.id()), GrantAs::reader}};
  EXPECT_EQ(code_of(open_new_case(asked, std::move(wanted), clock_.now())), ErrorCode::damaged);
}

// --- clocks

class OtherClock final : public system::Clock {
 public:
  explicit OtherClock(system::TimePoint now) : now_(now) {}
  system::TimePoint now() const override { return now_; }

 private:
  system::TimePoint now_;
};

TEST_F(LyingSubmission, AClockThatIsTenYearsOffEitherWayKeepsNobodyFromDepositingAndRetrieving) {
  for (const auto off : {-24h * 3653, 24h * 3653}) {
    const OtherClock wrong(clock_.now() + off);
    const auto deposited = try_deposit("content " + std::to_string(off.count()), wrong);
    ASSERT_TRUE(deposited) << deposited.error().detail;
    const auto facts = facts_of<SubmitFacts>(deposited->verified.entry).value();
    EXPECT_EQ(facts.skew_ms, std::chrono::milliseconds(-off).count());
    auto asked = session(*reader_);
    const auto got = try_retrieve(asked, {deposited->item}, wrong);
    ASSERT_TRUE(got) << got.error().detail;
    ASSERT_EQ(got->items.size(), 1u);
    EXPECT_EQ(got->items[0].private_part.catalogue.summary.substr(0, 10), "summary of");
  }
}

}  // namespace
}  // namespace depone::client
