#include "tests/faults/scenario.h"

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/log/checkpoint.h"
#include "protocol/api/bodies.h"
#include "protocol/api/json.h"
#include "protocol/record/frame.h"
#include "protocol/record/ids.h"
#include "protocol/record/receipt.h"
#include "protocol/record/salted.h"
#include "tests/faults/disk.h"

namespace depone::faults {

using namespace protocol::record;
using protocol::transport::Field;

namespace {

constexpr std::size_t kLargeBytes = 300'000;
constexpr std::size_t kUnfinishedBytes = 200'000;

std::string field(const Answer& answer, std::string_view name) {
  return std::string(protocol::transport::find_field(answer.fields, name).value_or(""));
}

std::vector<Field> tus(std::vector<Field> more = {}) {
  more.push_back({"Tus-Resumable", "1.0.0"});
  return more;
}

}  // namespace

Callers::Callers(const Place& place, Archive& archive) : place_(place), archive_(archive) {
  const auto& roster = *archive.ledger().snapshot().roster;
  target_.card.genesis = roster.genesis();
  target_.card.facts = roster.facts();
}

Seen Callers::seen() const {
  const auto snapshot = archive_.ledger().snapshot();
  const auto head = crypto::log::open_checkpoint(snapshot.checkpoint, archive_.ledger().log_key()).value();
  return {head.size, head.root};
}

Answer Callers::call(const tests::Person& who, std::string method, std::string target, Bytes body,
                     std::vector<Field> fields) {
  if (calls_++ == place_.jump_at) place_.clock.jump_by(place_.jump);
  std::string joined;
  for (const auto& [name, value] : fields) joined += name + '\n' + value + '\n';
  trace().add({What::sent, people().index_of(who), 0, method + ' ' + target, joined, body});
  const bool object = target.starts_with("/v1/objects/");
  auto answer =
      archive_.ask(who, std::move(method), std::move(target), std::move(fields), std::move(body), [&](unsigned status) {
        if (status >= 300) return;
        const auto head = seen();
        trace().add({What::head, 0, head.size, {}, {}, to_bytes(head.root.span())});
        if (object) trace().add({What::served, 0, 0, {}, {}, {}});
      });
  if (answer.status > 0 && answer.status < 300) {
    if (Disk::instance().sync_failed()) std::_Exit(kBelieved);
    note_receipts(answer);
  }
  trace().add({What::answered, 0, answer.status, {}, {}, {}});
  return answer;
}

void Callers::note_receipts(const Answer& answer) {
  const auto note = [&](const Receipt& receipt) {
    const auto verified = verify_receipt(receipt, archive_.ledger().log_key()).value();
    trace().add({What::receipt, 0, verified.entry.seq, {}, {}, to_bytes(verified.leaf.span())});
  };
  if (field(answer, "Content-Type") == kFrameType) {
    const auto pieces = parse_frame(answer.body);
    if (!pieces) return;
    for (const auto& piece : *pieces) {
      if (piece.name == "receipt") note(parse_receipt(piece.bytes).value());
    }
  } else if (const auto body = protocol::api::read_json<protocol::api::ActAnswer>(answer.body, "the answer")) {
    for (const auto& receipt : body->receipts) note(receipt);
  }
}

Answer Callers::must(const tests::Person& who, const std::string& method, const std::string& target, const Bytes& body,
                     const std::vector<Field>& fields) {
  for (int i = 0; i < 2; ++i) {
    auto answer = call(who, method, target, body, fields);
    if (answer.status > 0 && answer.status < 300) return answer;
  }
  throw GaveUp{};
}

void Callers::enrol(const tests::Person& who, Role role) {
  const auto act = sign(people().custodian, MemberEnrol{who.card.hash, {role}});
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  frame.add("card", view(who.card.envelope));
  must(people().custodian, "POST", "/v1/acts", frame.take());
}

crypto::CaseId Callers::open_case() {
  CaseOpen body;
  body.case_id = crypto::random_fixed<crypto::CaseId>();
  body.prefix = "NKPC";
  body.key = crypto::seal_public_key(crypto::SealSuite::x25519, crypto::SealSeed::random()).value();
  body.grants = {{people().lawyer.id(), hostile::random_bytes(82), GrantAs::reader},
                 {people().investigator.id(), hostile::random_bytes(82), GrantAs::reviewer}};
  CasePrivate said;
  said.title = "a case";
  said.salt = crypto::random_fixed<crypto::Salt32>();
  const auto part = write_form(said);
  body.parts.add("private", salted_root(view(part)).value());
  const auto act = sign(people().custodian, body);
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  frame.add("private", view(part));
  must(people().custodian, "POST", "/v1/acts", frame.take());
  return body.case_id;
}

void Callers::revoke(const tests::Person& who) {
  const auto act = sign(people().custodian, MemberRevoke{who.id(), RevokeReason::left});
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  must(people().custodian, "POST", "/v1/acts", frame.take());
}

crypto::EvidenceId Callers::submit(const crypto::CaseId& case_id) {
  const auto& by = people().investigator;
  const auto deposit = hostile::new_deposit(target_, by.id(), case_id);
  const auto frame = hostile::frame_of(sign(by, deposit.body), deposit);
  must(by, "POST", "/v1/submissions", hostile::seal_frame(target_, frame));
  return deposit.item;
}

void Callers::submit_batch(const crypto::CaseId& case_id, int count) {
  const auto& by = people().investigator;
  FrameWriter batch;
  for (int i = 0; i < count; ++i) {
    const auto deposit = hostile::new_deposit(target_, by.id(), case_id, 4096);
    batch.add("submission", hostile::seal_frame(target_, hostile::frame_of(sign(by, deposit.body), deposit)));
  }
  must(by, "POST", "/v1/submissions/batch", batch.take());
}

// Its id. What was acknowledged is asked for again where a request failed, and the rest is sent from there.
std::string Callers::upload(ByteView bytes, std::size_t length) {
  const auto& by = people().investigator;
  const auto made = must(by, "POST", "/v1/uploads", {}, tus({{"Upload-Length", std::to_string(length)}}));
  const auto place = field(made, "Location");
  const auto id = place.substr(place.rfind('/') + 1);
  const auto acknowledged = [&](const Answer& answer) {
    const auto offset = std::stoull(field(answer, "Upload-Offset"));
    trace().add({What::upload, 0, offset, id, {}, {}});
    return offset;
  };
  std::uint64_t offset = 0;
  for (int failures = 0; offset < bytes.size();) {
    const auto piece = bytes.subspan(offset, std::min<std::size_t>(bytes.size() - offset, 150'000));
    auto answer =
        call(by, "PATCH", place, to_bytes(piece),
             tus({{"Upload-Offset", std::to_string(offset)}, {"Content-Type", "application/offset+octet-stream"}}));
    if (answer.status != 204) {
      if (++failures > 3) throw GaveUp{};
      answer = must(by, "HEAD", place, {}, tus());
    }
    offset = acknowledged(answer);
  }
  return id;
}

crypto::EvidenceId Callers::submit_large(const crypto::CaseId& case_id) {
  const auto& by = people().investigator;
  const auto deposit = hostile::new_deposit(target_, by.id(), case_id, kLargeBytes);
  const auto id = upload(deposit.object, deposit.object.size());
  const auto frame = hostile::frame_of(sign(by, deposit.body), deposit, hostile::Object::apart);
  trace().add({What::upload_over, 0, 0, id, {}, {}});
  must(by, "POST", "/v1/submissions?upload=" + id, hostile::seal_frame(target_, frame));
  return deposit.item;
}

void Callers::leave_unfinished() { (void)upload(hostile::random_bytes(kUnfinishedBytes / 2), kUnfinishedBytes); }

std::string Callers::retrieve(const crypto::CaseId& case_id, const std::vector<crypto::EvidenceId>& items,
                              std::string recipient) {
  RetrievePrivate statement;
  statement.salt = crypto::random_fixed<crypto::Salt32>();
  statement.purpose = "documentation";
  statement.recipient = std::move(recipient);
  const auto part = write_form(statement);
  EvidenceRetrieve body{case_id, items, Scope::content, Use::external, {}};
  body.parts.add("private", salted_root(view(part)).value());
  const auto act = sign(people().lawyer, body);
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  frame.add("private", view(part));
  const auto asked = frame.take();
  if (statement.recipient == "media")
    (void)call(people().lawyer, "POST", "/v1/acts", asked);
  else
    must(people().lawyer, "POST", "/v1/acts", asked);
  return crypto::to_hex(act.hash.span());
}

void Callers::fetch(const crypto::EvidenceId& item, const std::string& act) {
  must(people().lawyer, "GET", "/v1/objects/" + to_text(item) + "?grant=" + act);
}

namespace {

void live(Callers& callers) {
  const auto& people = callers.people();
  callers.enrol(people.lawyer, Role::lawyer);
  callers.enrol(people.investigator, Role::investigator);
  callers.enrol(people.archivist, Role::archivist);
  callers.enrol(people.newcomer, Role::analyst);
  const auto case_id = callers.open_case();
  std::vector<crypto::EvidenceId> items;
  for (int i = 0; i < 12; ++i) items.push_back(callers.submit(case_id));
  callers.submit_batch(case_id, 13);
  const auto large = callers.submit_large(case_id);
  const auto other = callers.submit_large(case_id);
  callers.leave_unfinished();
  items.resize(3);
  items.push_back(large);
  const auto act = callers.retrieve(case_id, items, "icc_otp");
  callers.fetch(large, act);
  (void)callers.retrieve(case_id, {other}, "media");  // refused: the source did not consent
  callers.must(people.lawyer, "GET", "/v1/items");
  callers.revoke(people.newcomer);
  for (int i = 0; i < 2; ++i) (void)callers.submit(case_id);
  (void)callers.submit_large(case_id);
}

}  // namespace

namespace {

// Nothing where it cannot be made or started: the program says why, and ends.
std::unique_ptr<Archive> begin(const Place& place) {
  try {
    if (!Archive::found(place.folder, place.key_file, place.people.custodian, place.clock.now())) return nullptr;
    place.trace.add({What::founded, 0, 0, {}, {}, {}});
    auto archive = Archive::start(place.folder, place.key_file, place.clock);
    return archive ? std::move(*archive) : nullptr;
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

bool run_day(const Place& place) {
  const auto archive = begin(place);
  if (archive == nullptr) return false;
  Callers callers(place, *archive);
  try {
    live(callers);
    return true;
  } catch (const Callers::GaveUp&) {
    return false;
  }
}

}  // namespace depone::faults
