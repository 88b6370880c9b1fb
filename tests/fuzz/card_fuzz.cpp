// Cards and the salted part `identity` of one.
#include "protocol/record/card.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

void check(ByteView bytes) {
  const auto card = parse_card(bytes);
  if (!card) return;
  require(is_byte_form(bytes), "a card that is taken is in the byte form");
  require(crypto::is_valid_sign_key(card->body().sign) && crypto::is_valid_sign_key(card->body().channel),
          "a card's keys are points of large order");
  require(card->hash == envelope_hash(bytes) && card->envelope == text_view(bytes), "a card has one hash");
  const auto& maker = specimen().custodian.key;
  if (card->body().sign == maker.public_key()) {
    require(make_card(maker, card->body(), card->payload.issued_at).envelope == card->envelope,
            "a card has one spelling");
  }
}

void fuzz(ByteView input) {
  const auto& valid = specimen().custodian;
  check(input);
  check(view(sign_envelope(valid.key, kCardType, text_view(input))));
  if (const auto part = parse_form<IdentityPart>(input, "the identity part"))
    require(is_byte_form(input) && write_form(*part) == text_view(input), "a part has one spelling");

  Choices choices(input);
  const auto changed = damaged(view(valid.card.envelope), choices);
  require(parse_card(changed).has_value() == (text_view(changed) == valid.card.envelope),
          "a card is taken as it was signed, and no other way");
  // A relay that swaps a key and signs with its own: it is its own card then, never the custodian's.
  auto body = valid.card.body();
  body.channel = specimen().investigator.card.body().channel;
  const auto swapped = sign_envelope(specimen().investigator.key, kCardType,
                                     write_form(CardPayload{1, "card", valid.card.payload.issued_at, body}));
  require(!parse_card(view(swapped)), "a card that another key signed is refused");
}

Seeds seeds() {
  Seeds out = nasty_json();
  const auto& card = specimen().custodian.card;
  out.push_back({"card", to_bytes(card.envelope)});
  out.push_back({"payload", to_bytes(write_form(card.payload))});
  auto with_part = card.payload;
  with_part.body.parts.add("identity", specimen().genesis);
  out.push_back({"payload_identity", to_bytes(write_form(with_part))});
  out.push_back({"identity", to_bytes(write_form(IdentityPart{fixed_of<crypto::Salt32>(1), "name", "", "met"}))});
  return out;
}

const Registered kTarget{{"card", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
