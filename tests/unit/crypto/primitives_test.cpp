#include <gtest/gtest.h>

#include "crypto/dsse.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "crypto/sign.h"

namespace depone::crypto {
namespace {

// RFC 8032 section 7.1, tests 1 to 3: secret key, public key, message, signature.
struct Rfc8032 {
  const char *seed, *key, *message, *signature;
};
constexpr Rfc8032 kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
     "55"
     "141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb"
     "00"
     "d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc"
     "02"
     "7beceea1ec40a"},
};

TEST(Sign, AgreesWithRfc8032) {
  for (const auto& vector : kRfc8032) {
    const SigningKey key(SigningSeed::copy_of(from_hex(vector.seed).value()));
    EXPECT_EQ(to_hex(key.public_key().span()), vector.key);
    const auto message = from_hex(vector.message).value();
    EXPECT_EQ(to_hex(key.sign(message).span()), vector.signature);
    EXPECT_TRUE(verify(key.public_key(), message, fixed_from_hex<Signature>(vector.signature).value()));
  }
}

TEST(Sign, RefusesAChangedMessageAndAChangedSignature) {
  const SigningKey key(SigningSeed::random());
  const auto signature = key.sign(view("testimony"));
  EXPECT_FALSE(verify(key.public_key(), view("testimonz"), signature));
  for (std::size_t i = 0; i < signature.bytes.size(); ++i) {
    auto changed = signature;
    changed.bytes[i] ^= 1;
    EXPECT_FALSE(verify(key.public_key(), view("testimony"), changed)) << "byte " << i;
  }
}

TEST(Sign, RefusesKeysOfSmallOrder) {
  EXPECT_FALSE(is_valid_sign_key(SignPublicKey{}));
  SignPublicKey one;
  one.bytes[0] = 1;
  EXPECT_FALSE(is_valid_sign_key(one));
  EXPECT_TRUE(is_valid_sign_key(SigningKey(SigningSeed::random()).public_key()));
}

TEST(Hash, Sha256AgreesWithFips180) {
  const char* abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(to_hex(sha256(view("abc")).span()), abc);
  EXPECT_EQ(to_hex(sha256({view("a"), view(""), view("bc")}).span()), abc);
  Sha256 stream;
  for (int round = 0; round < 2; ++round) {
    stream.update(view("ab"));
    stream.update(view("c"));
    EXPECT_EQ(to_hex(stream.finish().span()), abc);
  }
}

TEST(Hash, HkdfAgreesWithRfc5869) {  // appendix A.1
  const Bytes input(22, 0x0b);
  std::array<std::uint8_t, 32> key{};
  hkdf_extract(from_hex("000102030405060708090a0b0c").value(), {input}, key);
  EXPECT_EQ(to_hex(key), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  Bytes out(42);
  hkdf_expand(key, {from_hex("f0f1f2f3f4f5f6f7f8f9").value()}, out);
  EXPECT_EQ(to_hex(out), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST(Dsse, EncodesAsTheSpecificationsExample) {
  EXPECT_EQ(text_view(dsse_pae("http://example.com/HelloWorld", view("hello world"))),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST(Dsse, BindsTheTypeToTheSignature) {
  const SigningKey key(SigningSeed::random());
  const auto signature = dsse_sign(key, "type/a", view("{}"));
  EXPECT_TRUE(dsse_verify(key.public_key(), "type/a", view("{}"), signature));
  EXPECT_FALSE(dsse_verify(key.public_key(), "type/b", view("{}"), signature));
}

TEST(Secrets, AreWipedAtTheEndOfAScopeThatAnExceptionLeaves) {
  Bytes frame(100, 7);
  const auto leave = [&] {
    const WipeAtEnd wipe(frame);
    throw std::runtime_error("no");
  };
  EXPECT_THROW(leave(), std::runtime_error);
  EXPECT_EQ(frame, Bytes(100));
}

TEST(Encoding, AcceptsOneSpellingOnly) {
  EXPECT_EQ(to_base64(view("ab")), "YWI=");
  EXPECT_EQ(from_base64("YWI=").value(), to_bytes("ab"));
  for (const char* wrong : {"YWI", "YWJ=", "YW I=", "YWI=\n", "YWI==", "Y===", "-_-_"}) {
    EXPECT_FALSE(from_base64(wrong).has_value()) << wrong;
  }
  EXPECT_TRUE(from_base64("").value().empty());
  EXPECT_TRUE(from_base64("//8=").has_value());
  EXPECT_FALSE(from_base64("\xc3\xa9"
                           "8=")
                   .has_value());  // libsodium alone takes these for "//"
  EXPECT_FALSE(from_hex("AB").has_value());
  EXPECT_FALSE(from_hex("abc").has_value());
  EXPECT_EQ(from_hex("00ff").value(), (Bytes{0, 255}));
}

TEST(SecretBytes, AreWipedWhenTheyEnd) {
  const std::uint8_t* where = nullptr;
  {
    const auto secret = ItemSecret::random();
    where = secret.expose().data();
    EXPECT_NE(std::count(where, where + 32, 0), 32);
  }
  EXPECT_EQ(std::count(where, where + 32, 0), 32);  // the arena still holds the page
}

TEST(SecretBytes, MoveLeavesNothingBehind) {
  auto first = ItemSecret::random();
  const auto copy = first.clone();
  const auto second = std::move(first);
  EXPECT_TRUE(second.equals(copy));
  EXPECT_EQ(first.expose().size(), 0u);  // NOLINT(bugprone-use-after-move): that it is empty is the claim
}

TEST(SecretBuffer, ManyDoNotOverlap) {
  std::vector<SecretBuffer> many;
  for (std::size_t i = 0; i < 3000; ++i) {
    many.emplace_back(1 + i % 200);
    std::ranges::fill(many.back().expose_for_writing(), static_cast<std::uint8_t>(i));
  }
  for (std::size_t i = 0; i < many.size(); ++i) {
    for (const auto byte : many[i].expose()) ASSERT_EQ(byte, static_cast<std::uint8_t>(i));
  }
}

}  // namespace
}  // namespace depone::crypto
