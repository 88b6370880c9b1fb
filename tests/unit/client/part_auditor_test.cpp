#include "client/lib/part_auditor.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "protocol/record/parts.h"
#include "protocol/record/salted.h"
#include "tests/unit/client/forged_log.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using tests::ForgedLog;
using tests::Person;
using Pieces = std::vector<PartAuditor::Piece>;

Bytes text(std::string_view of) { return to_bytes(view(of)); }

// A log with one submission and a retrieval of it twice over, and what an honest archive has of their parts.
class Parts : public testing::Test {
 protected:
  Parts() {
    SubmitPrivate said;
    said.catalogue.summary = "a letter";
    private_ = text(write_form(said));
    auto body = log_.submission();
    body.parts.add("manifest", crypto::sha256(manifest_));
    body.parts.add("secret", crypto::sha256(secret_));
    body.parts.add("private", salted_root(private_).value());
    const auto item = log_.submit(log_.act(log_.lawyer, body), 1);
    submitted_ = item.seq;
    const auto other = log_.submit(2).item;
    RetrievePrivate statement;
    statement.purpose = "documentation";
    statement_ = text(write_form(statement));
    EvidenceRetrieve retrieve{log_.case_id, {item.item, other}, Scope::content, Use::internal, {}};
    retrieve.parts.add("private", salted_root(statement_).value());
    const auto retrieval = log_.act(log_.lawyer, retrieve);
    retrieved_ = log_.grant(retrieval, item.item);
    log_.grant(retrieval, other);
  }
  Pieces to_archivist() const {
    return {{"parts", text(std::to_string(submitted_))},
            {"manifest", manifest_},
            {"secret", secret_},
            {"withheld", text("private")},
            {"parts", text(std::to_string(retrieved_))},
            {"withheld", text("private")},
            {"end", {}}};
  }
  Pieces to_lawyer() const {
    auto out = to_archivist();
    out[3] = {"private", private_};
    out[5] = {"private", statement_};
    return out;
  }
  // The audit of the whole log by this person, as far as it comes.
  Result<> audit(const Person& who, Pieces pieces) {
    report_ = {};
    LogAuditor auditor(*log_.roster, report_, policy::KeyedRecords::without_name(folder_.path()).value());
    std::size_t next = 0;
    const auto give = [&]() -> Result<PartAuditor::Piece> {
      if (next == pieces.size()) return fail(ErrorCode::unreachable, "the line broke");
      return pieces[next++];
    };
    PartAuditor parts(*log_.roster, who.id(), give, report_);
    for (const auto& [entry, act] : log_.lines) {
      const auto taken = auditor.look(entry, act);
      DEPONE_TRY(parts.check(auditor.size(), taken ? &*taken : nullptr));
      auditor.take(entry, act);
    }
    return parts.finish();
  }
  std::vector<std::string> found() const {
    std::vector<std::string> out;
    for (const auto& finding : report_.wrong) out.push_back(finding.subject + ' ' + finding.what);
    return out;
  }
  std::string part(std::uint64_t seq, std::string_view name, std::string_view what) const {
    return "entry " + std::to_string(seq) + ", part " + std::string(name) + ' ' + std::string(what);
  }
  static constexpr std::string_view kChanged = "does not match its commitment: it was changed";
  static constexpr std::string_view kMissing = "is missing: the archive does not have it any more";

  ForgedLog log_;
  Bytes manifest_ = text("sealed"), secret_ = text("sealed too"), private_, statement_;
  std::uint64_t submitted_ = 0, retrieved_ = 0;
  tests::TemporaryFolder folder_;
  AuditReport report_;
};

TEST_F(Parts, ThatMatchAreCountedAndThoseThatOneMayNotSeeAreNamedAsUnchecked) {
  ASSERT_TRUE(audit(log_.archivist, to_archivist()));
  EXPECT_EQ(found(), std::vector<std::string>{});
  EXPECT_EQ(report_.parts, 2u);
  EXPECT_EQ(report_.part_bytes, manifest_.size() + secret_.size());
  EXPECT_EQ(report_.withheld, (std::map<std::string, std::uint64_t>{{"private of evidence.retrieve", 1},
                                                                    {"private of evidence.submit", 1}}));
  ASSERT_TRUE(audit(log_.lawyer, to_lawyer()));
  EXPECT_EQ(found(), std::vector<std::string>{});
  EXPECT_EQ(report_.parts, 4u);
  EXPECT_TRUE(report_.withheld.empty());
}

TEST_F(Parts, ThatWereChangedAreNamedSealedAndSalted) {
  for (const std::size_t at : {1u, 2u, 3u, 5u}) {
    auto pieces = to_lawyer();
    pieces[at].second[pieces[at].second.size() / 2] ^= 1;
    ASSERT_TRUE(audit(log_.lawyer, pieces));
    EXPECT_EQ(found(), std::vector{part(at < 5 ? submitted_ : retrieved_, pieces[at].first, kChanged)});
  }
  auto pieces = to_lawyer();
  pieces[3].second.push_back(' ');  // the same values, spelled otherwise
  ASSERT_TRUE(audit(log_.lawyer, pieces));
  EXPECT_EQ(found(), std::vector{part(submitted_, "private", kChanged)});
  std::swap(pieces[1].second, pieces[2].second);
  ASSERT_TRUE(audit(log_.lawyer, pieces));
  EXPECT_EQ(found().size(), 3u);
}

TEST_F(Parts, ThatAreMissingAreWrongWhetherTheArchiveSaysSoOrIsSilent) {
  auto pieces = to_archivist();
  pieces[1] = {"missing", text("manifest")};
  ASSERT_TRUE(audit(log_.archivist, pieces));
  EXPECT_EQ(found(), std::vector{part(submitted_, "manifest", kMissing)});
  pieces.erase(pieces.begin() + 1);
  ASSERT_TRUE(audit(log_.archivist, pieces));
  EXPECT_EQ(found(), std::vector{part(submitted_, "manifest", kMissing)});
  pieces.erase(pieces.begin(), pieces.begin() + 3);
  ASSERT_TRUE(audit(log_.archivist, pieces));
  EXPECT_EQ(found(), (std::vector{part(submitted_, "manifest", kMissing), part(submitted_, "secret", kMissing),
                                  part(submitted_, "private", kMissing)}));
  ASSERT_TRUE(audit(log_.archivist, {{"end", {}}}));
  EXPECT_EQ(found().size(), 4u);
}

TEST_F(Parts, ThatAreWithheldFromWhoMaySeeThemAreWrong) {
  auto pieces = to_archivist();
  pieces[2] = {"withheld", text("secret")};
  ASSERT_TRUE(audit(log_.archivist, pieces));
  EXPECT_EQ(found(), std::vector{part(submitted_, "secret", "is withheld, though you may see it")});
  ASSERT_TRUE(audit(log_.lawyer, to_archivist()));
  EXPECT_EQ(found().size(), 2u);
}

TEST_F(Parts, OfACardAreExpectedWithItsEnrolment) {
  Person named("named");
  auto body = named.card.body();
  body.parts.add("identity", crypto::sha256(view("somebody")));
  named.card = make_card(named.key, body, TimePoint{});
  const auto seq = log_.enrol(named, Role::analyst);
  auto pieces = to_archivist();
  ASSERT_TRUE(audit(log_.archivist, pieces));
  EXPECT_EQ(found(), std::vector{part(seq, "identity", kMissing)});
  pieces.insert(pieces.end() - 1, {{"parts", text(std::to_string(seq))}, {"withheld", text("identity")}});
  ASSERT_TRUE(audit(log_.archivist, pieces));
  EXPECT_EQ(found(), std::vector<std::string>{});
  EXPECT_EQ(report_.withheld["identity of member.enrol"], 1u);
}

TEST_F(Parts, OfEntriesThatTookNothingArePassedOver) {
  auto pieces = to_archivist();
  pieces.insert(pieces.begin(), {{"parts", text("0")}, {"manifest", manifest_}});
  ASSERT_TRUE(audit(log_.archivist, pieces));
  EXPECT_EQ(found(), std::vector<std::string>{});
  EXPECT_EQ(report_.parts, 2u);
}

TEST_F(Parts, AnAnswerThatIsNotOfItsFormIsRefused) {
  const auto refuses = [&](const std::function<void(Pieces&)>& spoil) {
    auto pieces = to_archivist();
    spoil(pieces);
    return tests::code_of(audit(log_.archivist, pieces)) == ErrorCode::damaged;
  };
  EXPECT_TRUE(refuses([](Pieces& p) { p.erase(p.begin()); }));             // a part of nothing
  EXPECT_TRUE(refuses([](Pieces& p) { p[0].second = text("x"); }));        // of no entry
  EXPECT_TRUE(refuses([](Pieces& p) { p[4].second = text("1"); }));        // backwards
  EXPECT_TRUE(refuses([](Pieces& p) { p.insert(p.begin() + 1, p[1]); }));  // twice
  EXPECT_TRUE(refuses([](Pieces& p) { p.insert(p.begin() + 1, {"missing", text("manifest")}); }));
  EXPECT_TRUE(refuses([](Pieces& p) { p[4].second = text("99"); }));  // of an entry that is not asked for
  EXPECT_TRUE(refuses([](Pieces& p) {                                 // of parts without end
    for (int i = 0; i < 9; ++i) p.insert(p.begin() + 1, {"missing", text(std::to_string(i))});
  }));
}

TEST_F(Parts, WhereTheLineBreaksNothingIsSaidOfThatEntry) {
  const auto whole = to_archivist();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto cut = audit(log_.archivist, Pieces(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
    EXPECT_EQ(tests::code_of(cut), ErrorCode::unreachable) << n;
    EXPECT_EQ(found(), std::vector<std::string>{}) << n;
    EXPECT_EQ(report_.parts, n > 4 ? 2u : 0u) << n;
  }
}

}  // namespace
}  // namespace depone::client
