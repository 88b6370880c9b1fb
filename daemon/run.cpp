#include "daemon/run.h"

#include <csignal>
#include <exception>
#include <new>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include "daemon/descriptors.h"
#include "daemon/ledger/create.h"
#include "daemon/ledger/start.h"
#include "daemon/net/control.h"
#include "daemon/net/routes.h"
#include "daemon/service/version.h"

namespace depone::daemon {

namespace asio = boost::asio;
namespace transport = protocol::transport;

namespace {

// Said once, then the process ends: what is durable, only a restart finds out.
[[noreturn]] void stop_at_once(std::string_view why) {
  spdlog::critical("stopping at once: {}; it is not known what reached the disk; start again to find out", why);
  spdlog::shutdown();
  std::_Exit(1);
}

// What nothing could be done about, for want of memory above all: as a kill would end it, without a core.
[[noreturn]] void stop_on_terminate() {
  try {
    if (const auto failed = std::current_exception()) std::rethrow_exception(failed);
  } catch (const std::exception& failed) {
    stop_at_once(failed.what());
  } catch (...) {
  }
  stop_at_once("something failed that was not expected");
}

// A failed fsync of an upload or object is as ambiguous as one of the writer's.
asio::awaitable<void> handle_or_stop(const service::Archive& archive, transport::Exchange& exchange) {
  auto reason = service::Reason::none;
  try {
    co_await net::handle(archive, exchange);
  } catch (const system::AmbiguousWrite& unknown) {
    stop_at_once(unknown.what());
  } catch (const std::bad_alloc&) {
    reason = service::Reason::busy;
    spdlog::error("a request failed for want of memory");
  } catch (const std::exception& failed) {
    reason = service::Reason::internal;
    spdlog::warn("a {} request failed: {}", exchange.request().method, failed.what());
  }
  if (reason == service::Reason::none || exchange.begun()) co_return;
  co_await service::answer_problem(exchange, reason);
}

// What fails for want of memory outside of a request takes a connection with it, not the others.
void run_io(asio::io_context& io) {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::bad_alloc&) {
      spdlog::error("a connection was lost for want of memory");
    }
  }
}

Result<std::vector<store::Connection>> open_readers(const Folder& folder, const crypto::DatabaseKey& key,
                                                    std::size_t count) {
  std::vector<store::Connection> readers;
  for (std::size_t i = 0; i < count; ++i) {
    DEPONE_ASSIGN(auto reader, store::Connection::open(folder.database(), key, store::Connection::Mode::read_only));
    readers.push_back(std::move(reader));
  }
  return readers;
}

// Everything that a running archive is made of, in the order in which it must end, last first.
class Running {
 public:
  Running(const Config& config, std::unique_ptr<ledger::Ledger> ledger, std::vector<store::Connection> readers,
          store::ObjectFolder objects, std::unique_ptr<store::Uploads> uploads, ledger::ArchiveKeys keys,
          store::DiskRoom& disk)
      : config_(config),
        keys_(std::move(keys)),
        objects_(std::move(objects)),
        uploads_(std::move(uploads)),
        ledger_(std::move(ledger)),
        pool_(std::move(readers)),
        channel_(keys_.tls),
        disk_(disk),
        capacity_(config_.capacity, disk_),
        archive_{*ledger_, pool_, objects_, *uploads_, keys_.intake, clock_, config_.service, clock_.now(), capacity_},
        server_(
            io_, config.listen, channel_, config.server,
            [this](const crypto::SignPublicKey& key) { return admit(key); },
            [this](transport::Exchange& exchange) { return handle_or_stop(archive_, exchange); },
            [](std::string_view what) { spdlog::warn("{}", what); }),
        signals_(io_, SIGTERM, SIGINT),
        expiry_(io_),
        drain_(io_),
        disk_watch_(io_) {}

  Result<> serve(const Folder& folder);
  void close_revoked(const policy::Roster& before, const policy::Roster& after);

 private:
  bool admit(const crypto::SignPublicKey& key) {
    const auto roster = ledger_->snapshot().roster;
    const auto* const member = roster->find_channel(key);
    return member != nullptr && member->in_standing();
  }
  void expire_uploads() {
    if (const auto gone = uploads_->expire(clock_.now()); gone > 0)
      spdlog::info("gave up {} uploads that stood still", gone);
    expiry_.expires_after(std::chrono::hours(1));
    expiry_.async_wait([this](boost::system::error_code error) {
      if (!error) expire_uploads();
    });
  }
  void watch_disk();
  net::RunningStatus status();
  void stop(int signal);

  const Config& config_;
  system::SystemClock clock_;
  ledger::ArchiveKeys keys_;
  store::ObjectFolder objects_;
  std::unique_ptr<store::Uploads> uploads_;
  std::unique_ptr<ledger::Ledger> ledger_;
  service::ReadPool pool_;
  transport::ChannelKey channel_;
  store::DiskRoom& disk_;
  service::Capacity capacity_;
  service::Archive archive_;
  asio::io_context io_;
  transport::Server server_;
  asio::signal_set signals_;
  asio::steady_timer expiry_, drain_, disk_watch_;
  bool has_room_ = true;  // as it was said last
};

void Running::close_revoked(const policy::Roster& before, const policy::Roster& after) {
  for (const auto& [id, member] : after.members()) {
    const auto* const then = before.find(id);
    if (!member.in_standing() && (then == nullptr || then->in_standing())) server_.close_peer(member.channel);
  }
}

void Running::stop(int signal) {
  spdlog::info("{}: no more connections; waiting for {} to end", signal == SIGTERM ? "SIGTERM" : "SIGINT",
               server_.open_connections());
  drain_.expires_after(config_.drain);
  drain_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    spdlog::warn("some requests did not end in time; closing all the same");
    io_.stop();
  });
  expiry_.cancel();
  disk_watch_.cancel();
  server_.stop([this] { asio::post(io_, [this] { io_.stop(); }); });
}

void Running::watch_disk() {
  disk_.tend();
  if (const bool has_room = disk_.has_room_for(0); has_room != std::exchange(has_room_, has_room)) {
    if (has_room)
      spdlog::info("the disk has room again: new things are taken");
    else
      spdlog::error("the disk has {} MiB free, and nothing new is taken below {} MiB; what is kept is served",
                    disk_.free_bytes() >> 20, disk_.limits().free_bytes_min >> 20);
  }
  disk_watch_.expires_after(std::chrono::seconds(1));
  disk_watch_.async_wait([this](boost::system::error_code error) {
    if (!error) watch_disk();
  });
}

net::RunningStatus Running::status() {
  const auto snapshot = ledger_->snapshot();
  const auto uploads = uploads_->usage();
  const auto counts = capacity_.counts();
  net::RunningStatus out;
  out.version = kVersion;
  out.listen = transport::to_text({config_.listen.host, server_.port()});
  out.origin = snapshot.roster->facts().origin;
  out.log_size = snapshot.size;
  out.members = snapshot.roster->members().size();
  out.cases = snapshot.roster->cases().size();
  out.connections = server_.open_connections();
  out.connections_max = config_.server.connections_max;
  out.turned_away = server_.turned_away();
  out.waiting = ledger_->waiting();
  out.waiting_max = config_.ledger.waiting_max;
  out.too_often = counts.too_often;
  out.bodies_bytes = counts.bodies_bytes;
  out.bodies_bytes_max = config_.capacity.bodies_bytes_max;
  out.uploads = uploads.count;
  out.upload_bytes = uploads.bytes;
  out.upload_bytes_max = config_.uploads.unfinished_bytes_max;
  out.free_bytes = disk_.free_bytes();
  out.free_bytes_min = config_.storage.free_bytes_min;
  out.reserve_bytes = disk_.has_reserve() ? config_.storage.reserve_bytes : 0;
  return out;
}

Result<> Running::serve(const Folder& folder) {
  DEPONE_TRY(server_.listen());
  net::ControlSocket control(io_, folder.control(), [this] { return status(); });
  DEPONE_TRY(control.listen());
  signals_.async_wait([this](boost::system::error_code error, int signal) {
    if (!error) stop(signal);
  });
  expire_uploads();
  watch_disk();
  spdlog::info("deponed {} serves {} on {}: {} entries, {} members", kVersion,
               ledger_->snapshot().roster->facts().origin, transport::to_text({config_.listen.host, server_.port()}),
               ledger_->snapshot().size, ledger_->snapshot().roster->members().size());
  const auto threads = std::max(2u, std::thread::hardware_concurrency());
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back([this] { run_io(io_); });
  run_io(io_);
  others.clear();
  // Both resume callers on io_ and must be done while that is there.
  pool_.join();
  ledger_.reset();
  spdlog::info("closed cleanly");
  return {};
}

}  // namespace

Result<> run_archive(const Folder& folder, Config config, const crypto::MasterKey& master) {
  DEPONE_ASSIGN(const auto lock, folder.lock());
  std::set_terminate(stop_on_terminate);
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit on a file's size is an error like no room
  DEPONE_ASSIGN(const auto connections, connections_by_descriptors(config.readers));
  if (connections < config.server.connections_max) {
    spdlog::warn("the limit on open files allows {} connections instead of {}", connections,
                 config.server.connections_max);
    config.server.connections_max = connections;
  }
  store::DiskRoom disk(folder.path, config.storage);
  const auto key = crypto::database_key(master);
  Running* running = nullptr;  // the writer begins before it, and tells it of every change of the roster
  static const system::SystemClock clock;
  DEPONE_ASSIGN(auto ledger, ledger::Ledger::open(
                                 {folder.database(), folder.checkpoints()}, key, config.ledger, clock,
                                 [&running](const policy::Roster& before, const policy::Roster& after) {
                                   if (running != nullptr) running->close_revoked(before, after);
                                 },
                                 stop_at_once, [&disk] { return disk.give_up_reserve(); }));
  DEPONE_ASSIGN(auto readers, open_readers(folder, key, config.readers));
  DEPONE_ASSIGN(auto objects, store::ObjectFolder::open(folder.objects()));
  DEPONE_ASSIGN(auto uploads, store::Uploads::open(folder.uploads(), config.uploads));
  const auto addresses = config.addresses.empty() ? std::vector{transport::to_text(config.listen)} : config.addresses;
  DEPONE_ASSIGN(const auto card, ledger::archive_card(readers.front(), addresses, clock.now()));
  DEPONE_TRY(system::write_file_durably(folder.card(), card, system::IfExists::replace));
  auto keys = ledger::load_keys(readers.front());
  Running archive(config, std::move(ledger), std::move(readers), std::move(objects), std::move(uploads),
                  std::move(keys), disk);
  running = &archive;
  return archive.serve(folder);
}

}  // namespace depone::daemon
