#include "client/lib/identity.h"

#include <gtest/gtest.h>

#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using tests::code_of;

Identity identity(std::string handle = "investigator") {
  return std::move(
      Identity::create(std::move(handle), {Role::investigator}, crypto::SealSuite::x25519, TimePoint{}).value());
}

class IdentityFile : public testing::Test {
 protected:
  IdentityFile() {
    EXPECT_TRUE(crypto::create_key_file(folder_ / "key"));
    EXPECT_TRUE(crypto::create_key_file(folder_ / "other"));
  }
  Unlock with(const std::string& key_file) const { return {folder_ / key_file, nullptr}; }
  std::filesystem::path file() const { return folder_ / "identity.json"; }

  tests::TemporaryFolder folder_;
};

bool same_keys(const Identity& a, const Identity& b) {
  return a.signing_key().public_key() == b.signing_key().public_key() && a.seal_seed().equals(b.seal_seed()) &&
         a.channel_seed().equals(b.channel_seed()) && a.card().hash == b.card().hash;
}

TEST(Identity, ItsCardHoldsThePublicKeysOfItsSecrets) {
  const auto made = identity("pine");
  const auto& body = made.card().body();
  EXPECT_EQ(body.handle, "pine");
  EXPECT_EQ(body.sign, made.signing_key().public_key());
  EXPECT_EQ(body.seal, crypto::seal_public_key(crypto::SealSuite::x25519, made.seal_seed()).value());
  EXPECT_EQ(body.channel, crypto::SigningKey(made.channel_seed()).public_key());
  EXPECT_EQ(body.roles_wanted, std::vector{Role::investigator});
  EXPECT_FALSE(same_keys(made, identity("pine")));
}

TEST_F(IdentityFile, OpensAgainWithItsKeyFile) {
  const auto made = identity();
  ASSERT_TRUE(made.save(file(), with("key")));
  const auto loaded = Identity::load(file(), with("key"));
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_TRUE(same_keys(*loaded, made));
  EXPECT_TRUE(loaded->local_key("deposits").equals(made.local_key("deposits")));
}

TEST_F(IdentityFile, HoldsOneToSixteenSlotsOfAKind) {
  ASSERT_TRUE(identity().save(file(), with("key")));
  const auto text = std::string(text_view(system::read_file(file(), 1 << 20).value()));
  const auto begin = text.find("{\"kind\""), end = text.find("]", begin);
  const auto slot = text.substr(begin, end - begin);
  const auto loads_with = [&](const std::string& slots) {
    const auto changed = text.substr(0, begin) + slots + text.substr(end);
    EXPECT_TRUE(system::write_file(file(), view(changed), system::IfExists::replace));
    return Identity::load(file(), with("key")).has_value() && Identity::load_card(file()).has_value();
  };
  const auto times = [&](std::size_t n) {
    auto out = slot;
    for (; n > 1; --n) out += ',' + slot;
    return out;
  };
  EXPECT_TRUE(loads_with(slot));
  EXPECT_TRUE(loads_with(times(16)));
  EXPECT_FALSE(loads_with(times(17)));
  EXPECT_FALSE(loads_with(""));
  auto of_no_kind = slot;
  of_no_kind.replace(of_no_kind.find("key_file"), 8, "none");
  EXPECT_FALSE(loads_with(slot + ',' + of_no_kind));
}

TEST_F(IdentityFile, StaysShutForAnotherKeyFileAndForNone) {
  ASSERT_TRUE(identity().save(file(), with("key")));
  EXPECT_EQ(code_of(Identity::load(file(), with("other"))), ErrorCode::wrong_key);
  bool asked = false;
  const auto loaded = Identity::load(file(), {std::nullopt, [&](bool) -> Result<crypto::SecretBuffer> {
                                                asked = true;
                                                return fail(ErrorCode::input, "");
                                              }});
  EXPECT_EQ(code_of(loaded), ErrorCode::wrong_key);
  EXPECT_FALSE(asked);  // no passphrase would open it
}

TEST_F(IdentityFile, IsForItsOwnerAloneAndNeverOverwritten) {
  ASSERT_TRUE(identity().save(file(), with("key")));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file()).permissions(), perms::owner_read | perms::owner_write);
  const auto before = system::read_file(file(), 1 << 20).value();
  EXPECT_EQ(code_of(identity().save(file(), with("key"))), ErrorCode::exists);
  EXPECT_EQ(system::read_file(file(), 1 << 20).value(), before);
}

TEST_F(IdentityFile, HoldsNoSecretInTheClear) {
  const auto made = identity();
  ASSERT_TRUE(made.save(file(), with("key")));
  const auto bytes = system::read_file(file(), 1 << 20).value();
  for (const auto secret : {made.seal_seed().expose(), made.channel_seed().expose()}) {
    EXPECT_EQ(text_view(bytes).find(text_view(secret)), std::string_view::npos);
    EXPECT_EQ(text_view(bytes).find(crypto::to_base64(secret)), std::string_view::npos);
    EXPECT_EQ(text_view(bytes).find(crypto::to_hex(secret)), std::string_view::npos);
  }
}

TEST_F(IdentityFile, IsRefusedWithAnyByteChangedOrCut) {
  ASSERT_TRUE(identity().save(file(), with("key")));
  const auto bytes = system::read_file(file(), 1 << 20).value();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] ^= 1;
    ASSERT_TRUE(system::write_file(file(), changed, system::IfExists::replace));
    EXPECT_FALSE(Identity::load(file(), with("key"))) << "byte " << i;
  }
  for (std::size_t size = 0; size + 1 < bytes.size(); size += 11) {  // without the final newline it is whole
    ASSERT_TRUE(system::write_file(file(), ByteView(bytes).first(size), system::IfExists::replace));
    EXPECT_FALSE(Identity::load(file(), with("key"))) << size << " bytes";
  }
}

TEST_F(IdentityFile, OfALaterVersionIsNotGuessedAt) {
  ASSERT_TRUE(identity().save(file(), with("key")));
  const auto text = std::string(text_view(system::read_file(file(), 1 << 20).value()));
  for (const std::string_view where : {"{\"v\":1,\"card\"", "\"slots\":{\"v\":1"}) {
    auto later = text;
    later[later.find(where) + where.find('1')] = '2';
    ASSERT_TRUE(system::write_file(file(), view(later), system::IfExists::replace));
    EXPECT_EQ(code_of(Identity::load(file(), with("key"))), ErrorCode::unsupported) << where;
  }
}

TEST_F(IdentityFile, TheKeysOfOneCardDoNotPassUnderAnother) {
  ASSERT_TRUE(identity().save(file(), with("key")));
  ASSERT_TRUE(identity().save(folder_ / "second.json", with("key")));
  // The card of one file in the place of the other's.
  const auto cut = [](const Bytes& bytes) { return text_view(bytes).find(",\"slots\":"); };
  const auto one = system::read_file(file(), 1 << 20).value(),
             two = system::read_file(folder_ / "second.json", 1 << 20).value();
  const auto mixed = std::string(text_view(one).substr(0, cut(one))) + std::string(text_view(two).substr(cut(two)));
  ASSERT_TRUE(system::write_file(file(), view(mixed), system::IfExists::replace));
  EXPECT_EQ(code_of(Identity::load(file(), with("key"))), ErrorCode::wrong_key);
}

TEST_F(IdentityFile, ShowsItsCardWithoutAnyKey) {
  const auto made = identity();
  ASSERT_TRUE(made.save(file(), with("key")));
  EXPECT_EQ(Identity::load_card(file()).value().hash, made.card().hash);
}

TEST_F(IdentityFile, WhereThereIsNoneSaysHowToMakeOne) {
  const auto loaded = Identity::load(file(), with("key"));
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().detail.find("depone init"), std::string::npos);
}

TEST_F(IdentityFile, OpensWithItsPassphraseAlone) {
  const auto passphrase = [](std::string_view words, bool expect_again) {
    return Unlock{std::nullopt, [words, expect_again](bool again) -> Result<crypto::SecretBuffer> {
                    EXPECT_EQ(again, expect_again);
                    crypto::SecretBuffer out(words.size());
                    std::ranges::copy(words, out.expose_for_writing().begin());
                    return out;
                  }};
  };
  const auto made = identity();
  ASSERT_TRUE(made.save(file(), passphrase("four words of mine", true)));
  EXPECT_TRUE(same_keys(Identity::load(file(), passphrase("four words of mine", false)).value(), made));
  EXPECT_EQ(code_of(Identity::load(file(), passphrase("four words of mime", false))), ErrorCode::wrong_key);
}

TEST(Identity, ItsLocalKeysAreOnePurposeEach) {
  const auto made = identity();
  EXPECT_FALSE(made.local_key("deposits").equals(made.local_key("audit")));
  EXPECT_FALSE(made.local_key("deposits").equals(identity().local_key("deposits")));
}

}  // namespace
}  // namespace depone::client
