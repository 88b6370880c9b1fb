#include "protocol/record/key_slots.h"

#include <algorithm>

namespace depone::protocol::record {

void KeySlots::add(const crypto::KeySlot& slot) {
  slots.push_back({slot.kind, slot.ops, slot.mem_kib, slot.salt, slot.nonce, slot.wrapped});
}
bool KeySlots::has(SlotKind kind) const { return std::ranges::find(slots, kind, &KeySlotForm::kind) != slots.end(); }

Result<> check_key_slots(const KeySlots& slots) {
  if (slots.v != 1) return fail(ErrorCode::unsupported, "the key slots are of another version than 1");
  if (slots.slots.empty() || slots.slots.size() > kKeySlotsMax) return not_the_form("the key slots", "are not 1 to 16");
  if (slots.has(SlotKind{})) return not_the_form("the key slots", "hold one of no kind");
  return {};
}

Result<KeySlots> parse_key_slots(ByteView bytes) {
  if (bytes.size() > kKeySlotsBytesMax) return fail(ErrorCode::too_large, "the key slots are larger than 64 KiB");
  if (!bytes.empty() && bytes.back() == '\n') bytes = bytes.first(bytes.size() - 1);
  DEPONE_ASSIGN(KeySlots slots, parse_form<KeySlots>(bytes, "the key slots"));
  DEPONE_TRY(check_key_slots(slots));
  return slots;
}

Result<crypto::MasterKey> unlock(const KeySlots& slots, SlotKind kind, const crypto::SecretBuffer& secret) {
  Error last = fail(ErrorCode::input, kind == SlotKind::passphrase
                                          ? "this is not protected by a passphrase; name its key file with --key-file"
                                          : "this is not protected by a key file; it asks for a passphrase");
  for (const auto& form : slots.slots) {
    if (form.kind != kind) continue;
    auto master = crypto::unwrap({form.kind, form.ops, form.mem_kib, form.salt, form.nonce, form.wrapped}, secret);
    if (master) return master;
    last = master.error();
  }
  return last;
}

}  // namespace depone::protocol::record
