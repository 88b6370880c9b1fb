// An archive with cases and items in a real ledger over a folder, for tests.
#pragma once

#include <map>

#include "crypto/hash.h"
#include "crypto/item_keys.h"
#include "crypto/object.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/record/receipt.h"
#include "protocol/record/salted.h"
#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/ledger/founded_ledger.h"

namespace depone::daemon::ledger {

using namespace protocol::record;
using namespace std::chrono_literals;
using store::Connection;
using tests::Person;

// An archive with a case NKPC, of which the lawyer is a reader and the investigator a reviewer.
class Custody : public tests::FoundedLedger {
 protected:
  Custody() {
    open();
    enrol(lawyer_, Role::lawyer);
    enrol(investigator_, Role::investigator);
    enrol(archivist_, Role::archivist);
    CaseOpen body;
    body.case_id = case_;
    body.prefix = "NKPC";
    body.key = lawyer_.card.body().seal;
    body.grants = {{lawyer_.id(), {1}, GrantAs::reader}, {investigator_.id(), {1}, GrantAs::reviewer}};
    opened_ = write(OpenCaseCommand{act(custodian_, body), body, {}});
  }

  // The folder of this moment, as a copy taken while the daemon runs.
  void copy_to(const std::filesystem::path& where) const {
    std::filesystem::create_directories(where);
    for (const char* name : {"archive.db", "archive.db-wal"}) {
      if (std::filesystem::exists(folder_ / name)) std::filesystem::copy_file(folder_ / name, where / name);
    }
    std::filesystem::copy_file(folder_ / "checkpoints", where / "checkpoints");
  }
  void put_back(const std::filesystem::path& from, std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      std::filesystem::remove(folder_ / name);
      if (std::filesystem::exists(from / name)) std::filesystem::copy_file(from / name, folder_ / name);
    }
    std::filesystem::remove(folder_ / "archive.db-shm");
  }

  void enrol(const Person& who, Role role) {
    MemberEnrol body{who.card.hash, {role}};
    ASSERT_EQ(write(EnrolCommand{act(custodian_, body), body, who.card, {}}).entries.at(0).outcome, Outcome::accepted);
  }
  void revoke(const Person& who) {
    MemberRevoke body{who.id(), RevokeReason::left};
    ASSERT_EQ(write(RevokeCommand{act(custodian_, body), body}).entries.at(0).outcome, Outcome::accepted);
  }

  SubmitCommand submission(const Person& by, std::vector<std::string> recipients = {"icc_otp"},
                           std::vector<crypto::EvidenceId> originals = {}) {
    SubmitPrivate private_part;
    private_part.consent.purposes = {"documentation"};
    private_part.consent.recipients = std::move(recipients);
    private_part.consent.recontact = Recontact::never;
    Bytes object(64);
    crypto::fill_random(object);
    EvidenceSubmit body;
    body.case_id = case_;
    body.nonce = crypto::random_fixed<crypto::Nonce16>();
    body.object = {crypto::sha256(object), object.size(), std::string(crypto::kObjectFormat)};
    for (const auto& original : originals) body.derived_from.push_back({original, Relation::translation, ""});
    std::vector<Part> parts{{"manifest", {1}}, {"secret", {2}}, {"private", to_bytes(write_form(private_part))}};
    body.parts.add("manifest", crypto::sha256(parts[0].bytes));
    body.parts.add("secret", crypto::sha256(parts[1].bytes));
    body.parts.add("private", salted_root(parts[2].bytes).value());
    auto signed_act = act(by, body);
    return {std::move(signed_act),          std::move(body),   std::move(parts), private_part,
            crypto::ReleaseShare::random(), std::move(object), by.id()};
  }
  // Submits, and says which item it is.
  crypto::EvidenceId submit(const Person& by, std::vector<std::string> recipients = {"icc_otp"}) {
    auto command = submission(by, std::move(recipients));
    const auto nonce = command.body.nonce;
    EXPECT_EQ(write(std::move(command)).entries.at(0).outcome, Outcome::accepted);
    return crypto::item_id(genesis(), by.id(), nonce);
  }
  RetrieveCommand retrieval(const Person& by, std::vector<crypto::EvidenceId> items, Scope scope = Scope::content) {
    RetrievePrivate statement;
    statement.purpose = "documentation";
    statement.recipient = "icc_otp";
    EvidenceRetrieve body{case_, std::move(items), scope, Use::external, {}};
    body.parts.add("private", {});
    auto signed_act = act(by, body);
    return {std::move(signed_act), std::move(body), {{"private", to_bytes(write_form(statement))}}, statement, 64};
  }
  static Entry entry(const Recorded& recorded, std::size_t i = 0) {
    return parse_entry(view(recorded.entries.at(i).bytes)).value();
  }

  Person lawyer_{"lawyer"}, investigator_{"investigator"}, archivist_{"archivist"};
  crypto::CaseId case_ = crypto::random_fixed<crypto::CaseId>();
  Recorded opened_;
};

}  // namespace depone::daemon::ledger
