#include "client/lib/audit.h"

#include <algorithm>

#include "system/file.h"

namespace depone::client {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

constexpr std::size_t kStateBytesMax = 512 << 20;
constexpr std::size_t kBundleBytesMax = 256 * (kEntryBytesMax + 2);
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

// The entries of one bundle that were not taken yet.
Result<> take_bundle(Session& session, LogAuditor& auditor, std::uint64_t head) {
  const auto number = auditor.size() / log::kTileWidth;
  const auto first = number * log::kTileWidth;
  const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(log::kTileWidth, head - first));
  DEPONE_ASSIGN(const auto entries, entry_bundle(session, number, width));
  DEPONE_ASSIGN(const auto acts, act_bundle(session, number, width));
  for (auto i = static_cast<std::size_t>(auditor.size() - first); i < width; ++i) auditor.take(entries[i], acts[i]);
  return {};
}

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
  DEPONE_TRY(session.refresh());
  const Seen head = session.seen();
  // After the head: a roster that the archive shows now knows every change before it, or the log will say otherwise.
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  AuditReport report;
  LogAuditor auditor(*roster, report);
  const auto path = session.archive().audit_state();
  if (!again) {
    // A state that cannot be used, of another version or torn, is none: the audit begins at the beginning.
    if (const auto state = system::read_file(path, kStateBytesMax)) (void)auditor.resume(*state);
  }
  report.from = auditor.size();
  report.to = head.size;
  while (auditor.size() < head.size) {
    DEPONE_TRY(take_bundle(session, auditor, head.size));
    if (progress) progress(auditor.size(), head.size);
  }
  auditor.finish(head);
  if (report.wrong.empty()) {  // only what was right is remembered
    DEPONE_TRY(system::write_file_durably(path, view(auditor.state()), system::IfExists::replace));
  }
  return report;
}

}  // namespace depone::client
