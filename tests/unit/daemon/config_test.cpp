#include "daemon/config.h"

#include <gtest/gtest.h>

#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::daemon {
namespace {

using tests::code_of;

class Configuration : public testing::Test {
 protected:
  Result<Config> reading(std::string_view text) const {
    EXPECT_TRUE(system::write_file(folder_ / "config.toml", view(text), system::IfExists::replace));
    return read_config(folder_ / "config.toml");
  }
  tests::TemporaryFolder folder_;
};

TEST_F(Configuration, ReadsAsItWasWritten) {
  const auto config = reading(new_config({"::1", 8443}, {"archive.example:443", "[::1]:1"}, "/etc/key"));
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->listen.host, "::1");
  EXPECT_EQ(config->addresses, (std::vector<std::string>{"archive.example:443", "[::1]:1"}));
  EXPECT_EQ(config->key_file, "/etc/key");
}

TEST_F(Configuration, HoldsAPathOfAnyCharacters) {
  for (const std::string path : {"a\"b", "a\\nb", "a\nb\t\x7f\x01", "\"\n[service]\nreaders = 1\n#", "열쇠", "'", ""}) {
    const auto config = reading(new_config({"127.0.0.1", 1}, {}, path));
    ASSERT_TRUE(config) << path << ": " << config.error().detail;
    EXPECT_EQ(config->key_file, path);
    EXPECT_EQ(config->readers, Config{}.readers);
  }
}

TEST_F(Configuration, RefusesWhatItDoesNotKnow) {
  for (const char* wrong : {"[net]\nlisten_ = 1\n", "listen = \"a:1\"\n", "[service]\nreaders = 0\n",
                            "[service]\nreaders = 65\n", "[service]\nreaders = 1.0\n", "[log]\nlevel = \"loud\"\n",
                            "[net]\naddresses = [\"a\"]\n", "[net]\nlisten = \"\xff:1\"\n", "[net\n"}) {
    EXPECT_EQ(code_of(reading(wrong)), ErrorCode::malformed) << wrong;
  }
}

TEST_F(Configuration, ANewOneIsReadBackAsTheDefaultsThatItShows) {
  const auto text = new_config({"127.0.0.1", 8443}, {}, "");
  const auto read = reading(text);
  ASSERT_TRUE(read) << read.error().detail;
  const Config defaults;
  EXPECT_EQ(read->ledger.waiting_bytes_max, defaults.ledger.waiting_bytes_max);
  EXPECT_EQ(read->uploads.unfinished_bytes_max, defaults.uploads.unfinished_bytes_max);
  EXPECT_EQ(read->uploads.unfinished_bytes_per_member_max, defaults.uploads.unfinished_bytes_per_member_max);
  EXPECT_EQ(read->uploads.unfinished_per_member_max, defaults.uploads.unfinished_per_member_max);
  EXPECT_EQ(read->uploads.kept, defaults.uploads.kept);
  EXPECT_EQ(read->server.connections_max, defaults.server.connections_max);
  EXPECT_EQ(read->server.connections_per_peer_max, defaults.server.connections_per_peer_max);
  EXPECT_EQ(read->server.handshakes_per_second, defaults.server.handshakes_per_second);
  EXPECT_EQ(read->server.handshakes_per_address_per_second, defaults.server.handshakes_per_address_per_second);
  EXPECT_EQ(read->server.progress_bytes_min, defaults.server.progress_bytes_min);
  EXPECT_EQ(read->storage.free_bytes_min, defaults.storage.free_bytes_min);
  EXPECT_EQ(read->storage.reserve_bytes, defaults.storage.reserve_bytes);
  EXPECT_EQ(read->capacity.entries_per_minute_per_member, defaults.capacity.entries_per_minute_per_member);
  EXPECT_EQ(read->capacity.bodies_bytes_max, defaults.capacity.bodies_bytes_max);
  EXPECT_EQ(read->capacity.bodies_bytes_per_member_max, defaults.capacity.bodies_bytes_per_member_max);
  EXPECT_EQ(read->service.search_bytes_max, defaults.service.search_bytes_max);
  EXPECT_EQ(read->service.history_entries_max, defaults.service.history_entries_max);
  EXPECT_EQ(read->service.answer_inline_bytes_max, defaults.service.answer_inline_bytes_max);
}

TEST_F(Configuration, EachLimitIsTakenUnderItsOwnName) {
  const auto read = reading(
      "[net]\nconnections_max = 11\nconnections_per_member_max = 12\nhandshakes_per_second = 13\n"
      "handshakes_per_address_per_second = 14\nprogress_bytes_min = 15\n"
      "[storage]\nfree_bytes_min = 16\nreserve_bytes = 2000000\n"
      "[service]\nentries_per_minute_per_member = 17\nbodies_bytes_max = 18000000\n"
      "bodies_bytes_per_member_max = 19000000\n");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->server.connections_max, 11u);
  EXPECT_EQ(read->server.connections_per_peer_max, 12u);
  EXPECT_EQ(read->server.handshakes_per_second, 13u);
  EXPECT_EQ(read->server.handshakes_per_address_per_second, 14u);
  EXPECT_EQ(read->server.progress_bytes_min, 15u);
  EXPECT_EQ(read->storage.free_bytes_min, 16u);
  EXPECT_EQ(read->storage.reserve_bytes, 2'000'000u);
  EXPECT_EQ(read->capacity.entries_per_minute_per_member, 17u);
  EXPECT_EQ(read->capacity.bodies_bytes_max, 18'000'000u);
  EXPECT_EQ(read->capacity.bodies_bytes_per_member_max, 19'000'000u);
  const auto misspelt = reading("[service]\nentries_per_minute_per_members = 17\n");
  ASSERT_FALSE(misspelt);
  EXPECT_NE(misspelt.error().detail.find("did you mean 'service.entries_per_minute_per_member'"), std::string::npos);
}

TEST_F(Configuration, ALimitOfAMemberIsTakenAndAMisspeltOneIsNot) {
  const auto read = reading("[uploads]\nunfinished_bytes_per_member_max = 1000\n");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->uploads.unfinished_bytes_per_member_max, 1000u);
  EXPECT_EQ(code_of(reading("[uploads]\nunfinished_bytes_member_max = 1000\n")), ErrorCode::malformed);
  EXPECT_EQ(code_of(reading("[ledger]\nwaiting_bytes_max = 0\n")), ErrorCode::malformed);
}

}  // namespace
}  // namespace depone::daemon
