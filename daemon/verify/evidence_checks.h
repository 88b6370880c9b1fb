// What the database and the folder of objects hold of evidence, against the acts that the log names: parts, rows,
// release shares, objects. An act's own place in the log is the replay's business.
#pragma once

#include <unordered_map>

#include "daemon/store/derived_rows.h"
#include "daemon/store/object_folder.h"
#include "daemon/verify/report.h"
#include "policy/log_replay.h"

namespace depone::daemon::verify {

// Every part that an act commits to, and that there are no others.
void check_parts(store::Connection& db, const protocol::record::Entry& entry, const protocol::record::PartList& parts,
                 store::Row act, Report& report);

class EvidenceChecks {
 public:
  EvidenceChecks(store::Connection& db, const store::ObjectFolder& objects, const crypto::Digest& genesis,
                 Report& report)
      : db_(db),
        objects_(objects),
        genesis_(genesis),
        report_(report) {}

  // An entry that took this act, in the order of the log; `replay` has taken it already.
  void check(const protocol::record::Entry& entry, const protocol::record::Act& act, store::Row row,
             const policy::LogReplay& replay);

  // Seqs, rising.
  const std::vector<std::uint64_t>& submissions() const { return submissions_; }
  const std::vector<std::uint64_t>& grants() const { return grants_; }
  const std::vector<std::uint64_t>& shares() const { return shares_; }

 private:
  using Act = protocol::record::Act;
  using Entry = protocol::record::Entry;
  void check_submission(const Entry& entry, const Act& act, store::Row row, const policy::LogReplay& replay);
  void check_item_row(const Entry& entry, const Act& act, const protocol::record::EvidenceSubmit& body,
                      const policy::LogReplay& replay);
  void check_described_row(const Entry& entry, std::uint64_t item, const protocol::record::Described& holds);
  void check_description(const Entry& entry, const Act& act, store::Row row);
  void check_share(const Entry& entry, const Act& act, store::Row row);
  void check_retrieval(const Entry& entry, const Act& act, store::Row row);
  void check_object(const Entry& entry, const protocol::record::EvidenceSubmit& body);
  void differs(const Entry& entry, std::string_view table, store::Difference difference);

  store::Connection& db_;
  const store::ObjectFolder& objects_;
  crypto::Digest genesis_;
  Report& report_;
  std::vector<std::uint64_t> submissions_, grants_, shares_;
  std::unordered_map<std::string, std::uint64_t> items_;  // where each was submitted
};

}  // namespace depone::daemon::verify
