// What an archive could lie about of its log and of who belongs to it.
#include "client/lib/audit.h"
#include "client/lib/log_entries.h"
#include "tests/unit/client/lying_archive.h"
#include "tests/unit/client/lying_log.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using tests::code_of;
using tests::frame_of;
using tests::piece;
using tests::pieces_of;

class LyingLogs : public tests::LyingArchive {
 protected:
  // The log as it is now, in the liar's hand.
  tests::LyingLog lying_log(std::uint64_t size) {
    auto db = connection(tests::store::Connection::Mode::read_only);
    return {db, *log_key_, "archive.example/nk", size};
  }
  tests::LyingLog lying_log() { return lying_log(size()); }
  // From now on this is the log that the archive shows.
  void show(const tests::LyingLog& log) {
    lie([&log](const std::string& target, Told& told) {
      std::uint64_t from = 0, to = 0;
      if (target == "/v1/log/checkpoint") {
        told.body = to_bytes(log.checkpoint());
      } else if (std::sscanf(target.c_str(), "/v1/log/proof?from=%lu&to=%lu", &from, &to) == 2 && to <= log.size()) {
        told = {200, to_bytes(log.consistency(from, to)), {}, false};
      }
    });
  }
  // Everybody has seen the log as it is now.
  void pin(const Member& who) { (void)session(who); }
  static Entry search_by(const Member& who) {
    Entry entry;
    entry.type = kCatalogueSearch;
    entry.actor = who.identity.id();
    entry.facts = raw_facts(SearchFacts{"items", 0, 0});
    return entry;
  }
  void lie_in_roster(std::function<void(tests::Pieces&)> change) {
    lie_to("/v1/roster", [change = std::move(change)](Told& told) {
      auto pieces = pieces_of(told.body);
      change(pieces);
      told.body = frame_of(pieces);
    });
  }
  // What a client without a roster of its own makes of the archive's.
  Result<const policy::Roster*> roster(bool attested = false) {
    std::filesystem::remove(reader_->profile.roster());
    asked_.emplace(session(*reader_));
    return asked_->roster(attested);
  }
  void expect_no_roster(std::string_view says, bool attested = false) {
    const auto got = roster(attested);
    ASSERT_FALSE(got) << "not noticed: " << says;
    EXPECT_EQ(got.error().code, ErrorCode::damaged) << got.error().detail;
    EXPECT_NE(got.error().detail.find(says), std::string::npos) << got.error().detail;
    EXPECT_FALSE(std::filesystem::exists(reader_->profile.roster()));
  }
  void lie_in_acts(std::function<void(std::vector<Bytes>&)> change) {
    lie_to("/v1/log/acts/", [change = std::move(change)](Told& told) {
      std::vector<Bytes> acts;
      for (ByteView rest = told.body; !rest.empty();) {
        const std::size_t size = std::size_t{rest[2]} << 8 | rest[3];  // an act has at most 64 KiB
        acts.push_back(to_bytes(rest.subspan(4, size)));
        rest = rest.subspan(4 + size);
      }
      change(acts);
      told.body.clear();
      for (const auto& act : acts) {
        for (const std::size_t byte : {std::size_t{0}, std::size_t{0}, act.size() >> 8, act.size() & 0xff})
          told.body.push_back(static_cast<std::uint8_t>(byte));
        told.body.insert(told.body.end(), act.begin(), act.end());
      }
    });
  }
  Result<AuditReport> audited(bool objects = false) {
    auto asked = session(*auditor_);
    return audit(asked, {objects ? AuditWish::Also::objects : AuditWish::Also::nothing, true}, nullptr);
  }
  void expect_found(std::string_view what, bool objects = false) {
    const auto report = audited(objects);
    ASSERT_TRUE(report) << report.error().detail;
    std::string found;
    for (const auto& wrong : report->wrong) found += wrong.subject + ' ' + wrong.what + '\n';
    EXPECT_NE(found.find(what), std::string::npos) << found;
  }
  std::optional<Session> asked_;
};

// --- checkpoints

TEST_F(LyingLogs, AForkOfTheSameLengthIsNoticed) {
  pin(*reader_);
  auto log = lying_log(size() - 1);
  log.write(search_by(*reader_));
  show(log);
  EXPECT_EQ(code_of(try_session(*reader_)), ErrorCode::damaged);
}

TEST_F(LyingLogs, ALongerForkIsNoticed) {
  pin(*reader_);
  auto log = lying_log(size() - 1);
  for (int i = 0; i < 3; ++i) log.write(search_by(*reader_));
  show(log);
  EXPECT_EQ(code_of(try_session(*reader_)), ErrorCode::damaged);
}

TEST_F(LyingLogs, ALogThatWentOnIsBelieved) {
  pin(*reader_);
  auto log = lying_log();
  for (int i = 0; i < 3; ++i) log.write(search_by(*reader_));
  show(log);
  EXPECT_EQ(try_session(*reader_).value().seen().size, size() + 3);
}

TEST_F(LyingLogs, AShorterForkIsNoticed) {
  pin(*reader_);
  auto log = lying_log(size() - 2);
  log.write(search_by(*reader_));
  show(log);
  // The liar has no proof for it: what is asked of the true log proves the true log.
  EXPECT_EQ(code_of(try_session(*reader_)), ErrorCode::damaged);
}

TEST_F(LyingLogs, ALogThatWasPutBackIsNoticed) {
  pin(*reader_);
  const auto log = lying_log(size() - 2);
  const auto end = size();
  lie([&log, end](const std::string& target, Told& told) {
    if (target == "/v1/log/checkpoint") told.body = to_bytes(log.checkpoint());
    if (target.ends_with("&to=" + std::to_string(end)))
      told = {
          400, to_bytes(protocol::api::write_json(protocol::api::problem_of(Reason::request_malformed))), {}, false};
  });
  EXPECT_EQ(code_of(try_session(*reader_)), ErrorCode::rolled_back);
}

TEST_F(LyingLogs, ACheckpointOfAnotherKeyIsNotOne) {
  const crypto::SigningKey other(crypto::SigningSeed::random());
  auto db = connection(tests::store::Connection::Mode::read_only);
  const tests::LyingLog log(db, other, "archive.example/nk", size());
  show(log);
  EXPECT_FALSE(try_session(*reader_));
  const tests::LyingLog named(db, *log_key_, "archive.example/other", size());
  show(named);
  EXPECT_FALSE(try_session(*reader_));
}

TEST_F(LyingLogs, ACheckpointWithAChangedRootIsNotOne) {
  lie_to("/v1/log/checkpoint", [](Told& told) { told.body[30] ^= 1; });
  EXPECT_FALSE(try_session(*reader_));
}

TEST_F(LyingLogs, AnotherArchiveBehindTheSameServerIsNotTheOneThatWasJoined) {
  // The card of another archive with this server's TLS key: all that it says is signed by another log.
  Entry entry0;
  entry0.type = kArchiveInit;
  const crypto::SigningKey other(crypto::SigningSeed::random());
  auto facts = ledger_->snapshot().roster->facts();
  facts.log = other.public_key();
  entry0.facts = raw_facts(facts);
  const auto entry = write_form(entry0);
  const auto note = crypto::log::sign_checkpoint({"archive.example/nk", 1, crypto::log::leaf_hash(view(entry))}, other);
  const auto card = write_archive_card(other, entry, custodian_.card, note, {address()}, clock_.now());
  const auto profile = Profile(folder_ / "profiles" / "deceived").join("nk", card).value();
  EXPECT_FALSE(Session::open(profile, reader_->identity));
}

TEST_F(LyingLogs, AServerWithAnotherKeyIsNotTheArchive) {
  Entry entry0;
  entry0.type = kArchiveInit;
  auto facts = ledger_->snapshot().roster->facts();
  facts.tls = crypto::SigningKey(crypto::SigningSeed::random()).public_key();
  entry0.facts = raw_facts(facts);
  const auto entry = write_form(entry0);
  const auto note =
      crypto::log::sign_checkpoint({"archive.example/nk", 1, crypto::log::leaf_hash(view(entry))}, *log_key_);
  const auto card = write_archive_card(*log_key_, entry, custodian_.card, note, {address()}, clock_.now());
  const auto profile = Profile(folder_ / "profiles" / "deceived").join("nk", card).value();
  EXPECT_EQ(code_of(Session::open(profile, reader_->identity)), ErrorCode::damaged);
}

// --- the roster

TEST_F(LyingLogs, AnHonestRosterIsBelieved) {
  EXPECT_TRUE(roster(true)) << roster(true).error().detail;
  EXPECT_TRUE(std::filesystem::exists(reader_->profile.roster()));
}

TEST_F(LyingLogs, ARevocationThatIsHiddenIsNoticedBeforeAnythingIsSealed) {
  MemberRevoke body{submitter_->identity.id(), RevokeReason::key_compromised};
  (void)write(tests::ledger::RevokeCommand{act(custodian_, body), body});
  // All of the chain but its last link, and a true attestation.
  lie_in_roster([](tests::Pieces& pieces) { pieces.erase(pieces.end() - 3); });
  expect_no_roster("older roster", true);
  lie_in_roster([](tests::Pieces& pieces) {
    if (piece(pieces, "end") - pieces.begin() > 2) pieces.erase(piece(pieces, "attest"));
  });
  expect_no_roster("did not attest", true);
}

TEST_F(LyingLogs, AnAttestationOfAnotherDayIsNotFresh) {
  Bytes attestation;
  lie_to("/v1/roster", [&](Told& told) {
    auto pieces = pieces_of(told.body);
    attestation = piece(pieces, "attest")->second;
  });
  EXPECT_TRUE(roster(true));
  lie_in_roster([&](tests::Pieces& pieces) { piece(pieces, "attest")->second = attestation; });
  expect_no_roster("older roster", true);
}

TEST_F(LyingLogs, AnAttestationToSomebodyElseIsNotOurs) {
  Bytes attestation;
  lie_to("/v1/roster", [&](Told& told) {
    auto pieces = pieces_of(told.body);
    attestation = piece(pieces, "attest")->second;
  });
  std::filesystem::remove(reader_->profile.roster());
  auto ours = session(*reader_);  // has seen the log before the other's attestation
  auto others = session(*submitter_);
  EXPECT_TRUE(others.roster(true));
  lie_in_roster([&](tests::Pieces& pieces) { piece(pieces, "attest")->second = attestation; });
  EXPECT_EQ(code_of(ours.roster(true)), ErrorCode::damaged);
}

TEST_F(LyingLogs, AMembersCardThatWasSwappedIsNoticed) {
  lie_in_roster(
      [](tests::Pieces& pieces) { std::swap(piece(pieces, "card", 1)->second, piece(pieces, "card", 2)->second); });
  expect_no_roster("roster chain breaks");
}

TEST_F(LyingLogs, AnEnrolmentThatIsLeftOutOfTheMiddleIsNoticed) {
  lie_in_roster([](tests::Pieces& pieces) { pieces.erase(pieces.begin() + 2, pieces.begin() + 4); });
  expect_no_roster("roster chain breaks");
}

TEST_F(LyingLogs, ACaseWithAnotherKeyIsNotTheOneThatWasSigned) {
  lie_in_roster([](tests::Pieces& pieces) {
    auto& last = (pieces.end() - 2)->second;  // the opening of KEYED
    auto receipt = parse_receipt(last).value();
    auto act = parse_act(view(receipt.act.json)).value();
    auto body = body_of<CaseOpen>(act).value();
    body.key = crypto::seal_public_key(crypto::SealSuite::x25519, crypto::SealSeed::random()).value();
    act.payload.body.json = write_form(body);
    const crypto::SigningKey liar(crypto::SigningSeed::random());
    act.payload.actor = liar.id();
    receipt.act.json = sign_act(liar, act.payload).bytes;
    last = to_bytes(write_receipt(receipt));
  });
  expect_no_roster("not the one that its entry names");
}

TEST_F(LyingLogs, AMemberOfTheArchivesOwnMakingIsNotEnrolled) {
  // Signed by the log's key, which is nobody's: the entry is in the log, and its act is not by a custodian.
  auto log = lying_log();
  const tests::Person mole("mole");
  const auto enrol = make_act(mole.key, genesis(), seen(), clock_.now(), MemberEnrol{mole.card.hash, {Role::lawyer}});
  Entry entry;
  entry.type = MemberEnrol::kType;
  entry.actor = mole.id();
  entry.subject = subject_of(mole.id());
  entry.roster = ledger_->snapshot().roster->head();
  entry.act = enrol.hash;
  entry.facts = raw_facts(ActFacts{0});
  const auto seq = log.write(entry);
  const auto receipt = write_receipt(log.receipt(seq, enrol.bytes));
  lie([&](const std::string& target, Told& told) {
    std::uint64_t from = 0, to = 0;
    if (target.starts_with("/v1/roster")) {
      auto pieces = pieces_of(told.body);
      pieces.insert(pieces.end() - 1, {{"receipt", to_bytes(receipt)}, {"card", to_bytes(mole.card.envelope)}});
      told.body = frame_of(pieces);
    } else if (std::sscanf(target.c_str(), "/v1/log/proof?from=%lu&to=%lu", &from, &to) == 2) {
      told = {200, to_bytes(log.consistency(from, to)), {}, false};
    }
  });
  expect_no_roster("roster chain breaks");
}

TEST_F(LyingLogs, ARosterWithoutItsEndWasCut) {
  lie_in_roster([](tests::Pieces& pieces) { pieces.pop_back(); });
  expect_no_roster("was cut");
}

// --- audit

TEST_F(LyingLogs, AnHonestLogPassesItsAudit) { EXPECT_TRUE(audited().value().wrong.empty()); }

TEST_F(LyingLogs, ABundleThatLeavesOutAnActIsFound) {
  lie_in_acts([](std::vector<Bytes>& acts) { acts.back().clear(); });
  expect_found("another act than the one that it names");
}

TEST_F(LyingLogs, ActsThatChangedPlacesAreFound) {
  lie_in_acts([](std::vector<Bytes>& acts) { std::swap(acts[acts.size() - 2], acts.back()); });
  expect_found("another act than the one that it names");
}

TEST_F(LyingLogs, AnActBehindAnEntryThatNamesNoneIsFound) {
  lie_in_acts([](std::vector<Bytes>& acts) { acts.front() = acts.back(); });
  expect_found("an act that it does not name");
}

TEST_F(LyingLogs, ABundleWithFewerActsThanEntriesSaysSo) {
  lie_in_acts([](std::vector<Bytes>& acts) { acts.pop_back(); });
  EXPECT_EQ(code_of(audited()), ErrorCode::damaged);
}

TEST_F(LyingLogs, AnEntryThatIsNotTheOneOfTheTreeIsFound) {
  lie_to("/v1/log/tile/entries/", [](Told& told) {
    const auto at = std::string(text_view(told.body)).find("\"skew_ms\":0");
    told.body[at + 10] = '1';
  });
  expect_found("does not have the root");
}

TEST_F(LyingLogs, ABundleThatIsCutSaysSo) {
  lie_to("/v1/log/tile/entries/", [](Told& told) { told.body.pop_back(); });
  EXPECT_EQ(code_of(audited()), ErrorCode::damaged);
}

TEST_F(LyingLogs, AnObjectThatIsNotTheOneThatWasDepositedIsFound) {
  const auto item = deposit("first").item;
  (void)deposit("second");
  EXPECT_TRUE(audited(true).value().wrong.empty());
  mishear("/v1/objects/", "/v1/objects/" + to_text(item));
  expect_found("not the one that was deposited", true);
  mishear("", "");
  lie_to("/v1/objects/", [](Told& told) { told = {404, {}, {}, false}; });
  expect_found("does not give", true);
}

TEST_F(LyingLogs, AnEntryThatTheTreeDoesNotHoldIsNotShown) {
  auto asked = session(*auditor_);
  EXPECT_EQ(proved_entries(asked, 0).value().size(), size());
  lie_to("/v1/log/tile/entries/", [](Told& told) {
    const auto at = std::string(text_view(told.body)).find("\"skew_ms\":0");
    told.body[at + 10] = '1';
  });
  EXPECT_EQ(code_of(proved_entries(asked, 0)), ErrorCode::damaged);
}

TEST_F(LyingLogs, ATileThatAgreesWithAChangedEntryDoesNotLeadToTheRoot) {
  auto asked = session(*auditor_);
  std::string changed;
  lie([&](const std::string& target, Told& told) {
    if (target.starts_with("/v1/log/tile/entries/")) {
      const auto at = std::string(text_view(told.body)).find("\"skew_ms\":0");
      told.body[at + 10] = '1';
      // The first such entry is number 1: behind entry 0 and two lengths.
      const std::size_t first = std::size_t{told.body[0]} << 8 | told.body[1];
      const std::size_t second = std::size_t{told.body[2 + first]} << 8 | told.body[3 + first];
      changed = std::string(text_view(told.body)).substr(4 + first, second);
    } else if (target.starts_with("/v1/log/tile/0/")) {
      const auto leaf = crypto::log::leaf_hash(view(changed));
      std::ranges::copy(leaf.span(), told.body.begin() + crypto::Digest::kSize);
    }
  });
  EXPECT_EQ(code_of(proved_entries(asked, 0)), ErrorCode::damaged);
}

TEST_F(LyingLogs, AMemberWhomTheRosterHidesIsFoundByTheAudit) {
  (void)join("mole", Role::lawyer);
  lie_in_roster([](tests::Pieces& pieces) { pieces.erase(pieces.end() - 3, pieces.end() - 1); });
  expect_found("the roster");
}

}  // namespace
}  // namespace depone::client
