#include "daemon/descriptors.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/resource.h>

namespace depone::daemon {
namespace {

constexpr std::size_t kOfDatabase = 3;  // of each connection to it: database, -wal, -shm
constexpr std::size_t kOwn = 40;  // standard streams, lock, checkpoints, sockets, files that are renamed and synced
constexpr std::size_t kConnectionsMin = 8;

}  // namespace

Result<std::size_t> connections_by_descriptors(std::size_t readers) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return fail(ErrorCode::io, fmt::format("cannot see how many files may be open: {}", std::strerror(errno)));
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) (void)::getrlimit(RLIMIT_NOFILE, &limit);
  const auto needed = kOwn + (readers + 1) * kOfDatabase;
  const auto all = static_cast<std::size_t>(limit.rlim_cur);
  const auto connections = all < needed ? 0 : (all - needed) / 2;
  if (connections >= kConnectionsMin) return connections;
  return fail(ErrorCode::input, fmt::format("this process may have {} files and connections open, and needs {}; raise "
                                            "that limit (ulimit -n)",
                                            all, needed + 2 * kConnectionsMin));
}

}  // namespace depone::daemon
