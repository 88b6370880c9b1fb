#include "client/lib/unanswered.h"

#include <gtest/gtest.h>

#include "system/file.h"
#include "tests/unit/client/archive.h"
#include "tests/unit/temporary_folder.h"

namespace depone::client {
namespace {

class UnansweredTest : public testing::Test {
 protected:
  static Identity person(const char* handle) {
    return std::move(Identity::create(handle, {}, crypto::SealSuite::x25519, protocol::record::TimePoint{}).value());
  }
  Unanswered submission() const {
    return {crypto::random_fixed<crypto::EvidenceId>(),
            crypto::random_fixed<crypto::Digest>(),
            {digest_, crypto::random_fixed<crypto::Salt32>()},
            "upload",
            to_bytes(view("sealed"))};
  }
  Result<> keep(const Unanswered& sent, std::uint64_t size) { return kept_.keep({&sent, 1}, case_, {&size, 1}); }
  std::string all_files() {
    std::string out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(profile_.folder())) {
      if (!entry.is_regular_file()) continue;
      out += entry.path().string();
      out += text_view(system::read_file(entry.path(), 1 << 20).value());
    }
    return out;
  }

  tests::TemporaryFolder folder_;
  tests::Archive archive_;
  Profile profile_{folder_ / "profile"};
  ArchiveProfile joined_ = profile_.join("nk", archive_.card()).value();
  Identity mine_ = person("mine"), yours_ = person("yours");
  UnansweredSubmissions kept_{joined_, mine_};
  crypto::CaseId case_ = crypto::random_fixed<crypto::CaseId>();
  crypto::Digest digest_ = crypto::random_fixed<crypto::Digest>();
};

TEST_F(UnansweredTest, IsFoundAgainByTheBytesThatWereSentUntilItIsAnswered) {
  EXPECT_EQ(kept_.find(digest_, case_, 9).value(), std::nullopt);
  const auto sent = submission();
  ASSERT_TRUE(keep(sent, 9));
  EXPECT_TRUE(kept_.sizes().contains("9"));
  EXPECT_FALSE(kept_.sizes().contains("99"));
  const auto found = kept_.find(digest_, case_, 9).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->item, sent.item);
  EXPECT_EQ(found->act, sent.act);
  EXPECT_EQ(found->sealed, sent.sealed);
  EXPECT_EQ(found->upload_id, "upload");
  EXPECT_EQ(found->opening.commitment_salt, sent.opening.commitment_salt);
  EXPECT_EQ(kept_.find(digest_, crypto::random_fixed<crypto::CaseId>(), 9).value(), std::nullopt);
  kept_.forget(digest_, case_, 9);
  EXPECT_EQ(kept_.find(digest_, case_, 9).value(), std::nullopt);
  EXPECT_FALSE(kept_.sizes().contains("9"));
}

TEST_F(UnansweredTest, GoesWhereItsBytesWereDeposited) {
  const auto sent = submission();
  ASSERT_TRUE(keep(sent, 9));
  auto other = submission();
  other.opening.sha256 = crypto::random_fixed<crypto::Digest>();
  ASSERT_TRUE(keep(other, 9));
  auto deposits = Deposits::read(joined_, mine_).value();
  kept_.forget_deposited(deposits);
  ASSERT_TRUE(kept_.find(digest_, case_, 9).value());
  const NewDeposit deposited{digest_, 9, case_, "NKPC-000001"};
  ASSERT_TRUE(deposits.note({&deposited, 1}));
  kept_.forget_deposited(deposits);
  EXPECT_EQ(kept_.find(digest_, case_, 9).value(), std::nullopt);
  EXPECT_TRUE(kept_.find(other.opening.sha256, case_, 9).value());
}

TEST_F(UnansweredTest, WhatWasSentTogetherIsOneFileOfSeveralNames) {
  std::vector<Unanswered> sent;
  for (int i = 0; i < 3; ++i) {
    sent.push_back(submission());
    sent.back().opening.sha256 = crypto::random_fixed<crypto::Digest>();
  }
  const std::vector<std::uint64_t> sizes{9, 99, 9};
  ASSERT_TRUE(kept_.keep(sent, case_, sizes));
  for (int round = 0; round < 2; ++round) {  // the second: what they were sent with is kept once more
    for (std::size_t i = 0; i < sent.size(); ++i) {
      const auto found = kept_.find(sent[i].opening.sha256, case_, sizes[i]).value();
      ASSERT_TRUE(found);
      EXPECT_EQ(found->item, sent[i].item);
      EXPECT_EQ(found->opening.commitment_salt, sent[i].opening.commitment_salt);
    }
    ASSERT_TRUE(kept_.keep(std::span(sent).first(2), case_, std::span(sizes).first(2)));
  }
  kept_.forget(sent[0].opening.sha256, case_, 9);
  EXPECT_EQ(kept_.find(sent[0].opening.sha256, case_, 9).value(), std::nullopt);
  EXPECT_TRUE(kept_.find(sent[1].opening.sha256, case_, 99).value());
  // What is exported of a file is the one that it is named after.
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(joined_.unanswered())) files.push_back(entry.path());
  for (const auto& file : files) {
    const auto alone = unanswered_alone(file).value();
    EXPECT_LT(alone.size(), std::filesystem::file_size(file));
    ASSERT_TRUE(system::write_file(file, alone, system::IfExists::replace));
  }
  EXPECT_TRUE(kept_.find(sent[1].opening.sha256, case_, 99).value());
  EXPECT_TRUE(kept_.find(sent[2].opening.sha256, case_, 9).value());
}

TEST_F(UnansweredTest, TellsNobodyElseWhichBytesWereSent) {
  const auto sent = submission();
  ASSERT_TRUE(keep(sent, 9));
  EXPECT_EQ(UnansweredSubmissions(joined_, yours_).find(digest_, case_, 9).value(), std::nullopt);
  const auto files = all_files();
  ASSERT_NE(files.find("unanswered"), std::string::npos);
  for (const auto bytes : {ByteView(digest_.span()), ByteView(sent.opening.commitment_salt.span())}) {
    EXPECT_EQ(files.find(crypto::to_hex(bytes)), std::string::npos);
    EXPECT_EQ(files.find(crypto::to_base64(bytes)), std::string::npos);
  }
}

TEST_F(UnansweredTest, NoChangedByteYieldsAnotherOpening) {
  ASSERT_TRUE(keep(submission(), 9));
  const auto path = std::filesystem::directory_iterator(joined_.unanswered())->path();
  const auto whole = system::read_file(path, 1 << 20).value();
  const auto sent = kept_.find(digest_, case_, 9).value();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto changed = whole;
    changed[at] ^= 1;
    ASSERT_TRUE(system::write_file(path, changed, system::IfExists::replace));
    const auto found = kept_.find(digest_, case_, 9);
    // What is not protected here is protected by the archive: the submission by its seal, the act by its hash.
    if (!found) continue;
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->opening.commitment_salt, sent->opening.commitment_salt) << at;
    EXPECT_EQ((*found)->opening.sha256, digest_) << at;
  }
}

}  // namespace
}  // namespace depone::client
