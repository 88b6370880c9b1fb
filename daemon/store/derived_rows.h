// Rows against what they were derived from: each function says in what a row differs, as words that follow its name, or
// nothing. For verification: no row is believed, and a damaged one is no exception. Functions of a connection.
#pragma once

#include <set>

#include "daemon/store/catalogue_tables.h"
#include "daemon/store/number_set.h"

namespace depone::daemon::store {

using Difference = std::optional<std::string>;

// What of an item's row its submission says for good.
Difference item_differs(Connection& db, const NewItem& item);
// What its latest description, or its submission, says: `seq` is that entry, `said` the private part that holds.
std::uint64_t described_by(Connection& db,
                           std::uint64_t item);  // the entry that the row names; 0 where there is no row
Difference description_differs(Connection& db, std::uint64_t item, std::uint64_t seq,
                               const protocol::record::Described& holds, const protocol::record::SubmitPrivate& said);
// The crimes and recommendations that a description gives its item. That an item's rows have no others is seen by their
// number, all items' together: by item alone they cannot be found without reading all.
std::set<std::string> codes_in(const protocol::record::SubmitPrivate& said);
std::uint64_t count_codes(Connection& db);
Difference share_differs(Connection& db, std::uint64_t seq, std::uint64_t item, const policy::Placement& placement);
Difference release_differs(Connection& db, Row act, const Release& release, std::uint64_t item,
                           const crypto::KeyId& reader);
// Its hash, actor and id, by which acts are found.
Difference act_differs(Connection& db, Row row, const protocol::record::Act& act);
// The subject that the entry's row names, and the act.
Difference entry_differs(Connection& db, const protocol::record::Entry& entry);
// The archive's three seeds against entry 0.
Difference keys_differ(Connection& db, const protocol::record::InitFacts& facts);

// Rows with nothing behind them, each named.
struct Behind {
  std::uint64_t entries = 0;
  NumberSet submissions;  // seqs of what was taken
  NumberSet grants;       // of granted retrievals
  NumberSet shares;
  NumberSet taken_acts;     // rows
  std::uint64_t codes = 0;  // of all items
  void add(const Behind& others) {
    submissions.insert(others.submissions);
    grants.insert(others.grants);
    shares.insert(others.shares);
    taken_acts.insert(others.taken_acts);
    codes += others.codes;
  }
};
std::vector<std::string> rows_without_cause(Connection& db, const Behind& behind);

}  // namespace depone::daemon::store
