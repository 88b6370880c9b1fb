#include "protocol/record/salted.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "protocol/record/part_list.h"

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

TEST(Part, IsComparedByItsKind) {
  const auto salted = kSalt + R"(,"title":"a"})";
  const auto root = salted_root(view(salted)).value(), hash = crypto::sha256(view(salted));
  for (const auto* name : {"private", "identity"}) {
    EXPECT_TRUE(is_part(name, view(salted), root)) << name;
    EXPECT_FALSE(is_part(name, view(salted), hash)) << name;
  }
  for (const auto* name : {"manifest", "secret"}) {
    EXPECT_TRUE(is_part(name, view(salted), hash)) << name;
    EXPECT_FALSE(is_part(name, view(salted), root)) << name;
  }
}

TEST(PartList, IsFoundInTheBodyOfAnyAct) {
  const auto hash = crypto::sha256(view("x"));
  const auto hex = crypto::to_hex(hash.span());
  const auto list =
      parts_in({R"({"of":"a type to come","parts":{"manifest":")" + hex + R"(","private":")" + hex + "\"}}"});
  ASSERT_TRUE(list.names_are({"manifest", "private"}));
  EXPECT_EQ(*list.find("private"), hash);
  for (const char* none : {"{}", R"({"parts":[]})", R"({"parts":{"manifest":"x"}})", R"({"parts":{"manifest":1}})"})
    EXPECT_TRUE(parts_in({none}).empty()) << none;
}

}  // namespace
}  // namespace depone::protocol::record
