// depone history, receipt, log: custody in words, a lost receipt, the entries as they come.
#include <cstdio>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/cli.h"
#include "client/cli/correction.h"
#include "client/cli/output.h"
#include "client/lib/custody.h"
#include "client/lib/item_lookup.h"
#include "client/lib/log_entries.h"
#include "client/lib/receipt_file.h"
#include "crypto/log/tile.h"
#include "protocol/record/bodies.h"
#include "protocol/record/parts.h"
#include "protocol/record/reason.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

std::string who(const Entry& entry, const policy::Roster& roster) {
  if (!entry.actor) return "the archive";
  const auto* const member = roster.find(*entry.actor);
  return member == nullptr ? "somebody unknown" : safe(member->handle);
}

// What a description changed, in words.
std::string described_in_words(const CustodyEntry& one, const std::string& name, const std::string& said_before) {
  const auto body = one.receipt.act ? body_of<EvidenceDescribe>(*one.receipt.act)
                                    : Result<EvidenceDescribe>(fail(ErrorCode::not_found, ""));
  if (!body) return fmt::format("{} described it anew", name);
  std::string out = fmt::format("{} described it anew ({})", name, word(body->reason_code));
  std::vector<std::string> changed;
  if (one.said) {
    for (const auto& change : changes(said_before, write_form(*one.said))) changed.push_back(in_words(change));
  } else if (body->parts.find("private") != nullptr) {
    changed.emplace_back("what the case's readers see of it");
  }
  if (body->sensitivity) changed.push_back(fmt::format("sensitivity: {}", word(*body->sensitivity)));
  if (body->manifest_commitment) changed.emplace_back("the manifest");
  return changed.empty() ? out : fmt::format("{}: {}", out, fmt::join(changed, "; "));
}

std::string shared_in_words(const Entry& entry, const std::string& name, const policy::Roster& roster) {
  const auto* const into = entry.case_id ? roster.find(*entry.case_id) : nullptr;
  const auto prefix = into == nullptr ? std::string("a case that is not known") : into->prefix;
  return entry.outcome == Outcome::accepted ? fmt::format("{} shared it into {}", name, prefix)
                                            : fmt::format("{} tried to share it into {}", name, prefix);
}

// One entry of custody, in words. `said_before`: the private part that held before it, as far as the asker sees it.
std::string in_words(const CustodyEntry& one, const policy::Roster& roster, const std::string& said_before) {
  const auto& entry = one.receipt.entry;
  const auto& statement = one.statement;
  const auto name = who(entry, roster);
  const auto reason = reason_from_code(entry.reason);
  const std::string why =
      entry.reason.empty() ? "" : fmt::format(": {} [{}]", reason ? sentence(*reason) : "refused", safe(entry.reason));
  if (entry.type == EvidenceSubmit::kType) {
    const auto facts = facts_of<SubmitFacts>(entry);
    if (entry.outcome == Outcome::refused) return fmt::format("{} tried to deposit it, and was refused{}", name, why);
    if (entry.outcome == Outcome::pending) return fmt::format("{} deposited it; it is pending{}", name, why);
    return fmt::format("{} deposited it as {}", name, facts ? facts->ref : "?");
  }
  if (entry.type == EvidenceDescribe::kType && entry.outcome == Outcome::accepted)
    return described_in_words(one, name, said_before);
  if (entry.type == EvidenceDescribe::kType)
    return fmt::format("{} tried to describe it anew, and was refused{}", name, why);
  if (entry.type == EvidenceShare::kType) return shared_in_words(entry, name, roster) + why;
  if (entry.type == EvidenceRetrieve::kType) {
    const auto stated = !statement ? std::string()
                        : statement->recipient.empty()
                            ? fmt::format(" for {} (internal)", safe(statement->purpose))
                            : fmt::format(" for {}, to {}", safe(statement->purpose), safe(statement->recipient));
    if (entry.outcome == Outcome::refused)
      return fmt::format("{} asked for it{}, and was refused{}", name, stated, why);
    return fmt::format("{} retrieved it{}", name, stated);
  }
  if (entry.type == kEvidenceServe && entry.outcome == Outcome::refused)
    return fmt::format("{} asked for its sealed bytes, and was refused{}", name, why);
  if (entry.type == kEvidenceServe) {
    const auto facts = facts_of<ServeFacts>(entry);
    if (!facts) return fmt::format("{} was served", name);
    if (facts->what == "answer") return fmt::format("{} got the same answer again", name);
    return fmt::format("{} began to fetch its sealed bytes {} to {}{}", name, facts->from, facts->to,
                       entry.act ? "" : " (to check them; no key)");
  }
  if (entry.type == kEvidenceServed) {
    const auto facts = facts_of<ServedFacts>(entry);
    return facts ? fmt::format("{} got {} bytes ({})", name, facts->bytes, safe(facts->end))
                 : fmt::format("{} was served", name);
  }
  return fmt::format("{}: {} {}{}", name, safe(entry.type), word(entry.outcome), why);
}

Result<int> history(Context& context, const std::string& name) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  boost::json::array rows;
  std::string said;
  const auto tell = [&](const CustodyEntry& one) {
    const auto& entry = one.receipt.entry;
    const auto text = in_words(one, *roster, said);
    if (one.said && entry.outcome != Outcome::refused) said = write_form(*one.said);
    if (context.json)
      rows.push_back({{"entry", entry.seq},
                      {"at", to_text(entry.at)},
                      {"type", entry.type},
                      {"outcome", word(entry.outcome)},
                      {"reason", entry.reason},
                      {"actor", who(entry, *roster)},
                      {"words", text}});
    else
      fmt::print("{}  entry {:>5}  {}\n", to_text(entry.at), entry.seq, text);
  };
  DEPONE_TRY(read_custody(session, name, tell));
  if (context.json)
    print_json(rows);
  else
    fmt::print("Every line was proved by the log, and none is missing between them.\n");
  return kDone;
}

Result<int> receipt(Context& context, const std::string& name, const std::string& output, bool force) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto found, find_item(session, name));
  const auto path =
      output.empty() ? archive.receipts() / (found.terms.facts.ref + ".receipt.json") : std::filesystem::path(output);
  DEPONE_TRY(renew_receipt(path, found.terms.receipt, force));
  if (context.json)
    print_json({{"receipt", path.string()}});
  else
    fmt::print(
        "{}\nIt proves that the act was deposited. It has no opening: it cannot tie a file to it (`depone retrieve` "
        "does).\n",
        safe(path.string()));
  return kDone;
}

Result<int> log(Context& context, std::uint64_t from, std::uint64_t most, bool follow) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto* roster, session.roster());
  DEPONE_TRY(session.refresh());
  const auto size = session.seen().size;
  if (from == UINT64_MAX) from = size > most ? size - most : 0;
  const auto until = follow ? UINT64_MAX : from + most;
  for (std::uint64_t seq = from;;) {
    const auto now = session.seen().size;
    while (seq < std::min(now, until)) {
      const auto number = seq / crypto::log::kTileWidth;
      DEPONE_ASSIGN(const auto entries, proved_entries(session, number));
      for (; seq < std::min(number * crypto::log::kTileWidth + entries.size(), until); ++seq) {
        const auto& entry = entries[seq % crypto::log::kTileWidth];
        if (context.json)
          fmt::print("{}\n", write_form(entry));
        else
          fmt::print("{:>6}  {}  {:<18} {:<9} {:<20} {} {}\n", entry.seq, to_text(entry.at), safe(entry.type),
                     word(entry.outcome), who(entry, *roster), safe(entry.subject).substr(0, 32), safe(entry.reason));
      }
    }
    if (!follow) return kDone;
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::seconds(2));
    DEPONE_TRY(session.refresh());
    if (session.seen().size != now) {
      DEPONE_ASSIGN(roster, session.roster());
    }
  }
}

}  // namespace

void add_history(Table& table) {
  auto item = std::make_shared<std::string>();
  table
      .add(&table.app, "history", "An item's custody in words: who did what when, with refusals",
           "depone history NKPC-000123", [item](Context& context) { return history(context, *item); })
      ->add_option("ITEM", *item, "NKPC-000123, ev_…, or the file that was deposited")
      ->required();

  auto lost = std::make_shared<std::string>(), output = std::make_shared<std::string>();
  auto force = std::make_shared<bool>(false);
  auto* const receipt_command = table.add(
      &table.app, "receipt", "Fetch the receipt of an item again", "depone receipt NKPC-000123 -o receipt.json",
      [lost, output, force](Context& context) { return receipt(context, *lost, *output, *force); });
  receipt_command->add_option("ITEM", *lost, "NKPC-000123, ev_…, or the file that was deposited")->required();
  receipt_command->add_option("-o,--output", *output, "Where to write it (default: the profile)");
  receipt_command->add_flag("--force", *force, "Overwrite a file that exists");

  auto from = std::make_shared<std::uint64_t>(UINT64_MAX), most = std::make_shared<std::uint64_t>(50);
  auto follow = std::make_shared<bool>(false);
  auto* const log_command = table.add(
      &table.app, "log", "The entries of the log (archivists and custodians)", "depone log --from 0 --most 100",
      [from, most, follow](Context& context) { return log(context, *from, *most, *follow); });
  log_command->add_option("--from", *from, "The first entry (default: the last 50)");
  log_command->add_option("--most", *most, "How many")->capture_default_str();
  log_command->add_flag("--follow", *follow, "Go on, as entries come");
}

}  // namespace depone::client::cli
