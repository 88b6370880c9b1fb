#include "client/lib/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/log/merkle.h"
#include "protocol/api/bodies.h"
#include "protocol/api/problem.h"
#include "protocol/api/target.h"

namespace depone::client {

using namespace protocol::record;
namespace api = protocol::api;
namespace log = crypto::log;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kSmallAnswerMax = 1 << 20;
constexpr std::size_t kRosterBytesMax = 64 << 20;

Result<transport::Client> dial(const transport::Address& address, const transport::ChannelKey& channel,
                               const ArchiveCard& card) {
  auto client = transport::Client::connect(address, channel, card.facts.tls);
  if (!client && client.error().code == ErrorCode::wrong_key) return fail(ErrorCode::damaged, client.error().detail);
  return client;
}

}  // namespace

Result<Session> Session::open(const ArchiveProfile& archive, const Identity& identity,
                              const std::string& address_text) {
  const auto addresses = address_text.empty() ? archive.card().addresses : std::vector{address_text};
  Error last = fail(ErrorCode::input, "the archive card names no address; give one with --address HOST:PORT");
  for (const auto& text : addresses) {
    const auto address = transport::parse_address(text);
    if (!address) {
      last = fail(ErrorCode::input, fmt::format("'{}' is not HOST:PORT", text));
      continue;
    }
    transport::ChannelKey channel(identity.channel_seed());
    auto client = dial(*address, channel, archive.card());
    if (!client) {
      last = client.error();
      if (last.code == ErrorCode::damaged) break;
      continue;
    }
    Session session(archive, identity, std::move(channel), std::move(*client));
    session.address_ = *address;
    DEPONE_ASSIGN(const auto pin, archive.pin());
    DEPONE_ASSIGN(session.head_, log::open_checkpoint(pin, archive.card().log_key()));
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
  return believe(std::string(text_view(note)));
}

// A checkpoint of this log must be consistent with the one that is pinned; a later one becomes the pin.
Result<> Session::believe(const std::string& note) {
  DEPONE_ASSIGN(const auto checkpoint, log::open_checkpoint(note, archive_.card().log_key()));
  const bool later = checkpoint.size > head_.size;
  if (const auto known = consistent_.find(checkpoint.size); known != consistent_.end()) {
    if (known->second == checkpoint.root) return {};
    return fail(ErrorCode::damaged,
                "the archive shows two histories of the same length: its log was forked; tell its custodians");
  }
  const auto& from = later ? head_ : checkpoint;
  const auto& to = later ? checkpoint : head_;
  if (from.size != to.size) {
    const auto proof = consistency(from.size, to.size);
    if (!proof && !later) {
      return fail(ErrorCode::rolled_back, fmt::format("the archive's log ends at {} entries, but {} were seen before: "
                                                      "it was put back to an earlier state; tell its custodians",
                                                      checkpoint.size, head_.size));
    }
    if (!proof) return proof.error();
    DEPONE_TRY(log::verify_consistency(from.size, from.root, to.size, to.root, *proof));
  } else if (from.root != to.root) {
    return fail(ErrorCode::damaged,
                "the archive shows two histories of the same length: its log was forked; tell its custodians");
  }
  consistent_[head_.size] = head_.root;
  if (later || seen_.size == 0) {
    head_ = later ? checkpoint : head_;
    seen_ = {head_.size, head_.root};
    if (later) DEPONE_TRY(archive_.set_pin(note));
  }
  consistent_[checkpoint.size] = checkpoint.root;
  return {};
}

Result<std::vector<crypto::Digest>> Session::consistency(std::uint64_t from, std::uint64_t to) {
  DEPONE_ASSIGN(const auto body, get(fmt::format("/v1/log/proof?from={}&to={}", from, to), kSmallAnswerMax));
  DEPONE_ASSIGN(auto proof, api::read_json<api::ConsistencyProof>(body, "the consistency proof"));
  return std::move(proof.proof);
}

// --- calls ---------------------------------------------------------------------------------------------------------

Result<> Session::reconnect_if_needed() {
  if (client_.reusable()) return {};
  DEPONE_ASSIGN(client_, dial(address_, channel_, archive_.card()));
  return {};
}

Error Session::problem(const transport::ResponseHead& head) {
  Bytes body(64 * 1024);
  std::size_t have = 0;
  while (have < body.size()) {
    const auto n = client_.read(std::span(body).subspan(have));
    if (!n || *n == 0) break;
    have += *n;
  }
  const auto problem = api::read_json<api::Problem>(ByteView(body).first(have), "the archive's problem document");
  last_code_ = problem ? problem->code : "";
  if (!problem) return fail(ErrorCode::refused, fmt::format("the archive answered {} without saying why", head.status));
  std::string text = problem->detail;
  text += problem->entry ? fmt::format(" [{}, entry {}]", problem->code, *problem->entry)
                         : fmt::format(" [{}]", problem->code);
  if (head.status == 503) return fail(ErrorCode::unreachable, std::move(text));
  if (head.status >= 500) return fail(ErrorCode::io, std::move(text));
  return fail(ErrorCode::refused, std::move(text));
}

Result<Bytes> Session::get(const std::string& target, std::size_t bytes_max, std::vector<transport::Field> fields) {
  DEPONE_TRY(reconnect_if_needed());
  transport::RequestHead head;
  head.method = "GET";
  head.target = target;
  head.fields = std::move(fields);
  DEPONE_ASSIGN(auto answer, client_.exchange(std::move(head), {}, bytes_max));
  if (answer.head.status < 400) return std::move(answer.body);
  const auto problem = api::read_json<api::Problem>(answer.body, "the archive's problem document");
  last_code_ = problem ? problem->code : "";
  const auto why = problem ? fmt::format("{} [{}]", problem->detail, problem->code)
                           : fmt::format("the archive answered {}", answer.head.status);
  return fail(answer.head.status == 503 ? ErrorCode::unreachable : ErrorCode::refused, why);
}

Result<Bytes> Session::post(const std::string& target, std::string_view type, ByteView body, std::size_t bytes_max) {
  DEPONE_TRY(reconnect_if_needed());
  transport::RequestHead head;
  head.method = "POST";
  head.target = target;
  head.fields.push_back({"Content-Type", std::string(type)});
  head.content_length = body.size();
  DEPONE_TRY(client_.begin(head));
  DEPONE_TRY(client_.write(body));
  DEPONE_ASSIGN(const auto answer, client_.receive());
  if (answer.status >= 400) return problem(answer);
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
    DEPONE_ASSIGN(auto verified, verify(receipt));
    if (!verified.act || verified.act->hash != act.hash)
      return fail(ErrorCode::damaged, "the archive gave a receipt for another act");
    if (verified.entry.type != act.payload.type || verified.entry.outcome != Outcome::accepted) {
      return fail(ErrorCode::damaged,
                  "the archive says that the act was taken, and its own receipt says that it was not");
    }
    out.push_back(std::move(verified));
  }
  if (out.empty()) return fail(ErrorCode::damaged, "the archive gave no receipt");
  return out;
}

Result<VerifiedReceipt> Session::verify(const Receipt& receipt, WithheldAct withheld) {
  DEPONE_ASSIGN(auto verified, verify_receipt(receipt, archive_.card().log_key(), withheld));
  DEPONE_TRY(believe(verified.checkpoint_note));
  if (verified.act && verified.act->payload.archive != archive_.card().genesis)
    return fail(ErrorCode::damaged, "a receipt's act is for another archive");
  return verified;
}

// --- roster --------------------------------------------------------------------------------------------------------

Result<> Session::load_roster() {
  DEPONE_ASSIGN(const Entry entry0, parse_entry(view(archive_.card().entry)));
  DEPONE_ASSIGN(roster_, policy::Roster::begin(entry0, archive_.card().genesis, archive_.card().custodian));
  const auto cached = system::read_file(archive_.roster(), kRosterBytesMax);
  if (!cached) return {};
  std::optional<Receipt> none;
  if (!replay(*cached, none)) {  // a cache that does not hold is no more than a cache
    DEPONE_ASSIGN(roster_, policy::Roster::begin(entry0, archive_.card().genesis, archive_.card().custodian));
  }
  return {};
}

Result<> Session::replay(ByteView stream, std::optional<Receipt>& attested) {
  FrameReader reader;
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
      DEPONE_ASSIGN(pending, verify(receipt));
      if (!pending->act) return fail(ErrorCode::damaged, "the roster chain has an entry without an act");
    } else if (name == "attest") {
      DEPONE_ASSIGN(attested, parse_receipt(bytes));
    }
  }
  return apply(nullptr);
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
  const auto size_before = head_.size;
  DEPONE_ASSIGN(const auto news,
                get(fmt::format("/v1/roster?after={}{}", before, attest ? "&attest=1" : ""), kRosterBytesMax));
  std::optional<Receipt> attested;
  DEPONE_TRY(replay(news, attested));
  if (attest) {
    // An entry of our own, made just now, points at the latest change: an archive cannot hide a later revocation.
    if (!attested) return fail(ErrorCode::damaged, "the archive did not attest its roster");
    DEPONE_ASSIGN(const auto verified, verify(*attested));
    const auto facts = facts_of<SearchFacts>(verified.entry);
    const bool fresh = verified.entry.seq >= size_before && facts && facts->what == "roster";
    if (!fresh || verified.entry.type != kCatalogueSearch || !verified.entry.actor ||
        *verified.entry.actor != identity_.id() || verified.entry.roster != roster_->head()) {
      return fail(ErrorCode::damaged,
                  "the archive shows an older roster than its log has: somebody's revocation may be hidden; nothing "
                  "was sealed");
    }
  }
  if (roster_->head() != before) {
    auto cached = system::read_file(archive_.roster(), kRosterBytesMax);
    Bytes all = cached && before > 0 ? std::move(*cached) : Bytes{};
    FrameReader reader;
    for (ByteView rest = news; !rest.empty();) {  // what was verified is kept, without the attestation
      DEPONE_ASSIGN(const std::size_t taken, reader.feed(rest));
      rest = rest.subspan(taken);
      if (const auto piece = reader.next(); piece && (piece->first == "receipt" || piece->first == "card")) {
        FrameWriter one;
        one.add(piece->first, piece->second);
        all.insert(all.end(), one.bytes().begin(), one.bytes().end());
      }
    }
    DEPONE_TRY(system::write_file_durably(archive_.roster(), all, system::IfExists::replace));
  }
  return &*roster_;
}

}  // namespace depone::client
