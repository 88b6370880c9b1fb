#include "client/lib/identity_export.h"

#include <gtest/gtest.h>

#include "system/file.h"
#include "tests/unit/client/archive.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::client {
namespace {

using tests::code_of;

class IdentityExport : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"here.key", "export.key", "there.key", "other.key"})
      ASSERT_TRUE(crypto::create_key_file(folder_ / name));
    ASSERT_TRUE(system::make_folders(old_.folder()));
    ASSERT_TRUE(identity_.save(old_.identity(), key("here.key")));
    const auto joined = old_.join("nk", archive_.card()).value();
    ASSERT_TRUE(joined.advance_pin(pin_, 9));
    write("archives/nk/receipts/NKPC-000001.receipt.json", "a receipt");
    write("archives/nk/audit", "large");
    write("archives/nk/.lock", "");
    write("notes.txt", "not of the profile");
  }
  void write(const std::string& path, std::string_view text) {
    ASSERT_TRUE(system::write_file(old_.folder() / path, view(text), system::IfExists::replace));
  }
  Unlock key(const std::string& name) const {
    Unlock unlock;
    unlock.key_file = folder_ / name;
    return unlock;
  }
  std::string exported() { return export_identity(old_, identity_, key("export.key")).value(); }
  Result<Imported> import(std::string_view text, const std::string& with = "export.key") {
    return import_identity(new_, view(text), key(with), key("there.key"));
  }

  tests::TemporaryFolder folder_;
  Profile old_{folder_ / "old"}, new_{folder_ / "new"};
  tests::Archive archive_;
  std::string pin_ = crypto::log::sign_checkpoint({"archive.example/nk", 9, {}}, archive_.log);
  Identity identity_ =
      std::move(Identity::create("field-7", {}, crypto::SealSuite::x25519, protocol::record::TimePoint{}).value());
};

TEST_F(IdentityExport, ArrivesWithItsArchivesPinsAndReceipts) {
  const auto imported = import(exported());
  ASSERT_TRUE(imported) << imported.error().detail;
  EXPECT_EQ(imported->archives, 1u);
  EXPECT_EQ(imported->receipts, 1u);
  const auto there = Identity::load(new_.identity(), key("there.key"));
  ASSERT_TRUE(there);
  EXPECT_EQ(there->id(), identity_.id());
  EXPECT_TRUE(there->seal_seed().equals(identity_.seal_seed()));
  EXPECT_EQ(new_.archive("nk").value().pin().value(), pin_);
  EXPECT_TRUE(system::read_file(new_.folder() / "archives/nk/receipts/NKPC-000001.receipt.json", 100));
  for (const char* left : {"archives/nk/audit", "archives/nk/.lock", "notes.txt"})
    EXPECT_FALSE(std::filesystem::exists(new_.folder() / left)) << left;
}

TEST_F(IdentityExport, TellsNothingWithoutItsKey) {
  const auto text = exported();
  EXPECT_EQ(code_of(import(text, "other.key")), ErrorCode::wrong_key);
  EXPECT_EQ(code_of(import(text, "here.key")), ErrorCode::wrong_key) << "what opens the identity here is another key";
  EXPECT_FALSE(std::filesystem::exists(new_.identity()));
  EXPECT_EQ(text.find("NKPC"), std::string::npos);
  EXPECT_EQ(text.find("archive.example"), std::string::npos);
}

TEST_F(IdentityExport, RefusesEveryChangedByteAndWritesNothing) {
  const auto text = exported();
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    auto changed = text;
    changed[at] ^= 1;
    ASSERT_FALSE(import(changed)) << at;
  }
  for (std::size_t size = 0; size + 1 < text.size(); size += 7) ASSERT_FALSE(import(text.substr(0, size))) << size;
  EXPECT_FALSE(std::filesystem::exists(new_.folder()));
}

TEST_F(IdentityExport, NeverReplacesAnIdentity) {
  const auto text = exported();
  ASSERT_TRUE(import(text));
  const auto before = system::read_file(new_.identity(), 1 << 20).value();
  EXPECT_EQ(code_of(import(text)), ErrorCode::exists);
  EXPECT_EQ(system::read_file(new_.identity(), 1 << 20).value(), before);
}

TEST_F(IdentityExport, AnotherLockLeavesTheOldOneNoKey) {
  ASSERT_TRUE(identity_.save(old_.identity(), key("other.key"), system::IfExists::replace));
  EXPECT_EQ(code_of(Identity::load(old_.identity(), key("here.key"))), ErrorCode::wrong_key);
  EXPECT_EQ(Identity::load(old_.identity(), key("other.key")).value().id(), identity_.id());
}

}  // namespace
}  // namespace depone::client
