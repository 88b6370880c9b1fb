#include "protocol/record/archive_card.h"

#include <algorithm>

#include "protocol/record/frame.h"

namespace depone::protocol::record {

Bytes write_archive_card(const crypto::SigningKey& log_key, std::string_view entry0, const Card& custodian,
                         std::string_view checkpoint_note, std::vector<std::string> addresses, TimePoint now) {
  ArchivePayload payload;
  payload.issued_at = now;
  payload.body = {crypto::log::leaf_hash(view(entry0)), std::move(addresses)};
  FrameWriter frame;
  frame.add("archive", view(sign_envelope(log_key, kArchiveType, write_form(payload))));
  frame.add("entry", view(entry0));
  frame.add("card", view(custodian.envelope));
  frame.add("checkpoint", view(checkpoint_note));
  return frame.take();
}

Result<ArchiveCard> parse_archive_card(ByteView bytes) {
  const auto damaged = [](const char* why) { return fail(ErrorCode::damaged, why); };
  if (bytes.size() > kArchiveCardBytesMax) return fail(ErrorCode::too_large, "an archive card is larger than 256 KiB");
  DEPONE_ASSIGN(const auto pieces, parse_frame(bytes));
  static constexpr std::string_view kPieces[] = {"archive", "entry", "card", "checkpoint"};
  if (!std::ranges::equal(pieces, kPieces, {}, &Piece::name)) {
    return fail(ErrorCode::malformed, "this is not an archive card");
  }
  ArchiveCard card;
  card.entry = text_view(pieces[1].bytes);
  card.genesis = crypto::log::leaf_hash(pieces[1].bytes);
  DEPONE_ASSIGN(const Entry entry0, parse_entry(pieces[1].bytes));
  if (entry0.seq != 0 || entry0.type != kArchiveInit)
    return damaged("the archive card's entry is not the first of a log");
  DEPONE_ASSIGN(card.facts, facts_of<InitFacts>(entry0));
  if (!crypto::is_valid_sign_key(card.facts.log) || !crypto::is_valid_sign_key(card.facts.tls) ||
      !crypto::log::is_key_name(card.facts.origin)) {
    return damaged("the archive card holds a key or a name that cannot be one");
  }

  DEPONE_ASSIGN(const Envelope envelope, parse_envelope(pieces[0].bytes, kArchiveType));
  DEPONE_ASSIGN(ArchivePayload payload, parse_form<ArchivePayload>(envelope.payload, "the archive card"));
  if (payload.v != 1 || payload.type != "archive")
    return fail(ErrorCode::unsupported, "the archive card is of another version than 1");
  if (payload.body.archive != card.genesis)
    return damaged("the archive card names another archive than its first entry");
  if (!verify_envelope(envelope, card.facts.log))
    return damaged("the archive card is not signed by the archive's log key: it was changed on the way");
  card.addresses = std::move(payload.body.addresses);

  DEPONE_ASSIGN(card.custodian, parse_card(pieces[2].bytes));
  if (card.custodian.hash != card.facts.custodian)
    return damaged("the custodian's card is not the one that the archive began with");
  DEPONE_ASSIGN(card.checkpoint, crypto::log::open_checkpoint(text_view(pieces[3].bytes), card.log_key()));
  card.checkpoint_note = text_view(pieces[3].bytes);
  return card;
}

}  // namespace depone::protocol::record
