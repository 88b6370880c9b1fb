// A whole archive in a folder, asked through the table of calls without a wire: for tests of what the daemon answers
// and writes down. A case NKPC: the lawyer reads it, the investigator reviews, the outsider and the archivist hold
// nothing.
#pragma once

#include "crypto/hash.h"
#include "crypto/item_keys.h"
#include "crypto/object.h"
#include "daemon/net/routes.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/record/frame.h"
#include "protocol/record/receipt.h"
#include "protocol/record/salted.h"
#include "tests/unit/ledger/founded_ledger.h"
#include "tests/unit/net/fake_exchange.h"

namespace depone::tests {

using namespace protocol::record;
namespace ledger = daemon::ledger;
namespace store = daemon::store;

class RunningArchive : public FoundedLedger {
 protected:
  struct Answer {
    unsigned status = 0;
    Bytes body;
    std::size_t largest_write = 0;
    std::string text() const { return std::string(text_view(body)); }
    bool says(Reason reason) const { return text().find('"' + std::string(code(reason)) + '"') != std::string::npos; }
  };

  RunningArchive() {
    start({});
    enrol(lawyer_, Role::lawyer);
    enrol(investigator_, Role::investigator);
    enrol(outsider_, Role::lawyer);
    enrol(archivist_, Role::archivist);
    CaseOpen body;
    body.case_id = case_;
    body.prefix = "NKPC";
    body.key = lawyer_.card.body().seal;
    body.grants = {{lawyer_.id(), {1}, GrantAs::reader}, {investigator_.id(), {1}, GrantAs::reviewer}};
    (void)write(ledger::OpenCaseCommand{act(custodian_, body), body, {}});
  }

  // Begins (again) with these options.
  void start(ledger::LedgerOptions options) {
    archive_.reset();
    pool_.reset();
    ledger_.reset();
    ledger_ = std::move(try_open(options).value());
    std::vector<store::Connection> readers;
    for (int i = 0; i < 2; ++i) readers.push_back(connection(store::Connection::Mode::read_only));
    pool_ = std::make_unique<daemon::service::ReadPool>(std::move(readers));
    uploads_ = std::move(store::Uploads::open(folder_ / "uploads", {}).value());
    disk_ = std::make_unique<store::DiskRoom>(folder_.path(), storage_limits_);
    capacity_ = std::make_unique<daemon::service::Capacity>(capacity_limits_, *disk_);
    archive_.reset(new daemon::service::Archive{*ledger_, *pool_, objects_, *uploads_, intake_, clock_, limits_,
                                                clock_.now(), *capacity_});
  }
  store::Connection connection(store::Connection::Mode mode) {
    return std::move(store::Connection::open(folder_ / "archive.db", key_, mode).value());
  }

  // A request by this person, to its end. Throws what the handler threw.
  Answer ask(const Person& who, std::string method, std::string target, Bytes body = {},
             std::vector<protocol::transport::Field> fields = {}, std::function<void(ByteView)> on_write = {}) {
    FakeExchange exchange({std::move(method), std::move(target), std::move(fields), 0}, who.card.body().channel,
                          std::move(body));
    exchange.on_write = std::move(on_write);
    handle_to_its_end(*archive_, exchange);
    return {exchange.answer.status, std::move(exchange.sent), exchange.largest_write};
  }
  Answer get(const Person& who, std::string target) { return ask(who, "GET", std::move(target)); }

  void enrol(const Person& who, Role role) {
    MemberEnrol body{who.card.hash, {role}};
    (void)write(ledger::EnrolCommand{act(custodian_, body), body, who.card, {}});
  }
  // Deposits an object of so many bytes, in the database up to 128 KiB, else as a file.
  crypto::EvidenceId submit(const Person& by, std::size_t bytes = 64, std::string summary = "") {
    SubmitPrivate private_part;
    private_part.catalogue.summary = std::move(summary);
    private_part.consent.purposes = {"documentation"};
    private_part.consent.recipients = {"icc_otp"};
    private_part.consent.recontact = Recontact::never;
    Bytes object(bytes);
    crypto::fill_random(object);
    EvidenceSubmit body;
    body.case_id = case_;
    body.nonce = crypto::random_fixed<crypto::Nonce16>();
    body.object = {crypto::sha256(object), object.size(), std::string(crypto::kObjectFormat)};
    std::vector<ledger::Part> parts{
        {"manifest", {1}}, {"secret", {2}}, {"private", to_bytes(write_form(private_part))}};
    body.parts.add("manifest", crypto::sha256(parts[0].bytes));
    body.parts.add("secret", crypto::sha256(parts[1].bytes));
    body.parts.add("private", salted_root(parts[2].bytes).value());
    auto signed_act = act(by, body);
    const auto id = crypto::item_id(genesis(), by.id(), body.nonce);
    file_ = objects_.path_of(body.object.sha256);
    if (bytes > kInlineObjectBytesMax) {
      EXPECT_TRUE(system::write_file(file_, object, system::IfExists::refuse));
      object.clear();
    }
    const auto recorded =
        write(ledger::SubmitCommand{std::move(signed_act), std::move(body), std::move(parts), private_part,
                                    crypto::ReleaseShare::random(), std::move(object), by.id()});
    EXPECT_EQ(recorded.entries.at(0).outcome, Outcome::accepted);
    return id;
  }
  Act retrieval(const Person& by, std::vector<crypto::EvidenceId> items) {
    RetrievePrivate statement;
    statement.purpose = "documentation";
    statement.recipient = "icc_otp";
    statement_ = to_bytes(write_form(statement));
    EvidenceRetrieve body{case_, std::move(items), Scope::content, Use::external, {}};
    body.parts.add("private", salted_root(statement_).value());
    return act(by, body);
  }
  Answer retrieve(const Person& by, const Act& act) {
    FrameWriter frame;
    frame.add("act", view(act.bytes));
    frame.add("private", statement_);
    return ask(by, "POST", "/v1/acts", frame.take());
  }
  std::uint64_t size() const { return ledger_->snapshot().size; }
  Entry entry(std::uint64_t seq) {
    auto db = connection(store::Connection::Mode::read_only);
    return parse_entry(view(store::entry_bytes(db, seq).value())).value();
  }
  Entry last_entry() { return entry(size() - 1); }
  std::size_t open_serves() {
    auto db = connection(store::Connection::Mode::read_only);
    return store::still_serving(db).size();
  }

  Person lawyer_{"lawyer"}, investigator_{"investigator"}, outsider_{"outsider"}, archivist_{"archivist"};
  crypto::CaseId case_ = crypto::random_fixed<crypto::CaseId>();
  crypto::SealSeed intake_ = crypto::SealSeed::random();
  daemon::service::ServiceLimits limits_;
  daemon::service::CapacityLimits capacity_limits_;
  store::StorageLimits storage_limits_{0, 1 << 20};
  std::unique_ptr<store::DiskRoom> disk_;
  std::unique_ptr<daemon::service::Capacity> capacity_;
  store::ObjectFolder objects_ = store::ObjectFolder::open(folder_ / "objects").value();
  std::unique_ptr<store::Uploads> uploads_;
  std::unique_ptr<daemon::service::ReadPool> pool_;
  std::unique_ptr<daemon::service::Archive> archive_;
  std::filesystem::path file_;  // where the object of the latest submission is, if it is large
  Bytes statement_;             // of the latest retrieval
};

}  // namespace depone::tests
