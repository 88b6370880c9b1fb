#include "daemon/verify/evidence_checks.h"

#include <charconv>

#include <fmt/format.h>

#include "crypto/hash.h"
#include "crypto/item_keys.h"
#include "protocol/record/salted.h"

namespace depone::daemon::verify {

using namespace protocol::record;

void check_parts(store::Connection& db, const Entry& entry, const PartList& parts, store::Row row, Report& report) {
  for (const auto& [part, commitment] : parts.entries) {
    const auto name = fmt::format("entry {}, part {}", entry.seq, part);
    const auto bytes = store::part_of(db, row, part);
    report.checked(Report::What::parts);
    if (!bytes) {
      report.wrong(name, "is missing");
      continue;
    }
    if (!is_part(part, *bytes, commitment)) report.wrong(name, "does not match its commitment: it was changed");
  }
  auto stored = db.prepare("SELECT name FROM parts WHERE act = ?");
  stored.bind(row);
  while (stored.step()) {
    if (parts.find(stored.text(0)) == nullptr)
      report.wrong(fmt::format("entry {}, part {}", entry.seq, stored.text(0)), "is no part of its act");
  }
}

std::optional<SubmitPrivate> private_part(store::Connection& db, std::uint64_t entry, Report& report) {
  const auto act = store::act_of_entry(db, entry);
  const auto bytes = act ? store::part_of(db, act->row, "private") : std::nullopt;
  if (!bytes) return std::nullopt;  // said of the part
  auto part = parse_form<SubmitPrivate>(*bytes, "the private part");
  if (part) return std::move(*part);
  report.wrong(fmt::format("entry {}, part private", entry), part.error().detail);
  return std::nullopt;
}

namespace {

void differs(const Entry& entry, std::string_view table, store::Difference difference, Report& report) {
  if (difference) report.wrong(fmt::format("entry {}, its row in {}", entry.seq, table), std::move(*difference));
}

// NKPC-000123: 123. The replay says whether that is the case's next.
std::optional<std::uint64_t> number_in(std::string_view ref) {
  const auto digits = ref.substr(std::min(ref.find('-'), ref.size() - 1) + 1);
  std::uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

}  // namespace

void EvidenceChecks::check(const Entry& entry, const Act& act, store::Row row, Report& report) {
  if (entry.type == EvidenceSubmit::kType) check_submission(entry, act, row, report);
  if (entry.type == EvidenceDescribe::kType) check_description(entry, act, row, report);
  if (entry.type == EvidenceShare::kType) check_share(entry, act, row, report);
  if (entry.type == EvidenceRetrieve::kType) check_retrieval(entry, act, row, report);
}

std::optional<std::uint64_t> EvidenceChecks::item_of(const Entry& entry, Report& report) {
  const auto id = from_text<crypto::EvidenceId>(entry.subject);
  if (!id) return std::nullopt;  // said of the act
  auto row = db_.prepare("SELECT item FROM items WHERE id = ?");
  if (row.bind(id->span()).step() && row.number(0) < entry.seq) return row.number(0);
  report.wrong(fmt::format("entry {}, its item", entry.seq), "has no row in items");
  return std::nullopt;
}

void EvidenceChecks::check_submission(const Entry& entry, const Act& act, store::Row row, Report& report) {
  const auto body = body_of<EvidenceSubmit>(act);
  if (!body) return;  // the replay said so
  check_parts(db_, entry, body->parts, row, report);
  check_item_row(entry, act, *body, report);
  const auto name = fmt::format("entry {}, release share", entry.seq);
  const auto share = store::release_share_of(db_, entry.seq);
  const auto id = crypto::item_id(genesis_, act.payload.actor, body->nonce);
  const auto context = crypto::item_context(genesis_, id, body->case_id, act.payload.actor);
  if (!share)
    report.wrong(name, "is missing: the item can never be opened");
  else if (crypto::release_commitment(context, *share) != body->release_commitment)
    report.wrong(name, "does not match its commitment");
  check_object(entry, *body, report);
}

void EvidenceChecks::check_item_row(const Entry& entry, const Act& act, const EvidenceSubmit& body, Report& report) {
  const auto id = crypto::item_id(genesis_, act.payload.actor, body.nonce);
  std::optional<std::uint64_t> number;
  const auto facts = facts_of<SubmitFacts>(entry);
  if (entry.outcome == Outcome::accepted && facts && !facts->ref.empty()) number = number_in(facts->ref);
  differs(entry, "items", store::item_differs(db_, {entry.seq, id, body, {}, act.payload.actor, number}), report);
  check_described_row(entry, entry.seq, {entry.seq, entry.seq, body.sensitivity}, report);
}

// What the item is found by, against the part that it was indexed from, where this entry is the last that described it.
// Whether it is, check_tables() compares.
void EvidenceChecks::check_described_row(const Entry& entry, std::uint64_t item, const Described& holds,
                                         Report& report) {
  if (store::described_by(db_, item) != entry.seq) return;
  const auto part = private_part(db_, holds.private_part, report);
  if (!part) return;
  codes_ += store::codes_in(*part).size();
  differs(entry, "items", store::description_differs(db_, item, entry.seq, holds, *part), report);
}

void EvidenceChecks::check_description(const Entry& entry, const Act& act, store::Row row, Report& report) {
  const auto body = body_of<EvidenceDescribe>(act);
  const auto facts = facts_of<DescribeFacts>(entry);
  if (!body || !facts || !facts->holds) return;  // the replay said so
  check_parts(db_, entry, body->parts, row, report);
  if (const auto item = item_of(entry, report)) check_described_row(entry, *item, *facts->holds, report);
}

void EvidenceChecks::check_share(const Entry& entry, const Act& act, store::Row row, Report& report) {
  const auto body = body_of<EvidenceShare>(act);
  if (!body) return;  // the replay said so
  check_parts(db_, entry, body->parts, row, report);
  const auto item = item_of(entry, report);
  if (!item) return;
  differs(entry, "shares", store::share_differs(db_, entry.seq, *item, {body->case_id, body->epoch}), report);
}

void EvidenceChecks::check_retrieval(const Entry& entry, const Act& act, store::Row row, Report& report) {
  const auto body = body_of<EvidenceRetrieve>(act);
  const auto facts = facts_of<RetrieveFacts>(entry);
  if (!body || !facts || !facts->until) return;  // the replay said so
  check_parts(db_, entry, body->parts, row, report);
  const auto item = item_of(entry, report);
  if (!item) return;
  differs(entry, "releases",
          store::release_differs(db_, row, {entry.seq, body->scope, *facts->until}, *item, act.payload.actor), report);
}

void EvidenceChecks::check_object(const Entry& entry, const EvidenceSubmit& body, Report& report) {
  const auto name = fmt::format("object of entry {} ({})", entry.seq, entry.subject);
  report.checked(Report::What::objects);
  std::uint64_t size = 0;
  crypto::Digest digest;
  if (const auto small = store::small_object(db_, entry.seq)) {
    size = small->size();
    digest = crypto::sha256(*small);
  } else {
    auto file = objects_.read(body.object.sha256);
    if (!file) return report.wrong(name, "is missing");
    crypto::Sha256 hash;
    Bytes piece(256 * 1024);
    for (;;) {
      const auto n = file->read(piece);
      if (!n) return report.wrong(name, n.error().detail);
      if (*n == 0) break;
      hash.update(ByteView(piece).first(*n));
      size += *n;
    }
    digest = hash.finish();
  }
  report.add_bytes(size);
  if (size != body.object.size)
    report.wrong(name,
                 fmt::format("has {} bytes, and was deposited with {}: it was cut or grew", size, body.object.size));
  else if (digest != body.object.sha256)
    report.wrong(name, "was changed: its SHA-256 is not the one in its act");
}

}  // namespace depone::daemon::verify
