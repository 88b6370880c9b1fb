#include "daemon/verify/tables.h"

#include <fmt/format.h>

#include "daemon/store/roster_tables.h"

namespace depone::daemon::verify {

using protocol::record::subject_of;

void check_tables(store::Connection& db, const policy::LogReplay& replay, const policy::Roster& roster,
                  const store::Behind& behind, Report& report) {
  if (const auto difference = store::differs_from(db, roster)) report.wrong("the database", *difference);
  if (const auto difference = store::keys_differ(db, roster.facts())) report.wrong("keys: row", *difference);
  for (auto& what : store::rows_without_cause(db, behind)) report.wrong("the database", std::move(what));
  std::size_t rows = 0;
  auto subjects = db.prepare("SELECT name, last_seq FROM subjects");
  for (; subjects.step(); ++rows) {
    if (replay.last_on(std::string(subjects.text(0))) != subjects.number(1))
      report.wrong(fmt::format("subject {}", subjects.text(0)), "has a row that does not name its latest entry");
  }
  if (rows < replay.subjects()) report.wrong("the subjects table", "lacks a row of a subject that has entries");
  auto cases = db.prepare("SELECT id, prefix, items FROM cases");
  while (cases.step()) {
    const auto id = crypto::CaseId::from(cases.bytes(0));
    if (id && replay.numbers_of(*id) != cases.number(2))
      report.wrong(fmt::format("case {}", cases.text(1)), "has a row that counts other items than were numbered");
  }
  auto items = db.prepare("SELECT item, id, described FROM items");
  while (items.step()) {
    const auto id = crypto::EvidenceId::from(items.bytes(1));
    const auto described = id ? replay.described(subject_of(*id)) : 0;
    if (items.number(2) != (described == 0 ? items.number(0) : described))
      report.wrong(fmt::format("items: row {}", items.integer(0)), "does not name the latest description of its item");
  }
  rows = 0;
  auto serving = db.prepare("SELECT seq FROM serving");
  for (; serving.step(); ++rows) {
    if (!replay.serves(serving.number(0)))
      report.wrong(fmt::format("serving: row {}", serving.number(0)), "is of no serving that is still open");
  }
  if (rows < replay.servings()) report.wrong("the serving table", "lacks a row of a serving that is still open");
}

}  // namespace depone::daemon::verify
