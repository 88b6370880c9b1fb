#include "crypto/seal.h"

#include <gtest/gtest.h>

#include "crypto/context.h"
#include "crypto/encoding.h"
#include "crypto/grant.h"
#include "tests/unit/vectors.h"

namespace depone::crypto {
namespace {

Bytes hex(const std::string& text) { return from_hex(text).value(); }
Bytes seq(int first, std::size_t count) {
  Bytes out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(static_cast<std::size_t>(first) + i);
  return out;
}
SealSeed seed(int first) { return SealSeed::copy_of(seq(first, 32)); }

TEST(Seal, AgreesWithRfc9180KeyPairAndEncapsulation) {
  const auto group = tests::read_vectors("hpke.txt").at(0);
  const auto recipient = SealSeed::copy_of(hex(group.at("ikmR")));
  const auto key = seal_public_key(SealSuite::x25519, recipient).value();
  EXPECT_EQ(to_hex(key.bytes), group.at("pkR"));
  const auto sealed = seal_with(key, hex(group.at("info")), hex(group.at("pt")), hex(group.at("ikmE"))).value();
  EXPECT_EQ(to_hex(ByteView(sealed).subspan(2, 32)), group.at("enc"));
  // The vector's aad is not empty and ours is, which changes the tag alone: the stream cipher's bytes are the same.
  const auto plain_size = hex(group.at("pt")).size();
  EXPECT_EQ(to_hex(ByteView(sealed).subspan(34, plain_size)), group.at("ct").substr(0, plain_size * 2));
  EXPECT_EQ(to_hex(open_seal(SealSuite::x25519, recipient, hex(group.at("info")), sealed).value().expose()),
            group.at("pt"));
}

struct DesignVector {
  const char* name;
  int recipient;
  Bytes info;
};

TEST(Seal, OpensEveryKnownAnswerOfTheDesign) {
  const auto groups = tests::read_vectors("depone.txt");
  std::map<std::string, std::string> all;
  for (const auto& group : groups) {
    if (all.contains("grant")) break;  // the second part is the other suite's
    for (const auto& [name, value] : group.values) all.emplace(name, value);
  }
  const auto genesis = Genesis::from(hex(all.at("genesis"))).value();
  const auto item = EvidenceId::from(hex(all.at("item_id"))).value();
  const auto actor = KeyId::from(hex(all.at("key_id"))).value();
  const auto case_id = CaseId::from(seq(16, 16)).value();
  const auto context = ItemContext::from(hex(all.at("ctx"))).value();
  const auto act = ActId::from(seq(48, 16)).value();
  const auto act_hash = Digest::from(seq(20, 32)).value();
  EXPECT_EQ(item_id(genesis, actor, Nonce16::from(seq(0, 16)).value()), item);
  EXPECT_EQ(item_context(genesis, item, case_id, actor), context);
  EXPECT_EQ(to_hex(seal_public_key(SealSuite::x25519, seed(10)).value().bytes), all.at("case_public"));

  const auto opened = [&](const char* name, int recipient, const Bytes& info) {
    return open_seal(SealSuite::x25519, seed(recipient), info, hex(all.at(name)));
  };
  EXPECT_EQ(to_hex(opened("seal_secret", 10, item_secret_info(context, case_id, 1)).value().expose()),
            to_hex(seq(1, 32)));
  EXPECT_EQ(to_hex(opened("seal_share_content", 160, share_info(context, act_hash, Scope::content)).value().expose()),
            to_hex(seq(2, 32)));
  EXPECT_TRUE(opened("seal_share_manifest", 160, share_info(context, act_hash, Scope::manifest)).has_value());
  EXPECT_TRUE(opened("seal_submission", 128, submission_info(genesis)).has_value());
  EXPECT_TRUE(opened("seal_part", 10, part_info(genesis, case_id, 1, actor, act, "sealed")).has_value());
  EXPECT_EQ(to_hex(opened("grant", 160, case_seed_info(genesis, case_id, 1, actor)).value().expose()),
            to_hex(seq(10, 32)));
}

TEST(Grant, IsTheDesignsToTheByte) {
  std::map<std::string, std::string> all;
  for (const auto& group : tests::read_vectors("depone.txt")) {
    if (all.contains("grant")) break;
    for (const auto& [name, value] : group.values) all.emplace(name, value);
  }
  const auto genesis = Genesis::from(hex(all.at("genesis"))).value();
  const auto recipient = seal_public_key(SealSuite::x25519, seed(160)).value();
  EXPECT_EQ(to_hex(grant_randomness(seed(10), recipient, 1).expose()), all.at("grant_randomness"));
  const auto member = KeyId::from(hex(all.at("key_id"))).value();
  const auto grant = seal_grant(seed(10), recipient, genesis, CaseId::from(seq(16, 16)).value(), 1, member).value();
  EXPECT_EQ(to_hex(grant), all.at("grant"));
  EXPECT_NE(to_hex(seal_grant(seed(10), recipient, genesis, CaseId::from(seq(16, 16)).value(), 2, member).value()),
            all.at("grant"));
}

TEST(Seal, RefusesEveryChangedByte) {
  const auto key = seal_public_key(SealSuite::x25519, seed(7)).value();
  const auto sealed = seal(key, view("purpose"), view("a secret")).value();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(open_seal(SealSuite::x25519, seed(7), view("purpose"), changed).has_value()) << "byte " << i;
  }
  EXPECT_TRUE(open_seal(SealSuite::x25519, seed(7), view("purpose"), sealed).has_value());
}

TEST(Seal, RefusesAnotherPurposeAnotherKeyAndACutSeal) {
  const auto key = seal_public_key(SealSuite::x25519, seed(7)).value();
  const auto sealed = seal(key, view("purpose"), view("a secret")).value();
  EXPECT_FALSE(open_seal(SealSuite::x25519, seed(7), view("other"), sealed).has_value());
  EXPECT_FALSE(open_seal(SealSuite::x25519, seed(8), view("purpose"), sealed).has_value());
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(open_seal(SealSuite::x25519, seed(7), view("purpose"), ByteView(sealed).first(size)).has_value());
  }
}

TEST(Seal, SaysThatXWingIsNotBuilt) {
  const auto made = seal_public_key(SealSuite::xwing, seed(7));
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::unsupported);
}

TEST(Seal, RefusesALowOrderRecipient) {
  EXPECT_FALSE(seal({SealSuite::x25519, Bytes(32, 0)}, view("i"), view("p")).has_value());
}

}  // namespace
}  // namespace depone::crypto
