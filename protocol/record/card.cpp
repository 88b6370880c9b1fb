#include "protocol/record/card.h"

#include <algorithm>

#include <fmt/format.h>

namespace depone::protocol::record {
namespace {

Result<> check_body(const CardBody& body) {
  const auto malformed = [](const char* why) { return fail(ErrorCode::malformed, fmt::format("the card {}", why)); };
  const bool printable =
      std::ranges::none_of(body.handle, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (body.handle.empty() || body.handle.size() > kHandleBytesMax || !printable) {
    return malformed("has a handle that is empty, longer than 100 bytes, or holds control characters");
  }
  if (!crypto::is_valid_sign_key(body.sign) || !crypto::is_valid_sign_key(body.channel)) {
    return malformed("holds a key that is not a valid Ed25519 key");
  }
  if (body.sign == body.channel) return malformed("uses one key for signing and for the channel");
  if (!body.parts.empty() && !body.parts.names_are({"identity"})) return malformed("has parts other than identity");
  auto roles = body.roles_wanted;
  std::ranges::sort(roles);
  if (std::ranges::adjacent_find(roles) != roles.end()) return malformed("names a role twice");
  return {};
}

}  // namespace

Result<Card> parse_card(ByteView bytes) {
  DEPONE_ASSIGN(const Envelope envelope, parse_envelope(bytes, kCardType));
  Card card;
  DEPONE_ASSIGN(card.payload, parse_form<CardPayload>(envelope.payload, "the card"));
  if (card.payload.v != 1 || card.payload.type != "card") {
    return fail(ErrorCode::unsupported, "the card is of another version than 1");
  }
  DEPONE_TRY(check_body(card.payload.body));
  if (auto signed_by_itself = verify_envelope(envelope, card.payload.body.sign); !signed_by_itself) {
    return fail(ErrorCode::damaged, "the card is not signed by its own key: it was changed on the way");
  }
  card.envelope = text_view(bytes);
  card.hash = envelope_hash(bytes);
  return card;
}

Card make_card(const crypto::SigningKey& key, CardBody body, TimePoint now) {
  body.sign = key.public_key();
  Card card;
  card.payload.issued_at = now;
  card.payload.body = std::move(body);
  card.envelope = sign_envelope(key, kCardType, write_form(card.payload));
  card.hash = envelope_hash(view(card.envelope));
  return card;
}

}  // namespace depone::protocol::record
