// depone verify: offline, what a receipt proves, and whether a file is the one that was deposited.
#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "client/lib/file_digest.h"
#include "crypto/item_keys.h"
#include "protocol/record/bodies.h"
#include "protocol/record/entry_of_act.h"
#include "system/file.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

// The archive whose log signed the receipt, among those that were joined.
Result<std::pair<ArchiveProfile, VerifiedReceipt>> find_archive(Context& context, const Receipt& receipt) {
  const auto profile = context.profile();
  const auto names = context.archive_name.empty() ? profile.archives() : std::vector{context.archive_name};
  Error last =
      fail(ErrorCode::input, "no archive was joined yet; `depone join ARCHIVE_CARD` makes the log's key known");
  for (const auto& name : names) {
    DEPONE_ASSIGN(auto archive, profile.archive(name));
    auto verified = verify_receipt(receipt, archive.card().log_key());
    if (verified) return std::pair(std::move(archive), std::move(*verified));
    last = verified.error();
  }
  if (last.code == ErrorCode::malformed) last.code = ErrorCode::damaged;
  return last;
}

// The actor's public key, out of what the profile knows of the roster.
Result<std::optional<Card>> actor_card(const ArchiveProfile& archive, const crypto::KeyId& actor) {
  if (archive.card().custodian.id() == actor) return std::optional(archive.card().custodian);
  const auto cached = system::read_file(archive.roster(), 64 << 20);
  if (!cached) return std::optional<Card>{};
  FrameReader reader;
  for (ByteView rest = *cached; !rest.empty();) {
    DEPONE_ASSIGN(const std::size_t taken, reader.feed(rest));
    rest = rest.subspan(taken);
    const auto piece = reader.next();
    if (!piece || piece->first != "card") continue;
    const auto card = parse_card(piece->second);
    if (card && card->id() == actor) return std::optional(*card);
  }
  return std::optional<Card>{};
}

Error not_proved(std::string why) { return fail(ErrorCode::damaged, std::move(why)); }

// Whether the opening ties these bytes to the act.
Result<> check_file(const ArchiveProfile& archive, const Receipt& receipt, const Act& act, const std::string& file) {
  if (!receipt.opening)
    return not_proved("this receipt has no opening: it cannot tell whether a file is the one that was deposited");
  if (act.payload.type != EvidenceSubmit::kType)
    return not_proved("this receipt is not of a submission: no file belongs to it");
  DEPONE_ASSIGN(const auto body, body_of<EvidenceSubmit>(act));
  DEPONE_ASSIGN(auto opened, file == "-" ? system::File::standard_input() : system::File::open(file));
  DEPONE_ASSIGN(const auto digest, digest_of(opened));
  if (digest != receipt.opening->sha256)
    return not_proved(
        fmt::format("{} is not the file that was deposited: its SHA-256 is {}", file, crypto::to_hex(digest.span())));
  const auto& genesis = archive.card().genesis;
  const auto item = crypto::item_id(genesis, act.payload.actor, body.nonce);
  const auto context = crypto::item_context(genesis, item, body.case_id, act.payload.actor);
  if (crypto::content_commitment(context, receipt.opening->commitment_salt, digest) != body.content_commitment) {
    return not_proved("the receipt's opening does not belong to its act: one of them was changed");
  }
  return {};
}

Result<int> verify_one(Context& context, const std::string& receipt_file, const std::string& file) {
  DEPONE_ASSIGN(const auto bytes, system::read_file(receipt_file, kReceiptFileBytesMax));
  auto parsed = parse_receipt(bytes);
  if (!parsed) return not_proved(fmt::format("{} is not a whole receipt: {}", receipt_file, parsed.error().detail));
  const auto& receipt = *parsed;
  DEPONE_ASSIGN(const auto found, find_archive(context, receipt));
  const auto& [archive, verified] = found;
  std::string signer = "(its signature was not checked: no act)";
  if (verified.act) {
    DEPONE_ASSIGN(const auto card, actor_card(archive, verified.act->payload.actor));
    if (!card) {
      signer =
          fmt::format("{} (signature not checked: the card is not known here; any command to the archive fetches it)",
                      crypto::to_hex(verified.act->payload.actor.span()));
    } else {
      if (!verify_envelope(verified.act->envelope, card->body().sign))
        return not_proved("the act's signature does not verify: it was changed");
      signer = card->body().handle;
    }
    if (verified.act->payload.archive != archive.card().genesis)
      return not_proved("the act was signed for another archive");
    if (const auto wrong = contradictions(verified.entry, &*verified.act, archive.card().genesis); !wrong.empty())
      return not_proved(fmt::format("the log's entry {}", wrong.front()));
  }
  if (!file.empty()) {
    if (!verified.act) return not_proved("this receipt has no act: no file belongs to it");
    DEPONE_TRY(check_file(archive, receipt, *verified.act, file));
  }
  const auto& entry = verified.entry;
  if (context.json) {
    print_json({{"result", "verified"},
                {"archive", archive.card().facts.origin},
                {"entry", entry.seq},
                {"log_size", verified.checkpoint.size},
                {"at", to_text(entry.at)},
                {"type", entry.type},
                {"outcome", word(entry.outcome)},
                {"subject", entry.subject},
                {"signer", signer},
                {"file", file.empty() ? "not asked" : "is the one that was deposited"}});
    return kDone;
  }
  fmt::print(
      "verified, offline\n  act      {} by {}\n  outcome  {}{}\n  subject  {}\n  time     {} (by the archive's "
      "clock)\n  place    entry {} in the log {}, in its checkpoint of {} entries\n",
      safe(entry.type), safe(signer), word(entry.outcome),
      entry.reason.empty() ? "" : fmt::format(" [{}]", safe(entry.reason)), safe(entry.subject), to_text(entry.at),
      entry.seq, safe(archive.card().facts.origin), verified.checkpoint.size);
  if (!file.empty())
    fmt::print("  file     {} is the one that was deposited, to the byte\n", safe(file));
  else if (!receipt.opening)
    fmt::print("  file     this receipt has no opening: it cannot tie a file to the act\n");
  else
    fmt::print("  file     name it too, to check that it is the one that was deposited\n");
  return kDone;
}

}  // namespace

void add_verify(Table& table) {
  auto receipt = std::make_shared<std::string>(), file = std::make_shared<std::string>();
  auto* const command = table.add(&table.app, "verify", "Check a receipt, and a file against it, offline",
                                  "depone verify NKPC-000123.receipt.json interview.pdf",
                                  [receipt, file](Context& context) { return verify_one(context, *receipt, *file); });
  command->add_option("RECEIPT", *receipt, "The receipt file")->required();
  command->add_option("FILE", *file, "The file that was deposited, or - for standard input");
}

}  // namespace depone::client::cli
