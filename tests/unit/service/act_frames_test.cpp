// What read_act takes and refuses, for each type of act.
#include <gtest/gtest.h>

#include "daemon/service/intake.h"
#include "protocol/record/frame.h"
#include "protocol/record/salted.h"
#include "tests/unit/client/archive.h"

namespace depone::daemon::service {
namespace {

using namespace protocol::record;
using tests::Person;
using Pieces = std::vector<std::pair<std::string_view, Bytes>>;

class ActFrames : public testing::Test {
 protected:
  ActFrames() { roster_.enrol(lawyer_.card, {lawyer_.card.hash, {Role::lawyer}}, 1); }

  template <class Body>
  Bytes act(const Person& by, const Body& body) const {
    return to_bytes(make_act(by.key, card_.genesis, {}, TimePoint{}, body).bytes);
  }
  std::variant<ledger::Command, NotTaken> read(const Pieces& pieces, const Person& sender) const {
    FrameWriter frame;
    for (const auto& [name, bytes] : pieces) frame.add(name, bytes);
    return read_act(frame.bytes(), roster_, sender.id());
  }
  template <class Command>
  bool taken_as(const Pieces& pieces, const Person& sender) const {
    const auto command = read(pieces, sender);
    return std::holds_alternative<ledger::Command>(command) &&
           std::holds_alternative<Command>(std::get<ledger::Command>(command));
  }
  Reason reason(const Pieces& pieces, const Person& sender) const {
    const auto command = read(pieces, sender);
    const auto* const failed = std::get_if<NotTaken>(&command);
    return failed == nullptr ? Reason::none : failed->reason;
  }
  // An act with a salted part `private`, and the part.
  template <class Body, class Private>
  Pieces with_private(const Person& by, Body body, const Private& part) const {
    const auto bytes = to_bytes(write_form(part));
    body.parts.add("private", salted_root(bytes).value());
    return {{"act", act(by, body)}, {"private", bytes}};
  }
  CaseOpen case_open() const {
    CaseOpen body;
    body.case_id = crypto::random_fixed<crypto::CaseId>();
    body.prefix = "NKPC";
    body.key = lawyer_.card.body().seal;
    body.grants = {{lawyer_.id(), {1}, GrantAs::reader}};
    return body;
  }
  static CasePrivate case_private() {
    CasePrivate part;
    part.salt = crypto::random_fixed<crypto::Salt32>();
    part.title = "prison camps";
    return part;
  }
  Pieces retrieval(std::vector<crypto::EvidenceId> items) const {
    EvidenceRetrieve body;
    body.items = std::move(items);
    RetrievePrivate part;
    part.salt = crypto::random_fixed<crypto::Salt32>();
    part.purpose = "documentation";
    return with_private(lawyer_, body, part);
  }
  static std::vector<crypto::EvidenceId> items(std::size_t count) {
    std::vector<crypto::EvidenceId> out(count);
    for (auto& item : out) item = crypto::random_fixed<crypto::EvidenceId>();
    return out;
  }

  tests::Archive archive_;
  ArchiveCard card_ = parse_archive_card(archive_.card()).value();
  const Person& custodian_ = archive_.custodian;
  Person lawyer_{"lawyer"}, stranger_{"stranger"};
  policy::Roster roster_ =
      policy::Roster::begin(parse_entry(view(card_.entry)).value(), card_.genesis, custodian_.card).value();
};

TEST_F(ActFrames, AnEnrolmentBringsItsCard) {
  const auto enrol = act(custodian_, MemberEnrol{stranger_.card.hash, {Role::analyst}});
  const auto card = to_bytes(stranger_.card.envelope);
  EXPECT_TRUE(taken_as<ledger::EnrolCommand>({{"act", enrol}, {"card", card}}, custodian_));
  EXPECT_EQ(reason({{"act", enrol}}, custodian_), Reason::card_invalid);
  EXPECT_EQ(reason({{"act", enrol}, {"private", card}}, custodian_), Reason::card_invalid);
  auto changed = card;
  changed[changed.size() / 2] ^= 1;
  EXPECT_EQ(reason({{"act", enrol}, {"card", changed}}, custodian_), Reason::card_invalid);
  EXPECT_EQ(reason({{"act", enrol}, {"card", card}, {"identity", card}}, custodian_), Reason::request_malformed);
}

TEST_F(ActFrames, AnIdentityPartIsTheOneThatTheCardCommitsTo) {
  IdentityPart identity;
  identity.salt = crypto::random_fixed<crypto::Salt32>();
  identity.name = "a name";
  const auto part = to_bytes(write_form(identity));
  const crypto::SigningKey key(crypto::SigningSeed::random());
  CardBody body = stranger_.card.body();
  body.parts.add("identity", salted_root(part).value());
  const auto card = make_card(key, body, TimePoint{});
  const auto enrol = act(custodian_, MemberEnrol{card.hash, {Role::analyst}});
  const auto envelope = to_bytes(card.envelope);
  EXPECT_TRUE(taken_as<ledger::EnrolCommand>({{"act", enrol}, {"card", envelope}, {"identity", part}}, custodian_));
  EXPECT_EQ(reason({{"act", enrol}, {"card", envelope}}, custodian_), Reason::part_mismatch);
  identity.name = "another name";
  EXPECT_EQ(reason({{"act", enrol}, {"card", envelope}, {"identity", to_bytes(write_form(identity))}}, custodian_),
            Reason::part_mismatch);
}

TEST_F(ActFrames, ACaseBringsItsPrivatePart) {
  const auto right = with_private(lawyer_, case_open(), case_private());
  EXPECT_TRUE(taken_as<ledger::OpenCaseCommand>(right, lawyer_));
  EXPECT_EQ(reason({right[0]}, lawyer_), Reason::part_mismatch);
  EXPECT_EQ(reason({right[0], {"identity", right[1].second}}, lawyer_), Reason::part_mismatch);
  EXPECT_EQ(reason({right[0], right[1], {"identity", {}}}, lawyer_), Reason::part_mismatch);
  EXPECT_EQ(reason({right[0], right[1], right[1]}, lawyer_), Reason::request_malformed);
  EXPECT_EQ(reason({right[0], {"private", to_bytes(write_form(case_private()))}}, lawyer_), Reason::part_mismatch);
  EXPECT_EQ(reason({{"act", act(lawyer_, case_open())}}, lawyer_), Reason::part_mismatch);  // commits to none
}

TEST_F(ActFrames, APartThatIsCommittedAndNotOfItsFormIsMalformed) {
  auto text = write_form(case_private());
  text.insert(text.size() - 1, ",\"more\":\"x\"");
  auto body = case_open();
  body.parts.add("private", salted_root(view(text)).value());
  EXPECT_EQ(reason({{"act", act(lawyer_, body)}, {"private", to_bytes(text)}}, lawyer_), Reason::part_malformed);
}

TEST_F(ActFrames, ARetrievalNamesOneTo256ItemsEachOnce) {
  for (const std::size_t count : {1, 2, 256})
    EXPECT_TRUE(taken_as<ledger::RetrieveCommand>(retrieval(items(count)), lawyer_)) << count;
  for (const std::size_t count : {0, 257})
    EXPECT_EQ(reason(retrieval(items(count)), lawyer_), Reason::act_malformed) << count;
  auto twice = items(2);
  twice.push_back(twice.front());
  EXPECT_EQ(reason(retrieval(twice), lawyer_), Reason::act_malformed);
}

TEST_F(ActFrames, ABareActComesAlone) {
  const auto revoke = act(custodian_, MemberRevoke{lawyer_.id(), RevokeReason::left});
  EXPECT_TRUE(taken_as<ledger::RevokeCommand>({{"act", revoke}}, custodian_));
  EXPECT_EQ(reason({{"act", revoke}, {"private", {}}}, custodian_), Reason::request_malformed);
  const auto grant =
      act(lawyer_, CaseGrant{crypto::random_fixed<crypto::CaseId>(), 1, custodian_.id(), {1}, GrantAs::recovery});
  EXPECT_TRUE(taken_as<ledger::GrantCommand>({{"act", grant}}, lawyer_));
}

TEST_F(ActFrames, ASubmissionDoesNotComeByThisDoor) {
  EvidenceSubmit body;
  body.epoch = 1;
  EXPECT_EQ(reason({{"act", act(lawyer_, body)}}, lawyer_), Reason::act_type_unknown);
}

TEST_F(ActFrames, AnActOfAnotherArchiveOrOfNobodyIsRefused) {
  const MemberRevoke body{lawyer_.id(), RevokeReason::left};
  const auto elsewhere = make_act(custodian_.key, {}, {}, TimePoint{}, body);
  EXPECT_EQ(reason({{"act", to_bytes(elsewhere.bytes)}}, custodian_), Reason::act_wrong_archive);
  EXPECT_EQ(reason({{"act", act(stranger_, body)}}, stranger_), Reason::act_actor_unknown);
  EXPECT_EQ(reason({}, custodian_), Reason::request_malformed);
  EXPECT_EQ(reason({{"private", {}}}, custodian_), Reason::request_malformed);
}

TEST_F(ActFrames, OnlyARefusalWhoseSignatureHoldsBringsAnActToRecord) {
  const auto unfit = act(lawyer_, EvidenceSubmit{});
  auto refused = read({{"act", unfit}}, lawyer_);
  EXPECT_TRUE(std::get<NotTaken>(refused).act.has_value());
  auto forged = parse_act(unfit).value().envelope;
  forged.signatures.front().sig.bytes[0] ^= 1;
  refused = read({{"act", to_bytes(write_form(forged))}}, lawyer_);
  EXPECT_EQ(std::get<NotTaken>(refused).reason, Reason::act_signature);
  EXPECT_FALSE(std::get<NotTaken>(refused).act.has_value());
}

TEST_F(ActFrames, NoByteOfAFrameCanBeChanged) {
  const auto pieces = with_private(lawyer_, case_open(), case_private());
  FrameWriter writer;
  for (const auto& [name, bytes] : pieces) writer.add(name, bytes);
  const auto frame = writer.take();
  ASSERT_TRUE(std::holds_alternative<ledger::Command>(read_act(frame, roster_, lawyer_.id())));
  for (std::size_t i = 0; i < frame.size(); ++i) {
    auto changed = frame;
    changed[i] ^= 1;
    EXPECT_TRUE(std::holds_alternative<NotTaken>(read_act(changed, roster_, lawyer_.id()))) << "byte " << i;
  }
  for (std::size_t size = 0; size < frame.size(); ++size)
    EXPECT_TRUE(std::holds_alternative<NotTaken>(read_act(ByteView(frame).first(size), roster_, lawyer_.id()))) << size;
}

}  // namespace
}  // namespace depone::daemon::service
