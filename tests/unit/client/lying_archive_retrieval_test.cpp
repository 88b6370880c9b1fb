// What an archive could lie about when evidence is retrieved.
#include "client/lib/content_opener.h"
#include "tests/unit/client/lying_archive.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using tests::frame_of;
using tests::piece;
using tests::pieces_of;

class LyingRetrieval : public tests::LyingArchive {
 protected:
  // Changes the answer to every retrieval, as pieces of its frame.
  void lie_in_answer(std::function<void(tests::Pieces&)> change) {
    lie_to("/v1/acts", [change = std::move(change)](Told& told) {
      auto pieces = pieces_of(told.body);
      change(pieces);
      told.body = frame_of(pieces);
    });
  }
  void replace(const std::string& name, Bytes bytes, std::size_t nth = 0) {
    lie_in_answer([=](tests::Pieces& pieces) { piece(pieces, name, nth)->second = bytes; });
  }
  // The pieces of an honest answer about these items.
  tests::Pieces honest_answer(std::vector<crypto::EvidenceId> items) {
    tests::Pieces heard;
    lie_to("/v1/acts", [&](Told& told) { heard = pieces_of(told.body); });
    EXPECT_EQ(try_retrieve(std::move(items)).value().failed.size(), 0u);
    be_honest();
    return heard;
  }
  Bytes honest_piece(const crypto::EvidenceId& item, std::string_view name) {
    auto heard = honest_answer({item});
    return piece(heard, name)->second;
  }
  // The one item that is asked for fails for this reason, and nothing of it is believed.
  void expect_failed(ErrorCode code, std::string_view says) {
    const auto got = try_retrieve({first_}).value();
    EXPECT_TRUE(got.items.empty());
    EXPECT_TRUE(got.refused.empty());
    ASSERT_EQ(got.failed.size(), 1u);
    EXPECT_EQ(got.failed[0].item, first_);
    EXPECT_EQ(got.failed[0].error.code, code) << got.failed[0].error.detail;
    EXPECT_NE(got.failed[0].error.detail.find(says), std::string::npos) << got.failed[0].error.detail;
  }
  Result<std::string> content_of(const crypto::EvidenceId& item) {
    auto asked = session(*reader_);
    DEPONE_ASSIGN(const auto got, try_retrieve(asked, {item}, clock_));
    if (got.items.size() != 1) return got.failed.at(0).error;
    const auto path = folder_ / "retrieved";
    DEPONE_ASSIGN(auto file, system::File::open_or_create(path));
    DEPONE_TRY(open_content(asked, got, got.items[0], file, {}));
    DEPONE_ASSIGN(const auto bytes, system::read_file(path, 1 << 20));
    return std::string(text_view(bytes));
  }
  crypto::EvidenceId first_ = deposit("first").item, second_ = deposit("second").item;
};

TEST_F(LyingRetrieval, AnHonestAnswerIsBelieved) {
  const auto got = try_retrieve({first_, second_}).value();
  ASSERT_EQ(got.items.size(), 2u);
  EXPECT_EQ(got.items[0].manifest.title, "first");
  EXPECT_EQ(got.items[1].ref, "KEYED-000002");
  EXPECT_EQ(content_of(second_).value(), "second");
}

TEST_F(LyingRetrieval, AnItemThatWasNotAskedForSpoilsTheAnswer) {
  const auto other = honest_answer({second_});
  lie_in_answer([&](tests::Pieces& pieces) { pieces.insert(pieces.end() - 1, other.begin(), other.end() - 1); });
  EXPECT_EQ(tests::code_of(try_retrieve({first_})), ErrorCode::damaged);
}

TEST_F(LyingRetrieval, AnItemThatIsAnsweredTwiceSpoilsTheAnswer) {
  lie_in_answer([](tests::Pieces& pieces) {
    const auto again = pieces;
    pieces.insert(pieces.end() - 1, again.begin(), again.end() - 1);
  });
  EXPECT_EQ(tests::code_of(try_retrieve({first_})), ErrorCode::damaged);
}

TEST_F(LyingRetrieval, AnItemThatIsLeftOutFailsAndTheOthersDoNot) {
  lie_in_answer([](tests::Pieces& pieces) { pieces.erase(piece(pieces, "item", 1), pieces.end() - 1); });
  const auto got = try_retrieve({first_, second_}).value();
  ASSERT_EQ(got.items.size(), 1u);
  EXPECT_EQ(got.items[0].item, first_);
  ASSERT_EQ(got.failed.size(), 1u);
  EXPECT_EQ(got.failed[0].item, second_);
  EXPECT_EQ(got.failed[0].error.code, ErrorCode::damaged);
}

TEST_F(LyingRetrieval, TwoItemsWhosePiecesChangedPlacesBothFail) {
  lie_in_answer(
      [](tests::Pieces& pieces) { std::swap(piece(pieces, "item", 0)->second, piece(pieces, "item", 1)->second); });
  const auto got = try_retrieve({first_, second_}).value();
  EXPECT_TRUE(got.items.empty());
  ASSERT_EQ(got.failed.size(), 2u);
  for (const auto& failed : got.failed) EXPECT_EQ(failed.error.code, ErrorCode::damaged);
}

TEST_F(LyingRetrieval, TheReceiptOfAnotherRetrievalIsNotOne) {
  replace("receipt", honest_piece(first_, "receipt"));
  expect_failed(ErrorCode::damaged, "another retrieval");
}

TEST_F(LyingRetrieval, AnotherItemsSubmissionIsNotThisItems) {
  replace("submit", honest_piece(second_, "submit"));
  expect_failed(ErrorCode::damaged, "another item's submission");
}

TEST_F(LyingRetrieval, EachPieceOfAnotherItemIsNoticed) {
  const auto other = honest_answer({second_});
  for (const auto& [name, bytes] : other) {
    if (name == "item" || name == "end" || name == "grant" || name == "object") continue;
    replace(name, bytes);
    const auto got = try_retrieve({first_}).value();
    ASSERT_EQ(got.failed.size(), 1u) << name;
    EXPECT_EQ(got.failed[0].error.code, ErrorCode::damaged) << name;
  }
}

TEST_F(LyingRetrieval, EachPieceThatIsMissingIsNoticed) {
  for (const char* const name : {"receipt", "grant", "secret", "manifest", "private", "share"}) {
    lie_in_answer([&](tests::Pieces& pieces) { pieces.erase(piece(pieces, name)); });
    expect_failed(ErrorCode::damaged, name);
  }
}

TEST_F(LyingRetrieval, AShareThatWasSealedForAnotherActDoesNotOpen) {
  replace("share", honest_piece(first_, "share"));
  expect_failed(ErrorCode::damaged, "");
}

TEST_F(LyingRetrieval, AShareOfTheArchivesOwnMakingIsNotTheOneThatWasDeposited) {
  const auto submitter = submitter_->identity.id();
  const auto context = crypto::item_context(genesis(), first_, keyed_, submitter);
  lie_in_answer([&](tests::Pieces& pieces) {
    const auto receipt = parse_receipt(piece(pieces, "receipt")->second).value();
    const auto act = parse_act(view(receipt.act.json)).value();
    const auto info = crypto::share_info(context, act.hash, Scope::content);
    const auto made_up = crypto::ReleaseShare::random();
    piece(pieces, "share")->second = crypto::seal(reader_->identity.card().body().seal, info, made_up.expose()).value();
  });
  expect_failed(ErrorCode::damaged, "not the one that was deposited");
}

TEST_F(LyingRetrieval, TheGrantOfAnotherCaseDoesNotOpen) {
  (void)open_case("OTHER");
  const auto opened = size() - 1;
  auto db = connection(tests::store::Connection::Mode::read_only);
  const auto grant = tests::ledger::Prover(db).receipt(opened).value();
  replace("grant", to_bytes(write_receipt(grant)));
  expect_failed(ErrorCode::damaged, "");
}

TEST_F(LyingRetrieval, ARefusalThatItsReceiptContradictsIsNotBelieved) {
  lie_in_answer([](tests::Pieces& pieces) { pieces.erase(piece(pieces, "submit"), pieces.end() - 1); });
  expect_failed(ErrorCode::damaged, "says that it refused");
}

TEST_F(LyingRetrieval, ARefusalWithoutAReceiptSaysNoMoreThanThatNothingIsThere) {
  const auto refuse = [&](Reason reason, std::string detail) {
    const auto problem = protocol::api::write_json(protocol::api::problem_of(reason, 5, std::move(detail)));
    lie_in_answer([problem](tests::Pieces& pieces) {
      pieces.erase(piece(pieces, "receipt"), pieces.end() - 1);
      pieces.insert(pieces.end() - 1, {"refusal", to_bytes(problem)});
    });
  };
  refuse(Reason::consent_recipient, "");
  expect_failed(ErrorCode::damaged, "without a receipt");
  refuse(Reason::not_found, "\033[31mcall this number\033[0m");
  const auto got = try_retrieve({first_}).value();
  ASSERT_EQ(got.refused.size(), 1u);
  EXPECT_EQ(got.refused[0].sentence, sentence(Reason::not_found));
}

TEST_F(LyingRetrieval, ContentOfAnotherItemIsNotThisItems) {
  replace("object", honest_piece(second_, "object"));
  EXPECT_EQ(tests::code_of(content_of(first_)), ErrorCode::damaged);
}

TEST_F(LyingRetrieval, ContentThatIsCutOrLongerIsNotBelieved) {
  const auto object = honest_piece(first_, "object");
  replace("object", Bytes(object.begin(), object.end() - 1));
  EXPECT_EQ(tests::code_of(content_of(first_)), ErrorCode::damaged);
  auto longer = object;
  longer.push_back(0);
  replace("object", longer);
  EXPECT_EQ(tests::code_of(content_of(first_)), ErrorCode::damaged);
}

TEST_F(LyingRetrieval, ALargeObjectOfAnotherItemIsNotThisItems) {
  const std::string content(200'000, 'a');
  const auto large = deposit(content).item, other = deposit(std::string(200'000, 'b')).item;
  EXPECT_EQ(content_of(large).value(), content);
  const auto submitted = try_retrieve({other}).value().items.at(0).terms.body.object;
  const auto bytes = system::read_file(objects_.path_of(submitted.sha256), 1 << 20).value();
  lie_to("/v1/objects", [&](Told& told) { told.body = bytes; });
  EXPECT_EQ(tests::code_of(content_of(large)), ErrorCode::damaged);
  lie_to("/v1/objects", [&](Told& told) { told.body.pop_back(); });
  EXPECT_EQ(tests::code_of(content_of(large)), ErrorCode::damaged);
}

TEST_F(LyingRetrieval, AnAnswerWithoutItsEndIsALineThatBroke) {
  lie_in_answer([](tests::Pieces& pieces) { pieces.pop_back(); });
  EXPECT_EQ(tests::code_of(try_retrieve({first_})), ErrorCode::unreachable);
}

}  // namespace
}  // namespace depone::client
