#include "daemon/config.h"

#include <gtest/gtest.h>

#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::daemon {
namespace {

class ConfigTest : public testing::Test {
 protected:
  Result<Config> reading(std::string_view text) {
    EXPECT_TRUE(system::write_file(folder_ / "config.toml", view(text), system::IfExists::replace));
    return read_config(folder_ / "config.toml");
  }
  tests::TemporaryFolder folder_;
};

TEST_F(ConfigTest, ANewOneIsReadBackAsTheDefaultsThatItShows) {
  const auto text = new_config({"127.0.0.1", 8443}, {}, "");
  const auto read = reading(text);
  ASSERT_TRUE(read) << read.error().detail;
  const Config defaults;
  EXPECT_EQ(read->ledger.waiting_bytes_max, defaults.ledger.waiting_bytes_max);
  EXPECT_EQ(read->uploads.unfinished_bytes_max, defaults.uploads.unfinished_bytes_max);
  EXPECT_EQ(read->uploads.unfinished_bytes_per_member_max, defaults.uploads.unfinished_bytes_per_member_max);
  EXPECT_EQ(read->uploads.unfinished_per_member_max, defaults.uploads.unfinished_per_member_max);
  EXPECT_EQ(read->uploads.kept, defaults.uploads.kept);
  EXPECT_EQ(read->service.search_bytes_max, defaults.service.search_bytes_max);
  EXPECT_EQ(read->service.history_entries_max, defaults.service.history_entries_max);
  EXPECT_EQ(read->service.answer_inline_bytes_max, defaults.service.answer_inline_bytes_max);
}

TEST_F(ConfigTest, ALimitOfAMemberIsTakenAndAMisspeltOneIsNot) {
  const auto read = reading("[uploads]\nunfinished_bytes_per_member_max = 1000\n");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->uploads.unfinished_bytes_per_member_max, 1000u);
  EXPECT_EQ(tests::code_of(reading("[uploads]\nunfinished_bytes_member_max = 1000\n")), ErrorCode::malformed);
  EXPECT_EQ(tests::code_of(reading("[ledger]\nwaiting_bytes_max = 0\n")), ErrorCode::malformed);
}

}  // namespace
}  // namespace depone::daemon
