#include "daemon/store/catalogue_tables.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace depone::daemon::store {

using namespace protocol::record;

// --- items ---------------------------------------------------------------------------------------------------------

namespace {

constexpr std::string_view kItemColumns =
    "SELECT i.item, i.id, c.id, m.key_id, i.epoch, i.number, c.prefix, i.kind, i.sensitivity, i.object, i.bytes, "
    "i.described, i.said, i.manifest, EXISTS (SELECT 1 FROM shares s WHERE s.item = i.item) "
    "FROM items i JOIN cases c ON c.\"case\" = i.\"case\" JOIN members m ON m.member = i.submitter ";

void add_shares(Connection& db, Item& item) {
  auto shares = db.prepare(
      "SELECT c.id, s.epoch FROM shares s JOIN cases c ON c.\"case\" = s.\"case\" WHERE s.item = ? ORDER BY s.seq");
  shares.bind(item.seq);
  while (shares.step()) {
    item.facts.placements.push_back(
        {crypto::CaseId::from(shares.bytes(0)).value(), static_cast<std::uint32_t>(shares.integer(1))});
  }
}

Item item_of(Connection& db, const Statement& row) {
  Item item;
  item.seq = row.number(0);
  item.id = crypto::EvidenceId::from(row.bytes(1)).value();
  item.case_id = crypto::CaseId::from(row.bytes(2)).value();
  item.epoch = static_cast<std::uint32_t>(row.integer(4));
  item.facts = {crypto::KeyId::from(row.bytes(3)).value(), {{item.case_id, item.epoch}}};
  if (!row.is_null(5)) item.ref = item_ref(row.text(6), row.number(5));
  item.kind = static_cast<Kind>(row.integer(7));
  item.sensitivity = static_cast<Sensitivity>(row.integer(8));
  item.object = crypto::Digest::from(row.bytes(9)).value();
  item.bytes = row.number(10);
  item.described = row.number(11);
  item.holds = {row.number(12), row.number(13), item.sensitivity};
  if (row.integer(14) != 0) add_shares(db, item);
  return item;
}

}  // namespace

std::optional<Item> find_item(Connection& db, const crypto::EvidenceId& id) {
  auto query = db.prepare(std::string(kItemColumns) + "WHERE i.id = ?");
  if (!query.bind(id.span()).step()) return std::nullopt;
  return item_of(db, query);
}

std::optional<Item> find_item_by_ref(Connection& db, std::string_view ref) {
  if (!is_item_ref(ref)) return std::nullopt;
  const auto dash = ref.rfind('-');
  std::uint64_t number = 0;
  const auto digits = ref.substr(dash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (item_ref(ref.substr(0, dash), number) != ref) return std::nullopt;  // a number has one spelling
  auto query = db.prepare(std::string(kItemColumns) + "WHERE c.prefix = ? AND i.number = ?");
  if (!query.bind(ref.substr(0, dash)).bind(number).step()) return std::nullopt;
  return item_of(db, query);
}

std::optional<Item> find_item_named(Connection& db, const std::string& name) {
  if (const auto id = from_text<crypto::EvidenceId>(name)) return find_item(db, *id);
  return find_item_by_ref(db, name);
}

std::vector<Item> find_items_beginning(Connection& db, const std::string& beginning) {
  constexpr std::size_t kBeginningMin = 9, kIdCharacters = 29;
  std::vector<Item> out;
  if (beginning.size() < kBeginningMin || beginning.size() >= kIdCharacters) return out;
  // The least and the greatest id that begin so; of the last character only three bits count.
  const auto rest = kIdCharacters - beginning.size();
  const auto least = from_text<crypto::EvidenceId>(beginning + std::string(rest, 'a'));
  const auto greatest = from_text<crypto::EvidenceId>(beginning + std::string(rest - 1, '7') + '4');
  if (!least || !greatest) return out;
  auto query = db.prepare(std::string(kItemColumns) + "WHERE i.id BETWEEN ? AND ?");
  query.bind(least->span()).bind(greatest->span());
  while (query.step()) out.push_back(item_of(db, query));
  return out;
}

std::optional<Item> look_up_item(Connection& db, const crypto::EvidenceId& id) {
  auto item = find_item(db, id);
  if (!item) read_some_item(db);
  return item;
}

void read_some_item(Connection& db) {
  auto query = db.prepare(std::string(kItemColumns) + "WHERE i.item = (SELECT max(item) FROM items)");
  if (query.step()) (void)item_of(db, query);
}

bool object_is_known(Connection& db, const crypto::Digest& object) {
  auto query = db.prepare("SELECT 1 FROM items WHERE object = ?");
  return query.bind(object.span()).step();
}

std::uint64_t count_items(Connection& db) {
  auto query = db.prepare("SELECT count(*) FROM items");
  query.step();
  return query.number(0);
}

std::uint64_t count_shared_into(Connection& db, const crypto::CaseId& case_id) {
  auto query = db.prepare("SELECT count(*) FROM shares s JOIN cases c ON c.\"case\" = s.\"case\" WHERE c.id = ?");
  query.bind(case_id.span()).step();
  return query.number(0);
}

std::uint64_t take_item_number(Connection& db, const crypto::CaseId& case_id) {
  auto query = db.prepare("UPDATE cases SET items = items + 1 WHERE id = ? RETURNING items");
  query.bind(case_id.span()).step();
  const auto number = query.number(0);
  query.run();
  return number;
}

const Date& last_date(const EventDate& date) { return date.to.empty() ? date.from : date.to; }

namespace {

void insert_codes(Connection& db, std::uint64_t item, const Catalogue& catalogue) {
  for (const auto* const codes : {&catalogue.crimes, &catalogue.recommendations}) {
    for (const auto& code : *codes) {
      db.prepare("INSERT OR IGNORE INTO item_codes (code, item) VALUES (?, ?)")
          .bind(std::string_view(code))
          .bind(item)
          .run();
    }
  }
}

}  // namespace

void insert_item(Connection& db, const NewItem& item) {
  const auto& catalogue = item.private_part.catalogue;
  db.prepare(
        "INSERT INTO items (item, id, \"case\", submitter, epoch, number, kind, sensitivity, object, bytes, described, "
        "said, manifest, summary, date_from, date_to) "
        "VALUES (?1, ?2, (SELECT \"case\" FROM cases WHERE id = ?3), (SELECT member FROM members WHERE key_id = ?4), "
        "?5, ?6, ?7, ?8, ?9, ?10, ?1, ?1, ?1, ?11, ?12, ?13)")
      .bind(item.seq)
      .bind(item.id.span())
      .bind(item.body.case_id.span())
      .bind(item.submitter.span())
      .bind(std::int64_t{item.body.epoch})
      .bind(item.number)
      .bind(static_cast<int>(item.body.kind))
      .bind(static_cast<int>(item.body.sensitivity))
      .bind(item.body.object.sha256.span())
      .bind(item.body.object.size)
      .bind(std::string_view(catalogue.summary))
      .bind(std::string_view(catalogue.event_date.from.text))
      .bind(std::string_view(last_date(catalogue.event_date).text))
      .run();
  insert_codes(db, item.seq, catalogue);
}

void describe_item(Connection& db, std::uint64_t item, std::uint64_t seq, const Described& holds,
                   const SubmitPrivate* said) {
  db.prepare("UPDATE items SET described = ?, said = ?, manifest = ?, sensitivity = ? WHERE item = ?")
      .bind(seq)
      .bind(holds.private_part)
      .bind(holds.manifest)
      .bind(static_cast<int>(holds.sensitivity))
      .bind(item)
      .run();
  if (said == nullptr) return;
  const auto& date = said->catalogue.event_date;
  db.prepare("UPDATE items SET summary = ?, date_from = ?, date_to = ? WHERE item = ?")
      .bind(std::string_view(said->catalogue.summary))
      .bind(std::string_view(date.from.text))
      .bind(std::string_view(last_date(date).text))
      .bind(item)
      .run();
  db.prepare("DELETE FROM item_codes WHERE item = ?").bind(item).run();
  insert_codes(db, item, said->catalogue);
}

void insert_share(Connection& db, std::uint64_t item, const policy::Placement& placement, std::uint64_t seq) {
  db.prepare(
        "INSERT INTO shares (item, \"case\", epoch, seq) VALUES (?, (SELECT \"case\" FROM cases WHERE id = ?), ?, ?)")
      .bind(item)
      .bind(placement.case_id.span())
      .bind(std::int64_t{placement.epoch})
      .bind(seq)
      .run();
}
std::optional<std::uint64_t> share_of(Connection& db, std::uint64_t item, const crypto::CaseId& case_id) {
  auto query =
      db.prepare("SELECT s.seq FROM shares s JOIN cases c ON c.\"case\" = s.\"case\" WHERE s.item = ? AND c.id = ?");
  if (!query.bind(item).bind(case_id.span()).step()) return std::nullopt;
  return query.number(0);
}

void insert_object(Connection& db, std::uint64_t item, ByteView sealed) {
  db.prepare("INSERT INTO objects (item, bytes) VALUES (?, ?)").bind(item).bind(sealed).run();
}
std::optional<Bytes> small_object(Connection& db, std::uint64_t item) {
  auto query = db.prepare("SELECT bytes FROM objects WHERE item = ?");
  if (!query.bind(item).step()) return std::nullopt;
  return to_bytes(query.bytes(0));
}
bool has_small_object(Connection& db, std::uint64_t item) {
  auto query = db.prepare("SELECT 1 FROM objects WHERE item = ?");
  return query.bind(item).step();
}
void insert_release_share(Connection& db, std::uint64_t item, const crypto::ReleaseShare& share) {
  db.prepare("INSERT INTO release_shares (item, share) VALUES (?, ?)").bind(item).bind(share.expose()).run();
}
std::optional<crypto::ReleaseShare> release_share_of(Connection& db, std::uint64_t item) {
  auto query = db.prepare("SELECT share FROM release_shares WHERE item = ?");
  if (!query.bind(item).step() || query.bytes(0).size() != crypto::ReleaseShare::kSize) return std::nullopt;
  return crypto::ReleaseShare::copy_of(query.bytes(0));
}

// --- finding -------------------------------------------------------------------------------------------------------

std::size_t Criteria::count() const {
  return (case_id ? 1 : 0) + (crimes.empty() ? 0 : 1) + (recommendation.empty() ? 0 : 1) + (kind ? 1 : 0) +
         (from.empty() ? 0 : 1) + (to.empty() ? 0 : 1) + words.size();
}

namespace {

std::string marks(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += i == 0 ? "?" : ",?";
  return out;
}

}  // namespace

std::vector<Item> search_items(Connection& db, const Criteria& criteria, const std::vector<crypto::CaseId>& readable,
                               const crypto::KeyId& reader) {
  std::string sql(kItemColumns);
  const auto standing_in = [](const std::string& cases) {
    return "(c.id IN " + cases + " OR i.item IN (SELECT s.item FROM shares s JOIN cases t ON t.\"case\" = s.\"case\" " +
           "WHERE t.id IN " + cases + "))";
  };
  sql += "WHERE i.item > ? AND i.number IS NOT NULL AND (m.key_id = ? OR " +
         standing_in("(" + marks(readable.size()) + ")") + ")";
  if (criteria.case_id) sql += " AND " + standing_in("(?)");
  if (!criteria.crimes.empty())
    sql += " AND i.item IN (SELECT item FROM item_codes WHERE code IN (" + marks(criteria.crimes.size()) + "))";
  if (!criteria.recommendation.empty()) sql += " AND i.item IN (SELECT item FROM item_codes WHERE code = ?)";
  if (criteria.kind) sql += " AND i.kind = ?";
  // Dates of different precision touch when one is the beginning of the other, or they lie in order.
  if (!criteria.from.empty())
    sql += " AND i.date_to <> '' AND (i.date_to >= ? OR substr(?, 1, length(i.date_to)) = i.date_to)";
  if (!criteria.to.empty())
    sql += " AND i.date_from <> '' AND (i.date_from <= ? OR substr(i.date_from, 1, length(?)) = ?)";
  for (std::size_t i = 0; i < criteria.words.size(); ++i) sql += " AND instr(lower(i.summary), lower(?)) > 0";
  sql += " ORDER BY i.item LIMIT ?";

  auto query = db.prepare(sql);
  query.bind(criteria.after).bind(reader.span());
  for (int twice = 0; twice < 2; ++twice) {
    for (const auto& one : readable) query.bind(one.span());
  }
  if (criteria.case_id) query.bind(criteria.case_id->span()).bind(criteria.case_id->span());
  for (const auto& crime : criteria.crimes) query.bind(std::string_view(crime));
  if (!criteria.recommendation.empty()) query.bind(std::string_view(criteria.recommendation));
  if (criteria.kind) query.bind(static_cast<int>(*criteria.kind));
  if (!criteria.from.empty()) query.bind(std::string_view(criteria.from)).bind(std::string_view(criteria.from));
  if (!criteria.to.empty())
    query.bind(std::string_view(criteria.to)).bind(std::string_view(criteria.to)).bind(std::string_view(criteria.to));
  for (const auto& one : criteria.words) query.bind(std::string_view(one));
  query.bind(static_cast<std::uint64_t>(criteria.limit));

  std::vector<Item> out;
  while (query.step()) out.push_back(item_of(db, query));
  return out;
}

// --- live grants ---------------------------------------------------------------------------------------------------

void insert_release(Connection& db, Row act, const Release& release, std::uint64_t item, const crypto::KeyId& reader) {
  db.prepare(
        "INSERT INTO releases (seq, act, item, reader, scope, until) VALUES (?, ?, ?, (SELECT member FROM members "
        "WHERE key_id = ?), ?, ?)")
      .bind(release.seq)
      .bind(act)
      .bind(item)
      .bind(reader.span())
      .bind(word(release.scope))
      .bind(to_millis(release.until))
      .run();
}

std::optional<Release> find_release(Connection& db, const crypto::Digest& act, std::uint64_t item,
                                    const crypto::KeyId& reader) {
  auto query = db.prepare(
      "SELECT r.seq, r.scope, r.until FROM releases r JOIN acts a ON a.act = r.act JOIN members m ON m.member = "
      "r.reader "
      "WHERE a.hash = ? AND r.item = ? AND m.key_id = ?");
  if (!query.bind(act.span()).bind(item).bind(reader.span()).step()) return std::nullopt;
  return Release{query.number(0), from_word<Scope>(query.text(1)).value_or(Scope::manifest),
                 from_millis(query.integer(2))};
}

void begin_serving(Connection& db, std::uint64_t seq) {
  db.prepare("INSERT INTO serving (seq) VALUES (?)").bind(seq).run();
}
void end_serving(Connection& db, std::uint64_t seq) { db.prepare("DELETE FROM serving WHERE seq = ?").bind(seq).run(); }
std::vector<std::uint64_t> still_serving(Connection& db) {
  std::vector<std::uint64_t> out;
  auto query = db.prepare("SELECT seq FROM serving ORDER BY seq");
  while (query.step()) out.push_back(query.number(0));
  return out;
}

}  // namespace depone::daemon::store
