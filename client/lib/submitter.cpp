#include "client/lib/submitter.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "client/lib/made_ahead.h"
#include "client/lib/refusal.h"
#include "protocol/api/bodies.h"
#include "protocol/api/problem.h"
#include "protocol/record/frame.h"
#include "protocol/record/ids.h"

namespace depone::client {

using namespace protocol::record;
namespace api = protocol::api;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kAnswerBytesMax = 8 << 20;  // receipts of submissions that were sent together
constexpr std::size_t kPieceChunks = 4;           // 256 KiB a write
constexpr std::size_t kPieceBytesMax = crypto::kObjectHeaderBytes + kPieceChunks * crypto::kChunkSealedBytes;
constexpr unsigned kTimesSent = 4;
constexpr std::chrono::seconds kFirstPause{1};  // doubled each time

Error changed() {
  return fail(ErrorCode::input,
              "the file changed while it was read; nothing was submitted; submit it again when it is at rest");
}

// The sealed object, piece by piece, as its source is read.
class SealedSource {
 public:
  SealedSource(ItemSealer& sealer, system::File& source, std::uint64_t size)
      : sealer_(sealer),
        source_(source),
        size_(size),
        left_(crypto::sealed_object_bytes(size)),
        plain_(static_cast<std::size_t>(std::min<std::uint64_t>(size, crypto::kChunkPlainBytes))) {}
  ~SealedSource() { crypto::wipe(plain_); }
  SealedSource(const SealedSource&) = delete;
  SealedSource& operator=(const SealedSource&) = delete;

  // A few chunks; the last portion ends the object. input: the source is not as long as it was.
  Result<Portion> next(Bytes& room) {
    room.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytesMax, left_)));
    std::size_t at = 0;
    if (!begun_)
      at = static_cast<std::size_t>(std::ranges::copy(sealer_.header().bytes, room.begin()).out - room.begin());
    begun_ = true;
    bool last = false;
    for (std::size_t chunk = 0; chunk < kPieceChunks && !last; ++chunk) {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(plain_.size(), size_ - done_));
      DEPONE_TRY(read(n));
      done_ += n;
      last = done_ == size_;
      sealer_.seal_chunk(ByteView(plain_).first(n), last, std::span(room).subspan(at, n + crypto::kChunkTagBytes));
      at += n + crypto::kChunkTagBytes;
    }
    if (last) DEPONE_TRY(nothing_follows());
    left_ -= at;
    return Portion{ByteView(room).first(at), done_, last};
  }

 private:
  Result<> read(std::size_t n) {
    DEPONE_ASSIGN(const std::size_t have, source_.read(std::span(plain_).first(n)));
    return have == n ? Result<>() : changed();
  }
  Result<> nothing_follows() {
    std::uint8_t more = 0;
    DEPONE_ASSIGN(const std::size_t rest, source_.read({&more, 1}));
    return rest == 0 ? Result<>() : changed();
  }

  ItemSealer& sealer_;
  system::File& source_;
  const std::uint64_t size_;
  std::uint64_t done_ = 0, left_;  // of the source; of the sealed object
  bool begun_ = false;
  Bytes plain_;
};

// Uploads the sealed object as it is made; the upload's id.
Result<std::string> upload(Session& session, ItemSealer& sealer, system::File& source, std::uint64_t size,
                           const Progress& progress) {
  const auto sealed_bytes = crypto::sealed_object_bytes(size);
  DEPONE_ASSIGN(auto* const connection, session.connection());
  auto& client = *connection;
  transport::RequestHead create{
      "POST", "/v1/uploads", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", std::to_string(sealed_bytes)}}, 0};
  DEPONE_TRY(client.begin(create));
  DEPONE_ASSIGN(const auto created, client.receive());
  if (created.status >= 400) return session.problem(created);
  std::uint8_t rest = 0;
  DEPONE_TRY(client.read({&rest, 1}));
  const std::string location(created.find("Location").value_or(""));
  constexpr std::string_view kUploads = "/v1/uploads/";
  if (!location.starts_with(kUploads)) return fail(ErrorCode::damaged, "the archive did not say where to upload to");

  transport::RequestHead patch{
      "PATCH",
      location,
      {{"Tus-Resumable", "1.0.0"}, {"Upload-Offset", "0"}, {"Content-Type", "application/offset+octet-stream"}},
      sealed_bytes};
  DEPONE_TRY(client.begin(patch));
  SealedSource sealing(sealer, source, size);
  const auto make = [&](Bytes& room) { return sealing.next(room); };
  const auto sealed = use_made_ahead(make, [&](const Portion& portion) -> Result<> {
    sealer.hash_sealed(portion.bytes);
    DEPONE_TRY(client.write(portion.bytes));
    if (client.peer_stopped_reading()) return fail(ErrorCode::unreachable, "");
    if (progress) progress(portion.done);
    return {};
  });
  if (!sealed && !client.peer_stopped_reading()) return sealed.error();
  DEPONE_ASSIGN(const auto done, client.receive());
  if (done.status >= 400) return session.problem(done);
  DEPONE_TRY(client.read({&rest, 1}));
  if (done.find("Upload-Offset") != std::to_string(sealed_bytes))
    return fail(ErrorCode::unreachable, "the line broke before all was sent; submit it again");
  return location.substr(kUploads.size());
}

// The answer to what was sent; sent again while the line is down, for a few seconds.
Result<Bytes> post_again(Session& session, const std::string& target, std::string_view type, ByteView body) {
  for (unsigned sent = 1;; ++sent) {
    auto answer = session.post(target, type, body, kAnswerBytesMax);
    const bool line =
        !answer && (answer.error().code == ErrorCode::unreachable || answer.error().code == ErrorCode::timed_out);
    if (!line || sent == kTimesSent) return answer;
    std::this_thread::sleep_for(kFirstPause * (1U << (sent - 1)));
  }
}

// Checks the receipt that the archive gave for a submission: it decides what became of it.
Result<Deposit> read_receipt(Session& session, const Unanswered& submission, Receipt receipt) {
  Deposit deposit;
  deposit.item = submission.item;
  deposit.receipt = std::move(receipt);
  DEPONE_ASSIGN(deposit.verified, session.verify_own(deposit.receipt, submission.act));
  const auto& entry = deposit.verified.entry;
  if (entry.subject != subject_of(submission.item))
    return fail(ErrorCode::damaged, "the archive gave a receipt for something else");
  if (entry.type != EvidenceSubmit::kType || entry.outcome == Outcome::refused) {
    return fail(ErrorCode::damaged, "the archive says that it was deposited, and its own receipt says that it was not");
  }
  if (entry.outcome == Outcome::pending) {
    DEPONE_ASSIGN(const auto* const roster, session.roster());
    const auto* const author = roster->find(deposit.verified.act->payload.actor);
    if (author == nullptr || author->in_standing()) {
      return fail(ErrorCode::damaged,
                  "the archive says that it is pending because its author was revoked, and its log shows no such "
                  "revocation");
    }
  }
  deposit.outcome = entry.outcome;
  DEPONE_ASSIGN(const auto facts, facts_of<SubmitFacts>(entry));
  deposit.ref = facts.ref;
  deposit.receipt.opening = submission.opening;
  return deposit;
}

}  // namespace

bool rides_inside(std::uint64_t size) { return crypto::sealed_object_bytes(size) <= kInlineObjectBytesMax; }

Result<Unanswered> seal(Session& session, const CaseTarget& target, ItemDescription description, system::File& source,
                        std::uint64_t size, const system::Clock& clock, const Progress& progress) {
  ItemSealer sealer(session.archive().card(), target, session.identity());
  Bytes object;
  std::string upload_id;
  if (rides_inside(size)) {
    DEPONE_TRY(SealedSource(sealer, source, size).next(object));
    sealer.hash_sealed(object);
  } else {
    DEPONE_ASSIGN(upload_id, upload(session, sealer, source, size, progress));
  }
  DEPONE_ASSIGN(auto sealed, sealer.finish(std::move(description), clock.now(), session.seen(), object));
  return Unanswered{sealed.item, sealed.act.hash, sealed.opening, std::move(upload_id), std::move(sealed.sealed)};
}

Result<Deposit> submit(Session& session, const CaseTarget& target, ItemDescription description, system::File& source,
                       std::uint64_t size, const system::Clock& clock, const Progress& progress) {
  DEPONE_ASSIGN(const auto submission, seal(session, target, std::move(description), source, size, clock, progress));
  DEPONE_TRY(
      UnansweredSubmissions(session.archive(), session.identity()).keep({&submission, 1}, target.case_id, {&size, 1}));
  return send_again(session, submission, target.case_id, size);
}

Result<Deposit> send_again(Session& session, const Unanswered& submission, const crypto::CaseId& case_id,
                           std::uint64_t size) {
  const auto target =
      submission.upload_id.empty() ? "/v1/submissions" : "/v1/submissions?upload=" + submission.upload_id;
  const auto body = post_again(session, target, api::kBytesType, submission.sealed);
  const UnansweredSubmissions kept(session.archive(), session.identity());
  if (!body) {
    if (body.error().code == ErrorCode::refused) kept.forget(submission.opening.sha256, case_id, size);
    return body.error();
  }
  DEPONE_ASSIGN(auto answer, api::read_json<api::ActAnswer>(*body, "the archive's answer"));
  if (answer.receipts.size() != 1) return fail(ErrorCode::damaged, "the archive did not give one receipt");
  return read_receipt(session, submission, std::move(answer.receipts.front()));
}

Result<std::vector<Result<Deposit>>> send_together(Session& session, std::span<const Unanswered> submissions) {
  FrameWriter frame;
  for (const auto& submission : submissions) frame.add("submission", submission.sealed);
  DEPONE_ASSIGN(const auto answer, post_again(session, "/v1/submissions/batch", kFrameType, frame.bytes()));
  std::vector<Result<Deposit>> out;
  FrameReader reader;
  for (ByteView rest = answer; !rest.empty();) {
    DEPONE_ASSIGN(const std::size_t taken, reader.feed(rest));
    rest = rest.subspan(taken);
    const auto piece = reader.next();
    if (!piece) continue;
    if (piece->first == "end" && rest.empty() && out.size() == submissions.size()) return out;
    if (out.size() == submissions.size()) break;
    if (piece->first == "refusal") {
      DEPONE_ASSIGN(const auto problem, api::read_json<api::Problem>(piece->second, "the archive's problem document"));
      out.emplace_back(refusal_of(problem));
    } else if (piece->first == "receipt") {
      DEPONE_ASSIGN(auto receipt, parse_receipt(piece->second));
      out.push_back(read_receipt(session, submissions[out.size()], std::move(receipt)));
    } else {
      break;
    }
  }
  return fail(ErrorCode::damaged, "the archive did not answer each of the submissions");
}

Result<CaseView> find_case(Session& session, const std::string& name) {
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  const auto id = from_text<crypto::CaseId>(name);
  const auto* const of = id ? roster->find(*id) : roster->find_prefix(name);
  if (of == nullptr) {
    std::string known;
    for (const auto& [other, one] : roster->cases())
      known += fmt::format("{}{}", known.empty() ? "" : ", ", one.prefix);
    return fail(ErrorCode::input, fmt::format("there is no case '{}' in this archive{}", name,
                                              known.empty() ? "; none was opened yet" : "; there are: " + known));
  }
  CaseView view{{of->id, of->current_epoch(), of->epochs.back()}, of->prefix, {}};
  for (const auto& grant : of->grants) {
    const auto* const member = roster->find(grant.member);
    if (grant.as == GrantAs::reader && grant.epoch == of->current_epoch() && member != nullptr && member->in_standing())
      view.readers.push_back(member);
  }
  return view;
}

}  // namespace depone::client
