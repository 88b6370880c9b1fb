#include "protocol/record/act.h"

namespace depone::protocol::record {

Result<Act> parse_act(ByteView bytes) {
  Act act;
  DEPONE_ASSIGN(act.envelope, parse_envelope(bytes, kActType));
  DEPONE_ASSIGN(act.payload, parse_form<ActPayload>(act.envelope.payload, "the act"));
  if (act.payload.v != 1) return fail(ErrorCode::unsupported, "the act is of another version than 1");
  if (act.payload.actor != act.envelope.keyid()) {
    return fail(ErrorCode::malformed, "the act names an actor other than the key that signed it");
  }
  act.bytes = text_view(bytes);
  act.hash = envelope_hash(bytes);
  return act;
}

Act sign_act(const crypto::SigningKey& key, ActPayload payload) {
  Act act;
  act.payload = std::move(payload);
  act.bytes = sign_envelope(key, kActType, write_form(act.payload));
  act.envelope = parse_envelope(view(act.bytes), kActType).value();
  act.hash = envelope_hash(view(act.bytes));
  return act;
}

}  // namespace depone::protocol::record
