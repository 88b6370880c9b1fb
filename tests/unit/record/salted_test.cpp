#include "protocol/record/salted.h"

#include <gtest/gtest.h>

namespace depone::protocol::record {
namespace {

const std::string kSalt = R"({"salt":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")";

TEST(SaltedRoot, IsOfOneSpelling) {
  const auto root = salted_root(view(kSalt + R"(,"title":"a","list":["b"]})"));
  ASSERT_TRUE(root) << root.error().detail;
  for (const char* other : {R"(,"title":"x","title":"a","list":["b"]})", R"(, "title":"a","list":["b"]})",
                            R"(,"title":"\u0061","list":["b"]})", R"(,"title":"a","list":["b"]} )"}) {
    EXPECT_FALSE(salted_root(view(kSalt + other))) << other;
  }
}

TEST(SaltedRoot, WantsASaltInFront) {
  EXPECT_TRUE(salted_root(view(kSalt + "}")));
  for (const char* wrong : {"{}", "[]", R"({"title":"a"})", R"({"salt":"AQ=="})", R"({"salt":1})"})
    EXPECT_FALSE(salted_root(view(wrong))) << wrong;
  EXPECT_FALSE(salted_root(view(kSalt + R"(,"a":1.5})")));
  EXPECT_FALSE(salted_root(view(kSalt + R"(,"a":true})")));
}

}  // namespace
}  // namespace depone::protocol::record
