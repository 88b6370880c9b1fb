#include "daemon/store/roster_tables.h"

#include <fmt/format.h>

namespace depone::daemon::store {

using namespace protocol::record;

namespace {

std::string roles_text(const std::vector<Role>& roles) {
  std::string out;
  for (const auto role : roles) {
    if (!out.empty()) out += ' ';
    out += word(role);
  }
  return out;
}

}  // namespace

void insert_member(Connection& db, const policy::Member& member, std::string_view card) {
  db.prepare("INSERT INTO members (member, key_id, roles, card) VALUES (?, ?, ?, ?)")
      .bind(member.enrolled_seq)
      .bind(member.id.span())
      .bind(std::string_view(roles_text(member.roles)))
      .bind(view(card))
      .run();
}
void mark_revoked(Connection& db, const crypto::KeyId& member, std::uint64_t seq) {
  db.prepare("UPDATE members SET revoked = ? WHERE key_id = ?").bind(seq).bind(member.span()).run();
}
void insert_case(Connection& db, const policy::Case& opened) {
  db.prepare("INSERT INTO cases (\"case\", id, prefix, items) VALUES (?, ?, ?, 0)")
      .bind(opened.opened_seq)
      .bind(opened.id.span())
      .bind(std::string_view(opened.prefix))
      .run();
}
void insert_grant(Connection& db, const crypto::CaseId& case_id, const policy::HeldGrant& grant) {
  db.prepare(
        "INSERT INTO grants (\"case\", member, epoch, kind, seq) VALUES ((SELECT \"case\" FROM cases WHERE id = ?), "
        "(SELECT member FROM members WHERE key_id = ?), ?, ?, ?)")
      .bind(case_id.span())
      .bind(grant.member.span())
      .bind(std::int64_t{grant.epoch})
      .bind(word(grant.as))
      .bind(grant.seq)
      .run();
}

std::optional<std::string> differs_from(Connection& db, const policy::Roster& roster) {
  std::size_t rows = 0;
  auto members = db.prepare("SELECT key_id, roles, member, revoked, card FROM members");
  for (; members.step(); ++rows) {
    const auto id = crypto::KeyId::from(members.bytes(0));
    const auto* const member = id ? roster.find(*id) : nullptr;
    if (member == nullptr)
      return fmt::format("members: row {} is of somebody who was never enrolled", members.integer(2));
    const auto revoked = members.is_null(3) ? std::nullopt : std::optional(members.number(3));
    if (members.text(1) != roles_text(member->roles) || members.number(2) != member->enrolled_seq ||
        revoked != member->revoked_seq || envelope_hash(members.bytes(4)) != member->card) {
      return fmt::format("members: the row of {} (entry {}) does not say what the log says", member->handle,
                         member->enrolled_seq);
    }
  }
  if (rows != roster.members().size()) return "members: a row is missing";

  rows = 0;
  auto cases = db.prepare("SELECT id, prefix, \"case\" FROM cases");
  for (; cases.step(); ++rows) {
    const auto id = crypto::CaseId::from(cases.bytes(0));
    const auto* const known = id ? roster.find(*id) : nullptr;
    if (known == nullptr || cases.text(1) != known->prefix || cases.number(2) != known->opened_seq) {
      return fmt::format("cases: row {} does not say what the log says", cases.integer(2));
    }
  }
  if (rows != roster.cases().size()) return "cases: a row is missing";

  rows = 0;
  auto grants = db.prepare(
      "SELECT c.id, m.key_id, g.epoch, g.kind, g.seq FROM grants g JOIN cases c ON c.\"case\" = g.\"case\" JOIN "
      "members m ON m.member = g.member");
  for (; grants.step(); ++rows) {
    const auto* const of = roster.find(crypto::CaseId::from(grants.bytes(0)).value_or(crypto::CaseId{}));
    const auto member = crypto::KeyId::from(grants.bytes(1)).value_or(crypto::KeyId{});
    const auto* const held =
        of == nullptr ? nullptr : of->grant_of(member, static_cast<std::uint32_t>(grants.integer(2)));
    if (held == nullptr || word(held->as) != grants.text(3) || held->seq != grants.number(4)) {
      return fmt::format("grants: a row (entry {}) does not say what the log says", grants.integer(4));
    }
  }
  std::size_t held = 0;
  for (const auto& [id, of] : roster.cases()) held += of.grants.size();
  if (rows != held) return "grants: a row is missing";
  return std::nullopt;
}

}  // namespace depone::daemon::store
