#include "daemon/verify/tables.h"

#include <set>

#include <fmt/format.h>

#include "daemon/store/roster_tables.h"
#include "daemon/verify/evidence_checks.h"

namespace depone::daemon::verify {

using protocol::record::subject_of;

namespace {

// What the rows say goes into the replay's records, beside what the entries say of the same thing.
std::uint64_t note_subjects(store::Connection& db, policy::LogReplay& replay) {
  std::uint64_t rows = 0;
  auto query = db.prepare("SELECT name, last_seq, subject FROM subjects");
  for (; query.step(); ++rows) replay.note_row_of_subject(query.text(0), query.number(1), query.number(2));
  return rows;
}
void note_items(store::Connection& db, policy::LogReplay& replay) {
  auto query = db.prepare("SELECT item, id, described FROM items");
  while (query.step()) {
    const auto id = crypto::EvidenceId::from(query.bytes(1));
    const auto described = query.number(2) == query.number(0) ? 0 : query.number(2);
    replay.note_row_of_item(id ? subject_of(*id) : std::string(), described, query.number(0));
  }
}
std::uint64_t note_servings(store::Connection& db, policy::LogReplay& replay) {
  std::uint64_t rows = 0;
  auto query = db.prepare("SELECT seq FROM serving");
  for (; query.step(); ++rows) replay.note_row_of_serving(query.number(0));
  return rows;
}

void report_row(store::Connection& db, const policy::RowRecord& row, Report& report) {
  using Table = policy::RowRecord::Table;
  switch (row.table) {
    case Table::subjects: {
      auto query = db.prepare("SELECT name FROM subjects WHERE subject = ?");
      const bool found = query.bind(row.row).step();
      report.wrong(fmt::format("subject {}", found ? query.text(0) : ""),
                   "has a row that does not name its latest entry");
      break;
    }
    case Table::items:
      report.wrong(fmt::format("items: row {}", row.row), "does not name the latest description of its item");
      break;
    case Table::serving:
      report.wrong(fmt::format("serving: row {}", row.row), "is of no serving that is still open");
      break;
  }
}

// There are other codes than the descriptions give: whose.
void check_codes(store::Connection& db, Report& report) {
  std::set<std::uint64_t> named;
  auto query = db.prepare("SELECT c.item, c.code, i.described, i.said FROM item_codes c JOIN items i USING (item)");
  while (query.step()) {
    Report beside;  // of the part is said where the entries are checked
    const auto said = private_part(db, query.number(3), beside);
    if (!said || store::codes_in(*said).contains(std::string(query.text(1))) || !named.insert(query.number(0)).second)
      continue;
    report.about(query.number(2));
    report.wrong(fmt::format("entry {}, its row in items", query.number(2)),
                 "does not say what the act and its parts say: codes");
  }
  report.about(std::nullopt);
}

}  // namespace

void report_entries(const policy::LogReplay::End& end, Report& report) {
  for (const auto& [seq, what] : end.wrong) {
    report.about(seq);
    report.wrong(fmt::format("entry {}", seq), what);
  }
  report.about(std::nullopt);
}

Result<> check_tables(store::Connection& db, policy::LogReplay& replay, const policy::Roster& roster,
                      const store::Behind& behind, Report& report) {
  const auto subjects = note_subjects(db, replay);
  note_items(db, replay);
  const auto servings = note_servings(db, replay);
  DEPONE_ASSIGN(const auto end, replay.finish(roster));
  report_entries(end, report);
  for (const auto& what : end.log) report.wrong("the log", what);
  if (const auto difference = store::differs_from(db, roster)) report.wrong("the database", *difference);
  if (const auto difference = store::keys_differ(db, roster.facts())) report.wrong("keys: row", *difference);
  for (auto& what : store::rows_without_cause(db, behind)) report.wrong("the database", std::move(what));
  if (store::count_codes(db) != behind.codes || !report.is_clean()) check_codes(db, report);
  for (const auto& row : end.rows) report_row(db, row, report);
  if (subjects < end.subjects) report.wrong("the subjects table", "lacks a row of a subject that has entries");
  if (servings < end.servings) report.wrong("the serving table", "lacks a row of a serving that is still open");
  auto cases = db.prepare("SELECT id, prefix, items FROM cases");
  while (cases.step()) {
    const auto id = crypto::CaseId::from(cases.bytes(0));
    if (id && replay.numbers_of(*id) != cases.number(2))
      report.wrong(fmt::format("case {}", cases.text(1)), "has a row that counts other items than were numbered");
  }
  return {};
}

}  // namespace depone::daemon::verify
