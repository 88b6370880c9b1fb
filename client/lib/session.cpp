#include "client/lib/session.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "policy/rules.h"
#include "protocol/api/bodies.h"
#include "protocol/api/problem.h"
#include "protocol/api/target.h"
#include "protocol/record/entry_of_act.h"

namespace depone::client {

using namespace protocol::record;
namespace api = protocol::api;
namespace log = crypto::log;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kSmallAnswerMax = 1 << 20;
constexpr std::size_t kRosterBytesMax = 64 << 20;

constexpr std::uint64_t kWaitMax = 90;  // seconds
constexpr unsigned kTimesAsked = 4;
constexpr std::size_t kProblemBytesMax = 4096;  // as of the piece `refusal`: docs/FORMAT.md "Frames"

Result<transport::Client> dial(const transport::Address& address, const transport::ChannelKey& channel,
                               const ArchiveCard& card, const transport::ClientLimits& limits) {
  auto client = transport::Client::connect(address, channel, card.facts.tls, limits);
  if (!client && client.error().code == ErrorCode::wrong_key) return fail(ErrorCode::damaged, client.error().detail);
  return client;
}

// The archive has no room for this now, or not for more of this member: nothing was recorded.
bool says_later(const transport::ResponseHead& head) { return head.status == 429 || head.status == 503; }

// Waits as long as such an answer says, and a little more so that not all who wait come at once. False: it is not such
// an answer, or no time that anybody would wait.
bool waited(const transport::ResponseHead& head, unsigned times_asked) {
  const auto field = head.find("Retry-After");
  const auto seconds = says_later(head) && field ? log::parse_decimal(*field) : std::nullopt;
  if (!seconds || *seconds > kWaitMax || times_asked >= kTimesAsked) return false;
  std::array<std::uint8_t, 1> some;
  crypto::fill_random(some);
  std::this_thread::sleep_for(std::chrono::seconds(*seconds) + std::chrono::milliseconds(4) * some[0]);
  return true;
}

// Whether an entry may come without its act to this member: docs/FORMAT.md "History".
bool may_be_withheld(const Entry& entry, const policy::Roster& roster, const crypto::KeyId& asker) {
  if (entry.type != EvidenceRetrieve::kType && !is_serving(entry)) return false;
  const auto* const member = roster.find(asker);
  const auto* const of = entry.case_id ? roster.find(*entry.case_id) : nullptr;
  return member != nullptr && of != nullptr && !policy::sees_all_entries(*member) &&
         !policy::sees_catalogue(*member, *of);
}

}  // namespace

Result<Session> Session::open(const ArchiveProfile& archive, const Identity& identity, const std::string& address_text,
                              transport::ClientLimits limits) {
  const auto addresses = address_text.empty() ? archive.card().addresses : std::vector{address_text};
  Error last = fail(ErrorCode::input, "the archive card names no address; give one with --address HOST:PORT");
  for (const auto& text : addresses) {
    const auto address = transport::parse_address(text);
    if (!address) {
      last = fail(ErrorCode::input, fmt::format("'{}' is not HOST:PORT", text));
      continue;
    }
    transport::ChannelKey channel(identity.channel_seed());
    auto client = dial(*address, channel, archive.card(), limits);
    if (!client) {
      last = client.error();
      if (last.code == ErrorCode::damaged) break;
      continue;
    }
    DEPONE_ASSIGN(auto log, PinnedLog::open(archive));
    Session session(archive, identity, std::move(channel), std::move(*client), limits, std::move(log));
    session.address_ = *address;
    DEPONE_TRY(session.refresh());
    return session;
  }
  return last;
}

Result<> Session::refresh() {
  // What was seen is shown: if it is later than what the archive has, its operators hear of the rollback too.
  DEPONE_ASSIGN(const auto pin, archive_.pin());
  DEPONE_ASSIGN(const auto note,
                get("/v1/log/checkpoint", kSmallAnswerMax, {{"Depone-Seen", crypto::to_base64(view(pin))}}));
  return log_.believe(std::string(text_view(note)), *this);
}

Result<std::vector<crypto::Digest>> Session::consistency(std::uint64_t from, std::uint64_t to) {
  const auto body = get(fmt::format("/v1/log/proof?from={}&to={}", from, to), kSmallAnswerMax);
  // A log that is shorter calls the question malformed, and it is nothing else: both sizes are numbers in order.
  if (!body && last_code_ == code(Reason::request_malformed))
    return fail(ErrorCode::not_found, fmt::format("the archive's log has no {} entries", to));
  if (!body) return body.error();
  DEPONE_ASSIGN(auto proof, api::read_json<api::ConsistencyProof>(*body, "the consistency proof"));
  return std::move(proof.proof);
}

Result<bool> Session::grew_from(const Seen& earlier, const Seen& later) {
  if (earlier.size == later.size) return earlier.root == later.root;
  DEPONE_ASSIGN(const auto proof, consistency(earlier.size, later.size));
  return log::verify_consistency(earlier.size, earlier.root, later.size, later.root, proof).has_value();
}

// --- calls ---------------------------------------------------------------------------------------------------------

Result<transport::Client*> Session::connection() {
  if (!client_.reusable()) {
    DEPONE_ASSIGN(client_, dial(address_, channel_, archive_.card(), limits_));
  }
  return &client_;
}

Error Session::problem(const transport::ResponseHead& head) {
  Bytes body(kProblemBytesMax + 1);
  std::size_t have = 0;
  while (have < body.size()) {
    const auto n = client_.read(std::span(body).subspan(have));
    if (!n || *n == 0) break;
    have += *n;
  }
  return problem(head, ByteView(body).first(have));
}

Error Session::problem(const transport::ResponseHead& head, ByteView body) {
  const auto problem = body.size() > kProblemBytesMax
                           ? Result<api::Problem>(fail(ErrorCode::too_large, "the problem document is too large"))
                           : api::read_json<api::Problem>(body, "the archive's problem document");
  last_code_ = problem ? problem->code : "";
  auto code = ErrorCode::refused;
  if (head.status >= 500) code = ErrorCode::io;
  if (says_later(head)) code = ErrorCode::unreachable;
  if (!problem) return fail(code, fmt::format("the archive answered {} without saying why", head.status));
  return fail(code, problem->entry ? fmt::format("{} [{}, entry {}]", problem->detail, problem->code, *problem->entry)
                                   : fmt::format("{} [{}]", problem->detail, problem->code));
}

Result<Bytes> Session::get(const std::string& target, std::size_t bytes_max, std::vector<transport::Field> fields) {
  transport::RequestHead head;
  head.method = "GET";
  head.target = target;
  head.fields = std::move(fields);
  for (unsigned asked = 1;; ++asked) {
    DEPONE_TRY(connection());
    last_code_.clear();
    DEPONE_ASSIGN(auto answer, client_.exchange(head, {}, bytes_max));
    if (answer.head.status < 400) return std::move(answer.body);
    if (!waited(answer.head, asked)) return problem(answer.head, answer.body);
  }
}

Result<Bytes> Session::post(const std::string& target, std::string_view type, ByteView body, std::size_t bytes_max) {
  transport::RequestHead head;
  head.method = "POST";
  head.target = target;
  head.fields.push_back({"Content-Type", std::string(type)});
  head.content_length = body.size();
  for (unsigned asked = 1;; ++asked) {
    DEPONE_TRY(connection());
    DEPONE_TRY(client_.begin(head));
    DEPONE_TRY(client_.write(body));
    DEPONE_ASSIGN(const auto answer, client_.receive());
    if (answer.status < 400) break;
    const auto said = problem(answer);
    if (!waited(answer, asked)) return said;
  }
  Bytes out;
  for (;;) {
    const auto have = out.size();
    out.resize(have + 64 * 1024);
    DEPONE_ASSIGN(const std::size_t n, client_.read(std::span(out).subspan(have)));
    out.resize(have + n);
    if (n == 0) return out;
    if (out.size() > bytes_max) return fail(ErrorCode::too_large, "the archive's answer is larger than it should be");
  }
}

Result<std::vector<VerifiedReceipt>> Session::act(const Act& act, const Bytes& frame) {
  DEPONE_ASSIGN(const auto body, post("/v1/acts", kFrameType, frame, kSmallAnswerMax));
  DEPONE_ASSIGN(const auto answer, api::read_json<api::ActAnswer>(body, "the archive's answer"));
  std::vector<VerifiedReceipt> out;
  for (const auto& receipt : answer.receipts) {
    DEPONE_ASSIGN(auto verified, verify_own(receipt, act.hash));
    if (verified.entry.type != act.payload.type || verified.entry.outcome != Outcome::accepted) {
      return fail(ErrorCode::damaged,
                  "the archive says that the act was taken, and its own receipt says that it was not");
    }
    out.push_back(std::move(verified));
  }
  if (out.empty()) return fail(ErrorCode::damaged, "the archive gave no receipt");
  return out;
}

Result<VerifiedReceipt> Session::prove(const Receipt& receipt, WithheldAct withheld) {
  DEPONE_ASSIGN(auto verified, verify_receipt(receipt, log_.checkpoints(), withheld));
  DEPONE_TRY(log_.believe(verified.checkpoint_note, *this));
  if (verified.act && verified.act->payload.archive != archive_.card().genesis)
    return fail(ErrorCode::damaged, "a receipt's act is for another archive");
  if (verified.entry.act && !verified.act) return verified;  // withheld: verify() says of what that may be
  const auto* const act = verified.act ? &*verified.act : nullptr;
  if (const auto wrong = contradictions(verified.entry, act, archive_.card().genesis); !wrong.empty())
    return fail(ErrorCode::damaged, fmt::format("entry {} {}", verified.entry.seq, wrong.front()));
  return verified;
}

Result<VerifiedReceipt> Session::verify_own(const Receipt& receipt, const crypto::Digest& act) {
  DEPONE_ASSIGN(auto verified, prove(receipt));
  if (!verified.act || verified.act->hash != act)
    return fail(ErrorCode::damaged, "the archive gave a receipt for another act");
  return verified;
}

Result<VerifiedReceipt> Session::verify(const Receipt& receipt, WithheldAct withheld) {
  DEPONE_ASSIGN(auto verified, prove(receipt, withheld));
  const auto& entry = verified.entry;
  if (entry.act && !verified.act) {
    if (!roster_) DEPONE_TRY(roster());
    if (!may_be_withheld(entry, *roster_, identity_.id()))
      return fail(ErrorCode::damaged,
                  fmt::format("the archive withholds the act of entry {}: who signed it is not proved", entry.seq));
  }
  if (!verified.act) return verified;
  const auto& act = *verified.act;
  if (!roster_ || roster_->find(act.payload.actor) == nullptr) DEPONE_TRY(roster());
  const auto* const actor = roster_->find(act.payload.actor);
  if (actor == nullptr || actor->enrolled_seq > verified.entry.seq) {
    return fail(ErrorCode::damaged, fmt::format("entry {} has an act by somebody who was not a member of this archive",
                                                verified.entry.seq));
  }
  if (!verify_envelope(act.envelope, actor->sign)) {
    return fail(ErrorCode::damaged,
                fmt::format("the signature of the act of entry {} does not verify: it was changed, or made up",
                            verified.entry.seq));
  }
  return verified;
}

Result<VerifiedReceipt> Session::verify_own(const Receipt& receipt, const Act& act) {
  if (receipt.act.json != act.bytes) return fail(ErrorCode::damaged, "the archive gave a receipt for another act");
  Receipt bare;
  bare.proof = receipt.proof;
  bare.act.json = "{}";
  DEPONE_ASSIGN(auto verified, prove(bare, WithheldAct::accept));
  if (verified.entry.act != act.hash) return fail(ErrorCode::damaged, "the archive gave a receipt for another act");
  if (const auto wrong = contradictions(verified.entry, &act, archive_.card().genesis); !wrong.empty())
    return fail(ErrorCode::damaged, fmt::format("entry {} {}", verified.entry.seq, wrong.front()));
  return verified;
}

// --- roster --------------------------------------------------------------------------------------------------------

Result<> Session::load_roster() {
  DEPONE_ASSIGN(const Entry entry0, parse_entry(view(archive_.card().entry)));
  DEPONE_ASSIGN(roster_, policy::Roster::begin(entry0, archive_.card().genesis, archive_.card().custodian));
  const auto kept = system::read_file(archive_.roster(), kRosterBytesMax);
  if (!kept && kept.error().code == ErrorCode::not_found) return {};
  std::optional<Receipt> none;
  auto replayed = kept ? replay(*kept, Receipts::proved, none) : Result<>(kept.error());
  if (kept && kept->empty()) replayed = fail(ErrorCode::damaged, "it is empty");
  if (!replayed) {
    // To go on without it would let the archive show an older roster than this profile has seen.
    roster_.reset();
    return fail(ErrorCode::damaged,
                fmt::format("the roster kept in this profile was damaged ({}); if this computer's disk explains that, "
                            "remove {} and ask again",
                            replayed.error().detail, archive_.roster().string()));
  }
  roster_bytes_ = kept->size();
  return {};
}

Result<> Session::replay(ByteView stream, Receipts receipts, std::optional<Receipt>& attested) {
  FrameReader reader;
  bool ended = false;
  std::optional<VerifiedReceipt> pending;
  const auto apply = [&](const Card* card) -> Result<> {
    if (!pending) return {};
    const auto done = roster_->replay(pending->entry, *pending->act, card);
    if (done && pending->entry.type.starts_with("case.")) case_acts_.emplace(pending->entry.seq, *pending->act);
    pending.reset();
    return done;
  };
  while (!stream.empty()) {
    DEPONE_ASSIGN(const std::size_t taken, reader.feed(stream));
    stream = stream.subspan(taken);
    const auto piece = reader.next();
    if (!piece) continue;
    const auto& [name, bytes] = *piece;
    if (name == "card") {
      DEPONE_ASSIGN(const Card card, parse_card(bytes));
      DEPONE_TRY(apply(&card));
      continue;
    }
    DEPONE_TRY(apply(nullptr));
    if (name == "receipt") {
      DEPONE_ASSIGN(const auto receipt, parse_receipt(bytes));
      pending.reset();
      if (receipts == Receipts::proved) {
        DEPONE_ASSIGN(pending, verify_receipt(receipt, archive_.card().log_key()));
      } else {
        DEPONE_ASSIGN(pending, prove(receipt));
      }
      if (!pending->act) return fail(ErrorCode::damaged, "the roster chain has an entry without an act");
    } else if (name == "attest") {
      DEPONE_ASSIGN(attested, parse_receipt(bytes));
    } else if (name == "end") {
      ended = true;
    }
  }
  // What the profile keeps has no end of its own: news are added to it.
  if (receipts == Receipts::to_prove && !ended) return fail(ErrorCode::damaged, "the archive's roster was cut");
  return apply(nullptr);
}

// What was verified is kept for the next session, without the attestation; unless another process kept its own
// meanwhile: it asked the same archive.
Result<> Session::keep_roster(ByteView news) {
  DEPONE_ASSIGN(const auto lock, archive_.lock());
  const auto kept = system::read_file(archive_.roster(), kRosterBytesMax);
  Bytes all = kept ? *kept : Bytes{};
  if (all.size() != roster_bytes_) return {};
  FrameReader reader;
  while (!news.empty()) {
    DEPONE_ASSIGN(const std::size_t taken, reader.feed(news));
    news = news.subspan(taken);
    if (const auto piece = reader.next(); piece && (piece->first == "receipt" || piece->first == "card")) {
      FrameWriter one;
      one.add(piece->first, piece->second);
      all.insert(all.end(), one.bytes().begin(), one.bytes().end());
    }
  }
  roster_bytes_ = all.size();
  return system::write_file_durably(archive_.roster(), all, system::IfExists::replace);
}

Result<Act> Session::roster_act(std::uint64_t seq) const {
  const auto found = case_acts_.find(seq);
  if (found == case_acts_.end())
    return fail(ErrorCode::not_found, fmt::format("entry {} is not of the roster chain", seq));
  return found->second;
}

Result<const policy::Roster*> Session::roster(bool attest) {
  if (!roster_) DEPONE_TRY(load_roster());
  const auto before = roster_->head();
  const auto size_before = log_.size();
  DEPONE_ASSIGN(const auto news,
                get(fmt::format("/v1/roster?after={}{}", before, attest ? "&attest=1" : ""), kRosterBytesMax));
  std::optional<Receipt> attested;
  DEPONE_TRY(replay(news, Receipts::to_prove, attested));
  if (attest) {
    // An entry of our own, made just now, points at the latest change: an archive cannot hide a later revocation.
    if (!attested) return fail(ErrorCode::damaged, "the archive did not attest its roster");
    DEPONE_ASSIGN(const auto verified, prove(*attested));
    const auto facts = facts_of<SearchFacts>(verified.entry);
    const bool fresh = verified.entry.seq >= size_before && facts && facts->what == "roster";
    if (!fresh || verified.entry.type != kCatalogueSearch || !verified.entry.actor ||
        *verified.entry.actor != identity_.id() || verified.entry.roster != roster_->head()) {
      return fail(ErrorCode::damaged,
                  "the archive shows an older roster than its log has: somebody's revocation may be hidden; nothing "
                  "was sealed");
    }
  }
  if (roster_->head() != before) DEPONE_TRY(keep_roster(news));
  return &*roster_;
}

}  // namespace depone::client
