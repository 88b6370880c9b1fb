// The key slots of a daemon's folder (archive.keys) or of an identity, as text (docs/FORMAT.md "Key slots"):
//   {"v":1,"slots":[{"kind":"passphrase","ops":3,"mem_kib":262144,"salt":…,"nonce":…,"wrapped":…}]}
// Pure.
#pragma once

#include "crypto/key_slot.h"
#include "protocol/record/values.h"

namespace depone::protocol::record {

constexpr std::size_t kKeySlotsMax = 16;
constexpr std::size_t kKeySlotsBytesMax = 64 * 1024;

using crypto::SlotKind;
template <>
struct Words<SlotKind> {
  static constexpr auto table = std::to_array<std::string_view>({"none", "key_file", "passphrase"});
};

struct KeySlotForm {
  SlotKind kind{};
  std::uint32_t ops = 0;
  std::uint32_t mem_kib = 0;
  crypto::Salt16 salt;
  Bytes nonce;
  Bytes wrapped;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("kind", s.kind);
    f("ops", s.ops);
    f("mem_kib", s.mem_kib);
    f("salt", s.salt);
    f("nonce", s.nonce);
    f("wrapped", s.wrapped);
  }
};

struct KeySlots {
  std::uint64_t v = 1;
  std::vector<KeySlotForm> slots;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("slots", s.slots);
  }
  void add(const crypto::KeySlot& slot);
  bool has(SlotKind kind) const;
};

Result<> check_key_slots(const KeySlots& slots);   // version, number and kinds: malformed, unsupported
Result<KeySlots> parse_key_slots(ByteView bytes);  // malformed, unsupported, too_large
// Tries each slot of the kind; wrong_key if none opens, input if there is none of the kind.
Result<crypto::MasterKey> unlock(const KeySlots& slots, SlotKind kind, const crypto::SecretBuffer& secret);

}  // namespace depone::protocol::record
