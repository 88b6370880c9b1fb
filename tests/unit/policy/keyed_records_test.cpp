#include "policy/keyed_records.h"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::policy {
namespace {

using tests::code_of;
using tests::TemporaryFolder;

// Enough that every part fills several blocks.
constexpr std::uint64_t kMany = 200'000;

Bytes record_of(const KeyedRecords& records, std::uint64_t number) {
  const auto name = std::to_string(number % 1000);
  Bytes out;
  append_record(out, records.key_of('x', view(name)), view(name + " " + std::to_string(number)));
  return out;
}
void add(KeyedRecords& records, std::uint64_t from, std::uint64_t to) {
  for (auto number = from; number < to; ++number) records.add(record_of(records, number));
}
// Every record, whose text must say what its key is of, and each name's in the order in which they were added.
std::uint64_t count(const KeyedRecords& records) {
  std::uint64_t out = 0;
  for (std::size_t part = 0; part < KeyedRecords::kParts; ++part) {
    std::map<std::string, std::uint64_t> last;
    const auto read = records.for_each(part, [&](const RecordKey& key, ByteView record) {
      const std::string text(text_view(record));
      const auto name = text.substr(0, text.find(' '));
      const auto number = std::stoull(text.substr(name.size() + 1));
      EXPECT_EQ(key, records.key_of('x', view(name)));
      EXPECT_EQ(key.bytes[0], part);
      EXPECT_TRUE(!last.contains(name) || last[name] < number);
      last[name] = number;
      ++out;
    });
    EXPECT_TRUE(read);
  }
  return out;
}

TEST(KeyedRecords, GivesBackWhatWasAddedPartByPartInItsOrder) {
  const TemporaryFolder folder;
  auto records = KeyedRecords::without_name(folder.path()).value();
  add(records, 0, kMany);
  ASSERT_TRUE(records.write_out());
  EXPECT_EQ(count(records), kMany);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(KeyedRecords, GoesOnFromASizeAndForgetsWhatStoodBehind) {
  const TemporaryFolder folder;
  auto first = KeyedRecords::create(folder / "records").value();
  add(first, 0, 1000);
  ASSERT_TRUE(first.write_out());
  const auto size = first.bytes();
  add(first, 1000, kMany);
  ASSERT_TRUE(first.write_out());
  auto second = KeyedRecords::resume(folder / "records", first.salt(), size).value();
  EXPECT_TRUE(second.changed_since(size).none());
  EXPECT_EQ(count(second), 1000u);
  second.add(record_of(second, 5000));
  ASSERT_TRUE(second.write_out());
  EXPECT_EQ(second.changed_since(size).count(), 1u);
  EXPECT_EQ(count(second), 1001u);
  EXPECT_EQ(second.bytes(), std::filesystem::file_size(folder / "records"));
}

TEST(KeyedRecords, AFileThatIsCutOrNoneIsNotTaken) {
  const TemporaryFolder folder;
  auto records = KeyedRecords::create(folder / "records").value();
  add(records, 0, 1000);
  ASSERT_TRUE(records.write_out());
  const auto size = records.bytes();
  std::filesystem::resize_file(folder / "records", size - 1);
  EXPECT_EQ(code_of(KeyedRecords::resume(folder / "records", records.salt(), size)), ErrorCode::malformed);
  EXPECT_EQ(code_of(KeyedRecords::resume(folder / "records", records.salt(), size - 1)), ErrorCode::malformed);
  std::filesystem::resize_file(folder / "records", 0);
  std::filesystem::resize_file(folder / "records", size);
  EXPECT_EQ(code_of(KeyedRecords::resume(folder / "records", records.salt(), size)), ErrorCode::malformed);
  EXPECT_FALSE(KeyedRecords::create(folder / "nowhere" / "records"));
}

TEST(KeyedRecords, AByteThatWasChangedIsFound) {
  const TemporaryFolder folder;
  auto records = KeyedRecords::create(folder / "records").value();
  records.add(record_of(records, 1));
  ASSERT_TRUE(records.write_out());
  const auto part = records.key_of('x', view("1")).bytes[0];
  auto file = system::File::open_or_create(folder / "records").value();
  for (std::uint64_t at = 0; at < records.bytes(); ++at) {
    Bytes byte(1);
    ASSERT_TRUE(file.read_at(at, byte));
    byte[0] ^= 1;
    ASSERT_TRUE(file.write_at(at, byte));
    EXPECT_EQ(code_of(records.for_each(part, [](const RecordKey&, ByteView) {})), ErrorCode::damaged) << at;
    byte[0] ^= 1;
    ASSERT_TRUE(file.write_at(at, byte));
  }
  EXPECT_TRUE(records.for_each(part, [](const RecordKey&, ByteView) {}));
}

TEST(KeyedRecords, WhatCannotBeWrittenIsSaid) {
  const TemporaryFolder folder;
  auto records = KeyedRecords::without_name(folder.path()).value();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 300'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  add(records, 0, kMany);
  EXPECT_EQ(code_of(records.write_out()), ErrorCode::no_space);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  add(records, 0, 1);
  EXPECT_EQ(code_of(records.write_out()), ErrorCode::no_space);
}

}  // namespace
}  // namespace depone::policy
