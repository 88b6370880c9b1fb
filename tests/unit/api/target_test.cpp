#include "protocol/api/target.h"

#include <gtest/gtest.h>

namespace depone::protocol::api {
namespace {

TEST(Target, IsSplitAndDecoded) {
  const auto target = parse_target("/v1/items/ev_x?word=%EC%A6%9D%EC%96%B8&word=a%20b&case=").value();
  EXPECT_EQ(target.path, (std::vector<std::string>{"v1", "items", "ev_x"}));
  EXPECT_EQ(target.query.size(), 3u);
  EXPECT_EQ(target.find("word"), "증언");
  EXPECT_EQ(target.find("case"), "");
  EXPECT_FALSE(target.find("nothing").has_value());
}

TEST(Target, IsReadAsItWasWritten) {
  const auto text = write_target("/v1/items", {{"word", "a&b=c d/증언?#+%2B"}, {"empty", ""}, {"after", "7"}});
  const auto target = parse_target(text).value();
  EXPECT_EQ(target.find("word"), "a&b=c d/증언?#+%2B");
  EXPECT_FALSE(target.find("empty").has_value());
  EXPECT_EQ(target.find("after"), "7");
}

TEST(Target, RefusesWhatIsNoPath) {
  for (const std::string& wrong : std::initializer_list<std::string>{"", "v1/items", "http://host/", "/a b", "/%zz",
                                                                     "*", "/" + std::string(3000, 'a')}) {
    EXPECT_FALSE(parse_target(wrong)) << wrong.substr(0, 20);
  }
}

TEST(ByteRange, IsCheckedAgainstTheSize) {
  EXPECT_EQ(parse_range("bytes=0-0", 10)->to, 1u);
  EXPECT_EQ(parse_range("bytes=3-", 10)->from, 3u);
  EXPECT_EQ(parse_range("bytes=3-", 10)->to, 10u);
  EXPECT_EQ(parse_range("bytes=3-99", 10)->to, 10u);
  for (const char* wrong : {"", "bytes", "bytes=", "bytes=-", "bytes=-5", "bytes=10-", "bytes=5-4", "bytes=a-b",
                            "bytes=1-2,4-5", "chunks=1-2", "bytes=99999999999999999999-"}) {
    EXPECT_FALSE(parse_range(wrong, 10).has_value()) << wrong;
  }
  EXPECT_FALSE(parse_range("bytes=0-", 0).has_value());
}

}  // namespace
}  // namespace depone::protocol::api
