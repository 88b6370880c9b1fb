// What an archive could lie about of items that were described again or shared; and what a reader could seal that none
// can read.
#include "client/lib/content_opener.h"
#include "client/lib/custody.h"
#include "client/lib/item_acts.h"
#include "client/lib/item_manifests.h"
#include "protocol/record/frame.h"
#include "tests/unit/client/lying_archive.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using tests::frame_of;
using tests::piece;
using tests::Pieces;
using tests::pieces_of;

class LyingDescription : public tests::LyingArchive {
 protected:
  // Says all of it anew; or, without a word, raises the sensitivity alone.
  std::uint64_t describe(const crypto::EvidenceId& item, const std::string& said,
                         std::optional<Sensitivity> sensitivity = std::nullopt) {
    auto asked = session(*reader_);
    const auto found = find_item(asked, to_text(item)).value();
    const auto opened = open_for_cataloguing(asked, found, clock_).value();
    Correction correction{DescribeReason::mistake, sensitivity, {}, {}};
    if (!said.empty()) {
      correction.private_part = *found.said;
      correction.private_part->catalogue.summary = said;
      correction.manifest = opened.manifest;
      correction.manifest->title = said;
    }
    return describe_again(asked, found.terms, std::move(correction), &opened, clock_.now()).value();
  }
  std::uint64_t share(const crypto::EvidenceId& item, const std::string& prefix) {
    auto asked = session(*reader_);
    const auto found = find_item(asked, to_text(item)).value();
    const auto opened = open_for_cataloguing(asked, found, clock_).value();
    const auto into = find_case(asked, prefix).value();
    return share_item(asked, opened, into.target, clock_.now()).value();
  }
  Result<Retrieval> retrieve_in(const crypto::CaseId& case_id, const crypto::EvidenceId& item) {
    auto asked = session(*reader_);
    RetrieveRequest request{case_id, {item}, Scope::content, Use::external, {}};
    request.statement.purpose = "documentation";
    request.statement.recipient = "icc_otp";
    return client::retrieve(asked, std::move(request), clock_);
  }

  void lie_in(const std::string& target, std::function<void(Pieces&)> change) {
    lie_to(target, [change = std::move(change)](Told& told) {
      auto pieces = pieces_of(told.body);
      change(pieces);
      told.body = frame_of(pieces);
    });
  }
  Pieces answer_about(const crypto::EvidenceId& item, const crypto::CaseId& case_id) {
    Pieces heard;
    lie_to("/v1/acts", [&](Told& told) { heard = pieces_of(told.body); });
    EXPECT_EQ(retrieve_in(case_id, item).value().items.size(), 1u);
    be_honest();
    return heard;
  }
  Pieces answer_about(const crypto::EvidenceId& item) { return answer_about(item, keyed_); }
  // Why the item is not believed; nothing where it is.
  std::string retrieved(const crypto::CaseId& case_id, const crypto::EvidenceId& item) {
    const auto got = retrieve_in(case_id, item);
    if (!got) return got.error().detail;
    if (got->failed.empty()) return "";
    EXPECT_EQ(got->failed[0].error.code, ErrorCode::damaged);
    return got->failed[0].error.detail;
  }
  std::string shown(const crypto::EvidenceId& item) {
    auto asked = session(*reader_);
    const auto found = find_item(asked, to_text(item));
    return found ? "" : found.error().detail;
  }
  // A lie in the answer to a retrieval, and the same where the item is shown.
  void expect_noticed(const std::string& what, const std::function<void(Pieces&)>& change, bool where_shown = true) {
    lie_in("/v1/acts", change);
    EXPECT_NE(retrieved(keyed_, item_), "") << what;
    be_honest();
    EXPECT_EQ(retrieved(keyed_, item_), "");
    if (!where_shown) return;
    lie_in("/v1/items/", change);
    EXPECT_NE(shown(item_), "") << what;
    be_honest();
    EXPECT_EQ(shown(item_), "");
  }
  static std::function<void(Pieces&)> with(const std::string& name, Bytes bytes) {
    return [=](Pieces& pieces) { piece(pieces, name)->second = bytes; };
  }
  static std::function<void(Pieces&)> without(const std::string& name) {
    return [=](Pieces& pieces) { pieces.erase(piece(pieces, name)); };
  }

  crypto::EvidenceId item_ = deposit("first").item, other_ = deposit("second").item;
};

TEST_F(LyingDescription, AnOlderDescriptionOrWhatItSaidIsNotTheLatest) {
  auto before = answer_about(item_);
  describe(item_, "one");
  auto older = answer_about(item_);
  describe(item_, "two");
  auto latest = answer_about(item_);
  describe(other_, "other");
  auto others = answer_about(other_);
  expect_noticed("older", with("described", piece(older, "described")->second), true);
  expect_noticed("another item's", with("described", piece(others, "described")->second));
  expect_noticed("left out", without("described"));
  for (auto* const from : {&before, &older, &others})
    expect_noticed("private", with("private", piece(*from, "private")->second));
  for (auto* const from : {&before, &older, &others})
    expect_noticed("manifest", with("manifest", piece(*from, "manifest")->second), false);
  expect_noticed("another act", with("described", piece(latest, "submit")->second));
  // All of it of before: what was said of it is right in itself, and only the receipt of the retrieval tells.
  const auto all_older = [&](Pieces& pieces) {
    for (const char* name : {"described", "private", "manifest"})
      piece(pieces, name)->second = piece(older, name)->second;
  };
  expect_noticed("all of it older", all_older, false);
  const auto never = [&](Pieces& pieces) {
    pieces.erase(piece(pieces, "described"));
    for (const char* name : {"private", "manifest"}) piece(pieces, name)->second = piece(before, name)->second;
  };
  expect_noticed("as if never described", never, false);
}

TEST_F(LyingDescription, WhatHoldsOfAnEarlierDescriptionIsOfThatOne) {
  describe(item_, "one");
  auto first = answer_about(item_);
  describe(item_, "two");
  describe(item_, "", Sensitivity::secret);
  auto honest = answer_about(item_);
  EXPECT_NO_THROW(piece(honest, "described_private"));
  for (const std::string name : {"described_private", "described_manifest"}) {
    expect_noticed(name + " older", with(name, piece(first, "described")->second));
    expect_noticed(name + " left out", without(name));
    expect_noticed(name + " of the submission", with(name, piece(honest, "submit")->second));
  }
  expect_noticed("private older", with("private", piece(first, "private")->second));
  expect_noticed("manifest older", with("manifest", piece(first, "manifest")->second), false);
}

TEST_F(LyingDescription, AShareIsOfThisItemIntoThisCase) {
  const auto further = open_case("TORT"), third = open_case("MORE");
  for (const auto& item : {item_, other_}) share(item, "TORT");
  share(item_, "MORE");
  auto honest = answer_about(item_, further), others = answer_about(other_, further),
       elsewhere = answer_about(item_, third), own = answer_about(item_);
  EXPECT_EQ(retrieved(further, item_), "");
  const auto noticed = [&](std::string_view what, const std::function<void(Pieces&)>& change) {
    lie_in("/v1/acts", change);
    EXPECT_NE(retrieved(further, item_), "") << what;
    be_honest();
  };
  noticed("another item's", with("shared", piece(others, "shared")->second));
  noticed("another case's", with("shared", piece(elsewhere, "shared")->second));
  noticed("left out", without("shared"));
  noticed("another act", with("shared", piece(honest, "submit")->second));
  for (auto* const from : {&others, &elsewhere, &own}) {
    noticed("secret", with("secret", piece(*from, "secret")->second));
    if (from != &others) noticed("grant", with("grant", piece(*from, "grant")->second));
  }
}

TEST_F(LyingDescription, EveryManifestIsToldAndNoneIsLeftOutOrExchanged) {
  describe(item_, "one");
  describe(item_, "two");
  const auto read = [&](std::vector<std::string>& titles) {
    auto asked = session(*reader_);
    const auto opened = open_for_cataloguing(asked, find_item(asked, to_text(item_)).value(), clock_).value();
    return read_manifests(asked, item_, {*opened.manifest_key, opened.context, opened.terms.body},
                          [&](SaidManifest said) { titles.push_back(said.opened.value().manifest.title); });
  };
  std::vector<std::string> titles, some;
  ASSERT_TRUE(read(titles));
  EXPECT_EQ(titles, (std::vector<std::string>{"first", "one", "two"}));
  const auto history = "/v1/items/" + to_text(item_) + "/history";
  lie_in(history, without("manifest"));
  EXPECT_EQ(tests::code_of(read(some)), ErrorCode::damaged);
  lie_in(history, [](Pieces& pieces) { pieces.erase(piece(pieces, "manifest", 2)); });
  EXPECT_EQ(tests::code_of(read(some)), ErrorCode::damaged);
  lie_in(history,
         [](Pieces& pieces) { std::swap(piece(pieces, "manifest", 0)->second, piece(pieces, "manifest", 1)->second); });
  EXPECT_EQ(tests::code_of(read(some)), ErrorCode::damaged);
}

// To an archivist the words are not shown; to a reader, that they are missing is a correction that is hidden.
TEST_F(LyingDescription, WhatWasSaidIsNotLeftOutForWhoMaySeeIt) {
  describe(item_, "one");
  const auto told = [&](const Member& who) {
    auto asked = session(who);
    return tests::code_of(read_custody(asked, to_text(item_), [](const CustodyEntry&) {}));
  };
  const auto honest = [&] {
    for (const auto* const who : {&*reader_, &*submitter_, &*auditor_}) {
      auto asked = session(*who);
      EXPECT_TRUE(read_custody(asked, to_text(item_), [](const CustodyEntry&) {}))
          << who->identity.card().body().handle;
    }
  };
  honest();
  // Of the submission, of the retrieval that the correction began with, of the correction.
  for (std::size_t nth = 0; nth < 3; ++nth) {
    lie_in("/v1/items/" + to_text(item_) + "/history",
           [nth](Pieces& pieces) { pieces.erase(piece(pieces, "private", nth)); });
    EXPECT_EQ(told(*reader_), ErrorCode::damaged) << nth;
  }
  be_honest();
  lie_in("/v1/items/", without("private"));
  EXPECT_NE(shown(item_), "");
  be_honest();
  honest();
}

// --- a reader who turned ---------------------------------------------------------------------------------------------

class SpoiledManifest : public LyingDescription {
 protected:
  // Describes the item with what the archive cannot look into.
  void spoil(const Bytes& sealed, const crypto::Digest& commitment) {
    auto asked = session(*reader_);
    const auto found = find_item(asked, to_text(item_)).value();
    ASSERT_TRUE(asked.refresh());
    EvidenceDescribe body;
    body.item = item_;
    body.supersedes = found.terms.described_by;
    body.manifest_commitment = commitment;
    body.parts.add("manifest", crypto::sha256(sealed));
    const auto act = make_act(reader_->identity.signing_key(), genesis(), asked.seen(), clock_.now(), body);
    FrameWriter frame;
    frame.add("act", view(act.bytes));
    frame.add("manifest", sealed);
    ASSERT_TRUE(asked.act(act, frame.bytes()));
  }
  // Seals this manifest as an honest client would.
  void spoil_with(const std::function<void(Manifest&)>& change) {
    auto asked = session(*reader_);
    const auto opened = open_for_cataloguing(asked, find_item(asked, to_text(item_)).value(), clock_).value();
    auto manifest = opened.manifest;
    change(manifest);
    const auto text = write_form(manifest);
    spoil(crypto::seal_manifest(*opened.manifest_key, opened.context, pad_manifest(text)),
          salted_root(view(text)).value());
  }
  std::string content() {
    auto asked = session(*reader_);
    const auto got = try_retrieve(asked, {item_}, clock_).value();
    EXPECT_EQ(got.items.size(), 1u) << (got.failed.empty() ? "" : got.failed[0].error.detail);
    if (got.items.empty()) return "";
    EXPECT_TRUE(got.items[0].passed_over);
    EXPECT_EQ(got.items[0].manifest.title, "one");
    const auto path = folder_ / "retrieved";
    auto file = system::File::open_or_create(path).value();
    const auto opened = open_content(asked, got, got.items[0], file, {});
    EXPECT_TRUE(opened) << opened.error().detail;
    return std::string(text_view(system::read_file(path, 1 << 20).value()));
  }
};

TEST_F(SpoiledManifest, OneThatNobodyCanOpenTakesTheItemFromNobody) {
  const auto honest = describe(item_, "one");
  spoil(Bytes(2000, 7), crypto::random_fixed<crypto::Digest>());
  EXPECT_EQ(content(), "first");
  EXPECT_EQ(try_retrieve({item_}).value().items.at(0).passed_over->used, honest);
  // Whoever can open the item puts it right.
  describe(item_, "repaired");
  const auto got = try_retrieve({item_}).value();
  ASSERT_EQ(got.items.size(), 1u);
  EXPECT_FALSE(got.items[0].passed_over);
  EXPECT_EQ(got.items[0].manifest.title, "repaired");
}

TEST_F(SpoiledManifest, OneThatIsOfOtherContentIsNotBelieved) {
  for (const auto& change : std::vector<std::function<void(Manifest&)>>{
           [](Manifest& manifest) { manifest.sha256 = {}; }, [](Manifest& manifest) { manifest.commitment_salt = {}; },
           [](Manifest& manifest) { manifest.size = 6; }}) {
    describe(item_, "one");
    spoil_with(change);
    EXPECT_EQ(content(), "first");
  }
}

}  // namespace
}  // namespace depone::client
