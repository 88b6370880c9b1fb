#include "protocol/record/parts.h"
#include "tests/unit/net/running_archive.h"

namespace depone::daemon::net {
namespace {

using namespace protocol::record;
using Section = std::vector<std::pair<std::string, std::string>>;  // piece, and its bytes where it only names a part

class LogParts : public tests::RunningArchive {
 protected:
  std::string target(std::uint64_t from, std::uint64_t to) const {
    return "/v1/log/parts?from=" + std::to_string(from) + "&to=" + std::to_string(to);
  }
  // What the whole answer says of each entry.
  std::map<std::uint64_t, Section> parts(const tests::Person& who, std::uint64_t from, std::uint64_t to) {
    const auto answer = get(who, target(from, to));
    EXPECT_EQ(answer.status, 200u) << answer.text();
    largest_write_ = answer.largest_write;
    bytes_ = answer.body.size();
    std::map<std::uint64_t, Section> out;
    FrameReader reader;
    bool ended = false;
    Section* section = nullptr;
    for (ByteView rest = answer.body; !rest.empty();) {
      rest = rest.subspan(reader.feed(rest).value());
      const auto piece = reader.next();
      if (!piece) continue;
      EXPECT_FALSE(ended);
      ended = piece->first == "end";
      if (ended) continue;
      const auto text = std::string(text_view(piece->second));
      if (piece->first == "parts") {
        section = &out[std::stoull(text)];
        continue;
      }
      const bool names = piece->first == "withheld" || piece->first == "missing";
      section->emplace_back(piece->first, names ? text : "");
    }
    EXPECT_TRUE(ended);
    return out;
  }
  std::map<std::uint64_t, Section> parts(const tests::Person& who) { return parts(who, 0, size()); }
  void enrol_with_roles(const tests::Person& who, std::vector<Role> roles) {
    MemberEnrol body{who.card.hash, std::move(roles)};
    (void)write(ledger::EnrolCommand{act(custodian_, body), body, who.card, {}});
  }
  void change(const char* sql) {
    auto db = connection(store::Connection::Mode::read_write);
    db.execute(sql);
  }

  const Section sealed_{{"manifest", ""}, {"secret", ""}, {"withheld", "private"}};
  const Section nothing_{{"withheld", "manifest"}, {"withheld", "secret"}, {"withheld", "private"}};
  std::size_t largest_write_ = 0, bytes_ = 0;
};

TEST_F(LogParts, GivesArchivistsTheSealedOnesAndCustodiansNone) {
  (void)submit(lawyer_);
  const auto seq = size() - 1;
  EXPECT_EQ(parts(archivist_)[seq], sealed_);
  EXPECT_EQ(parts(custodian_)[seq], nothing_);
  EXPECT_EQ(parts(archivist_, 0, seq).size(), 0u);
}

TEST_F(LogParts, IsNotForThoseWhoMayNotReadTheLog) {
  (void)submit(lawyer_);
  const auto before = size();
  for (const auto* who : {&lawyer_, &investigator_, &outsider_})
    EXPECT_TRUE(get(*who, target(0, 1)).says(Reason::not_found));
  EXPECT_EQ(size(), before);
}

TEST_F(LogParts, IsWrittenDownBeforeItIsAnswered) {
  const auto before = size();
  const auto on_write = [&](ByteView) { EXPECT_EQ(size(), before + 1); };
  EXPECT_EQ(ask(archivist_, "GET", target(2, 5), {}, {}, on_write).status, 200u);
  const auto facts = facts_of<SearchFacts>(last_entry()).value();
  EXPECT_EQ(facts.what, "parts");
  EXPECT_EQ(facts.results, 3u);
  EXPECT_EQ(last_entry().actor.value, archivist_.id());
}

TEST_F(LogParts, RefusesWhatIsNoRangeOfItsEntries) {
  const auto end = size();
  for (const auto& bad : {target(1, 1), target(2, 1), target(0, end + 1), std::string("/v1/log/parts?from=x&to=2"),
                          std::string("/v1/log/parts")})
    EXPECT_EQ(get(archivist_, bad).status, 400u) << bad;
  for (int i = 0; i < 260; ++i) (void)get(lawyer_, "/v1/cases");
  EXPECT_EQ(get(archivist_, target(0, 257)).status, 400u);
  EXPECT_EQ(get(archivist_, target(1, 257)).status, 200u);
}

TEST_F(LogParts, SaysWhatIsMissingAlsoToWhomItWouldNotShowIt) {
  (void)submit(lawyer_);
  const auto seq = size() - 1;
  change("DELETE FROM parts WHERE name IN ('manifest', 'private')");
  const Section lacking{{"missing", "manifest"}, {"secret", ""}, {"missing", "private"}};
  EXPECT_EQ(parts(archivist_)[seq], lacking);
  change("UPDATE parts SET bytes = zeroblob(5000) WHERE name = 'secret'");  // larger than one can be
  EXPECT_EQ(parts(archivist_)[seq][1], (std::pair<std::string, std::string>("missing", "secret")));
}

TEST_F(LogParts, AreThoseOfTheEntryThatTookTheAct) {
  const auto own = submit(lawyer_), other = submit(lawyer_), hidden = crypto::random_fixed<crypto::EvidenceId>();
  const auto retrieval = this->retrieval(lawyer_, {hidden, own, other});
  const auto first = size();
  EXPECT_EQ(retrieve(lawyer_, retrieval).status, 200u);  // the first of its items is refused
  EXPECT_EQ(retrieve(lawyer_, retrieval).status, 200u);  // again: entries of serving
  EXPECT_TRUE(retrieve(outsider_, this->retrieval(outsider_, {own})).says(Reason::not_found));
  const auto given = parts(archivist_, first, size());
  EXPECT_EQ(given, (std::map<std::uint64_t, Section>{{first + 1, {{"withheld", "private"}}}}));
}

TEST_F(LogParts, AnArchivistWhoReadsTheCaseSeesWhatWasSaidAsItIsRead) {
  const tests::Person both("both");
  enrol_with_roles(both, {Role::archivist, Role::lawyer});
  const auto first = size();
  for (int i = 0; i < 20; ++i) (void)submit(lawyer_, 64, std::string(50'000, 'x'));
  const auto end = size();
  EXPECT_EQ(parts(both, first, end)[first], sealed_);
  CaseGrant body{case_, 1, both.id(), {1}, GrantAs::reader};
  (void)write(ledger::GrantCommand{act(lawyer_, body), body});
  const auto given = parts(both, first, end);
  EXPECT_EQ(given.size(), 20u);
  EXPECT_EQ(given.begin()->second, (Section{{"manifest", ""}, {"secret", ""}, {"private", ""}}));
  EXPECT_GT(bytes_, 1'000'000u);
  EXPECT_LT(largest_write_, bytes_ / 2);
}

TEST_F(LogParts, OfAnActOrEntryThatWasChangedAreNotSpokenOf) {
  (void)submit(lawyer_);
  (void)submit(lawyer_);
  change("UPDATE acts SET envelope = (SELECT envelope FROM acts WHERE act = 7) WHERE act = 6");
  EXPECT_EQ(parts(archivist_).size(), 1u);
  change("UPDATE acts SET envelope = CAST('{}' AS BLOB) WHERE act = 6");
  EXPECT_EQ(parts(archivist_).size(), 1u);
  change("UPDATE entries SET bytes = CAST('{}' AS BLOB) WHERE act = 7");
  EXPECT_EQ(parts(archivist_).size(), 0u);
}

}  // namespace
}  // namespace depone::daemon::net
