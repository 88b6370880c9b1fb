#include "client/lib/profile.h"

#include <gtest/gtest.h>

#include "client/lib/deposits.h"
#include "system/file.h"
#include "tests/unit/client/archive.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using tests::code_of;

class ProfileTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  Profile profile_{folder_ / "profile"};
  tests::Archive one_, two_;
};

TEST_F(ProfileTest, JoiningTheSameArchiveAgainRenewsItsCard) {
  ASSERT_TRUE(profile_.join("nk", one_.card({"old.example:1"})));
  ASSERT_TRUE(profile_.join("nk", one_.card({"new.example:2"})));
  EXPECT_EQ(profile_.archives(), std::vector<std::string>{"nk"});
  EXPECT_EQ(profile_.archive("nk").value().card().addresses, std::vector<std::string>{"new.example:2"});
}

TEST_F(ProfileTest, AnArchiveHasOneNameHere) {
  ASSERT_TRUE(profile_.join("nk", one_.card()));
  const auto again = profile_.join("north", one_.card());
  ASSERT_EQ(code_of(again), ErrorCode::exists);
  EXPECT_NE(again.error().detail.find("'nk'"), std::string::npos);
  EXPECT_EQ(profile_.archives(), std::vector<std::string>{"nk"});
}

TEST_F(ProfileTest, ANameIsNeverGivenToAnotherArchive) {
  ASSERT_TRUE(profile_.join("nk", one_.card()));
  const auto genesis = profile_.archive("nk").value().card().genesis;
  EXPECT_EQ(code_of(profile_.join("nk", two_.card())), ErrorCode::exists);
  EXPECT_EQ(profile_.archive("nk").value().card().genesis, genesis);
}

TEST_F(ProfileTest, TheOnlyArchiveNeedsNoName) {
  ASSERT_TRUE(profile_.join("nk", one_.card()));
  EXPECT_EQ(profile_.archive("").value().name(), "nk");
}

TEST_F(ProfileTest, OfSeveralArchivesOneIsToBeChosen) {
  ASSERT_TRUE(profile_.join("second", two_.card()));
  ASSERT_TRUE(profile_.join("first", one_.card()));
  const auto none = profile_.archive("");
  ASSERT_EQ(code_of(none), ErrorCode::input);
  EXPECT_NE(none.error().detail.find("first, second"), std::string::npos) << none.error().detail;
  EXPECT_EQ(profile_.archive("second").value().card().genesis, parse_archive_card(two_.card()).value().genesis);
  const auto unknown = profile_.archive("third");
  ASSERT_EQ(code_of(unknown), ErrorCode::input);
  EXPECT_NE(unknown.error().detail.find("first, second"), std::string::npos) << unknown.error().detail;
}

TEST_F(ProfileTest, WithoutAnArchiveItSaysHowToJoinOne) {
  EXPECT_TRUE(profile_.archives().empty());
  const auto none = profile_.archive("");
  ASSERT_EQ(code_of(none), ErrorCode::input);
  EXPECT_NE(none.error().detail.find("depone join"), std::string::npos);
}

TEST_F(ProfileTest, RefusesNamesThatWouldLeaveItsFolder) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string(".nk"), std::string("a/b"),
        std::string("../nk"), std::string("NK"), std::string("n k"), std::string(41, 'a'), std::string("a\0b", 3)}) {
    EXPECT_EQ(code_of(profile_.join(name, one_.card())), ErrorCode::input) << name;
  }
  EXPECT_TRUE(profile_.join(std::string(40, 'a'), one_.card()));
}

TEST_F(ProfileTest, ACardThatWasChangedIsNotJoined) {
  auto card = one_.card();
  card[card.size() / 2] ^= 1;
  EXPECT_FALSE(profile_.join("nk", card));
  EXPECT_TRUE(profile_.archives().empty());
}

TEST_F(ProfileTest, ACardThatWasChangedOnDiskIsNotUsed) {
  ASSERT_TRUE(profile_.join("nk", one_.card()));
  auto card = one_.card();
  card[card.size() / 2] ^= 1;
  ASSERT_TRUE(system::write_file(profile_.folder() / "archives/nk/archive.card", card, system::IfExists::replace));
  EXPECT_FALSE(profile_.archive("nk"));
}

TEST_F(ProfileTest, ThePinIsTheCardsCheckpointUntilAnotherWasSeen) {
  const auto archive = profile_.join("nk", one_.card()).value();
  EXPECT_EQ(archive.pin().value(), archive.card().checkpoint_note);
  const auto sign = [&](std::uint64_t size) {
    return crypto::log::sign_checkpoint({"archive.example/nk", size, {}}, one_.log);
  };
  ASSERT_TRUE(archive.advance_pin(sign(9), 9));
  EXPECT_EQ(archive.pin().value(), sign(9));
  ASSERT_TRUE(archive.advance_pin(sign(8), 8)) << "another process was faster";
  EXPECT_EQ(archive.pin().value(), sign(9));
  // Joining again, with a card as old as the first, does not take the pin back.
  ASSERT_TRUE(profile_.join("nk", one_.card()));
  EXPECT_EQ(profile_.archive("nk").value().pin().value(), sign(9));
}

TEST_F(ProfileTest, ADepositIsKnownToWhoMadeItInItsCaseAlone) {
  const auto archive = profile_.join("nk", one_.card()).value();
  const auto create = [](const char* handle) {
    return std::move(Identity::create(handle, {}, crypto::SealSuite::x25519, TimePoint{}).value());
  };
  const auto mine = create("mine"), yours = create("yours");
  const auto digest = crypto::random_fixed<crypto::Digest>(), other = crypto::random_fixed<crypto::Digest>();
  const auto case_id = crypto::random_fixed<crypto::CaseId>();
  auto deposits = Deposits::read(archive, mine).value();
  EXPECT_EQ(deposits.find(digest, case_id), std::nullopt);
  EXPECT_FALSE(deposits.any_of_size(1234));
  ASSERT_TRUE(deposits.note(std::vector<NewDeposit>{{digest, 1234, case_id, "ev_first"}}));
  ASSERT_TRUE(deposits.note(std::vector<NewDeposit>{{other, 5, case_id, "ev_second"}}));
  for (const auto& known : {deposits, Deposits::read(archive, mine).value()}) {
    EXPECT_EQ(known.find(digest, case_id), "ev_first");
    EXPECT_EQ(known.find(other, case_id), "ev_second");
    EXPECT_EQ(known.find(digest, crypto::random_fixed<crypto::CaseId>()), std::nullopt);
    EXPECT_TRUE(known.any_of_size(1234));
    EXPECT_FALSE(known.any_of_size(123));
  }
  EXPECT_EQ(Deposits::read(archive, yours).value().find(digest, case_id), std::nullopt);
  const auto file = system::read_file(profile_.folder() / "archives/nk/deposits", 1 << 20).value();
  EXPECT_EQ(text_view(file).find(crypto::to_hex(digest.span())), std::string_view::npos);
}

TEST_F(ProfileTest, WhatACrashToreOfDepositsIsPassedOverAndDamageIsSaid) {
  const auto archive = profile_.join("nk", one_.card()).value();
  const auto mine = std::move(Identity::create("mine", {}, crypto::SealSuite::x25519, TimePoint{}).value());
  const auto digest = crypto::random_fixed<crypto::Digest>(), other = crypto::random_fixed<crypto::Digest>();
  const auto case_id = crypto::random_fixed<crypto::CaseId>();
  const std::vector<NewDeposit> first{{digest, 1234, case_id, "ev_first"}},
      second_one{{other, 5, case_id, "ev_second"}};
  ASSERT_TRUE(Deposits::read(archive, mine).value().note(first));
  ASSERT_TRUE(Deposits::read(archive, mine).value().note(second_one));
  const auto path = profile_.folder() / "archives/nk/deposits";
  const auto whole = system::read_file(path, 1 << 20).value();
  const auto second = static_cast<std::size_t>(std::ranges::find(whole, '\n') - whole.begin()) + 1;
  for (std::size_t cut = second; cut < whole.size(); ++cut) {
    std::filesystem::resize_file(path, cut);
    auto deposits = Deposits::read(archive, mine).value();
    EXPECT_EQ(deposits.find(digest, case_id), "ev_first");
    ASSERT_TRUE(deposits.note(second_one));
    EXPECT_EQ(system::read_file(path, 1 << 20).value(), whole) << cut;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto changed = whole;
    changed[at] = 0;
    ASSERT_TRUE(system::write_file(path, changed, system::IfExists::replace));
    EXPECT_FALSE(Deposits::read(archive, mine)) << at;
  }
}

TEST_F(ProfileTest, RemembersWhereTheKeyFileIs) {
  ASSERT_TRUE(system::make_folders(profile_.folder()));
  EXPECT_EQ(profile_.key_file(), std::nullopt);
  ASSERT_TRUE(profile_.set_key_file(folder_ / "key"));
  EXPECT_EQ(profile_.key_file(), folder_ / "key");
  for (const auto& damaged : {std::string(), std::string("\n"), std::string("key\n"), std::string("/a\0b", 4)}) {
    ASSERT_TRUE(system::write_file(profile_.folder() / "key_file", view(damaged), system::IfExists::replace));
    EXPECT_EQ(profile_.key_file(), std::nullopt) << damaged;
  }
}

}  // namespace
}  // namespace depone::client
