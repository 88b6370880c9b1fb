#include "client/lib/log_auditor.h"

#include <fmt/format.h>

namespace depone::client {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

struct StateForm {
  std::uint64_t v = 3;
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

LogAuditor::LogAuditor(const policy::Roster& roster, AuditReport& report)
    : roster_(roster),
      report_(report),
      replay_(roster.genesis()) {}

Result<> LogAuditor::resume(ByteView bytes) {
  DEPONE_ASSIGN(const auto state, parse_form<StateForm>(bytes, "what an earlier audit left"));
  if (state.v != 3) return fail(ErrorCode::malformed, "what an earlier audit left is of another version");
  DEPONE_ASSIGN(auto replay, policy::LogReplay::resume(roster_.genesis(), state.replay));
  SavedTiles tiles(state);
  DEPONE_ASSIGN(edge_, log::TreeEdge::load(tiles, state.replay.size));
  replay_ = std::move(replay);
  return {};
}

std::string LogAuditor::state() const {
  StateForm state;
  state.replay = replay_.memory();
  for (unsigned level = 0; log::kTileHeight * level < 64 && (edge_.size() >> (log::kTileHeight * level)) > 0; ++level) {
    const auto* const tile = edge_.tile(level, (edge_.size() >> (log::kTileHeight * level)) / log::kTileWidth);
    state.edge.push_back(tile == nullptr ? std::vector<crypto::Digest>{} : *tile);
  }
  return write_form(state);
}

void LogAuditor::wrong(std::uint64_t seq, std::string what) {
  report_.wrong.push_back({fmt::format("entry {}", seq), std::move(what)});
}

std::optional<DepositedObject> LogAuditor::take(std::string_view bytes, ByteView act_bytes) {
  const auto seq = edge_.size();
  const auto leaf = log::leaf_hash(view(bytes));
  edge_.append(leaf);
  (void)edge_.take_changed();
  const auto entry = parse_entry(view(bytes));
  if (!entry) {
    wrong(seq, entry.error().detail);
    replay_.take_unreadable(leaf);
    return std::nullopt;
  }
  if (!entry_type_is_known(entry->type)) {
    report_.unknown.push_back({fmt::format("entry {}", seq),
                               fmt::format("is of the type {}, which this program does not know", entry->type)});
  }
  const auto act = read_act(*entry, act_bytes);
  for (auto& what : replay_.take(*entry, leaf, act ? &*act : nullptr, roster_)) wrong(seq, std::move(what));
  if (!act || entry->type != EvidenceSubmit::kType || entry->outcome == Outcome::refused) return std::nullopt;
  const auto item = from_text<crypto::EvidenceId>(entry->subject);
  const auto body = body_of<EvidenceSubmit>(*act);
  if (!item || !body) return std::nullopt;  // the replay has said what is wrong
  return DepositedObject{*item, body->object};
}

std::optional<Act> LogAuditor::read_act(const Entry& entry, ByteView bytes) {
  if (!entry.act) {
    if (!bytes.empty()) wrong(edge_.size() - 1, "came with an act that it does not name");
    return std::nullopt;
  }
  ++report_.acts;
  auto act = parse_act(bytes);
  if (act && act->hash == *entry.act) return std::move(*act);
  wrong(edge_.size() - 1, "came with another act than the one that it names");
  return std::nullopt;
}

void LogAuditor::finish(const Seen& head) {
  if (edge_.size() != head.size || edge_.root() != head.root) {
    report_.wrong.push_back(
        {"the tree",
         "does not have the root that the archive signed: some entry that it gave is not the one in its log"});
  }
  for (auto& what : replay_.finish(roster_)) report_.wrong.push_back({"the log", std::move(what)});
}

}  // namespace depone::client
