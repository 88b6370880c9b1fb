// What the record is made findable by: items, and live grants to retrieve them, in SQL. Derived, but for release shares
// and small objects. Functions of a connection; no policy here.
#pragma once

#include "daemon/store/log_tables.h"
#include "policy/rules.h"
#include "protocol/record/bodies.h"
#include "protocol/record/parts.h"

namespace depone::daemon::store {

// --- items
struct Item {
  std::uint64_t seq = 0;  // of evidence.submit
  crypto::EvidenceId id;
  crypto::CaseId case_id;  // of its submission
  std::uint32_t epoch = 1;
  policy::ItemFacts facts;
  std::string ref;  // empty while pending
  protocol::record::Kind kind{};
  protocol::record::Sensitivity sensitivity{};
  crypto::Digest object;
  std::uint64_t bytes = 0;
  std::uint64_t described = 0;        // the entry that described it last; its submission, at first
  protocol::record::Described holds;  // where what holds of it stands
  bool described_again() const { return described != seq; }
};
std::optional<Item> find_item(Connection& db, const crypto::EvidenceId& id);
std::optional<Item> find_item_by_ref(Connection& db, std::string_view ref);
std::optional<Item> find_item_named(Connection& db, const std::string& name);  // ev_…, or its citable number
// Items whose id, as text, begins so: with the prefix and at least 6 characters more, else none.
std::vector<Item> find_items_beginning(Connection& db, const std::string& beginning);
// For names that come from outside: an item that is not there costs as much time as one that is, so that the time does
// not tell who may not see an item that it exists. Reads some item and forgets it.
std::optional<Item> look_up_item(Connection& db, const crypto::EvidenceId& id);
void read_some_item(Connection& db);
bool object_is_known(Connection& db, const crypto::Digest& object);
std::uint64_t count_items(Connection& db);
std::uint64_t count_shared_into(Connection& db, const crypto::CaseId& case_id);

struct NewItem {
  std::uint64_t seq = 0;
  crypto::EvidenceId id;
  const protocol::record::EvidenceSubmit& body;
  const protocol::record::SubmitPrivate& private_part;
  crypto::KeyId submitter;
  std::optional<std::uint64_t> number;  // of its reference; nothing while pending
};
void insert_item(Connection& db, const NewItem& item);
// What a description changes. `said` is its private part, where it has one.
void describe_item(Connection& db, std::uint64_t item, std::uint64_t seq, const protocol::record::Described& holds,
                   const protocol::record::SubmitPrivate* said);
void insert_share(Connection& db, std::uint64_t item, const policy::Placement& placement, std::uint64_t seq);
std::optional<std::uint64_t> share_of(Connection& db, std::uint64_t item, const crypto::CaseId& case_id);  // its seq
const protocol::record::Date& last_date(const protocol::record::EventDate& date);  // of a single day, the day itself
std::uint64_t take_item_number(Connection& db, const crypto::CaseId& case_id);

void insert_object(Connection& db, std::uint64_t item, ByteView sealed);
std::optional<Bytes> small_object(Connection& db, std::uint64_t item);
bool has_small_object(Connection& db, std::uint64_t item);
void insert_release_share(Connection& db, std::uint64_t item, const crypto::ReleaseShare& share);
std::optional<crypto::ReleaseShare> release_share_of(Connection& db, std::uint64_t item);

// --- finding
struct Criteria {
  std::optional<crypto::CaseId> case_id;
  std::vector<std::string> crimes;  // any of these
  std::string recommendation;
  std::optional<protocol::record::Kind> kind;
  std::string from, to;            // dates that the item's own must touch
  std::vector<std::string> words;  // each in the summary
  std::uint64_t after = 0;         // items with a greater seq
  std::size_t limit = 100;
  std::size_t count() const;  // how many are set
};
// Items that match and that `reader` may see: of the cases in `readable`, or submitted by the reader. In order of seq.
std::vector<Item> search_items(Connection& db, const Criteria& criteria, const std::vector<crypto::CaseId>& readable,
                               const crypto::KeyId& reader);

// --- live grants to retrieve
struct Release {
  std::uint64_t seq = 0;
  protocol::record::Scope scope{};
  protocol::record::TimePoint until;
};
void insert_release(Connection& db, Row act, const Release& release, std::uint64_t item, const crypto::KeyId& reader);
std::optional<Release> find_release(Connection& db, const crypto::Digest& act, std::uint64_t item,
                                    const crypto::KeyId& reader);

void begin_serving(Connection& db, std::uint64_t seq);
void end_serving(Connection& db, std::uint64_t seq);
std::vector<std::uint64_t> still_serving(Connection& db);

}  // namespace depone::daemon::store
