#include "daemon/store/uploads.h"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "daemon/store/object_folder.h"
#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::daemon::store {
namespace {

using tests::code_of;

using protocol::record::Reason;
using protocol::record::TimePoint;

constexpr std::uint64_t kMiB = 1 << 20;
const TimePoint kNow{std::chrono::milliseconds(1'795'000'000'000)};

// Bytes that are nowhere alike, so that a piece in a wrong place is seen.
Bytes noise(std::size_t size) {
  Bytes out(size);
  std::uint64_t state = 88172645463325252U;
  for (auto& byte : out) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<std::uint8_t>(state);
  }
  return out;
}

class UploadsTest : public testing::Test {
 protected:
  UploadsTest() { restart(); }
  void restart() {
    uploads_.reset();
    uploads_ = std::move(Uploads::open(path_, limits_).value());
  }
  // The same without an orderly end: the files as they stand now, opened by another.
  void crash() {
    const auto copy = folder_ / ("crash" + std::to_string(++crashes_));
    std::filesystem::copy(path_, copy, std::filesystem::copy_options::recursive);
    before_crash_.push_back(std::move(uploads_));
    path_ = copy;
    restart();
  }
  UploadId create(std::uint64_t length) {
    UploadId id;
    EXPECT_EQ(uploads_->create(owner_, length, kNow, id), std::nullopt);
    return id;
  }
  std::unique_ptr<Uploads::Writer> append(const UploadId& id, std::uint64_t offset) {
    std::unique_ptr<Uploads::Writer> writer;
    EXPECT_EQ(uploads_->append(id, owner_, offset, kNow, writer), std::nullopt);
    return writer;
  }
  std::optional<Reason> refusal(const UploadId& id, std::uint64_t offset) {
    std::unique_ptr<Uploads::Writer> writer;
    return uploads_->append(id, owner_, offset, kNow, writer);
  }
  std::uint64_t send(const UploadId& id, std::uint64_t offset, ByteView bytes) {
    const auto writer = append(id, offset);
    EXPECT_TRUE(writer->write(bytes));
    return writer->finish();
  }
  std::uint64_t offset_of(const UploadId& id) { return uploads_->standing(id, owner_).value().offset; }
  crypto::Digest digest_of(const UploadId& id) { return uploads_->complete(id, owner_).value().sha256; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "uploads";
  UploadLimits limits_;
  crypto::KeyId owner_ = crypto::random_fixed<crypto::KeyId>();
  std::unique_ptr<Uploads> uploads_;
  std::vector<std::unique_ptr<Uploads>> before_crash_;
  int crashes_ = 0;
};

TEST_F(UploadsTest, IsCompleteWithTheDigestOfItsBytes) {
  const auto bytes = noise(300'001);
  const auto id = create(bytes.size());
  EXPECT_EQ(offset_of(id), 0U);
  const auto writer = append(id, 0);
  for (std::size_t at = 0; at < bytes.size(); at += 7919) {
    ASSERT_TRUE(writer->write(ByteView(bytes).subspan(at, std::min<std::size_t>(7919, bytes.size() - at))));
  }
  EXPECT_FALSE(uploads_->complete(id, owner_));  // not durable yet
  EXPECT_EQ(writer->finish(), bytes.size());
  const auto complete = uploads_->complete(id, owner_);
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->sha256, crypto::sha256(bytes));
  EXPECT_EQ(complete->size, bytes.size());
  EXPECT_EQ(system::read_file(complete->file, bytes.size()).value(), bytes);
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));  // and when asked again
}

TEST_F(UploadsTest, OfNothingIsCompleteAtOnce) { EXPECT_EQ(digest_of(create(0)), crypto::sha256(ByteView())); }

TEST_F(UploadsTest, GoesOnAfterARestartWithTheSameDigest) {
  const auto bytes = noise(200'000);
  const auto id = create(bytes.size());
  EXPECT_EQ(send(id, 0, ByteView(bytes).first(70'000)), 70'000U);
  restart();
  EXPECT_EQ(offset_of(id), 70'000U);
  EXPECT_EQ(send(id, 70'000, ByteView(bytes).subspan(70'000, 50'000)), 120'000U);
  restart();
  EXPECT_EQ(send(id, 120'000, ByteView(bytes).subspan(120'000)), bytes.size());
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));
}

TEST_F(UploadsTest, IsCompleteStillAfterARestart) {
  const auto bytes = noise(100'000);
  const auto id = create(bytes.size());
  send(id, 0, bytes);
  restart();
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));
}

TEST_F(UploadsTest, KeepsWhatCameBeforeACut) {
  const auto bytes = noise(100'000);
  const auto id = create(bytes.size());
  {
    const auto writer = append(id, 0);
    ASSERT_TRUE(writer->write(ByteView(bytes).first(60'000)));
  }  // the connection was cut: nobody called finish()
  EXPECT_EQ(offset_of(id), 60'000U);
  send(id, 60'000, ByteView(bytes).subspan(60'000));
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));
}

TEST_F(UploadsTest, IsCutBackToItsDurableOffsetAfterACrash) {
  const auto bytes = noise(100'000);
  const auto id = create(bytes.size());
  send(id, 0, ByteView(bytes).first(40'000));
  const auto writer = append(id, 40'000);
  ASSERT_TRUE(writer->write(Bytes(30'000, 0xee)));  // never acknowledged
  crash();
  EXPECT_EQ(std::filesystem::file_size(upload_file(path_, id)), 40'000U);
  EXPECT_EQ(offset_of(id), 40'000U);
  send(id, 40'000, ByteView(bytes).subspan(40'000));
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));
}

TEST_F(UploadsTest, OfATornTailIsCut) {
  const auto bytes = noise(50'000);
  const auto id = create(bytes.size());
  send(id, 0, ByteView(bytes).first(20'000));
  uploads_.reset();
  std::ofstream(upload_file(path_, id), std::ios::binary | std::ios::app) << std::string(9'000, 'x');
  restart();
  EXPECT_EQ(offset_of(id), 20'000U);
  send(id, 20'000, ByteView(bytes).subspan(20'000));
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));
}

TEST_F(UploadsTest, IsDurableEvery64MiBWithoutAnyEnd) {
  const auto piece = noise(kMiB);
  const auto id = create(200 * kMiB);
  const auto writer = append(id, 0);
  for (int i = 0; i < 70; ++i) ASSERT_TRUE(writer->write(piece));
  EXPECT_EQ(offset_of(id), 64 * kMiB);
  crash();
  EXPECT_EQ(offset_of(id), 64 * kMiB);
}

TEST_F(UploadsTest, ThatLostDurableBytesIsForgottenNotFilledWithZeros) {
  const auto id = create(100'000), whole = create(10);
  send(id, 0, noise(50'000));
  uploads_.reset();
  std::filesystem::resize_file(upload_file(path_, id), 49'999);
  restart();
  EXPECT_FALSE(uploads_->standing(id, owner_));
  EXPECT_TRUE(uploads_->standing(whole, owner_));
  EXPECT_EQ(files(), 2U);
}

TEST_F(UploadsTest, ThatCannotGoOnDoesNotKeepTheDaemonFromStarting) {
  const auto kept = create(10), no_bytes = create(20), no_state = create(30), torn = create(40), later = create(50);
  uploads_.reset();
  std::filesystem::remove(upload_file(path_, no_bytes));
  std::filesystem::remove(upload_file(path_, no_state).string() + ".state");
  std::ofstream(upload_file(path_, torn).string() + ".state", std::ios::trunc) << "{\"v\":1,\"own";
  std::ofstream(upload_file(path_, later)) << "6 byte";
  std::ofstream(upload_file(path_, later).string() + ".state", std::ios::trunc)
      << "{\"v\":1,\"owner\":\"" << std::string(64, '0')
      << "\",\"length\":5,\"offset\":6,\"touched\":\"2026-11-24T03:00:00.000Z\"}";
  std::ofstream(upload_file(path_, kept).string() + ".state.4711.part") << "x";
  std::ofstream(path_ / "lost+found") << "not ours";
  restart();
  EXPECT_TRUE(uploads_->standing(kept, owner_));
  for (const auto& id : {no_bytes, no_state, torn, later}) EXPECT_FALSE(uploads_->standing(id, owner_));
  EXPECT_EQ(files(), 3U);  // kept, its state, and what is not ours
}

TEST_F(UploadsTest, RefusesAnotherOffsetThanItsOwn) {
  const auto id = create(100);
  send(id, 0, noise(40));
  EXPECT_EQ(refusal(id, 39), Reason::upload_offset);
  EXPECT_EQ(refusal(id, 41), Reason::upload_offset);
  EXPECT_EQ(refusal(id, 0), Reason::upload_offset);
  EXPECT_EQ(refusal(id, UINT64_MAX), Reason::upload_offset);
  EXPECT_EQ(refusal(id, 40), std::nullopt);
}

TEST_F(UploadsTest, TakesNoMoreBytesThanItSaid) {
  const auto id = create(100);
  const auto writer = append(id, 0);
  ASSERT_TRUE(writer->write(noise(60)));
  EXPECT_EQ(writer->left(), 40U);
  EXPECT_EQ(code_of(writer->write(noise(41))), ErrorCode::too_large);
  EXPECT_TRUE(writer->write(noise(40)));
  EXPECT_EQ(code_of(writer->write(noise(1))), ErrorCode::too_large);
  EXPECT_EQ(writer->finish(), 100U);
}

TEST_F(UploadsTest, BelongsToOneMemberAndIsUnknownToOthers) {
  const auto id = create(10);
  send(id, 0, noise(10));
  const auto other = crypto::random_fixed<crypto::KeyId>();
  std::unique_ptr<Uploads::Writer> writer;
  EXPECT_FALSE(uploads_->standing(id, other));
  EXPECT_EQ(uploads_->append(id, other, 10, kNow, writer), Reason::upload_unknown);
  EXPECT_FALSE(uploads_->complete(id, other));
  EXPECT_FALSE(uploads_->remove(id, other));
  EXPECT_TRUE(uploads_->complete(id, owner_));
}

TEST_F(UploadsTest, IsTakenOverFromAWriterThatStalled) {
  const auto bytes = noise(100);
  const auto id = create(bytes.size());
  const auto stalled = append(id, 0);
  ASSERT_TRUE(stalled->write(ByteView(bytes).first(30)));
  // The sender knows of what was acknowledged, is told where the upload stands, and comes again.
  EXPECT_EQ(refusal(id, 0), Reason::upload_offset);
  EXPECT_EQ(offset_of(id), 30U);
  const auto second = append(id, 30);
  EXPECT_EQ(code_of(stalled->write(noise(1))), ErrorCode::refused);
  ASSERT_TRUE(second->write(ByteView(bytes).subspan(30)));
  EXPECT_EQ(stalled->finish(), 30U);  // makes nothing durable that is not its own
  EXPECT_EQ(stalled->take_back(0), 30U);
  EXPECT_EQ(second->finish(), 100U);
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));
}

TEST_F(UploadsTest, IsNotTakenOverAtAnOffsetWhereItNeverStood) {
  const auto id = create(100);
  const auto writer = append(id, 0);
  ASSERT_TRUE(writer->write(noise(30)));
  EXPECT_EQ(refusal(id, 29), Reason::upload_offset);
  EXPECT_TRUE(writer->write(noise(1)));
}

TEST_F(UploadsTest, HasTheRightDigestAfterAWrongChecksumWithoutARestart) {
  const auto bytes = noise(100);
  const auto id = create(bytes.size());
  const auto writer = append(id, 0);
  ASSERT_TRUE(writer->write(Bytes(60, 0xee)));
  EXPECT_EQ(writer->take_back(0), 0U);
  send(id, 0, bytes);
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));
}

TEST_F(UploadsTest, ForgetsWhatHadAWrongChecksum) {
  const auto bytes = noise(100);
  const auto id = create(bytes.size());
  send(id, 0, ByteView(bytes).first(40));
  const auto writer = append(id, 40);
  ASSERT_TRUE(writer->write(Bytes(60, 0xee)));
  EXPECT_EQ(writer->take_back(40), 40U);
  EXPECT_EQ(offset_of(id), 40U);
  restart();
  EXPECT_EQ(offset_of(id), 40U);
  const auto again = append(id, 40);
  ASSERT_TRUE(again->write(Bytes(50, 0xee)));
  EXPECT_EQ(again->take_back(40), 40U);
  send(id, 40, ByteView(bytes).subspan(40));
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));
}

// A sender that holds its request open must not be able to shorten what has become an object meanwhile.
TEST_F(UploadsTest, CannotBeTakenBackOnceItIsComplete) {
  auto objects = ObjectFolder::open(folder_ / "objects").value();
  const auto piece = noise(kMiB);
  const auto id = create(64 * kMiB);
  const auto writer = append(id, 0);
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(writer->write(piece));
  const auto complete = uploads_->complete(id, owner_);
  ASSERT_TRUE(complete);
  ASSERT_TRUE(objects.adopt(complete->file, complete->sha256));
  EXPECT_EQ(writer->take_back(0), 64 * kMiB);
  uploads_->forget(id);
  EXPECT_EQ(objects.read(complete->sha256).value().size().value(), 64 * kMiB);
  EXPECT_EQ(files(), 0U);
}

TEST_F(UploadsTest, ThatBecameAnObjectLeavesNothingBehind) {
  auto objects = ObjectFolder::open(folder_ / "objects").value();
  const auto id = create(10);
  send(id, 0, noise(10));
  const auto complete = uploads_->complete(id, owner_).value();
  ASSERT_TRUE(objects.adopt(complete.file, complete.sha256));
  // A crash here leaves the state without its bytes.
  EXPECT_FALSE(uploads_->complete(id, owner_));
  crash();
  EXPECT_FALSE(uploads_->standing(id, owner_));
  EXPECT_EQ(files(), 0U);
  EXPECT_TRUE(objects.has(complete.sha256));
}

TEST_F(UploadsTest, IsNotBroughtBackByAWriterAfterItsRemoval) {
  const auto id = create(100);
  const auto writer = append(id, 0);
  ASSERT_TRUE(writer->write(noise(30)));
  EXPECT_TRUE(uploads_->remove(id, owner_));
  EXPECT_EQ(code_of(writer->write(noise(1))), ErrorCode::refused);
  writer->finish();
  EXPECT_EQ(files(), 0U);
  EXPECT_FALSE(uploads_->standing(id, owner_));
  EXPECT_FALSE(uploads_->remove(id, owner_));
}

TEST_F(UploadsTest, IsGivenUpAfterTooLongWithoutProgress) {
  const auto old = create(10);
  UploadId young, moving;
  ASSERT_EQ(uploads_->create(owner_, 10, kNow + std::chrono::hours(100), young), std::nullopt);
  ASSERT_EQ(uploads_->create(owner_, 200 * kMiB, kNow, moving), std::nullopt);
  const auto writer = append(moving, 0);  // one long request
  const auto piece = noise(kMiB);
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(writer->write(piece));
  EXPECT_EQ(uploads_->expire(kNow + limits_.kept), 0U);
  EXPECT_EQ(uploads_->expire(kNow + limits_.kept + std::chrono::milliseconds(1)), 1U);
  EXPECT_FALSE(uploads_->standing(old, owner_));
  EXPECT_TRUE(uploads_->standing(young, owner_));
  EXPECT_TRUE(uploads_->standing(moving, owner_));
}

TEST_F(UploadsTest, IsGivenUpThoughSomebodyKeepsAskingWithoutBringingMore) {
  const auto asked = create(100), resent = create(100);
  send(resent, 0, noise(50));
  EXPECT_EQ(uploads_->expire(kNow), 0U);
  for (int day = 1; day <= 7; ++day) {
    const auto now = kNow + std::chrono::hours(24 * day);
    std::unique_ptr<Uploads::Writer> writer;
    ASSERT_EQ(uploads_->append(asked, owner_, 0, now, writer), std::nullopt);
    EXPECT_EQ(writer->finish(), 0U);
    // Bytes whose checksum is wrong, and the same bytes again.
    ASSERT_EQ(uploads_->append(resent, owner_, 50, now, writer), std::nullopt);
    ASSERT_TRUE(writer->write(noise(10)));
    EXPECT_EQ(writer->take_back(0), 0U);
    ASSERT_EQ(uploads_->append(resent, owner_, 0, now, writer), std::nullopt);
    ASSERT_TRUE(writer->write(noise(50)));
    EXPECT_EQ(writer->finish(), 50U);
    EXPECT_EQ(uploads_->expire(now), 0U) << day;
  }
  EXPECT_EQ(uploads_->expire(kNow + limits_.kept + std::chrono::milliseconds(1)), 2U);
}

TEST_F(UploadsTest, MoreDurableBytesAreProgress) {
  const auto id = create(100);
  std::unique_ptr<Uploads::Writer> writer;
  ASSERT_EQ(uploads_->append(id, owner_, 0, kNow + limits_.kept, writer), std::nullopt);
  ASSERT_TRUE(writer->write(noise(1)));
  writer->finish();
  restart();
  EXPECT_EQ(uploads_->expire(kNow + limits_.kept * 2), 0U);
  EXPECT_EQ(uploads_->expire(kNow + limits_.kept * 2 + std::chrono::milliseconds(1)), 1U);
}

TEST_F(UploadsTest, NoMemberTakesTheRoomOfTheOthers) {
  limits_.unfinished_bytes_max = 1000;
  limits_.unfinished_bytes_per_member_max = 600;
  restart();
  UploadId id;
  create(600);
  EXPECT_EQ(uploads_->create(owner_, 1, kNow, id), Reason::upload_quota);
  const auto other = crypto::random_fixed<crypto::KeyId>();
  EXPECT_EQ(uploads_->create(other, 400, kNow, id), std::nullopt);
  restart();
  EXPECT_EQ(uploads_->create(owner_, 1, kNow, id), Reason::upload_quota);
}

TEST_F(UploadsTest, IsRefusedBeyondTheLimits) {
  limits_.bytes_max = 1000;
  limits_.unfinished_bytes_max = 2500;
  limits_.unfinished_per_member_max = 4;
  restart();
  UploadId id;
  EXPECT_EQ(uploads_->create(owner_, 1001, kNow, id), Reason::request_too_large);
  EXPECT_EQ(uploads_->create(owner_, UINT64_MAX, kNow, id), Reason::request_too_large);
  const auto first = create(1000);
  create(1000);
  EXPECT_EQ(uploads_->create(owner_, 501, kNow, id), Reason::upload_quota);
  create(500);
  create(0);
  EXPECT_EQ(uploads_->create(owner_, 0, kNow, id), Reason::upload_quota);
  const auto other = crypto::random_fixed<crypto::KeyId>();
  EXPECT_EQ(uploads_->create(other, 1, kNow, id), Reason::upload_quota);  // the disk is everybody's
  EXPECT_EQ(uploads_->create(other, 0, kNow, id), std::nullopt);
  restart();  // and the limits are not forgotten
  EXPECT_EQ(uploads_->create(owner_, 0, kNow, id), Reason::upload_quota);
  EXPECT_TRUE(uploads_->remove(first, owner_));
  EXPECT_EQ(uploads_->create(owner_, 1000, kNow, id), std::nullopt);
}

TEST_F(UploadsTest, HoldsNoDescriptorWhileNobodyWrites) {
  const auto descriptors = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  const auto before = descriptors();
  std::vector<UploadId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(create(10));
  for (const auto& id : ids) send(id, 0, noise(5));
  EXPECT_EQ(descriptors(), before);
  const auto writer = append(ids[0], 5);
  EXPECT_EQ(descriptors(), before + 1);
}

TEST_F(UploadsTest, IsWholeHoweverManySendersFightOverIt) {
  const auto bytes = noise(256 * 1024);
  const auto id = create(bytes.size());
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {  // each goes on from where the upload stands, and takes the turn from the others
      for (;;) {
        const auto at = uploads_->standing(id, owner_)->offset;
        if (at == bytes.size()) return;
        std::unique_ptr<Uploads::Writer> writer;
        if (uploads_->append(id, owner_, at, kNow, writer)) continue;
        for (std::size_t from = at; from < bytes.size(); from += 4096)
          if (!writer->write(ByteView(bytes).subspan(from, std::min<std::size_t>(4096, bytes.size() - from)))) break;
        writer->finish();
      }
    });
  }
  threads.clear();
  EXPECT_EQ(digest_of(id), crypto::sha256(bytes));
}

}  // namespace
}  // namespace depone::daemon::store
