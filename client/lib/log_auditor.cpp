#include "client/lib/log_auditor.h"

#include <algorithm>

#include <fmt/format.h>

namespace depone::client {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

// What was audited by fewer rules is audited again.
constexpr std::uint64_t kStateVersion = 4;

struct StateForm {
  std::uint64_t v = kStateVersion;
  std::vector<std::vector<crypto::Digest>> edge;  // the partial tile of each level
  policy::ReplayMemory replay;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("edge", s.edge);
    f("replay", s.replay);
  }
};

class SavedTiles final : public log::TileReader {
 public:
  explicit SavedTiles(const StateForm& state) : state_(state) {}
  Result<std::vector<crypto::Digest>> tile(unsigned level, std::uint64_t, std::size_t) override {
    if (level >= state_.edge.size()) return fail(ErrorCode::malformed, "what an earlier audit left was cut");
    return state_.edge[level];
  }

 private:
  const StateForm& state_;
};

}  // namespace

LogAuditor::LogAuditor(const policy::Roster& roster, AuditReport& report, policy::KeyedRecords records)
    : roster_(roster),
      report_(report),
      replay_(roster.genesis(), std::move(records)) {}

Result<> LogAuditor::resume(ByteView bytes, const std::filesystem::path& records) {
  DEPONE_ASSIGN(const auto state, parse_form<StateForm>(bytes, "what an earlier audit left"));
  if (state.v != kStateVersion) return fail(ErrorCode::malformed, "what an earlier audit left is of another version");
  SavedTiles tiles(state);
  DEPONE_ASSIGN(auto edge, log::TreeEdge::load(tiles, state.replay.size));
  DEPONE_ASSIGN(auto replay, policy::LogReplay::resume(roster_.genesis(), state.replay, records));
  edge_ = std::move(edge);
  replay_ = std::move(replay);
  roots_.clear();
  remember_root();
  return {};
}

Result<std::string> LogAuditor::state() {
  StateForm state;
  DEPONE_ASSIGN(state.replay, replay_.memory());
  for (unsigned level = 0; log::kTileHeight * level < 64 && (edge_.size() >> (log::kTileHeight * level)) > 0; ++level) {
    const auto* const tile = edge_.tile(level, (edge_.size() >> (log::kTileHeight * level)) / log::kTileWidth);
    state.edge.push_back(tile == nullptr ? std::vector<crypto::Digest>{} : *tile);
  }
  return write_form(state);
}

void LogAuditor::wrong(std::uint64_t seq, std::string what) {
  report_.wrong.push_back({fmt::format("entry {}", seq), std::move(what), seq});
}

std::optional<TakenAct> LogAuditor::look(std::string_view bytes, ByteView act_bytes) const {
  const auto entry = parse_entry(view(bytes));
  if (!entry || !entry->act || entry->outcome == Outcome::refused || is_serving(*entry)) return std::nullopt;
  const auto act = parse_act(act_bytes);
  if (!act || act->hash != *entry->act || replay_.took_last(act->payload)) return std::nullopt;
  TakenAct out{entry->type, act->payload.actor, entry->case_id.value, parts_in(act->payload.body), std::nullopt};
  if (entry->type == MemberEnrol::kType) {
    const auto id = crypto::fixed_from_hex<crypto::KeyId>(entry->subject);
    const auto* const member = id ? roster_.find(*id) : nullptr;
    if (member != nullptr) out.parts = member->parts;
  }
  const auto item = from_text<crypto::EvidenceId>(entry->subject);
  const auto body = body_of<EvidenceSubmit>(*act);
  if (item && body) out.object = DepositedObject{*item, body->object};
  return out;
}

void LogAuditor::take_entry(const policy::ReadEntry& read) {
  const auto seq = edge_.size();
  if (!read.entry) {
    wrong(seq, read.entry.error().detail);
    replay_.take_unreadable(read.leaf);
  } else {
    if (!entry_type_is_known(read.entry->type)) {
      report_.unknown.push_back({fmt::format("entry {}", seq),
                                 fmt::format("is of the type {}, which this program does not know", read.entry->type)});
    }
    for (auto& what : replay_.take(*read.entry, read.leaf, roster_)) wrong(seq, std::move(what));
  }
  edge_.append(read.leaf);
  (void)edge_.take_changed();
  remember_root();
}

CheckedAct LogAuditor::check_act(std::uint64_t seq, const policy::ReadEntry& read, ByteView bytes) const {
  CheckedAct out;
  if (!read.entry) return out;
  const auto& entry = *read.entry;
  auto act = parse_act(bytes);
  const bool is_right = act && entry.act && act->hash == *entry.act;
  out.entry = policy::check_entry(seq, entry, is_right ? &*act : nullptr, roster_, replay_.records());
  out.is_named = bool(entry.act);
  if (out.is_named && !is_right) out.entry.wrong.emplace_back("came with another act than the one that it names");
  if (!out.is_named && !bytes.empty()) out.entry.wrong.emplace_back("came with an act that it does not name");
  if (is_right && entry.outcome != Outcome::refused && !is_serving(entry)) out.seen = act->payload.seen;
  return out;
}

void LogAuditor::take_act(std::uint64_t seq, CheckedAct checked) {
  report_.acts += checked.is_named ? 1 : 0;
  for (auto& what : checked.entry.wrong) wrong(seq, std::move(what));
  replay_.note(checked.entry);
  if (checked.seen) check_seen(seq, *checked.seen);
}

void LogAuditor::take(std::string_view entry, ByteView act) {
  const auto seq = size();
  const auto read = policy::read_entry(entry);
  take_entry(read);
  take_act(seq, check_act(seq, read, act));
}

void LogAuditor::remember_root() {
  roots_.push_back(edge_.root());
  if (roots_.size() > kRootsMax) roots_.pop_front();
}

void LogAuditor::check_seen(std::uint64_t seq, const Seen& seen) {
  if (seen.size < 1 || seen.size > seq) return;  // check_entry() says so
  const auto back = size() - seen.size;
  if (back < roots_.size())
    answer({seq, seen}, roots_[roots_.size() - 1 - back] == seen.root);
  else
    claims_.push_back({seq, seen});
}

void LogAuditor::answer(const SeenClaim& claim, bool proved) {
  if (!proved) wrong(claim.entry, "took an act whose signer had seen a log that this one never was");
  std::erase_if(claims_, [&, entry = claim.entry](const SeenClaim& one) { return one.entry == entry; });
}

Result<> LogAuditor::finish(const Seen& head) {
  DEPONE_ASSIGN(auto end, replay_.finish(roster_));
  for (auto& finding : end.wrong) wrong(finding.seq, std::move(finding.what));
  if (edge_.size() != head.size || edge_.root() != head.root) {
    report_.wrong.push_back(
        {"the tree",
         "does not have the root that the archive signed: some entry that it gave is not the one in its log"});
  }
  for (auto& what : end.log) report_.wrong.push_back({"the log", std::move(what)});
  std::ranges::stable_sort(report_.wrong, {}, &AuditFinding::entry);
  return {};
}

}  // namespace depone::client
