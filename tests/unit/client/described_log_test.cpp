// A log that says something else of descriptions and shares than was signed.
#include "tests/unit/client/audited_log.h"

namespace depone::client {
namespace {

using namespace protocol::record;

class DescribedLog : public testing::Test {
 protected:
  DescribedLog() { log_.open_case(further_, "TORT"); }

  EvidenceDescribe body(std::initializer_list<const char*> parts, std::optional<Sensitivity> sensitivity = {}) const {
    EvidenceDescribe out;
    out.item = item_.item;
    out.supersedes = latest_;
    out.sensitivity = sensitivity;
    for (const std::string name : parts) {
      out.parts.add(name, crypto::random_fixed<crypto::Digest>());
      if (name == "manifest") out.manifest_commitment.emplace();
    }
    return out;
  }
  std::uint64_t next() const { return log_.lines.size(); }
  // As an honest archive writes it.
  std::uint64_t describe(const EvidenceDescribe& said) {
    holds_ = held_after(said, holds_, next());
    auto taken = log_.describe(said, holds_);
    latest_ = taken.act.hash;
    return described_ = taken.seq;
  }
  std::uint64_t describe(std::initializer_list<const char*> parts, std::optional<Sensitivity> sensitivity = {}) {
    return describe(body(parts, sensitivity));
  }
  std::uint64_t retrieve(std::optional<std::uint64_t> described, std::optional<crypto::CaseId> in = {}) {
    const EvidenceRetrieve asked{in.value_or(log_.case_id), {item_.item}, Scope::content, Use::internal, {}};
    retrieval_ = log_.act(log_.lawyer, asked);
    return log_.write(*retrieval_, about_item(asked.case_id, item_.item),
                      raw_facts(RetrieveFacts{0, TimePoint{}, "get", described}));
  }
  std::uint64_t serve_in(const crypto::CaseId& in, const Person& reader, const Act* act) {
    return log_.serve(reader, item_.item, act, [&](Entry& entry) { entry.case_id = in; });
  }
  // All that an honest archive writes.
  void fill() {
    retrieve(std::nullopt);
    describe({"private"});
    retrieve(described_);
    describe({"manifest"}, Sensitivity::secret);
    describe({});
    log_.share(item_.item, further_);
    retrieve(described_, further_);
    const auto serve = serve_in(further_, log_.lawyer, &*retrieval_);
    log_.own(kEvidenceServed, log_.lawyer, item_.item, &*retrieval_, raw_facts(ServedFacts{serve, 10, "completed"}),
             [&](Entry& entry) { entry.case_id = further_; });
    describe({"private"});
    retrieve(described_);
  }

  ForgedLog log_;
  crypto::CaseId further_ = crypto::random_fixed<crypto::CaseId>();
  ForgedLog::Submitted item_ = log_.submit(1);
  crypto::Digest latest_ = item_.act.hash;
  Described holds_{item_.seq, item_.seq, Sensitivity::open};
  std::uint64_t described_ = 0;
  std::optional<Act> retrieval_;
};

TEST_F(DescribedLog, OfAnHonestArchiveIsClean) {
  fill();
  EXPECT_EQ(audited(log_), std::vector<std::string>{});
}

TEST_F(DescribedLog, IsAuditedTheSameWhereverAnAuditWasInterrupted) {
  fill();
  retrieve(described_ - 1);
  retrieve(described_, crypto::random_fixed<crypto::CaseId>());
  log_.share(item_.item, further_);
  log_.describe(body({}, Sensitivity::open), {holds_.private_part, holds_.manifest, Sensitivity::open});
  auto stale = body({"private"});
  stale.supersedes = item_.act.hash;
  describe(stale);
  auto whole = audited(log_);
  EXPECT_GE(whole.size(), 5u) << testing::PrintToString(whole);
  std::ranges::sort(whole);
  const TemporaryFolder folder;
  for (std::size_t end = 0; end <= log_.lines.size(); ++end) {
    AuditReport before, after;
    const auto records = folder / "records";
    LogAuditor first(*log_.roster, before, policy::KeyedRecords::create(records).value());
    for (std::size_t seq = 0; seq < end; ++seq) first.take(log_.lines[seq].entry, log_.lines[seq].act);
    LogAuditor second(*log_.roster, after, records_of_a_test());
    ASSERT_TRUE(second.resume(view(first.state().value()), records)) << end;
    take_all(second, log_);
    auto both = sentences(before);
    for (auto& one : sentences(after)) both.push_back(std::move(one));
    std::ranges::sort(both);
    EXPECT_EQ(both, whole) << end;
  }
}

TEST_F(DescribedLog, ADescriptionThatSaysThatSomethingElseHoldsIsFound) {
  describe({"private"});
  describe({"manifest"}, Sensitivity::confidential);
  const auto right = holds_;
  const struct {
    EvidenceDescribe said;
    Described holds;
  } wrong[] = {
      {body({}, Sensitivity::secret), {item_.seq, right.manifest, Sensitivity::secret}},
      {body({}, Sensitivity::secret), {right.private_part, item_.seq, Sensitivity::secret}},
      {body({}, Sensitivity::secret), {right.private_part, right.manifest, Sensitivity::confidential}},
      {body({"private"}), {right.private_part, right.manifest, right.sensitivity}},
      {body({"private"}), {next(), right.manifest, Sensitivity::open}},
      {body({"manifest"}), {right.private_part, right.manifest, right.sensitivity}},
      {body({}), {next(), right.manifest, right.sensitivity}},
  };
  for (const auto& one : wrong) {
    const auto end = next();
    EXPECT_TRUE(finds(log_, log_.describe(one.said, one.holds).seq, "something else holds"));
    log_.cut(end);
  }
  EXPECT_EQ(audited(log_), std::vector<std::string>{});
}

TEST_F(DescribedLog, ADescriptionThatDoesNotFollowTheLatestIsFound) {
  describe({"private"});
  for (const auto& other : {item_.act.hash, crypto::Digest{}}) {
    const auto end = next();
    auto said = body({"private"});
    said.supersedes = other;
    const auto seq = log_.describe(said, held_after(said, holds_, next())).seq;
    EXPECT_TRUE(finds(log_, seq, "was not said last"));
    log_.cut(end);
  }
  describe({}, Sensitivity::secret);
  EXPECT_TRUE(finds(log_, describe({}, Sensitivity::open), "lowered"));
}

TEST_F(DescribedLog, ADescriptionOfWhatWasNeverAcceptedInThatCaseIsFound) {
  const auto end = next();
  const auto said = body({"private"});
  const auto holds = held_after(said, holds_, next());
  const auto seq = log_.describe(said, holds, [&](Entry& entry) { entry.case_id = further_; }).seq;
  EXPECT_TRUE(finds(log_, seq, "never accepted"));
  log_.cut(end);
  auto none = said;
  none.item = crypto::random_fixed<crypto::EvidenceId>();
  EXPECT_TRUE(finds(log_, log_.describe(none, held_after(none, {}, next())).seq, "never accepted"));
}

TEST_F(DescribedLog, ARetrievalThatNamesAnotherDescriptionThanTheLatestIsFound) {
  EXPECT_TRUE(finds(log_, retrieve(item_.seq), "another description"));
  const auto first = describe({"private"});
  const auto second = describe({"private"});
  for (const auto named : {std::optional<std::uint64_t>(), std::optional(first), std::optional(item_.seq)})
    EXPECT_TRUE(finds(log_, retrieve(named), "another description"));
  const auto right = retrieve(second);
  EXPECT_FALSE(finds(log_, right, "another description"));
}

TEST_F(DescribedLog, AShareOfNothingIntoNothingOrTwiceIsFound) {
  const auto nothing = crypto::random_fixed<crypto::EvidenceId>();
  EXPECT_TRUE(finds(log_, log_.share(nothing, further_), "never accepted"));
  EXPECT_TRUE(finds(log_, log_.share(item_.item, crypto::random_fixed<crypto::CaseId>()), "was not open"));
  EXPECT_TRUE(finds(log_, log_.share(item_.item, log_.case_id), "that it was in"));
  const auto once = log_.share(item_.item, further_);
  EXPECT_FALSE(finds(log_, once, ""));
  EXPECT_TRUE(finds(log_, log_.share(item_.item, further_), "that it was in"));
}

TEST_F(DescribedLog, WhatIsReadInACaseThatItWasNeverSharedIntoIsFound) {
  EXPECT_TRUE(finds(log_, retrieve(std::nullopt, further_), "never accepted into its case"));
  EXPECT_TRUE(finds(log_, serve_in(further_, log_.lawyer, &*retrieval_), "never submitted to its case"));
  EXPECT_TRUE(finds(log_, serve_in(further_, log_.archivist, nullptr), "never submitted to its case"));
  log_.share(item_.item, further_);
  EXPECT_FALSE(finds(log_, retrieve(std::nullopt, further_), ""));
  EXPECT_FALSE(finds(log_, serve_in(further_, log_.lawyer, &*retrieval_), ""));
}

}  // namespace
}  // namespace depone::client
