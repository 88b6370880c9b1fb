// What an archive could lie about when it shows an item, or what became of it.
#include "client/lib/custody.h"
#include "client/lib/item_lookup.h"
#include "tests/unit/client/lying_archive.h"
#include "tests/unit/client/lying_log.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using tests::code_of;
using tests::frame_of;
using tests::piece;
using tests::pieces_of;

class LyingHistory : public tests::LyingArchive {
 protected:
  LyingHistory() { EXPECT_TRUE(try_retrieve({first_, second_})); }

  Result<std::vector<CustodyEntry>> history(const Member& who, const std::string& name) {
    auto asked = session(who);
    std::vector<CustodyEntry> out;
    DEPONE_TRY(read_custody(asked, name, [&](const CustodyEntry& one) { out.push_back(one); }));
    return out;
  }
  Result<FoundItem> show(const std::string& name) {
    auto asked = session(*reader_);
    return find_item(asked, name);
  }
  void lie_in_history(std::function<void(tests::Pieces&)> change) {
    lie([change = std::move(change)](const std::string& target, Told& told) {
      if (target.find("/history") == std::string::npos) return;
      auto pieces = pieces_of(told.body);
      change(pieces);
      told.body = frame_of(pieces);
    });
  }
  // What the history of the first item says to the reader while this lie is told.
  void expect_noticed(std::string_view says, ErrorCode code = ErrorCode::damaged) {
    const auto got = history(*reader_, name_);
    ASSERT_FALSE(got) << "not noticed: " << says;
    EXPECT_EQ(got.error().code, code) << got.error().detail;
    EXPECT_NE(got.error().detail.find(says), std::string::npos) << got.error().detail;
  }
  // The history of an archive whose log goes on as the liar wants it: `last` stands at its end.
  void tell_of(tests::LyingLog& log, std::string receipt) {
    lie([&log, receipt = std::move(receipt)](const std::string& target, Told& told) {
      if (target.starts_with("/v1/log/proof")) {
        std::uint64_t from = 0, to = 0;
        std::sscanf(target.c_str(), "/v1/log/proof?from=%lu&to=%lu", &from, &to);
        told = {200, to_bytes(log.consistency(from, to)), {}, false};
      } else if (target.find("/history") != std::string::npos) {
        auto pieces = pieces_of(told.body);
        pieces.insert(pieces.end() - 1, {"receipt", to_bytes(receipt)});
        told.body = frame_of(pieces);
      }
    });
  }
  tests::LyingLog lying_log() {
    auto db = connection(tests::store::Connection::Mode::read_only);
    return {db, *log_key_, "archive.example/nk", size()};
  }
  std::uint64_t history_end() {
    be_honest();
    return history(*reader_, name_).value().back().receipt.entry.seq;
  }
  // An entry on the first item as a liar would begin it: by the reader, behind the last true one.
  Entry made_up(std::string_view type, RawObject facts) {
    Entry entry;
    entry.type = type;
    entry.actor = reader_->identity.id();
    entry.case_id = keyed_;
    entry.subject = to_text(first_);
    entry.before = history_end();
    entry.facts = std::move(facts);
    return entry;
  }

  crypto::EvidenceId first_ = deposit("first").item, second_ = deposit("second").item;
  std::string name_ = "KEYED-000001";
};

TEST_F(LyingHistory, AnHonestArchiveIsBelieved) {
  EXPECT_EQ(show(name_).value().terms.item, first_);
  const auto told = history(*reader_, name_).value();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1].statement->recipient, "icc_otp");
}

TEST_F(LyingHistory, AnotherItemThanTheOneThatWasAskedForIsNotShown) {
  mishear("/v1/items/" + name_, "/v1/items/KEYED-000002");
  EXPECT_EQ(code_of(show(name_)), ErrorCode::damaged);
  mishear("/v1/items/" + to_text(first_), "/v1/items/KEYED-000002");
  EXPECT_EQ(code_of(show(to_text(first_))), ErrorCode::damaged);
}

TEST_F(LyingHistory, WhatWasNotSaidOfAnItemIsNotShown) {
  const auto other = deposit("third");
  Bytes said;
  lie_to("/v1/items/", [&](Told& told) {
    auto pieces = pieces_of(told.body);
    said = piece(pieces, "private")->second;
  });
  EXPECT_TRUE(show(other.ref));
  lie_to("/v1/items/", [&](Told& told) {
    auto pieces = pieces_of(told.body);
    piece(pieces, "private")->second = said;
    told.body = frame_of(pieces);
  });
  EXPECT_EQ(code_of(show(name_)), ErrorCode::damaged);
}

TEST_F(LyingHistory, AReceiptThatIsNotOfASubmissionIsNotAnItem) {
  auto db = connection(tests::store::Connection::Mode::read_only);
  const auto receipt = tests::ledger::Prover(db).receipt(size() - 1).value();
  lie_to("/v1/items/", [&](Told& told) {
    auto pieces = pieces_of(told.body);
    piece(pieces, "submit")->second = to_bytes(write_receipt(receipt));
    told.body = frame_of(pieces);
  });
  EXPECT_EQ(code_of(show(name_)), ErrorCode::damaged);
}

TEST_F(LyingHistory, AnEntryThatIsLeftOutOfTheMiddleIsMissed) {
  EXPECT_TRUE(try_retrieve({first_}));
  lie_in_history([](tests::Pieces& pieces) { pieces.erase(piece(pieces, "receipt", 1), piece(pieces, "receipt", 2)); });
  expect_noticed("hid an entry");
}

TEST_F(LyingHistory, AnEntryThatIsLeftOutOfTheBeginningIsMissed) {
  lie_in_history([](tests::Pieces& pieces) { pieces.erase(pieces.begin()); });
  expect_noticed("hid an entry");
}

TEST_F(LyingHistory, EntriesInAnotherOrderAreNoticed) {
  lie_in_history([](tests::Pieces& pieces) { std::swap(*piece(pieces, "receipt", 0), *piece(pieces, "receipt", 1)); });
  expect_noticed("hid an entry");
}

TEST_F(LyingHistory, AnEntryThatIsShownTwiceIsNoticed) {
  lie_in_history([](tests::Pieces& pieces) { pieces.insert(pieces.begin(), pieces[0]); });
  expect_noticed("hid an entry");
}

TEST_F(LyingHistory, AnotherItemsHistoryIsNotThisOnes) {
  mishear("/v1/items/" + name_ + "/history", "/v1/items/KEYED-000002/history");
  expect_noticed("another item");
}

TEST_F(LyingHistory, AnEntryOfAnotherItemAmongThemIsNoticed) {
  Bytes other;
  lie_in_history([&](tests::Pieces& pieces) { other = piece(pieces, "receipt", 1)->second; });
  EXPECT_TRUE(history(*reader_, "KEYED-000002"));
  lie_in_history([&](tests::Pieces& pieces) { piece(pieces, "receipt", 1)->second = other; });
  expect_noticed("not of this item");
}

TEST_F(LyingHistory, AStatementThatWasNotSignedIsNoticed) {
  RetrievePrivate statement;
  statement.purpose = "documentation";
  statement.recipient = "somebody-else";
  lie_in_history([&](tests::Pieces& pieces) { piece(pieces, "private", 1)->second = to_bytes(write_form(statement)); });
  expect_noticed("not what was signed");
}

TEST_F(LyingHistory, AStatementOfADepositIsNoticed) {
  lie_in_history([](tests::Pieces& pieces) { pieces.insert(pieces.begin() + 1, *piece(pieces, "private", 1)); });
  expect_noticed("not what was signed");
}

TEST_F(LyingHistory, OtherWordsOfADepositAreNoticed) {
  lie_in_history([](tests::Pieces& pieces) {
    auto said = parse_form<SubmitPrivate>(piece(pieces, "private", 0)->second, "").value();
    said.catalogue.summary = "what nobody said";
    piece(pieces, "private", 0)->second = to_bytes(write_form(said));
  });
  expect_noticed("not what was signed");
}

TEST_F(LyingHistory, AnActThatIsWithheldFromAReaderIsNoticed) {
  const auto withhold = [](tests::Pieces& pieces, std::size_t nth) {
    auto receipt = parse_receipt(piece(pieces, "receipt", nth)->second).value();
    receipt.act.json = "{}";
    piece(pieces, "receipt", nth)->second = to_bytes(write_receipt(receipt));
  };
  lie_in_history([&](tests::Pieces& pieces) {
    withhold(pieces, 1);
    pieces.erase(piece(pieces, "private"));
  });
  expect_noticed("withholds the act");
  lie_in_history([&](tests::Pieces& pieces) { withhold(pieces, 0); });
  expect_noticed("withholds the act");
}

TEST_F(LyingHistory, ASubmitterIsToldOfRetrievalsWithOtherItemsWithoutTheirAct) {
  const auto told = history(*submitter_, name_).value();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_FALSE(told[1].receipt.act);
  lie_in_history([](tests::Pieces& pieces) {
    auto receipt = parse_receipt(pieces[0].second).value();
    receipt.act.json = "{}";
    pieces[0].second = to_bytes(write_receipt(receipt));
  });
  EXPECT_EQ(code_of(history(*submitter_, name_)), ErrorCode::damaged);
}

TEST_F(LyingHistory, AnActWithASignatureOfAnotherKeyIsNoticed) {
  auto entry = made_up(EvidenceRetrieve::kType, raw_facts(RetrieveFacts{0, clock_.now(), "none"}));
  const crypto::SigningKey other(crypto::SigningSeed::random());
  ActPayload payload;
  payload.type = EvidenceRetrieve::kType;
  payload.id = crypto::random_fixed<crypto::ActId>();
  payload.archive = genesis();
  payload.actor = reader_->identity.id();
  payload.issued_at = clock_.now();
  payload.seen = seen();
  payload.body.json = write_form(EvidenceRetrieve{keyed_, {first_}, Scope::manifest, Use::internal, {}});
  auto envelope = sign_act(other, payload).bytes;
  // The envelope says that it is the reader's.
  const auto theirs = crypto::to_hex(other.id().span()), ours = crypto::to_hex(payload.actor.span());
  for (auto at = envelope.find(theirs); at != std::string::npos; at = envelope.find(theirs))
    envelope.replace(at, theirs.size(), ours);
  const auto forged = parse_act(view(envelope)).value();
  entry.act = forged.hash;
  auto log = lying_log();
  const auto seq = log.write(entry);
  tell_of(log, write_receipt(log.receipt(seq, forged.bytes)));
  expect_noticed("signature");
}

TEST_F(LyingHistory, ADeedWithoutAnActIsNotBelieved) {
  const auto entry = made_up(EvidenceRetrieve::kType, raw_facts(RetrieveFacts{0, clock_.now(), "inline"}));
  auto log = lying_log();
  const auto seq = log.write(entry);
  tell_of(log, write_receipt(log.receipt(seq)));
  expect_noticed("names no act");
}

TEST_F(LyingHistory, APageThatEndsWhereItBeganIsNoticed) {
  lie_in_history([&](tests::Pieces& pieces) { pieces.back().second = to_bytes("7"); });
  expect_noticed("goes on elsewhere");
  // The first page is true, and the next ones say no more than to go on where the first ended.
  const auto last = std::to_string(history_end());
  lie([&](const std::string& target, Told& told) {
    if (target.find("/history") == std::string::npos) return;
    auto pieces = pieces_of(told.body);
    if (target.find("after=") != std::string::npos) pieces.erase(pieces.begin(), pieces.end() - 1);
    pieces.back().second = to_bytes(last);
    told.body = frame_of(pieces);
  });
  expect_noticed("goes on elsewhere");
}

TEST_F(LyingHistory, AHistoryWithoutItsEndWasCut) {
  lie_in_history([](tests::Pieces& pieces) { pieces.pop_back(); });
  expect_noticed("was cut");
}

TEST_F(LyingHistory, AnEmptyHistoryIsNotThisItems) {
  lie_in_history([](tests::Pieces& pieces) { pieces.erase(pieces.begin(), pieces.end() - 1); });
  expect_noticed("another item");
}

}  // namespace
}  // namespace depone::client
