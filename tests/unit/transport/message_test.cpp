#include "protocol/transport/message.h"

#include <gtest/gtest.h>

namespace depone::protocol::transport {
namespace {

TEST(Addresses, AreHostAndPort) {
  EXPECT_EQ(parse_address("archive.example:8443")->port, 8443);
  EXPECT_EQ(parse_address("[::1]:8443")->host, "::1");
  EXPECT_EQ(to_text(*parse_address("[::1]:8443")), "[::1]:8443");
  for (const char* wrong : {"", "host", "host:", ":1", "host:99999", "::1:8443", "a b:1", "host:1x", "[a b]:1",
                            "[host]:1", "[::1/]:1", "[[::1]]:1", "ho\nst:1", "h\xC3\xB6st:1"}) {
    EXPECT_FALSE(parse_address(wrong)) << wrong;
  }
}

TEST(Fields, AreFoundWhateverTheirCase) {
  const std::vector<Field> fields = {{"Content-Type", "a"}, {"content-type", "b"}};
  EXPECT_EQ(find_field(fields, "CONTENT-TYPE"), "a");
  EXPECT_FALSE(find_field(fields, "Content"));
}

TEST(Fields, ThatWouldBreakOutOfAHeadAreNotSendable) {
  EXPECT_TRUE(is_sendable({{"Tus-Resumable", "1.0.0"}, {"X-Note", "caf\xc3\xa9\ttea"}, {"Empty", ""}}));
  EXPECT_FALSE(is_sendable({{"X", "a\r\nSet-Cookie: b"}}));
  EXPECT_FALSE(is_sendable({{"X", std::string("a\0b", 3)}}));
  EXPECT_FALSE(is_sendable({{"X: y\r\nZ", "a"}}));
  EXPECT_FALSE(is_sendable({{"", "a"}}));
  EXPECT_FALSE(is_sendable({{"X Y", "a"}}));
}

}  // namespace
}  // namespace depone::protocol::transport
