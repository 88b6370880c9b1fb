#include "daemon/service/catalogue.h"

#include <algorithm>

#include "crypto/log/checkpoint.h"
#include "daemon/service/item_pieces.h"
#include "daemon/service/seen_item.h"
#include "daemon/store/catalogue_tables.h"
#include "policy/vocabulary/vocabulary.h"
#include "protocol/api/bodies.h"
#include "protocol/record/frame.h"

namespace depone::daemon::service {

using namespace protocol::record;
namespace api = protocol::api;
namespace transport = protocol::transport;

namespace {

std::vector<crypto::CaseId> readable_cases(const policy::Roster& roster, const policy::Member& member) {
  std::vector<crypto::CaseId> out;
  for (const auto& [id, of] : roster.cases()) {
    if (policy::sees_catalogue(member, of)) out.push_back(id);
  }
  return out;
}

Result<SubmitPrivate> private_part_of(store::Connection& db, const store::Item& item) {
  const auto act = store::act_of_entry(db, item.holds.private_part);
  const auto part = act ? store::part_of(db, act->row, "private") : std::nullopt;
  if (!part) return fail(ErrorCode::not_found, "the private part is gone");
  return parse_form<SubmitPrivate>(*part, "the private part");
}

api::ItemSummary summary_of(store::Connection& db, const store::Item& item,
                            const std::vector<crypto::CaseId>& readable) {
  api::ItemSummary out{
      item.id, item.ref, item.case_id, item.facts.submitter, item.kind, item.sensitivity, item.seq, {}, item.bytes,
      {},      {}};
  for (const auto& placement : std::span(item.facts.placements).subspan(1)) {
    if (std::ranges::find(readable, placement.case_id) != readable.end()) out.shared.push_back(placement.case_id);
  }
  if (const auto bytes = store::entry_bytes(db, item.seq)) out.at = parse_entry(view(*bytes)).value().at;
  if (auto part = private_part_of(db, item)) out.catalogue = std::move(part->catalogue);
  return out;
}

constexpr std::size_t kWordsMax = 16;

std::optional<store::Criteria> read_criteria(const api::Target& target, std::size_t limit_max) {
  store::Criteria criteria;
  for (const auto& [name, value] : target.query) {
    if (name == "case") {
      criteria.case_id = from_text<crypto::CaseId>(value);
      if (!criteria.case_id) return std::nullopt;
    } else if (name == "crime") {
      criteria.crimes = policy::vocabulary::crime_and_children(value);
    } else if (name == "recommendation") {
      criteria.recommendation = value;
    } else if (name == "kind") {
      criteria.kind = from_word<Kind>(value);
      if (!criteria.kind) return std::nullopt;
    } else if (name == "from" || name == "to") {
      if (!is_date(value)) return std::nullopt;
      (name == "from" ? criteria.from : criteria.to) = value;
    } else if (name == "word") {
      if (criteria.words.size() == kWordsMax) return std::nullopt;
      criteria.words.push_back(value);
    } else if (name != "after" && name != "limit") {
      return std::nullopt;
    }
  }
  const auto after = number_in(target.find("after")), limit = number_in(target.find("limit"));
  if (!after || !limit) return std::nullopt;
  criteria.after = *after;
  criteria.limit = *limit == 0 ? 100 : std::min<std::size_t>(*limit, limit_max);
  return criteria;
}

Awaitable<> answer_frame(Exchange& exchange, FrameWriter frame) {
  (void)co_await transport::respond(exchange, 200, kFrameType, frame.bytes());
}

}  // namespace

Awaitable<bool> log_search(const Archive& archive, const Caller& caller, Exchange& exchange, SearchFacts facts,
                           std::optional<crypto::CaseId> case_id) {
  ledger::Command search = ledger::SearchCommand{caller->id, std::move(facts), case_id};
  const auto recorded = co_await record(archive.ledger, std::move(search));
  if (recorded) co_return true;
  co_await answer_problem(exchange, reason_of(recorded.error()));
  co_return false;
}

std::optional<std::uint64_t> number_in(const std::optional<std::string>& text) {
  return text ? crypto::log::parse_decimal(*text) : std::optional<std::uint64_t>(0);
}

Awaitable<> find_items(const Archive& archive, const Caller& caller, Exchange& exchange, const api::Target& target) {
  const auto criteria = read_criteria(target, archive.limits.search_results_max);
  if (!criteria) {
    co_await answer_problem(exchange, Reason::request_malformed);
    co_return;
  }
  const auto readable = readable_cases(*caller.roster, *caller.member);
  const auto reader = caller->id;
  const auto bytes_max = archive.limits.search_bytes_max;
  auto search = [criteria = *criteria, readable, reader, bytes_max](store::Connection& db) {
    api::ItemPage out;
    const auto found = store::search_items(db, criteria, readable, reader);
    std::size_t bytes = 0;
    for (const auto& item : found) {
      out.items.push_back(summary_of(db, item, readable));
      bytes += write_form(out.items.back()).size();
      if (bytes >= bytes_max) break;
    }
    if (out.items.size() < found.size() || found.size() == criteria.limit) out.next = out.items.back().seq;
    return out;
  };
  const auto page = co_await archive.pool.run(std::move(search));
  const SearchFacts facts{"items", criteria->count(), page.items.size()};
  if (!co_await log_search(archive, caller, exchange, facts, criteria->case_id)) co_return;
  co_await answer_json(exchange, api::write_json(page));
}

namespace {

struct Shown {
  bool found = false;
  crypto::CaseId case_id;
  FrameWriter frame;
};

// An item as its asker may see it. Runs on the pool.
Shown show(store::Connection& db, const policy::Roster& roster, const policy::Member& reader, const std::string& name) {
  Shown out;
  const auto seen = find_seen_item(db, roster, reader, name);
  if (!seen) return out;
  const auto& item = seen->item;
  out.found = true;
  out.case_id = seen->through;
  ledger::Prover prover(db);
  out.frame.add("item", view(to_text(item.id)));
  add_said(out.frame, prover, item);
  add_share(out.frame, db, prover, item.seq, seen->through);
  if (seen->own_or_read) add_part(out.frame, db, "private", item.holds.private_part);
  return out;
}

Awaitable<> answer_shown(const Archive& archive, const Caller& caller, Exchange& exchange, Shown shown) {
  const SearchFacts facts{shown.found ? "item" : "unknown", 1, shown.found ? 1u : 0u};
  const auto of_case = shown.found ? std::optional(shown.case_id) : std::nullopt;
  if (!co_await log_search(archive, caller, exchange, facts, of_case)) co_return;
  if (shown.found)
    co_await answer_frame(exchange, std::move(shown.frame));
  else
    co_await answer_problem(exchange, Reason::not_found);
}

}  // namespace

Awaitable<> show_item(const Archive& archive, const Caller& caller, Exchange& exchange, std::string item) {
  const auto roster = caller.roster;
  const auto* const reader = caller.member;
  auto look = [roster, reader, item](store::Connection& db) { return show(db, *roster, *reader, item); };
  auto shown = co_await archive.pool.run(std::move(look));
  co_await answer_shown(archive, caller, exchange, std::move(shown));
}

Awaitable<> list_cases(const Archive& archive, const Caller& caller, Exchange& exchange) {
  const auto roster = caller.roster;
  const auto* const reader = caller.member;
  auto read_list = [roster, reader](store::Connection& db) {
    api::CaseList out;
    for (const auto& [id, of] : roster->cases()) {
      const auto held = std::ranges::find(of.grants, reader->id, &policy::HeldGrant::member);
      api::CaseSummary summary;
      summary.case_id = id;
      summary.prefix = of.prefix;
      summary.state = of.closed ? "closed" : "open";
      summary.epoch = of.current_epoch();
      summary.grant = held == of.grants.end() ? std::string("none") : std::string(word(held->as));
      auto query = db.prepare(
          "SELECT count(*) FROM items i JOIN cases c USING (\"case\") JOIN members m ON m.member = i.submitter WHERE "
          "c.id = ? AND i.number IS NOT NULL AND (? OR m.key_id = ?)");
      const bool sees_all = policy::sees_catalogue(*reader, of) || policy::sees_all_entries(*reader);
      query.bind(id.span()).bind(sees_all ? 1 : 0).bind(reader->id.span()).step();
      summary.items = query.number(0) + (sees_all ? store::count_shared_into(db, id) : 0);
      const auto opened = store::act_of_entry(db, of.opened_seq);
      if (opened && (of.is_reader(reader->id) || of.is_reviewer(reader->id))) {
        if (auto part = store::part_of(db, opened->row, "private")) summary.private_part = std::move(*part);
      }
      out.cases.push_back(std::move(summary));
    }
    return out;
  };
  const auto list = co_await archive.pool.run(std::move(read_list));
  const SearchFacts facts{"cases", 0, list.cases.size()};
  if (!co_await log_search(archive, caller, exchange, facts)) co_return;
  co_await answer_json(exchange, api::write_json(list));
}

Awaitable<> case_card(const Archive& archive, const Caller& caller, Exchange& exchange, std::string case_text) {
  const auto id = from_text<crypto::CaseId>(case_text);
  const auto* const of = id ? caller.roster->find(*id) : caller.roster->find_prefix(case_text);
  if (of == nullptr) {
    co_await answer_problem(exchange, Reason::case_unknown);
    co_return;
  }
  const auto seq = of->opened_seq;
  auto read_card = [seq](store::Connection& db) {
    FrameWriter out;
    ledger::Prover prover(db);
    out.add("opened", view(write_receipt(prover.receipt(seq).value())));
    return out;
  };
  auto frame = co_await archive.pool.run(std::move(read_card));
  co_await answer_frame(exchange, std::move(frame));
}

Awaitable<> roster_chain(const Archive& archive, const Caller& caller, Exchange& exchange, const api::Target& target) {
  const auto after = number_in(target.find("after"));
  if (!after) {
    co_await answer_problem(exchange, Reason::request_malformed);
    co_return;
  }
  FrameWriter attested;
  if (target.find("attest")) {
    ledger::Command search = ledger::SearchCommand{caller->id, {"roster", 0, 0}, std::nullopt};
    const auto recorded = co_await record(archive.ledger, std::move(search));
    if (!recorded) {
      co_await answer_problem(exchange, reason_of(recorded.error()));
      co_return;
    }
    Receipt receipt;
    receipt.proof = recorded->entries.front().proof;
    attested.add("attest", view(write_receipt(receipt)));
  }
  const auto head = archive.ledger.snapshot().roster->head();
  transport::ResponseHead answer;
  answer.fields.push_back({"Content-Type", std::string(kFrameType)});
  if (!co_await exchange.begin(std::move(answer))) co_return;
  auto walk = [head, stop = *after](store::Connection& db) {
    std::vector<std::uint64_t> seqs;
    for (std::optional<std::uint64_t> seq = head; seq && *seq > stop;) {
      seqs.push_back(*seq);
      seq = parse_entry(view(store::entry_bytes(db, *seq).value())).value().roster;
    }
    std::ranges::reverse(seqs);
    return seqs;
  };
  // The chain is walked back by its pointers, then sent from its beginning.
  const auto chain = co_await archive.pool.run(std::move(walk));
  for (const auto seq : chain) {
    auto read_link = [seq](store::Connection& db) {
      FrameWriter out;
      ledger::Prover prover(db);
      out.add("receipt", view(write_receipt(prover.receipt(seq).value())));
      auto card = db.prepare("SELECT card FROM members WHERE member = ?");
      if (card.bind(seq).step()) out.add("card", card.bytes(0));
      return out.take();
    };
    const Bytes pieces = co_await archive.pool.run(std::move(read_link));
    if (!co_await exchange.write(pieces)) co_return;
  }
  attested.add("end", {});
  if (co_await exchange.write(attested.bytes())) (void)co_await exchange.finish();
}

}  // namespace depone::daemon::service
