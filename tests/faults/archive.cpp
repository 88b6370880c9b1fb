#include "tests/faults/archive.h"

#include "daemon/ledger/create.h"
#include "tests/unit/net/fake_exchange.h"

namespace depone::faults {

namespace ledger = daemon::ledger;
namespace store = daemon::store;

namespace {

constexpr int kReaders = 2;
constexpr std::uint64_t kReserveBytes = 1 << 20;

[[noreturn]] void stop_at_once(std::string_view) { std::_Exit(kStopped); }

}  // namespace

const tests::Person& People::at(std::size_t index) const {
  const tests::Person* const all[] = {&custodian, &lawyer, &investigator, &archivist, &newcomer};
  return *all[index];
}
std::size_t People::index_of(const tests::Person& who) const {
  std::size_t index = 0;
  while (at(index).id() != who.id()) ++index;
  return index;
}

Result<> Archive::found(const daemon::Folder& folder, const std::string& key_file, const tests::Person& custodian,
                        system::TimePoint now) {
  DEPONE_ASSIGN(const auto lock, folder.lock());
  DEPONE_ASSIGN(const auto master, daemon::create_keys(folder, {key_file, -1}));
  DEPONE_ASSIGN(auto db, store::Connection::open(folder.database(), crypto::database_key(master),
                                                 store::Connection::Mode::create));
  const ledger::Founding founding{"archive.example/nk", custodian.card, crypto::SealSuite::x25519, {"127.0.0.1:8443"}};
  DEPONE_ASSIGN(const auto card, ledger::found_ledger(db, folder.checkpoints(), founding, now));
  return system::write_file_durably(folder.card(), card, system::IfExists::replace);
}

Result<std::unique_ptr<Archive>> Archive::start(const daemon::Folder& folder, const std::string& key_file,
                                                const system::Clock& clock) {
  DEPONE_TRY(folder.check());
  DEPONE_ASSIGN(const auto master, daemon::unlock_keys(folder, {key_file, -1}));
  const auto key = crypto::database_key(master);
  DEPONE_ASSIGN(auto opened,
                ledger::Ledger::open({folder.database(), folder.checkpoints()}, key, {}, clock, nullptr, stop_at_once));
  std::vector<store::Connection> readers;
  for (int i = 0; i < kReaders; ++i) {
    DEPONE_ASSIGN(auto reader, store::Connection::open(folder.database(), key, store::Connection::Mode::read_only));
    readers.push_back(std::move(reader));
  }
  DEPONE_ASSIGN(auto objects, store::ObjectFolder::open(folder.objects()));
  DEPONE_ASSIGN(auto uploads, store::Uploads::open(folder.uploads(), {}));
  DEPONE_ASSIGN(const auto card, ledger::archive_card(readers.front(), {"127.0.0.1:8443"}, clock.now()));
  DEPONE_TRY(system::write_file_durably(folder.card(), card, system::IfExists::replace));
  auto keys = ledger::load_keys(readers.front());
  return std::unique_ptr<Archive>(new Archive(folder.objects().parent_path(), std::move(opened), std::move(readers),
                                              std::move(objects), std::move(uploads), std::move(keys), clock));
}

Archive::Archive(const std::filesystem::path& folder, std::unique_ptr<ledger::Ledger> opened,
                 std::vector<store::Connection> readers, store::ObjectFolder objects,
                 std::unique_ptr<store::Uploads> uploads, ledger::ArchiveKeys keys, const system::Clock& clock)
    : keys_(std::move(keys)),
      objects_(std::move(objects)),
      uploads_(std::move(uploads)),
      ledger_(std::move(opened)),
      pool_(std::move(readers)),
      disk_(folder, {0, kReserveBytes}),
      capacity_({}, disk_),
      archive_{*ledger_, pool_, objects_, *uploads_, keys_.intake, clock, {}, clock.now(), capacity_} {}

Archive::~Archive() {
  pool_.join();
  ledger_.reset();
}

Answer Archive::ask(const tests::Person& who, std::string method, std::string target,
                    std::vector<protocol::transport::Field> fields, Bytes body,
                    const std::function<void(unsigned)>& begins) {
  tests::FakeExchange exchange({std::move(method), std::move(target), std::move(fields), 0}, who.card.body().channel,
                               std::move(body));
  bool began = false;
  exchange.on_write = [&](ByteView) {
    if (!std::exchange(began, true)) begins(exchange.answer.status);
  };
  try {
    tests::handle_to_its_end(archive_, exchange);
  } catch (const system::AmbiguousWrite& unknown) {
    stop_at_once(unknown.what());
  } catch (const std::exception& failed) {
    return {exchange.begun() ? 0u : 500u, {}, {}};
  }
  return {exchange.answer.status, std::move(exchange.answer.fields), std::move(exchange.sent)};
}

}  // namespace depone::faults
