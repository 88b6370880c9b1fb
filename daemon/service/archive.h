// What every service works with: the running archive and the member who asks. Shared by all sessions; thread-safe.
#pragma once

#include <atomic>

#include "daemon/ledger/ledger.h"
#include "daemon/service/capacity.h"
#include "daemon/service/read_pool.h"
#include "daemon/store/object_folder.h"
#include "daemon/store/uploads.h"
#include "protocol/record/reason.h"
#include "protocol/transport/server.h"

namespace depone::daemon::service {

struct ServiceLimits {
  std::size_t submission_bytes_max = 1'600'000;  // 64 KiB act, 1 MiB manifest, 128 KiB object, and the rest
  std::size_t batch_bytes_max = 8 << 20;         // of submissions that come together
  std::size_t act_bytes_max = 1'300'000;         // a manifest of 1 MiB with its act and private part
  std::size_t search_results_max = 500;
  std::size_t search_bytes_max = 4 << 20;   // of a page; it ends with the item that reaches this
  std::size_t history_entries_max = 1'000;  // of a page
  std::uint64_t answer_inline_bytes_max = 16 << 20;
};

struct Archive {
  ledger::Ledger& ledger;
  ReadPool& pool;
  store::ObjectFolder& objects;
  store::Uploads& uploads;
  const crypto::SealSeed& intake;
  const system::Clock& clock;
  ServiceLimits limits;
  protocol::record::TimePoint started;
  Capacity& capacity;
};

// Who asks, on the roster as it was when the request began.
struct Caller {
  std::shared_ptr<const policy::Roster> roster;
  const policy::Member* member;  // in standing

  const policy::Member* operator->() const { return member; }
};

using protocol::record::Reason;
using protocol::transport::Exchange;
template <class T = void>
using Awaitable = boost::asio::awaitable<T>;

// A command through the writer; resumes the caller where it was, once it is durable. Name what you hand to it, and to
// ReadPool::run, before the co_await: GCC 12 destroys some temporaries of such an expression twice.
Awaitable<Result<ledger::Recorded>> record(ledger::Ledger& ledger, ledger::Command command);

// Several at once, so that they can be durable together; their results in the same order.
Awaitable<std::vector<Result<ledger::Recorded>>> record_all(ledger::Ledger& ledger,
                                                            std::vector<ledger::Command> commands);

// --- answers
// `detail` is a view, and the optional trivial, so that both may be converted where the call is awaited (GCC 12).
Awaitable<> answer_problem(Exchange& exchange, Reason reason, std::optional<std::uint64_t> entry = std::nullopt,
                           std::string_view detail = {});
// The same, with how long to wait before the next try.
Awaitable<> answer_later(Exchange& exchange, Reason reason, std::chrono::seconds wait);
Awaitable<> answer_json(Exchange& exchange, std::string json);
// A request's body, and its share of the memory for such.
struct Body {
  Body(Capacity& capacity, const crypto::KeyId& member) : held(capacity, member) {}
  Bytes bytes;
  Capacity::Held held;
};
// Reads it; false after a problem was answered.
Awaitable<bool> read_body(Exchange& exchange, std::size_t bytes_max, Body& into);
// Whether the disk has room for something new of so many bytes; false after that was answered.
Awaitable<bool> has_room(const Archive& archive, Exchange& exchange, std::uint64_t bytes);
// What a failure of the writer is to the peer: busy, no room on the disk, or internal.
Reason reason_of(const Error& error);
// The problem of what was not recorded, or recorded as a refusal.
Awaitable<> answer_refused(Exchange& exchange, const Result<ledger::Recorded>& recorded);
// The receipts of what was recorded, or the problem document of its refusal.
Awaitable<> answer_recorded(Exchange& exchange, const Result<ledger::Recorded>& recorded, std::string_view envelope);

}  // namespace depone::daemon::service
