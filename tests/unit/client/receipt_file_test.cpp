#include "client/lib/receipt_file.h"

#include <gtest/gtest.h>

#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::client {
namespace {

using protocol::record::Opening;
using protocol::record::Receipt;
using tests::code_of;

class ReceiptFileTest : public testing::Test {
 protected:
  static Receipt receipt(const char* act, bool opening = true) {
    Receipt out;
    out.proof = "a proof\n";
    out.act.json = std::string("{\"act\":\"") + act + "\"}";
    if (opening) out.opening = Opening{crypto::random_fixed<crypto::Digest>(), crypto::random_fixed<crypto::Salt32>()};
    return out;
  }
  static Receipt at(const std::filesystem::path& path) {
    return protocol::record::parse_receipt(system::read_file(path, 1 << 20).value()).value();
  }
  Result<std::filesystem::path> keep(const Receipt& one) {
    return keep_receipt(folder_.path(), "NKPC-000001", one, system::Durable::no);
  }
  tests::TemporaryFolder folder_;
};

TEST_F(ReceiptFileTest, IsNamedAfterItsItem) {
  EXPECT_EQ(keep(receipt("one")).value(), folder_ / "NKPC-000001.receipt.json");
}

TEST_F(ReceiptFileTest, TwoArchivesInOneFolderOverwriteNothing) {
  const auto one = receipt("one"), two = receipt("two");
  const auto first = keep(one).value(), second = keep(two).value();
  EXPECT_NE(first, second);
  EXPECT_EQ(write_receipt(at(first)), write_receipt(one));
  EXPECT_EQ(write_receipt(at(second)), write_receipt(two));
  EXPECT_EQ(keep(two).value(), second) << "kept again, it has the same place";
}

TEST_F(ReceiptFileTest, SomethingElseOfThatNameStays) {
  const auto path = folder_ / "NKPC-000001.receipt.json";
  ASSERT_TRUE(system::write_file(path, view("notes"), system::IfExists::refuse));
  EXPECT_NE(keep(receipt("one")).value(), path);
  EXPECT_EQ(text_view(system::read_file(path, 100).value()), "notes");
}

TEST_F(ReceiptFileTest, AnOpeningIsNeverLost) {
  const auto whole = receipt("one");
  const auto path = keep(whole).value();
  EXPECT_EQ(keep(receipt("one", false)).value(), path);
  EXPECT_TRUE(at(path).opening);
  for (const bool replace : {false, true}) {
    auto again = receipt("one", false);
    again.proof = "a later proof\n";
    ASSERT_TRUE(renew_receipt(path, again, replace));
    EXPECT_EQ(at(path).proof, "a later proof\n");
    ASSERT_TRUE(at(path).opening);
    EXPECT_EQ(at(path).opening->sha256, whole.opening->sha256);
  }
}

TEST_F(ReceiptFileTest, IsRenewedOverAnotherActOnlyWhenTold) {
  const auto path = keep(receipt("one")).value();
  EXPECT_EQ(code_of(renew_receipt(path, receipt("two"), false)), ErrorCode::exists);
  EXPECT_EQ(at(path).act, receipt("one").act);
  ASSERT_TRUE(renew_receipt(path, receipt("two"), true));
  EXPECT_EQ(at(path).act, receipt("two").act);
}

}  // namespace
}  // namespace depone::client
