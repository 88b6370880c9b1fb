#include "daemon/service/intake.h"

#include <gtest/gtest.h>

#include "client/lib/item_sealer.h"
#include "crypto/log/merkle.h"
#include "protocol/record/frame.h"
#include "tests/unit/people.h"

namespace depone::daemon::service {
namespace {

using namespace protocol::record;
using tests::Person;

class Intake : public testing::Test {
 protected:
  Intake() {
    Entry entry0;
    entry0.type = kArchiveInit;
    const InitFacts facts{"archive.example/nk",
                          log_.public_key(),
                          crypto::SigningKey(crypto::SigningSeed::random()).public_key(),
                          crypto::seal_public_key(crypto::SealSuite::x25519, intake_).value(),
                          custodian_.card.hash,
                          {}};
    entry0.facts = raw_facts(facts);
    const auto bytes = write_form(entry0);
    archive_.genesis = crypto::log::leaf_hash(view(bytes));
    archive_.facts = facts;
    roster_.emplace(policy::Roster::begin(entry0, archive_.genesis, custodian_.card).value());
    roster_->enrol(identity_.card(), {identity_.card().hash, {Role::investigator}}, 1);
    client::ItemSealer sealer(archive_, {crypto::random_fixed<crypto::CaseId>(), 1, custodian_.card.body().seal},
                              identity_);
    Bytes object = to_bytes(sealer.header().span());
    object.resize(object.size() + 3 + crypto::kChunkTagBytes);
    sealer.seal_chunk(view("abc"), true, std::span(object).subspan(32));
    sealer.hash_sealed(object);
    client::ItemDescription description;
    description.manifest.title = "title";
    auto submission = sealer.finish(description, TimePoint{}, {}, object).value();
    sealed_ = submission.sealed;
    frame_ = crypto::open_seal_public(crypto::SealSuite::x25519, intake_, crypto::submission_info(archive_.genesis),
                                      submission.sealed)
                 .value();
    pieces_ = parse_frame(frame_).value();
  }
  Reason reading(ByteView frame) const {
    const auto read = read_submission(frame, *roster_, identity_.id());
    const auto* const failed = std::get_if<NotTaken>(&read);
    return failed == nullptr ? Reason::none : failed->reason;
  }
  // The frame with one piece's bytes replaced.
  Bytes with(std::string_view name, ByteView bytes) const {
    FrameWriter writer;
    for (const auto& piece : pieces_) writer.add(piece.name, piece.name == name ? bytes : piece.bytes);
    return writer.take();
  }
  Bytes flipped(std::string_view name) const {
    Bytes bytes = to_bytes(find_piece(pieces_, name)->bytes);
    bytes[bytes.size() / 2] ^= 1;
    return with(name, bytes);
  }
  Act act() const { return parse_act(find_piece(pieces_, "act")->bytes).value(); }

  Person custodian_{"custodian"};
  crypto::SigningKey log_{crypto::SigningSeed::random()};
  crypto::SealSeed intake_ = crypto::SealSeed::random();
  client::Identity identity_ = std::move(
      client::Identity::create("investigator", {Role::investigator}, crypto::SealSuite::x25519, TimePoint{}).value());
  ArchiveCard archive_;
  std::optional<policy::Roster> roster_;
  Bytes sealed_;
  Bytes frame_;
  std::vector<Piece> pieces_;
};

TEST_F(Intake, OpensWhatWasSealedToItsOwnKeyAlone) {
  const auto opened = open_submission(sealed_, intake_, *roster_, identity_.id());
  EXPECT_NE(std::get_if<ReadSubmission>(&opened), nullptr);
  const auto other = open_submission(sealed_, crypto::SealSeed::random(), *roster_, identity_.id());
  ASSERT_NE(std::get_if<NotTaken>(&other), nullptr);
  EXPECT_EQ(std::get<NotTaken>(other).reason, Reason::submission_unopenable);
  EXPECT_FALSE(std::get<NotTaken>(other).act);
}

TEST_F(Intake, TakesWhatAClientSealed) {
  const auto read = read_submission(frame_, *roster_, identity_.id());
  const auto* const submission = std::get_if<ReadSubmission>(&read);
  ASSERT_NE(submission, nullptr) << std::get<NotTaken>(read).detail;
  EXPECT_TRUE(submission->has_object);
  EXPECT_EQ(submission->command.parts.size(), 3u);
  EXPECT_EQ(submission->command.act.payload.actor, identity_.id());
}

TEST_F(Intake, RefusesEveryChangedByte) {
  for (std::size_t i = 0; i < frame_.size(); i += 3) {
    auto changed = frame_;
    changed[i] ^= 1;
    EXPECT_NE(reading(changed), Reason::none) << "byte " << i;
  }
}

TEST_F(Intake, SaysWhichPieceIsNotTheOneThatWasSigned) {
  EXPECT_EQ(reading(flipped("manifest")), Reason::part_mismatch);
  EXPECT_EQ(reading(flipped("secret")), Reason::part_mismatch);
  EXPECT_EQ(reading(flipped("release_share")), Reason::part_mismatch);
  EXPECT_EQ(reading(flipped("object")), Reason::object_mismatch);
  const auto object = to_bytes(find_piece(pieces_, "object")->bytes);
  EXPECT_EQ(reading(with("object", ByteView(object).first(object.size() - 1))), Reason::object_mismatch);
}

TEST_F(Intake, RefusesPiecesThatAreMissingOrInAnotherOrder) {
  for (std::size_t without = 0; without + 1 < pieces_.size(); ++without) {
    FrameWriter writer;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (i != without) writer.add(pieces_[i].name, pieces_[i].bytes);
    }
    EXPECT_EQ(reading(writer.bytes()), Reason::request_malformed) << pieces_[without].name;
  }
  FrameWriter swapped;
  for (const std::size_t i : {0, 2, 1, 3, 4, 5}) swapped.add(pieces_[i].name, pieces_[i].bytes);
  EXPECT_EQ(reading(swapped.bytes()), Reason::request_malformed);
}

TEST_F(Intake, RefusesAnotherKeysSignatureAStrangerAndAnotherArchive) {
  const Person stranger("stranger");
  auto payload = act().payload;
  payload.actor = stranger.id();
  EXPECT_EQ(reading(with("act", view(sign_act(stranger.key, payload).bytes))), Reason::act_actor_unknown);
  // Signed by a stranger in the member's name.
  auto forged =
      parse_envelope(view(sign_envelope(stranger.key, kActType, write_form(act().payload))), kActType).value();
  forged.signatures.front().keyid = identity_.id();
  EXPECT_EQ(reading(with("act", view(write_form(forged)))), Reason::act_signature);
  payload = act().payload;
  payload.archive = {};
  EXPECT_EQ(reading(with("act", view(sign_act(identity_.signing_key(), payload).bytes))), Reason::act_wrong_archive);
}

TEST_F(Intake, RefusesUnknownFieldsAndTypesInASignedBody) {
  auto payload = act().payload;
  payload.body.json.insert(payload.body.json.size() - 1, ",\"more\":1");
  EXPECT_EQ(reading(with("act", view(sign_act(identity_.signing_key(), payload).bytes))), Reason::act_malformed);
  FrameWriter frame;
  payload = act().payload;
  payload.type = "evidence.teleport";
  const auto unknown = sign_act(identity_.signing_key(), payload);
  frame.add("act", view(unknown.bytes));
  const auto read = read_act(frame.bytes(), *roster_, identity_.id());
  ASSERT_TRUE(std::holds_alternative<NotTaken>(read));
  EXPECT_EQ(std::get<NotTaken>(read).reason, Reason::act_type_unknown);
}

TEST_F(Intake, AnActIsSentByItsActorAlone) {
  const auto revoke =
      make_act(custodian_.key, archive_.genesis, {}, TimePoint{}, MemberRevoke{identity_.id(), RevokeReason::left});
  FrameWriter frame;
  frame.add("act", view(revoke.bytes));
  EXPECT_TRUE(std::holds_alternative<ledger::Command>(read_act(frame.bytes(), *roster_, custodian_.id())));
  const auto read = read_act(frame.bytes(), *roster_, identity_.id());
  ASSERT_TRUE(std::holds_alternative<NotTaken>(read));
  EXPECT_EQ(std::get<NotTaken>(read).reason, Reason::act_not_own);
}

}  // namespace
}  // namespace depone::daemon::service
