#include "protocol/api/upload.h"

#include <gtest/gtest.h>

#include "crypto/encoding.h"

namespace depone::protocol::api {
namespace {

TEST(UploadChecksum, IsSha256InBase64) {
  const auto sum = parse_upload_checksum("sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  ASSERT_TRUE(sum.has_value());
  EXPECT_EQ(crypto::to_hex(sum->span()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(UploadChecksum, IsNothingWhereItIsSpeltOtherwise) {
  for (const char* wrong :
       {"", "sha256", "sha256 ", "sha1 ungWv48Bz+pBQUDeXa4iI7ADYaM=",
        "SHA256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1=",
        "sha256  ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", "sha256 AAAA"}) {
    EXPECT_FALSE(parse_upload_checksum(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace depone::protocol::api
