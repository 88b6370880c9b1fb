#include "client/lib/audit.h"

#include <unordered_map>

#include <fmt/format.h>

#include "crypto/log/tile.h"
#include "protocol/record/bodies.h"
#include "system/file.h"

namespace depone::client {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

constexpr std::size_t kStateBytesMax = 512 << 20;
constexpr std::size_t kBundleBytesMax = 256 * (kEntryBytesMax + 2);
constexpr std::size_t kActsBytesMax = 256 * (kEnvelopeBytesMax + 4);

struct LastOn {
  std::string subject;
  std::uint64_t seq = 0;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("subject", s.subject);
    f("seq", s.seq);
  }
};

// What an audit leaves for the next: the tree's right edge, the last link of the chain, and of each custody chain.
struct StateForm {
  std::uint64_t v = 1;
  std::uint64_t size = 0;
  crypto::Digest last_leaf;
  TimePoint last_at;
  std::vector<std::vector<crypto::Digest>> edge;  // the partial tile of each level
  std::vector<LastOn> subjects;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("size", s.size);
    f("last_leaf", s.last_leaf);
    f("at", s.last_at);
    f("edge", s.edge);
    f("subjects", s.subjects);
  }
};

class SavedTiles final : public log::TileReader {
 public:
  explicit SavedTiles(const StateForm& state) : state_(state) {}
  Result<std::vector<crypto::Digest>> tile(unsigned level, std::uint64_t, std::size_t) override {
    if (level >= state_.edge.size()) return fail(ErrorCode::damaged, "the audit's state was cut");
    return state_.edge[level];
  }

 private:
  const StateForm& state_;
};

class Audit {
 public:
  Audit(Session& session, const policy::Roster& roster, AuditReport& report)
      : session_(session),
        roster_(roster),
        report_(report) {}

  Result<> begin(bool again) {
    const auto bytes = system::read_file(session_.archive().audit_state(), kStateBytesMax);
    if (again || !bytes) return {};
    DEPONE_ASSIGN(const auto state, parse_form<StateForm>(*bytes, "the audit's state"));
    SavedTiles tiles(state);
    DEPONE_ASSIGN(edge_, log::TreeEdge::load(tiles, state.size));
    last_leaf_ = state.last_leaf;
    last_at_ = state.last_at;
    for (const auto& one : state.subjects) last_on_[one.subject] = one.seq;
    return {};
  }
  std::uint64_t size() const { return edge_.size(); }

  Result<> take_bundle(std::uint64_t number, std::size_t width) {
    DEPONE_ASSIGN(const auto entries, entry_bundle(session_, number, width));
    DEPONE_ASSIGN(const auto acts, act_bundle(number, width));
    for (std::size_t i = 0; i < width; ++i) {
      const auto seq = number * log::kTileWidth + i;
      if (seq >= edge_.size()) check(seq, entries[i], acts[i]);
    }
    return {};
  }

  Result<> finish(const Seen& head) {
    if (edge_.size() != head.size || edge_.root() != head.root) {
      report_.wrong.push_back(
          {"the tree",
           "does not have the root that the archive signed: some entry that it gave is not the one in its log"});
    }
    if (!report_.wrong.empty()) return {};  // only what was right is remembered
    StateForm state{1, edge_.size(), last_leaf_, last_at_, {}, {}};
    for (const auto& [subject, seq] : last_on_) state.subjects.push_back({subject, seq});
    for (unsigned level = 0; log::kTileHeight * level < 64 && (edge_.size() >> (log::kTileHeight * level)) > 0;
         ++level) {
      const auto* const tile = edge_.tile(level, (edge_.size() >> (log::kTileHeight * level)) / log::kTileWidth);
      state.edge.push_back(tile == nullptr ? std::vector<crypto::Digest>{} : *tile);
    }
    return system::write_file_durably(session_.archive().audit_state(), view(write_form(state)),
                                      system::IfExists::replace);
  }

 private:
  Result<std::vector<Bytes>> act_bundle(std::uint64_t number, std::size_t width) {
    const auto name = log::tile_path({0, number, width}).substr(std::string_view("tile/0/").size());
    DEPONE_ASSIGN(const auto bytes, session_.get("/v1/log/acts/" + name, kActsBytesMax));
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

  void wrong(std::uint64_t seq, std::string what) {
    report_.wrong.push_back({fmt::format("entry {}", seq), std::move(what)});
  }

  void check(std::uint64_t seq, const std::string& bytes, const Bytes& act) {
    const auto leaf = log::leaf_hash(view(bytes));
    edge_.append(leaf);
    (void)edge_.take_changed();
    const auto entry = parse_entry(view(bytes));
    if (!entry) {
      wrong(seq, entry.error().detail);
    } else {
      if (entry->seq != seq) wrong(seq, fmt::format("calls itself {}", entry->seq));
      if (entry->prev != (seq == 0 ? crypto::Digest{} : last_leaf_))
        wrong(seq, "does not follow the entry before it: the chain is broken here");
      if (entry->at < last_at_) wrong(seq, "is older than the entry before it");
      if (!entry_type_is_known(entry->type))
        report_.unknown.push_back({fmt::format("entry {}", seq),
                                   fmt::format("is of the type {}, which this program does not know", entry->type)});
      check_before(*entry);
      check_act(*entry, act);
      last_at_ = std::max(last_at_, entry->at);
    }
    last_leaf_ = leaf;
  }

  void check_before(const Entry& entry) {
    if (entry.subject.empty()) return;
    const auto known = last_on_.find(entry.subject);
    const bool right = known == last_on_.end() ? !entry.before : entry.before == known->second;
    if (!right) wrong(entry.seq, "does not point at the entry before it on its subject: custody was hidden");
    last_on_[entry.subject] = entry.seq;
  }

  void check_act(const Entry& entry, const Bytes& bytes) {
    if (!entry.act) {
      if (!bytes.empty()) wrong(entry.seq, "came with an act that it does not name");
      return;
    }
    ++report_.acts;
    const auto act = parse_act(bytes);
    if (!act || act->hash != *entry.act) return wrong(entry.seq, "came with another act than the one that it names");
    const auto* const actor = roster_.find(act->payload.actor);
    if (actor == nullptr || actor->enrolled_seq > entry.seq)
      return wrong(entry.seq, "has an act by somebody who was not enrolled then");
    if (!verify_envelope(act->envelope, actor->sign))
      return wrong(entry.seq, "has an act whose signature does not verify");
    const bool serving = entry.type == kEvidenceServe || entry.type == kEvidenceServed;
    if (serving) return;
    if (act->payload.type != entry.type || !entry.actor || *entry.actor != act->payload.actor)
      wrong(entry.seq, "says another type or actor than its act");
    if (entry.outcome == Outcome::accepted && actor->revoked_seq && *actor->revoked_seq < entry.seq)
      wrong(entry.seq, "accepted an act of somebody who was revoked before");
  }

  Session& session_;
  const policy::Roster& roster_;
  AuditReport& report_;
  log::TreeEdge edge_;
  crypto::Digest last_leaf_;
  TimePoint last_at_;
  std::unordered_map<std::string, std::uint64_t> last_on_;
};

}  // namespace

Result<std::vector<std::string>> entry_bundle(Session& session, std::uint64_t number, std::size_t width) {
  const auto name = log::tile_path({0, number, width}).substr(std::string_view("tile/0/").size());
  DEPONE_ASSIGN(const auto bytes, session.get("/v1/log/tile/entries/" + name, kBundleBytesMax));
  std::vector<std::string> out;
  for (ByteView rest = bytes; !rest.empty();) {
    const std::size_t size = rest.size() < 2 ? rest.size() : std::size_t{rest[0]} << 8 | rest[1];
    if (rest.size() < 2 || rest.size() - 2 < size) return fail(ErrorCode::damaged, "a bundle of entries is cut");
    out.emplace_back(text_view(rest.subspan(2, size)));
    rest = rest.subspan(2 + size);
  }
  if (out.size() != width) return fail(ErrorCode::damaged, "a bundle of entries is cut");
  return out;
}

Result<AuditReport> audit(Session& session, bool again,
                          const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  DEPONE_TRY(session.refresh());
  const Seen head = session.seen();
  AuditReport report;
  Audit running(session, *roster, report);
  DEPONE_TRY(running.begin(again));
  report.from = running.size();
  report.to = head.size;
  while (running.size() < head.size) {
    const auto number = running.size() / log::kTileWidth;
    const auto width =
        static_cast<std::size_t>(std::min<std::uint64_t>(log::kTileWidth, head.size - number * log::kTileWidth));
    DEPONE_TRY(running.take_bundle(number, width));
    if (progress) progress(running.size(), head.size);
  }
  DEPONE_TRY(running.finish(head));
  return report;
}

}  // namespace depone::client
