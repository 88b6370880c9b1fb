// An archive whose daemon was taken over: the real archive, with all of its keys, behind a real TLS server on loopback;
// what it answers can be changed by a test before it is sent. The real client asks it. A case KEYED, whose key was made
// and sealed by a client: the reader reads it, the submitter reviews. (NKPC, of RunningArchive, is others'.)
#pragma once

#include <mutex>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>

#include "client/lib/case_keys.h"
#include "client/lib/retriever.h"
#include "client/lib/submitter.h"
#include "daemon/ledger/create.h"
#include "daemon/ledger/prover.h"
#include "daemon/ledger/start.h"
#include "protocol/api/bodies.h"
#include "protocol/api/problem.h"
#include "tests/unit/error_code.h"
#include "tests/unit/net/running_archive.h"

namespace depone::tests {

namespace transport = protocol::transport;

// Pieces of a frame, to be changed and put together again.
using Pieces = std::vector<std::pair<std::string, Bytes>>;

inline Pieces pieces_of(ByteView frame) {
  Pieces out;
  FrameReader reader;
  while (!frame.empty()) {
    frame = frame.subspan(reader.feed(frame).value());
    if (auto piece = reader.next()) out.push_back(std::move(*piece));
  }
  return out;
}
inline Bytes frame_of(const Pieces& pieces) {
  FrameWriter frame;
  for (const auto& [name, bytes] : pieces) frame.add(name, bytes);
  return frame.take();
}
inline Pieces::iterator piece(Pieces& pieces, std::string_view name, std::size_t nth = 0) {
  for (auto it = pieces.begin(); it != pieces.end(); ++it) {
    if (it->first == name && nth-- == 0) return it;
  }
  throw std::runtime_error("the frame has no such piece");
}

class LyingArchive : public RunningArchive {
 protected:
  struct Told {
    unsigned status = 200;
    Bytes body;
    std::optional<std::uint64_t> says_bytes;  // a Content-Length that is not the body's
    bool never_ends = false;                  // what is there is sent again and again
    std::chrono::milliseconds pause{};        // before each time
  };
  // Changes an answer of the archive to a request for `target`.
  using Lie = std::function<void(const std::string& target, Told&)>;

  struct Member {
    client::Identity identity;
    client::ArchiveProfile profile;
  };

  LyingArchive() {
    auto db = connection(store::Connection::Mode::read_only);
    auto keys = ledger::load_keys(db);
    intake_ = std::move(keys.intake);
    log_key_.emplace(keys.log);
    listen(keys.tls);
    reader_.emplace(join("reader", Role::lawyer));
    submitter_.emplace(join("submitter", Role::investigator));
    auditor_.emplace(join("auditor", Role::archivist));
    keyed_ = open_case("KEYED");
  }
  ~LyingArchive() override {
    std::promise<void> drained;
    server_->stop([&] { drained.set_value(); });
    drained.get_future().wait();
    io_.stop();
  }

  void lie(Lie lie) {
    const std::lock_guard lock(mutex_);
    lie_ = std::move(lie);
  }
  // To requests for this target alone (its beginning).
  void lie_to(std::string beginning, std::function<void(Told&)> change) {
    lie([beginning = std::move(beginning), change = std::move(change)](const std::string& target, Told& told) {
      if (target.starts_with(beginning)) change(told);
    });
  }
  void be_honest() { lie(nullptr); }
  // Hears another target where this one (its beginning) is asked for.
  void mishear(std::string beginning, std::string instead) {
    const std::lock_guard lock(mutex_);
    misheard_ = {std::move(beginning), std::move(instead)};
  }

  // --- people
  Member join(const std::string& handle, Role role) {
    auto identity =
        std::move(client::Identity::create(handle, {role}, crypto::SealSuite::x25519, clock_.now()).value());
    MemberEnrol body{identity.card().hash, {role}};
    const auto enrolled = write(ledger::EnrolCommand{act(custodian_, body), body, identity.card(), {}});
    EXPECT_EQ(enrolled.entries.at(0).outcome, Outcome::accepted);
    return {std::move(identity), profile_of(handle)};
  }
  client::ArchiveProfile profile_of(const std::string& name) {
    auto db = connection(store::Connection::Mode::read_only);
    const auto card = ledger::archive_card(db, {address()}, clock_.now()).value();
    return client::Profile(folder_ / "profiles" / name).join("nk", card).value();
  }
  std::string address() const { return transport::to_text({"127.0.0.1", server_->port()}); }
  Result<client::Session> try_session(const Member& who, transport::ClientLimits limits = {}) {
    return client::Session::open(who.profile, who.identity, "", limits);
  }
  client::Session session(const Member& who) { return std::move(try_session(who).value()); }

  // --- what honest clients do
  crypto::CaseId open_case(const std::string& prefix) {
    auto asked = session(*reader_);
    const auto* const roster = asked.roster().value();
    client::NewCase wanted;
    wanted.prefix = prefix;
    wanted.private_part.title = "the case " + prefix;
    wanted.grants = {{roster->find(reader_->identity.id()), GrantAs::reader},
                     {roster->find(submitter_->identity.id()), GrantAs::reviewer}};
    return client::open_new_case(asked, std::move(wanted), clock_.now()).value().case_id;
  }
  Result<client::Deposit> try_deposit(const std::string& content, const system::Clock& clock,
                                      const std::string& prefix = "KEYED") {
    const auto path = folder_ / "content";
    EXPECT_TRUE(system::write_file(path, view(content), system::IfExists::replace));
    auto asked = session(*submitter_);
    DEPONE_ASSIGN(const auto target, client::find_case(asked, prefix));
    client::ItemDescription said;
    said.kind = Kind::document;
    said.manifest.title = content;
    said.private_part.catalogue.summary = "summary of " + content.substr(0, 40);
    said.private_part.consent.purposes = {"documentation"};
    said.private_part.consent.recipients = {"icc_otp"};
    DEPONE_ASSIGN(auto source, system::File::open(path));
    return client::submit(asked, target.target, std::move(said), source, content.size(), clock, {});
  }
  client::Deposit deposit(const std::string& content, const std::string& prefix = "KEYED") {
    return std::move(try_deposit(content, clock_, prefix).value());
  }
  Result<client::Retrieval> try_retrieve(client::Session& asked, std::vector<crypto::EvidenceId> items,
                                         const system::Clock& clock) {
    client::RetrieveRequest request{keyed_, std::move(items), Scope::content, Use::external, {}};
    request.statement.purpose = "documentation";
    request.statement.recipient = "icc_otp";
    return client::retrieve(asked, std::move(request), clock);
  }
  Result<client::Retrieval> try_retrieve(std::vector<crypto::EvidenceId> items) {
    auto asked = session(*reader_);
    return try_retrieve(asked, std::move(items), clock_);
  }

  std::optional<crypto::SigningKey> log_key_;
  std::optional<Member> reader_, submitter_, auditor_;
  crypto::CaseId keyed_;

 private:
  void listen(const crypto::SigningSeed& tls) {
    channel_.emplace(tls);
    server_.emplace(
        io_, transport::Address{"127.0.0.1", 0}, *channel_, transport::ServerLimits{},
        [this](const crypto::SignPublicKey& key) { return ledger_->snapshot().roster->find_channel(key) != nullptr; },
        [this](transport::Exchange& exchange) { return answer(exchange); }, [](std::string_view) {});
    EXPECT_TRUE(server_->listen());
    thread_ = std::jthread([this] { io_.run(); });
  }

  boost::asio::awaitable<void> answer(transport::Exchange& exchange) {
    auto body = co_await transport::read_all(exchange, 64 << 20);
    if (!body) co_return;
    FakeExchange overheard(heard(exchange.request()), exchange.peer(), std::move(*body));
    co_await daemon::net::handle(*archive_, overheard);
    Told told{overheard.answer.status, std::move(overheard.sent), {}, false};
    tell(exchange.request().target, told);
    auto head = std::move(overheard.answer);
    head.status = told.status;
    head.content_length = told.says_bytes.value_or(told.body.size());
    if (told.never_ends) head.content_length = std::nullopt;
    Result<> written = co_await exchange.begin(std::move(head));
    if (written) written = co_await exchange.write(told.body);
    while (written && told.never_ends) {
      std::this_thread::sleep_for(told.pause);
      written = co_await exchange.write(told.body);
    }
    if (written && !told.says_bytes) written = co_await exchange.finish();
  }
  transport::RequestHead heard(transport::RequestHead head) {
    const std::lock_guard lock(mutex_);
    if (!misheard_.first.empty() && head.target.starts_with(misheard_.first)) head.target = misheard_.second;
    return head;
  }
  void tell(const std::string& target, Told& told) {
    const std::lock_guard lock(mutex_);
    if (lie_) lie_(target, told);
  }

  std::mutex mutex_;
  Lie lie_;
  std::pair<std::string, std::string> misheard_;
  std::optional<transport::ChannelKey> channel_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::optional<transport::Server> server_;
  std::jthread thread_;
};

}  // namespace depone::tests
