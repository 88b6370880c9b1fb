// depone history, receipt, log: custody in words, a lost receipt, the entries as they come.
#include <cstdio>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "client/lib/audit.h"
#include "client/lib/item_lookup.h"
#include "crypto/log/tile.h"
#include "protocol/api/target.h"
#include "protocol/record/bodies.h"
#include "protocol/record/parts.h"
#include "protocol/record/reason.h"
#include "protocol/record/salted.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

std::string who(const Entry& entry, const policy::Roster& roster) {
  if (!entry.actor) return "the archive";
  const auto* const member = roster.find(*entry.actor);
  return member == nullptr ? "somebody unknown" : safe(member->handle);
}

// One entry of custody, in words. `statement` is what a retrieval stated, where the asker may see it.
std::string in_words(const Entry& entry, const policy::Roster& roster,
                     const std::optional<RetrievePrivate>& statement) {
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
  std::optional<VerifiedReceipt> last;
  std::optional<std::uint64_t> before;
  boost::json::array rows;
  const auto tell = [&](const std::optional<RetrievePrivate>& statement) {
    if (!last) return;
    const auto& entry = last->entry;
    const auto text = in_words(entry, *roster, statement);
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
    last.reset();
  };
  // A page of the history; says where the next begins, if there is one.
  const auto read_page = [&](const Bytes& body, std::string& next) -> Result<> {
    FrameReader reader;
    bool ended = false;
    for (ByteView rest = body; !rest.empty();) {
      DEPONE_ASSIGN(const std::size_t taken, reader.feed(rest));
      rest = rest.subspan(taken);
      const auto piece = reader.next();
      if (!piece) continue;
      if (piece->first == "private" && last) {
        DEPONE_ASSIGN(const auto statement, parse_form<RetrievePrivate>(piece->second, "the statement of a retrieval"));
        DEPONE_ASSIGN(const auto root, salted_root(piece->second));
        if (!last->act) return fail(ErrorCode::damaged, "the act of a retrieval is missing beside its statement");
        DEPONE_ASSIGN(const auto act_body, body_of<EvidenceRetrieve>(*last->act));
        if (act_body.parts.find("private") == nullptr || root != *act_body.parts.find("private"))
          return fail(ErrorCode::damaged, "a retrieval's statement is not the one that was signed");
        tell(statement);
        continue;
      }
      tell(std::nullopt);
      if (piece->first == "end") {
        ended = true;
        next = std::string(text_view(piece->second));
      }
      if (piece->first != "receipt") continue;
      DEPONE_ASSIGN(const auto receipt, parse_receipt(piece->second));
      DEPONE_ASSIGN(last, session.verify(receipt, WithheldAct::accept));
      if (last->entry.before != before)
        return fail(ErrorCode::damaged,
                    fmt::format("the archive hid an entry of this item before entry {}", last->entry.seq));
      before = last->entry.seq;
    }
    if (!ended) return fail(ErrorCode::damaged, "the history was cut");
    return {};
  };
  std::string next;
  do {
    const auto target =
        protocol::api::write_target(fmt::format("/v1/items/{}/history", name), {{"after", std::exchange(next, {})}});
    DEPONE_ASSIGN(const auto body, session.get(target, 256 << 20));
    DEPONE_TRY(read_page(body, next));
    if (!next.empty() && next != std::to_string(before.value_or(0)))
      return fail(ErrorCode::damaged, "the history goes on elsewhere than where its page ended");
  } while (!next.empty());
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
  const auto path = output.empty() ? archive.receipts() / (name + ".receipt.json") : std::filesystem::path(output);
  auto made = found.receipt;
  if (const auto kept = system::read_file(path, kReceiptFileBytesMax); kept && !force) {
    const auto there = parse_receipt(*kept);
    if (there && there->proof == made.proof) {
      fmt::print("{} is there already\n", path.string());
      return kDone;
    }
    return fail(ErrorCode::exists, fmt::format("{} exists already; --force overwrites it", path.string()));
  }
  DEPONE_TRY(system::write_file_durably(path, view(write_receipt(made)), system::IfExists::replace));
  if (context.json)
    print_json({{"receipt", path.string()}});
  else
    fmt::print(
        "{}\nIt proves that the act was deposited. It has no opening: it cannot tie a file to it (`depone retrieve` "
        "does).\n",
        path.string());
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
      const auto width = std::min<std::uint64_t>(crypto::log::kTileWidth, now - number * crypto::log::kTileWidth);
      DEPONE_ASSIGN(const auto entries, entry_bundle(session, number, width));
      for (; seq < std::min(number * crypto::log::kTileWidth + width, until); ++seq) {
        const auto& bytes = entries[seq % crypto::log::kTileWidth];
        DEPONE_ASSIGN(const auto entry, parse_entry(view(bytes)));
        if (context.json)
          fmt::print("{}\n", bytes);
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
      ->add_option("ITEM", *item, "NKPC-000123 or ev_…")
      ->required();

  auto lost = std::make_shared<std::string>(), output = std::make_shared<std::string>();
  auto force = std::make_shared<bool>(false);
  auto* const receipt_command = table.add(
      &table.app, "receipt", "Fetch the receipt of an item again", "depone receipt NKPC-000123 -o receipt.json",
      [lost, output, force](Context& context) { return receipt(context, *lost, *output, *force); });
  receipt_command->add_option("ITEM", *lost, "NKPC-000123 or ev_…")->required();
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
