// What the database and the folder of objects hold of evidence, against the acts that the log names: parts, rows,
// release shares, objects. An act's own place in the log is the replay's business.
#pragma once

#include "daemon/store/derived_rows.h"
#include "daemon/store/object_folder.h"
#include "daemon/verify/report.h"
#include "protocol/record/act.h"
#include "protocol/record/bodies.h"

namespace depone::daemon::verify {

// Every part that an act commits to, and that there are no others.
void check_parts(store::Connection& db, const protocol::record::Entry& entry, const protocol::record::PartList& parts,
                 store::Row act, Report& report);

// The private part that an entry's act has, where it is there and of its form.
std::optional<protocol::record::SubmitPrivate> private_part(store::Connection& db, std::uint64_t entry, Report& report);

class EvidenceChecks {
 public:
  EvidenceChecks(store::Connection& db, const store::ObjectFolder& objects, const crypto::Digest& genesis)
      : db_(db),
        objects_(objects),
        genesis_(genesis) {}

  // An entry that took this act.
  void check(const protocol::record::Entry& entry, const protocol::record::Act& act, store::Row row, Report& report);
  // How many codes the items have that were described last by what was checked.
  std::uint64_t codes() const { return codes_; }

 private:
  using Act = protocol::record::Act;
  using Entry = protocol::record::Entry;
  void check_submission(const Entry& entry, const Act& act, store::Row row, Report& report);
  void check_item_row(const Entry& entry, const Act& act, const protocol::record::EvidenceSubmit& body, Report& report);
  void check_described_row(const Entry& entry, std::uint64_t item, const protocol::record::Described& holds,
                           Report& report);
  void check_description(const Entry& entry, const Act& act, store::Row row, Report& report);
  void check_share(const Entry& entry, const Act& act, store::Row row, Report& report);
  void check_retrieval(const Entry& entry, const Act& act, store::Row row, Report& report);
  void check_object(const Entry& entry, const protocol::record::EvidenceSubmit& body, Report& report);
  // Where the item of this entry was submitted, by a row that was compared with that submission.
  std::optional<std::uint64_t> item_of(const Entry& entry, Report& report);

  store::Connection& db_;
  const store::ObjectFolder& objects_;
  crypto::Digest genesis_;
  std::uint64_t codes_ = 0;
};

}  // namespace depone::daemon::verify
