// The DSSE envelope, and what is signed in it.
#include "protocol/record/envelope.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

void fuzz(ByteView input) {
  const auto& key = specimen().investigator.key;
  for (const auto type : {kActType, kCardType, kArchiveType}) {
    const auto envelope = parse_envelope(input, type);
    if (!envelope) continue;
    require(is_byte_form(input), "an envelope that is taken is in the byte form");
    require(write_form(*envelope) == text_view(input), "an envelope has one spelling");
    require(envelope->payload_type == type && envelope->signatures.size() == 1, "one type, one signature");
    if (verify_envelope(*envelope, key.public_key()))
      require(sign_envelope(key, type, text_view(envelope->payload)) == text_view(input), "Ed25519 signs one way");
  }

  const auto signed_input = sign_envelope(key, kActType, text_view(input));
  const auto again = parse_envelope(view(signed_input), kActType);
  require(again.has_value() == (signed_input.size() <= kEnvelopeBytesMax), "what was signed is read");
  if (again) require(verify_envelope(*again, key.public_key()).has_value(), "what was signed verifies");
  require(!parse_envelope(view(signed_input), kCardType), "an envelope of another type is refused");
  if (again) require(!verify_envelope(*again, specimen().custodian.key.public_key()), "another key's is refused");

  // The encoding is injective: where one type or payload ends and the next begins cannot be moved, nor read into it.
  const auto inner = std::to_string(input.size()) + ' ' + std::string(text_view(input));
  require(crypto::dsse_pae("a", view(inner)) != crypto::dsse_pae("a " + std::to_string(inner.size()), input),
          "a type's length is signed");
  Choices choices(input);
  const auto cut = choices.below(input.size() + 1);
  const auto type = text_view(input.first(cut));
  const auto moved = std::min(cut + 1 + choices.below(4), input.size());
  if (moved != cut) {
    require(crypto::dsse_pae(type, input.subspan(cut)) !=
                crypto::dsse_pae(text_view(input.first(moved)), input.subspan(moved)),
            "two payloads are never encoded alike");
  }
  static const auto valid = sign_envelope(key, kActType, R"({"a":"b"})");
  const auto changed = damaged(view(valid), choices);
  const auto read = parse_envelope(changed, kActType);
  const bool holds = read && verify_envelope(*read, key.public_key());
  require(holds == (text_view(changed) == valid), "an envelope is taken as it was signed, and no other way");
}

Seeds seeds() {
  Seeds out = nasty_json();
  out.push_back({"envelope", to_bytes(specimen().submit.bytes)});
  out.push_back({"small", to_bytes(sign_envelope(specimen().investigator.key, kActType, "{}"))});
  out.push_back({"card", to_bytes(specimen().custodian.card.envelope)});
  auto two = parse_envelope(view(specimen().submit.bytes), kActType).value();
  two.signatures.push_back(two.signatures.front());
  out.push_back({"nasty_two_signatures", to_bytes(write_form(two))});
  two.signatures.clear();
  out.push_back({"nasty_no_signature", to_bytes(write_form(two))});
  return out;
}

const Registered kTarget{{"envelope", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
