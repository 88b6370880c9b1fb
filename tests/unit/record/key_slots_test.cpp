#include "protocol/record/key_slots.h"

#include <gtest/gtest.h>

#include "tests/unit/error_code.h"

namespace depone::protocol::record {
namespace {

using tests::code_of;

crypto::SecretBuffer key_bytes(std::uint8_t fill) {
  crypto::SecretBuffer out(32);
  std::ranges::fill(out.expose_for_writing(), fill);
  return out;
}

const std::string kSalt = "AAAAAAAAAAAAAAAAAAAAAA==", kNonce = crypto::to_base64(Bytes(24)),
                  kWrapped = crypto::to_base64(Bytes(48));
std::string slot_text(std::string_view kind, std::string_view ops, std::string_view mem_kib) {
  return "{\"kind\":\"" + std::string(kind) + "\",\"ops\":" + std::string(ops) +
         ",\"mem_kib\":" + std::string(mem_kib) + ",\"salt\":\"" + kSalt + "\",\"nonce\":\"" + kNonce +
         "\",\"wrapped\":\"" + kWrapped + "\"}";
}
std::string slots_text(std::string_view slots) { return "{\"v\":1,\"slots\":[" + std::string(slots) + "]}"; }
Result<KeySlots> parse(std::string_view text) { return parse_key_slots(view(text)); }

TEST(KeySlots, AreReadAsTheyAreWrittenAndOpenWithAnyOfTheirKeys) {
  const auto master = crypto::MasterKey::random();
  KeySlots slots;
  slots.add(crypto::wrap_with_key_file(master, key_bytes(1)));
  slots.add(crypto::wrap_with_key_file(master, key_bytes(2)));
  const auto text = write_form(slots);
  const auto read = parse(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(write_form(*read), text);
  EXPECT_TRUE(parse(text + "\n"));
  EXPECT_TRUE(unlock(*read, SlotKind::key_file, key_bytes(1)).value().equals(master));
  EXPECT_TRUE(unlock(*read, SlotKind::key_file, key_bytes(2)).value().equals(master));
  EXPECT_EQ(code_of(unlock(*read, SlotKind::key_file, key_bytes(3))), ErrorCode::wrong_key);
}

TEST(KeySlots, SayWhatTheyOpenWithWhenAskedForAnother) {
  KeySlots slots;
  slots.add(crypto::wrap_with_key_file(crypto::MasterKey::random(), key_bytes(1)));
  EXPECT_TRUE(slots.has(SlotKind::key_file));
  EXPECT_FALSE(slots.has(SlotKind::passphrase));
  const auto opened = unlock(slots, SlotKind::passphrase, key_bytes(1));
  EXPECT_EQ(code_of(opened), ErrorCode::input);
  EXPECT_NE(opened.error().detail.find("--key-file"), std::string::npos);
}

TEST(KeySlots, HaveOneSpelling) {
  const auto slot = slot_text("key_file", "0", "0");
  ASSERT_TRUE(parse(slots_text(slot)));
  ASSERT_TRUE(parse(slots_text(slot_text("passphrase", "3", "262144"))));
  for (const auto& text : {
           slots_text(""),
           slots_text(slot) + " ",
           slots_text(slot) + "\n\n",
           slots_text(slot_text("none", "0", "0")),
           slots_text(slot_text("tpm", "0", "0")),
           slots_text(slot_text("key_file", "-1", "0")),
           slots_text(slot_text("key_file", "0", "4294967296")),
           slots_text(slot_text("passphrase", "3", "262144.0")),
           slots_text(slot.substr(0, slot.size() - 1) + ",\"more\":1}"),
           "{\"v\":1,\"slots\":[" + slot + "],\"more\":1}",
           "{\"slots\":[" + slot + "],\"v\":1}",
           "{\"v\":1,\"v\":1,\"slots\":[" + slot + "]}",
           std::string("{\"v\":1}"),
           std::string("[]"),
           std::string(),
           std::string("\n"),
       }) {
    EXPECT_EQ(code_of(parse(text)), ErrorCode::malformed) << text;
  }
  EXPECT_EQ(code_of(parse("{\"v\":2,\"slots\":[" + slot + "]}")), ErrorCode::unsupported);
}

TEST(KeySlots, AreAtMostSixteenIn64KiB) {
  const auto slot = slot_text("key_file", "0", "0");
  std::string many = slot;
  for (std::size_t i = 1; i < kKeySlotsMax; ++i) many += "," + slot;
  EXPECT_TRUE(parse(slots_text(many)));
  EXPECT_EQ(code_of(parse(slots_text(many + "," + slot))), ErrorCode::malformed);
  EXPECT_EQ(code_of(parse(std::string(kKeySlotsBytesMax + 1, ' '))), ErrorCode::too_large);
}

// A hostile file names more memory than there is; nothing of it is asked for.
TEST(KeySlots, WithParametersOutOfBoundsAreNotTried) {
  for (const char* mem_kib : {"8", "262143", "4294967295"}) {
    const auto slots = parse(slots_text(slot_text("passphrase", "3", mem_kib)));
    ASSERT_TRUE(slots);
    EXPECT_EQ(code_of(unlock(*slots, SlotKind::passphrase, key_bytes(1))), ErrorCode::malformed) << mem_kib;
  }
}

}  // namespace
}  // namespace depone::protocol::record
