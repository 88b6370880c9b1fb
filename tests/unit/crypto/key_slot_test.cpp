#include "crypto/key_slot.h"

#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/stat.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::crypto {
namespace {

using tests::code_of;

SecretBuffer secret(std::string_view text) {
  SecretBuffer out(text.size());
  std::copy(text.begin(), text.end(), out.expose_for_writing().begin());
  return out;
}
SecretBuffer key_bytes(std::uint8_t fill) {
  SecretBuffer out(32);
  std::ranges::fill(out.expose_for_writing(), fill);
  return out;
}

TEST(KeySlot, OpensWithItsKeyFileAndWithNoOther) {
  const auto master = MasterKey::random();
  const auto slot = wrap_with_key_file(master, key_bytes(1));
  EXPECT_TRUE(unwrap(slot, key_bytes(1)).value().equals(master));
  EXPECT_EQ(code_of(unwrap(slot, key_bytes(2))), ErrorCode::wrong_key);
}

TEST(KeySlot, OpensWithItsPassphraseAndWithNoOther) {
  const auto master = MasterKey::random();
  const auto slot = wrap_with_passphrase(master, secret("correct horse battery staple"));
  EXPECT_GE(slot.mem_kib, 256U * 1024U);
  EXPECT_GE(slot.ops, 3U);
  EXPECT_TRUE(unwrap(slot, secret("correct horse battery staple")).value().equals(master));
  const auto wrong = unwrap(slot, secret("correct horse battery stapl"));
  EXPECT_EQ(code_of(wrong), ErrorCode::wrong_key);
  EXPECT_EQ(wrong.error().detail, "the passphrase is wrong");

  // Parameters that are in bounds, but not those that it was made with.
  auto changed = slot;
  changed.ops = 4;
  EXPECT_EQ(code_of(unwrap(changed, secret("correct horse battery staple"))), ErrorCode::wrong_key);
}

// Argon2 is never started for these: the whole test takes no time and no memory.
TEST(KeySlot, RefusesParametersBelowTheFloorOrAboveTheCeiling) {
  const KeySlot good{SlotKind::passphrase, kArgonOps, kArgonMemKib, {}, Bytes(24), Bytes(48)};
  for (const auto& [ops, mem_kib] :
       std::initializer_list<std::pair<std::uint32_t, std::uint32_t>>{{0, kArgonMemKib},
                                                                      {1, kArgonMemKib},
                                                                      {kArgonOps - 1, kArgonMemKib},
                                                                      {kArgonOpsMax + 1, kArgonMemKib},
                                                                      {UINT32_MAX, kArgonMemKib},
                                                                      {kArgonOps, 0},
                                                                      {kArgonOps, 8},
                                                                      {kArgonOps, kArgonMemKib - 1},
                                                                      {kArgonOps, kArgonMemKibMax + 1},
                                                                      {kArgonOps, UINT32_MAX}}) {
    auto slot = good;
    slot.ops = ops;
    slot.mem_kib = mem_kib;
    EXPECT_EQ(code_of(unwrap(slot, secret("whatever this is"))), ErrorCode::malformed) << ops << " " << mem_kib;
  }
  KeySlot stretched_key_file{SlotKind::key_file, kArgonOps, kArgonMemKib, {}, Bytes(24), Bytes(48)};
  EXPECT_EQ(code_of(unwrap(stretched_key_file, key_bytes(1))), ErrorCode::malformed);
  for (const auto& [nonce, wrapped] :
       std::initializer_list<std::pair<std::size_t, std::size_t>>{{23, 48}, {25, 48}, {24, 0}, {24, 47}, {24, 49}}) {
    KeySlot slot{SlotKind::key_file, 0, 0, {}, Bytes(nonce), Bytes(wrapped)};
    EXPECT_EQ(code_of(unwrap(slot, key_bytes(1))), ErrorCode::malformed) << nonce << " " << wrapped;
  }
}

TEST(KeySlot, OpensNoMoreWithAnyByteChanged) {
  const auto slot = wrap_with_key_file(MasterKey::random(), key_bytes(1));
  ASSERT_TRUE(unwrap(slot, key_bytes(1)));
  for (std::size_t i = 0; i < 24 + 48 + 16; ++i) {
    auto changed = slot;
    auto& byte = i < 24 ? changed.nonce[i] : i < 72 ? changed.wrapped[i - 24] : changed.salt.bytes[i - 72];
    byte ^= 0x80;
    EXPECT_EQ(code_of(unwrap(changed, key_bytes(1))), ErrorCode::wrong_key) << i;
  }
}

// As docs/FORMAT.md says, by libsodium alone: a second implementation opens what we write.
TEST(KeySlot, IsWrappedAsDocumentedWithItsParametersAuthenticated) {
  const auto master = MasterKey::random();
  const auto slot = wrap_with_key_file(master, key_bytes(7));
  Bytes key(32);
  blake2b_256(key_bytes(7).expose(), {view("depone/key-file/v1"), slot.salt.span()}, std::span<std::uint8_t, 32>(key));
  Bytes parameters = to_bytes("depone/key-slot/v1");
  parameters.insert(parameters.end(), {1, 0, 0, 0, 0, 0, 0, 0, 0});
  parameters.insert(parameters.end(), slot.salt.bytes.begin(), slot.salt.bytes.end());
  Bytes opened(32);
  ASSERT_EQ(crypto_aead_xchacha20poly1305_ietf_decrypt(opened.data(), nullptr, nullptr, slot.wrapped.data(),
                                                       slot.wrapped.size(), parameters.data(), parameters.size(),
                                                       slot.nonce.data(), key.data()),
            0);
  EXPECT_TRUE(MasterKey::copy_of(opened).equals(master));
}

TEST(KeySlot, OfTheSameKeysIsNeverTheSame) {
  const auto master = MasterKey::random();
  const auto a = wrap_with_key_file(master, key_bytes(1)), b = wrap_with_key_file(master, key_bytes(1));
  EXPECT_NE(a.salt, b.salt);
  EXPECT_NE(a.nonce, b.nonce);
  EXPECT_NE(a.wrapped, b.wrapped);
}

TEST(KeySlot, TakesNoKeyFileOfAnotherSize) {
  const auto master = MasterKey::random();
  EXPECT_THROW(wrap_with_key_file(master, SecretBuffer()), std::logic_error);
  EXPECT_THROW(wrap_with_key_file(master, SecretBuffer(64)), std::logic_error);
}

TEST(Box, OpensOnlyForItsPurposeAndWhatItIsAssociatedWith) {
  const auto master = MasterKey::random();
  const auto boxed = box(master, "one", view("card"), view("seeds"));
  EXPECT_EQ(text_view(unbox(master, "one", view("card"), boxed).value().expose()), "seeds");
  EXPECT_EQ(code_of(unbox(master, "two", view("card"), boxed)), ErrorCode::damaged);
  EXPECT_EQ(code_of(unbox(master, "one", view("Card"), boxed)), ErrorCode::damaged);
  EXPECT_EQ(code_of(unbox(MasterKey::random(), "one", view("card"), boxed)), ErrorCode::damaged);
  for (std::size_t i = 0; i < boxed.size(); ++i) {
    EXPECT_FALSE(unbox(master, "one", view("card"), ByteView(boxed).first(i))) << i;
    auto changed = boxed;
    changed[i] ^= 1;
    EXPECT_FALSE(unbox(master, "one", view("card"), changed)) << i;
  }
}

class KeyFile : public testing::Test {
 protected:
  void write(std::string_view text, mode_t mode = 0600) {
    ASSERT_TRUE(system::write_file(path_, view(text), system::IfExists::replace));
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }
  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "key";
  const std::string hex_ = "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f";
};

TEST_F(KeyFile, IsReadAsItWasMadeAndIsItsOwnersAlone) {
  ASSERT_TRUE(create_key_file(path_));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(status.st_size, 65);
  const auto text = system::read_file(path_, 100).value();
  const auto key = read_key_file(path_);
  EXPECT_EQ(to_hex(key.value().expose()) + "\n", text_view(text));
}

TEST_F(KeyFile, IsNeverOverwritten) {
  ASSERT_TRUE(create_key_file(path_));
  const auto before = system::read_file(path_, 100).value();
  EXPECT_EQ(code_of(create_key_file(path_)), ErrorCode::exists);
  EXPECT_EQ(system::read_file(path_, 100).value(), before);
}

TEST_F(KeyFile, ThatOthersCouldReadIsRefused) {
  for (const mode_t mode : {0640, 0604, 0660, 0666, 0700, 0644, 0601}) {
    write(hex_ + "\n", mode);
    const auto read = read_key_file(path_);
    ASSERT_FALSE(read);
    EXPECT_EQ(code_of(read), ErrorCode::wrong_key);
    EXPECT_NE(read.error().detail.find("chmod 600"), std::string::npos);
  }
  write(hex_ + "\n", 0400);
  EXPECT_EQ(to_hex(read_key_file(path_).value().expose()), hex_);
}

TEST_F(KeyFile, HasOneSpelling) {
  write(hex_ + "\n");
  EXPECT_EQ(to_hex(read_key_file(path_).value().expose()), hex_);
  for (const auto& text : {hex_, hex_ + "\n\n", hex_ + "\r\n", " " + hex_ + "\n", std::string(), std::string("\n"),
                           hex_.substr(1) + "\n", "A" + hex_.substr(1) + "\n", "g" + hex_.substr(1) + "\n",
                           std::string(1, '\0') + hex_.substr(1) + "\n", hex_ + hex_ + "\n"}) {
    write(text);
    EXPECT_EQ(code_of(read_key_file(path_)), ErrorCode::malformed) << text;
  }
  EXPECT_EQ(code_of(read_key_file(folder_ / "none")), ErrorCode::not_found);
}

}  // namespace
}  // namespace depone::crypto
