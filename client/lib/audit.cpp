#include "client/lib/audit.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "client/lib/audit_state.h"
#include "client/lib/log_entries.h"
#include "client/lib/part_auditor.h"
#include "crypto/hash.h"
#include "protocol/record/ids.h"
#include "system/ordered_work.h"

namespace depone::client {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

// How much of an interrupted audit is done again: what is remembered takes a twentieth of the time at most.
constexpr std::chrono::milliseconds kRememberEvery{100};
constexpr int kRememberShare = 20;
// Entries are checked in windows of so many bundles, first by themselves and then with their acts. A window is what an
// interrupted audit does again: no more than takes about a second.
constexpr std::size_t kWindowMax = 32;
constexpr std::chrono::milliseconds kWindowTime{500};
constexpr std::size_t kActsBytesMax = 256 * (kEnvelopeBytesMax + 4);

Result<std::vector<Bytes>> act_bundle(Session& session, std::uint64_t number, std::size_t width) {
  const auto name = log::tile_path({0, number, width}).substr(std::string_view("tile/0/").size());
  DEPONE_ASSIGN(const auto bytes, session.get("/v1/log/acts/" + name, kActsBytesMax));
  std::vector<Bytes> out;
  for (ByteView rest = bytes; !rest.empty();) {
    if (rest.size() < 4) return fail(ErrorCode::damaged, "a bundle of acts is cut");
    const std::size_t size =
        std::size_t{rest[0]} << 24 | std::size_t{rest[1]} << 16 | std::size_t{rest[2]} << 8 | rest[3];
    if (rest.size() - 4 < size) return fail(ErrorCode::damaged, "a bundle of acts is cut");
    out.push_back(to_bytes(rest.subspan(4, size)));
    rest = rest.subspan(4 + size);
  }
  if (out.size() != width) return fail(ErrorCode::damaged, "a bundle of acts is cut");
  return out;
}

bool line_broke(const Error& error) {
  return error.code == ErrorCode::unreachable || error.code == ErrorCode::timed_out;
}

// What came of an object over the wire: as far as it came.
struct ReadObject {
  bool whole = false;
  std::uint64_t bytes = 0;
  crypto::Digest sha256;
};
// unreachable: the archive did not answer. refused, io: it does not give the object.
Result<ReadObject> read_object(Session& session, const crypto::EvidenceId& item) {
  DEPONE_ASSIGN(auto* const connection, session.connection());
  DEPONE_TRY(connection->begin({"GET", "/v1/objects/" + to_text(item), {}, 0}));
  DEPONE_ASSIGN(const auto answer, connection->receive());
  if (answer.status >= 400) return session.problem(answer);
  ReadObject out;
  crypto::Sha256 hash;
  Bytes some(256 * 1024);
  for (;;) {
    const auto n = connection->read(some);
    if (!n) return out;
    if (*n == 0) break;
    hash.update(ByteView(some).first(*n));
    out.bytes += *n;
  }
  out.whole = true;
  out.sha256 = hash.finish();
  return out;
}

// Compares a sealed object with what its author signed. An error: the line broke, which says nothing of the object;
// unless it breaks twice in the middle of it, as it does where the archive's disk cannot be read.
Result<> check_object(Session& session, std::uint64_t entry, const DepositedObject& deposited, AuditReport& report) {
  const auto wrong = [&](std::string what) {
    report.wrong.push_back({to_text(deposited.item), std::move(what), entry});
  };
  auto read = read_object(session, deposited.item);
  if (read && !read->whole) read = read_object(session, deposited.item);
  if (!read && line_broke(read.error())) return read.error();
  if (!read) {
    wrong(fmt::format("has an object that the archive does not give: {}", read.error().detail));
  } else if (!read->whole) {
    wrong(fmt::format("has an object of which only {} of {} bytes come", read->bytes, deposited.object.size));
  } else {
    ++report.objects;
    report.object_bytes += read->bytes;
    if (read->bytes != deposited.object.size || read->sha256 != deposited.object.sha256)
      wrong("has an object that is not the one that was deposited: it was changed or cut");
  }
  return {};
}

// The pieces of an answer that streams, in their order.
class PieceStream {
 public:
  static Result<PieceStream> get(Session& session, std::string target) {
    DEPONE_ASSIGN(auto* const connection, session.connection());
    DEPONE_TRY(connection->begin({"GET", std::move(target), {}, 0}));
    DEPONE_ASSIGN(const auto answer, connection->receive());
    if (answer.status >= 400) return session.problem(answer);
    return PieceStream(*connection);
  }
  Result<PartAuditor::Piece> next() {
    for (;;) {
      while (from_ < to_) {
        DEPONE_ASSIGN(const std::size_t taken, reader_.feed(ByteView(some_).subspan(from_, to_ - from_)));
        from_ += taken;
        if (auto piece = reader_.next()) return std::move(*piece);
      }
      DEPONE_ASSIGN(to_, connection_->read(some_));
      from_ = 0;
      if (to_ == 0) return fail(ErrorCode::unreachable, "the line broke before the answer was whole");
    }
  }
  // Behind the last piece: the connection can then carry another call.
  Result<> finish() {
    DEPONE_ASSIGN(const std::size_t more, connection_->read(some_));
    if (from_ == to_ && more == 0) return {};
    return fail(ErrorCode::damaged, "the archive's answer goes on behind its end");
  }

 private:
  explicit PieceStream(protocol::transport::Client& connection) : connection_(&connection), some_(256 * 1024) {}

  protocol::transport::Client* connection_;
  Bytes some_;
  std::size_t from_ = 0, to_ = 0;
  FrameReader reader_;
};

using Time = std::chrono::steady_clock;

// How long something took goes to `sum`.
class Timed {
 public:
  explicit Timed(std::chrono::milliseconds& sum) : sum_(sum) {}
  ~Timed() { sum_ += std::chrono::duration_cast<std::chrono::milliseconds>(Time::now() - begun_); }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  std::chrono::milliseconds& sum_;
  Time::time_point begun_ = Time::now();
};

// The way through the log to its head, and what is kept of how far it came.
class Walk {
 public:
  using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

  Walk(Session& session, const policy::Roster& roster, const Seen& head, AuditWish::Also also, AuditReport& report,
       AuditState state, policy::KeyedRecords records, const Progress& progress)
      : session_(session),
        roster_(roster),
        also_(also),
        report_(report),
        head_(head),
        state_(std::move(state)),
        auditor_(roster, report, std::move(records)),
        progress_(progress) {}

  void resume() { state_.resume(auditor_); }

  Result<> run() {
    report_.from = auditor_.size();
    report_.to = head_.size;
    while (auditor_.size() < head_.size) {
      const bool alone = also_ == AuditWish::Also::nothing;
      auto taken = alone ? take_window() : take_bundle();
      if (taken) taken = prove_claims();
      if (!taken && !alone) (void)remember();
      if (!taken) return taken;
      DEPONE_TRY(remember_at_times());
    }
    return finish();
  }

 private:
  static std::uint64_t bundle_at(std::uint64_t seq) { return seq / log::kTileWidth; }
  std::size_t width_of(std::uint64_t bundle) const {
    return static_cast<std::size_t>(std::min<std::uint64_t>(log::kTileWidth, head_.size - bundle * log::kTileWidth));
  }

  // The entries of some bundles that were not taken yet, all of them before the first act: while they are checked by
  // themselves, nothing is read but what the chain and the tree are made of.
  Result<> take_window() {
    const auto begun = Time::now();
    const auto from = auditor_.size(), first = bundle_at(from);
    const auto bundles = std::min<std::uint64_t>(window_, bundle_at(head_.size - 1) + 1 - first);
    std::vector<policy::ReadEntry> entries;
    DEPONE_TRY(take_entries(from, first, bundles, entries));
    DEPONE_TRY(take_acts(from, first, bundles, entries));
    if (Time::now() - begun < kWindowTime / 2) window_ = std::min(2 * window_, kWindowMax);
    if (Time::now() - begun > kWindowTime * 2) window_ = std::max<std::size_t>(window_ / 2, 1);
    return {};
  }

  Result<> take_entries(std::uint64_t from, std::uint64_t first, std::uint64_t bundles,
                        std::vector<policy::ReadEntry>& out) {
    using Lines = std::vector<std::string>;
    const Timed timed(report_.log_time);
    system::OrderedWork<Lines, std::vector<policy::ReadEntry>> work(
        bundles, [&](std::size_t place) { return entry_bundle(session_, first + place, width_of(first + place)); },
        [](const Lines& lines) { return lines.size() * kEntryBytesMax; },
        [](std::size_t, std::size_t, const Lines& lines) { return policy::read_entries(lines); });
    for (std::size_t place = 0; place < bundles; ++place) {
      DEPONE_ASSIGN(auto read, work.next());
      const auto taken = place == 0 ? static_cast<std::size_t>(from % log::kTileWidth) : 0;
      for (auto i = taken; i < read.size(); ++i) {
        auditor_.take_entry(read[i]);
        out.push_back(std::move(read[i]));
      }
    }
    return {};
  }

  Result<> take_acts(std::uint64_t from, std::uint64_t first, std::uint64_t bundles,
                     const std::vector<policy::ReadEntry>& entries) {
    using Acts = std::vector<Bytes>;
    const Timed timed(report_.act_time);
    const auto begins = [&](std::size_t place) { return std::max(from, (first + place) * log::kTileWidth); };
    system::OrderedWork<Acts, std::vector<CheckedAct>> work(
        bundles, [&](std::size_t place) { return act_bundle(session_, first + place, width_of(first + place)); },
        [](const Acts& acts) {
          std::size_t bytes = 0;
          for (const auto& act : acts) bytes += act.size();
          return bytes;
        },
        [&](std::size_t, std::size_t place, const Acts& acts) {
          std::vector<CheckedAct> checked;
          checked.reserve(acts.size());
          auto seq = begins(place);
          for (auto i = static_cast<std::size_t>(seq % log::kTileWidth); i < acts.size(); ++i, ++seq)
            checked.push_back(auditor_.check_act(seq, entries[seq - from], acts[i]));
          return checked;
        });
    for (std::size_t place = 0; place < bundles; ++place) {
      DEPONE_ASSIGN(auto checked, work.next());
      auto seq = begins(place);
      for (auto& one : checked) auditor_.take_act(seq++, std::move(one));
      if (progress_) progress_(seq, head_.size);
    }
    return {};
  }

  // The entries of one bundle that were not taken yet, each with what is beside it.
  Result<> take_bundle() {
    const auto number = bundle_at(auditor_.size());
    const auto first = number * log::kTileWidth;
    const auto width = width_of(number);
    DEPONE_ASSIGN(const auto entries, entry_bundle(session_, number, width));
    DEPONE_ASSIGN(const auto acts, act_bundle(session_, number, width));
    std::optional<PieceStream> answer;
    std::optional<PartAuditor> parts;
    if (also_ == AuditWish::Also::parts) {
      DEPONE_ASSIGN(answer, PieceStream::get(
                                session_, fmt::format("/v1/log/parts?from={}&to={}", auditor_.size(), first + width)));
      parts.emplace(
          roster_, session_.identity().id(), [&] { return answer->next(); }, report_);
    }
    for (auto i = static_cast<std::size_t>(auditor_.size() - first); i < width; ++i) {
      DEPONE_TRY(check_beside(first + i, auditor_.look(entries[i], acts[i]), parts));
      auditor_.take(entries[i], acts[i]);
      if (progress_) progress_(auditor_.size(), head_.size);
      DEPONE_TRY(remember_at_times());
    }
    if (!parts) return {};
    DEPONE_TRY(parts->finish());
    return answer->finish();
  }
  Result<> check_beside(std::uint64_t seq, const std::optional<TakenAct>& taken, std::optional<PartAuditor>& parts) {
    if (parts) return parts->check(seq, taken ? &*taken : nullptr);
    if (taken && taken->object) return check_object(session_, seq, *taken->object, report_);
    return {};
  }

  // What the audit cannot tell by itself any more, the archive has to prove.
  Result<> prove_claims() {
    while (!auditor_.claims().empty()) {
      const auto claim = auditor_.claims().front();
      auto& root = proved_[claim.seen.size];
      if (!root) {
        const auto proved = session_.grew_from(claim.seen, head_);
        if (!proved && line_broke(proved.error())) return proved.error();
        if (proved && *proved) root = claim.seen.root;
      }
      auditor_.answer(claim, root == claim.seen.root);
    }
    if (proved_.size() > kProvedMax) proved_.clear();
    return {};
  }

  Result<> finish() {
    const Timed timed(report_.log_time);
    const auto finished = auditor_.finish(head_);
    if (!finished && finished.error().code == ErrorCode::damaged) {
      state_.drop();
      return fail(ErrorCode::damaged,
                  "what an earlier audit left in this profile was changed: audit again, from the beginning");
    }
    if (!finished) return finished;
    return remember();
  }

  // Only what was right is remembered, and nothing that is still to be proved.
  Result<> remember() {
    if (!report_.wrong.empty() || !auditor_.claims().empty()) return {};
    return state_.keep(auditor_);
  }
  Result<> remember_at_times() {
    const auto now = Time::now();
    if (now - remembered_ < std::max<Time::duration>(kRememberEvery, kRememberShare * cost_)) return {};
    DEPONE_TRY(remember());
    remembered_ = Time::now();
    cost_ = remembered_ - now;
    return {};
  }

  Session& session_;
  const policy::Roster& roster_;
  AuditWish::Also also_;
  AuditReport& report_;
  Seen head_;
  AuditState state_;
  LogAuditor auditor_;
  const Progress& progress_;
  std::size_t window_ = 1;  // bundles
  static constexpr std::size_t kProvedMax = 100'000;
  std::map<std::uint64_t, std::optional<crypto::Digest>> proved_;  // roots that the archive proved, by size
  Time::time_point remembered_ = Time::now();
  Time::duration cost_{};
};

std::filesystem::path state_file(const ArchiveProfile& archive, AuditWish::Also also) {
  switch (also) {
    case AuditWish::Also::nothing:
      break;
    case AuditWish::Also::objects:
      return archive.object_audit_state();
    case AuditWish::Also::parts:
      return archive.part_audit_state();
  }
  return archive.audit_state();
}

// The receipts that this profile keeps: each must still be proved by the log.
Result<> check_receipts(Session& session, AuditReport& report) {
  std::error_code none;
  for (const auto& file : std::filesystem::directory_iterator(session.archive().receipts(), none)) {
    const auto name = file.path().filename().string();
    if (!name.ends_with(".receipt.json")) continue;
    ++report.receipts;
    const auto bytes = system::read_file(file.path(), kReceiptFileBytesMax);
    const auto receipt = bytes ? parse_receipt(*bytes) : Result<Receipt>(bytes.error());
    const auto verified = receipt ? session.verify(*receipt) : Result<VerifiedReceipt>(receipt.error());
    if (verified) continue;
    if (line_broke(verified.error())) return verified.error();
    report.wrong.push_back({name, fmt::format("does not verify: {}", verified.error().detail)});
  }
  return {};
}

}  // namespace

Result<AuditReport> audit(Session& session, const AuditWish& wish,
                          const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  DEPONE_TRY(session.refresh());
  const Seen head = session.seen();
  // After the head: a roster that the archive shows now knows every change before it, or the log will say otherwise.
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  AuditReport report;
  DEPONE_ASSIGN(auto state, AuditState::hold(state_file(session.archive(), wish.also)));
  DEPONE_ASSIGN(auto records, state.begin());
  Walk walk(session, *roster, head, wish.also, report, std::move(state), std::move(records), progress);
  if (!wish.again) walk.resume();
  DEPONE_TRY(walk.run());
  DEPONE_TRY(check_receipts(session, report));
  return report;
}

}  // namespace depone::client
