#include "client/lib/audit.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "client/lib/log_entries.h"
#include "crypto/hash.h"
#include "protocol/record/ids.h"
#include "system/file.h"

namespace depone::client {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

constexpr std::size_t kStateBytesMax = 512 << 20;
constexpr std::chrono::seconds kRememberEvery{30};  // how much of an interrupted audit is done again
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
Result<> check_object(Session& session, const DepositedObject& deposited, AuditReport& report) {
  const auto wrong = [&](std::string what) { report.wrong.push_back({to_text(deposited.item), std::move(what)}); };
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

// The entries of one bundle that were not taken yet.
Result<> take_bundle(Session& session, LogAuditor& auditor, std::uint64_t head, bool objects, AuditReport& report) {
  const auto number = auditor.size() / log::kTileWidth;
  const auto first = number * log::kTileWidth;
  const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(log::kTileWidth, head - first));
  DEPONE_ASSIGN(const auto entries, entry_bundle(session, number, width));
  DEPONE_ASSIGN(const auto acts, act_bundle(session, number, width));
  for (auto i = static_cast<std::size_t>(auditor.size() - first); i < width; ++i) {
    const auto deposited = auditor.take(entries[i], acts[i]);
    if (deposited && objects) DEPONE_TRY(check_object(session, *deposited, report));
  }
  return {};
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
  LogAuditor auditor(*roster, report);
  const auto path = wish.objects ? session.archive().object_audit_state() : session.archive().audit_state();
  if (!wish.again) {
    // A state that cannot be used, of another version or torn, is none: the audit begins at the beginning.
    if (const auto state = system::read_file(path, kStateBytesMax)) (void)auditor.resume(*state);
  }
  report.from = auditor.size();
  report.to = head.size;
  // Only what was right is remembered.
  const auto remember = [&]() -> Result<> {
    if (!report.wrong.empty()) return {};
    return system::write_file_durably(path, view(auditor.state()), system::IfExists::replace);
  };
  auto remembered = std::chrono::steady_clock::now();
  while (auditor.size() < head.size) {
    DEPONE_TRY(take_bundle(session, auditor, head.size, wish.objects, report));
    if (progress) progress(auditor.size(), head.size);
    if (const auto now = std::chrono::steady_clock::now(); now - remembered > kRememberEvery) {
      DEPONE_TRY(remember());
      remembered = now;
    }
  }
  auditor.finish(head);
  DEPONE_TRY(remember());
  DEPONE_TRY(check_receipts(session, report));
  return report;
}

}  // namespace depone::client
