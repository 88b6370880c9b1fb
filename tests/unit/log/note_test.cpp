#include "crypto/log/note.h"

#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "crypto/log/checkpoint.h"
#include "crypto/log/merkle.h"
#include "crypto/log/proof.h"
#include "tests/unit/error_code.h"
#include "tests/unit/vectors.h"

namespace depone::crypto::log {
namespace {

std::string text_of(const std::string& base64) { return std::string(text_view(from_base64(base64).value())); }

std::vector<std::map<std::string, std::string>> design_parts() {
  std::vector<std::map<std::string, std::string>> parts;
  for (const auto& group : tests::read_vectors("depone.txt")) {
    if (group.has("genesis")) parts.emplace_back();
    for (const auto& [name, value] : group.values) parts.back().emplace(name, value);
  }
  return parts;
}

SigningKey design_log_key() {
  Bytes seed(32);
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
  return SigningKey(SigningSeed::copy_of(seed));
}

TEST(Note, OpensTheKnownNoteAndNoOther) {
  const auto group = tests::read_vectors("signed-note.txt").at(0);
  const auto key = parse_verifier_key(group.at("vkey")).value();
  EXPECT_EQ(to_text(key), group.at("vkey"));
  const auto note = text_of(group.at("note-b64"));
  EXPECT_EQ(open_note(note, key).value(), "This is an example message.\n");
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (const int bit : {1, 2, 0x20, 0x80, 0xFF}) {
      auto changed = note;
      changed[i] = static_cast<char>(changed[i] ^ bit);
      EXPECT_FALSE(open_note(changed, key)) << "byte " << i;
    }
  }
  for (std::size_t size = 0; size < note.size(); ++size) EXPECT_FALSE(open_note(note.substr(0, size), key));
}

TEST(Note, PassesOverOtherSignaturesButNotABadOneOfItsOwn) {
  const auto ours = design_log_key();
  const SigningKey other(SigningSeed::random());
  const auto note = sign_note("text\n", "a.example", ours);
  const auto other_line = sign_note("text\n", "b.example", other).substr(6);
  EXPECT_TRUE(open_note(note + other_line, {"a.example", ours.public_key()}));
  const auto bad_line = sign_note("other\n", "a.example", ours).substr(7);
  EXPECT_FALSE(open_note(note + bad_line, {"a.example", ours.public_key()}));
  EXPECT_FALSE(open_note(note, {"b.example", other.public_key()}));
}

TEST(Note, SplitsAtTheLastEmptyLine) {
  const auto key = design_log_key();
  const std::string text = "one\n\ntwo\n";
  EXPECT_EQ(open_note(sign_note(text, "n", key), {"n", key.public_key()}).value(), text);
}

TEST(Note, RefusesTextThatIsNotText) {
  const auto key = design_log_key();
  const VerifierKey verifier{"n", key.public_key()};
  for (const std::string& text : {std::string("a\tb\n"), std::string("a\0b\n", 4), std::string("\xff\n"),
                                  std::string("\xc0\x80\n"), std::string("\xed\xa0\x80\n")}) {
    EXPECT_FALSE(open_note(sign_note(text, "n", key), verifier));
  }
}

// A line as a witness writes it: key type 0x04, u64be time and signature, 76 bytes in all.
std::string cosignature_line(const std::string& name, std::uint8_t first) {
  Bytes payload(4 + 8 + 64, first);
  return "\xE2\x80\x94 " + name + ' ' + to_base64(payload) + '\n';
}

TEST(Note, PassesOverSixteenCosignaturesOfUnknownWitnesses) {
  const auto key = design_log_key();
  auto note = sign_note("text\n", "a.example", key);
  for (int i = 0; i < 16; ++i)
    note += cosignature_line("witness" + std::to_string(i) + ".example", static_cast<std::uint8_t>(i));
  note += cosignature_line("a.example", 0);  // our name, but not our key id
  EXPECT_EQ(open_note(note, {"a.example", key.public_key()}).value(), "text\n");
}

TEST(Note, RefusesTooManySignaturesAndTooManyBytes) {
  const auto key = design_log_key();
  const VerifierKey verifier{"a.example", key.public_key()};
  auto note = sign_note("text\n", "a.example", key);
  for (std::size_t i = 1; i < kNoteSignaturesMax; ++i) note += cosignature_line("w", 1);
  EXPECT_TRUE(open_note(note, verifier));
  EXPECT_FALSE(open_note(note + cosignature_line("w", 1), verifier));
  const std::string long_text(kNoteBytesMax, 'a');
  EXPECT_EQ(tests::code_of(open_note(sign_note(long_text + '\n', "a.example", key), verifier)), ErrorCode::too_large);
}

TEST(Note, RefusesSignatureLinesOfAnotherForm) {
  const auto key = design_log_key();
  const VerifierKey verifier{"n", key.public_key()};
  const auto note = sign_note("text\n", "n", key);
  for (const std::string& line : std::initializer_list<std::string>{
           "\n", "- w AAAAAAA=\n", "\xE2\x80\x94 w\n", "\xE2\x80\x94 w \n", "\xE2\x80\x94  AAAAAAA=\n",
           "\xE2\x80\x94 w AAAAAA==\n", "\xE2\x80\x94 w AAAAAAB=\n", "\xE2\x80\x94 w AAAAAAA\n",
           "\xE2\x80\x94 w AAAAAAA= \n", "\xE2\x80\x94 w AAAAAAA=", "\xE2\x80\x94 w+ AAAAAAA=\n",
           "\xE2\x80\x94 w\u00A0 AAAAAAA=\n"}) {
    EXPECT_EQ(tests::code_of(open_note(note + line, verifier)), ErrorCode::malformed) << line;
  }
  EXPECT_TRUE(open_note(note + "\xE2\x80\x94 w AAAAAAA=\n", verifier));
  for (const char* text : {"", "\n", "\n\n", "text\n", "text\n\n"}) {
    EXPECT_EQ(tests::code_of(open_note(text, verifier)), ErrorCode::malformed);
  }
}

// libsodium 1.0.18 decodes every byte from 0x80 on as '/'.
TEST(Note, RefusesOtherCharactersInPlaceOfASlash) {
  const auto key = design_log_key();
  const VerifierKey vkey{"o", key.public_key()};
  const std::string head = "c2sp.org/tlog-proof@v1\nextra ", slashes = "////";
  std::size_t pairs = 0;
  for (std::uint64_t size = 1; pairs < 3; ++size) {
    auto note = sign_checkpoint({"o", size, leaf_hash(view("a"))}, key);
    ASSERT_TRUE(open_checkpoint(note, vkey));
    const auto pair = note.rfind("//");
    if (pair == std::string::npos || pair < note.rfind(' ')) continue;
    ++pairs;
    EXPECT_EQ(tests::code_of(open_checkpoint(note.replace(pair, 2, "\u00e9"), vkey)), ErrorCode::malformed);
  }
  const auto note = sign_note("o\n1\n" + slashes + to_base64(empty_root().span()).substr(4) + '\n', "o", key);
  EXPECT_TRUE(open_checkpoint(note, vkey));
  const auto other = sign_note("o\n1\n\u00e9\u00e9" + to_base64(empty_root().span()).substr(4) + '\n', "o", key);
  EXPECT_EQ(tests::code_of(open_checkpoint(other, vkey)), ErrorCode::malformed);
  EXPECT_TRUE(parse_proof(head + slashes + "\nindex 0\n\n" + note));
  EXPECT_EQ(tests::code_of(parse_proof(head + "\u00e9//\nindex 0\n\n" + note)), ErrorCode::malformed);
}

TEST(VerifierKey, NamesHaveNoUnicodeSpaces) {
  for (const char* name : {"example.org/log", "\u8bc1\u636e", "e\u0301", "\U0001F512"})
    EXPECT_TRUE(is_key_name(name)) << name;
  for (const char* name : {"", "a b", "a+b", "a\tb", "a\nb", "a\u0085", "a\u00a0b", "\u1680", "\u2000", "\u200a",
                           "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\xff", "\xe2\x80"}) {
    EXPECT_FALSE(is_key_name(name)) << name;
  }
}

TEST(VerifierKey, RefusesOtherTypesAndDamage) {
  const auto text = design_parts().at(0).at("vkey-text");
  ASSERT_TRUE(parse_verifier_key(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(parse_verifier_key(changed)) << "byte " << i;
  }
  // A point of small order, with the id that fits it.
  SignPublicKey small_order;
  small_order.bytes[0] = 1;
  EXPECT_EQ(tests::code_of(parse_verifier_key(to_text({"n", small_order}))), ErrorCode::malformed);
}

TEST(Checkpoint, IsTheDesignsInBothSuites) {
  const auto key = design_log_key();
  for (const auto& part : design_parts()) {
    const auto vkey = parse_verifier_key(part.at("vkey-text")).value();
    EXPECT_EQ(vkey.key, key.public_key());
    const Checkpoint expected{vkey.name, 1, fixed_from_hex<Digest>(part.at("genesis")).value()};
    const auto note = text_of(part.at("checkpoint1_base64-text"));
    EXPECT_EQ(sign_checkpoint(expected, key), note);
    EXPECT_EQ(open_checkpoint(note, vkey).value(), expected);
  }
}

TEST(Checkpoint, RefusesOtherSpellings) {
  const auto key = design_log_key();
  const VerifierKey vkey{"o", key.public_key()};
  const auto root = to_base64(empty_root().span());
  for (const std::string& text : std::initializer_list<std::string>{
           "o\n01\n" + root + "\n", "o\n-1\n" + root + "\n", "o\n1\n" + root + "\nextension\n", "o\n1\nAA==\n",
           "p\n1\n" + root + "\n", "o\n9007199254740992\n" + root + "\n", "o\n1\n", "o\n1\n\n"}) {
    EXPECT_FALSE(open_checkpoint(sign_note(text, "o", key), vkey)) << text;
  }
}

TEST(Checkpoint, IsOpenedOnceMoreWithoutBelievingAnother) {
  const auto key = design_log_key();
  CheckpointOpener log({"o", key.public_key()});
  EXPECT_EQ(tests::code_of(log.open("")), ErrorCode::malformed);
  const auto note = sign_checkpoint({"o", 2, leaf_hash(view("a"))}, key);
  const auto later = sign_checkpoint({"o", 3, leaf_hash(view("b"))}, key);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(log.open(note).value().size, 2u);
    for (std::size_t at = 0; at < note.size(); ++at) {
      auto changed = note;
      changed[at] ^= 1;
      EXPECT_FALSE(log.open(changed)) << at;
    }
    EXPECT_FALSE(log.open(std::string_view(note).substr(0, note.size() - 1)));
    EXPECT_EQ(log.open(note).value().size, 2u);
    EXPECT_EQ(log.open(later).value().size, 3u);
  }
}

TEST(Proof, IsTheDesignsAndNoOtherHolds) {
  const auto part = design_parts().at(0);
  const auto text = text_of(part.at("proof1_base64-text"));
  const auto vkey = parse_verifier_key(part.at("vkey-text")).value();
  const auto proof = parse_proof(text).value();
  EXPECT_EQ(write_proof(proof), text);
  EXPECT_EQ(text_view(*proof.extra), part.at("entry1-text"));
  const auto leaf = leaf_hash(*proof.extra);
  CheckpointOpener log(vkey);
  EXPECT_EQ(to_hex(leaf.span()), part.at("leaf1"));
  EXPECT_EQ(verify_proof(proof, leaf, log).value().size, 2u);
  for (std::size_t i = 0; i < text.size() * 4; ++i) {
    auto changed = text;
    constexpr int kBits[] = {1, 2, 0x20, 0x80};
    changed[i / 4] = static_cast<char>(changed[i / 4] ^ kBits[i % 4]);
    const auto parsed = parse_proof(changed);
    const bool holds = parsed && parsed->extra && verify_proof(*parsed, leaf_hash(*parsed->extra), log);
    EXPECT_FALSE(holds) << "byte " << i / 4;
  }
}

TEST(Proof, HasOneSpelling) {
  const auto key = design_log_key();
  const VerifierKey vkey{"o", key.public_key()};
  const auto leaf = leaf_hash(view("a")), sibling = leaf_hash(view("b"));
  const auto note = sign_checkpoint({"o", 2, node_hash(leaf, sibling)}, key);
  const std::string head = "c2sp.org/tlog-proof@v1\n", hash = to_base64(sibling.span()) + '\n';
  const auto right = head + "index 0\n" + hash + '\n' + note;
  CheckpointOpener log(vkey);
  EXPECT_EQ(verify_proof(parse_proof(right).value(), leaf, log).value().size, 2u);
  EXPECT_EQ(write_proof({std::nullopt, 0, {sibling}, note}), right);
  EXPECT_EQ(write_proof({Bytes{}, 0, {sibling}, note}), right);
  for (const std::string& wrong : std::initializer_list<std::string>{
           "", "\n\n", "\n" + right, head + "\nindex 0\n" + hash + '\n' + note,
           head + "index 00\n" + hash + '\n' + note, head + "index +0\n" + hash + '\n' + note,
           head + "index  0\n" + hash + '\n' + note, head + "index 9007199254740992\n" + hash + '\n' + note,
           head + "extra \nindex 0\n" + hash + '\n' + note, head + "extra AB==\nindex 0\n" + hash + '\n' + note,
           head + "extra\nindex 0\n" + hash + '\n' + note, head + hash + '\n' + note,
           head + "index 0\nextra AA==\n" + hash + '\n' + note, head + "index 0\nAA==\n\n" + note,
           head + "index 0\n" + hash, "c2sp.org/tlog-proof@v2\nindex 0\n" + hash + '\n' + note,
           head + "index 0\r\n" + hash + '\n' + note}) {
    EXPECT_EQ(tests::code_of(parse_proof(wrong)), ErrorCode::malformed) << wrong;
  }
  auto too_long = head + "index 0\n";
  for (std::size_t i = 0; i <= kProofHashesMax; ++i) too_long += hash;
  EXPECT_EQ(tests::code_of(parse_proof(too_long + '\n' + note)), ErrorCode::malformed);
  EXPECT_EQ(tests::code_of(parse_proof(right + std::string(kProofBytesMax, 'x'))), ErrorCode::too_large);
}

TEST(Proof, DoesNotHoldForAnotherLeafPlaceOrLength) {
  const auto key = design_log_key();
  const VerifierKey vkey{"o", key.public_key()};
  const auto leaf = leaf_hash(view("a")), sibling = leaf_hash(view("b"));
  const InclusionProof right{std::nullopt, 0, {sibling}, sign_checkpoint({"o", 2, node_hash(leaf, sibling)}, key)};
  CheckpointOpener log(vkey), of_another({"p", key.public_key()});
  ASSERT_TRUE(verify_proof(right, leaf, log));
  EXPECT_EQ(tests::code_of(verify_proof(right, sibling, log)), ErrorCode::damaged);
  for (const auto& [index, path] : std::initializer_list<std::pair<std::uint64_t, std::vector<Digest>>>{
           {1, {sibling}}, {2, {sibling}}, {0, {}}, {0, {sibling, sibling}}}) {
    EXPECT_EQ(tests::code_of(verify_proof({std::nullopt, index, path, right.checkpoint}, leaf, log)),
              ErrorCode::damaged);
  }
  EXPECT_FALSE(verify_proof(right, leaf, of_another));
}

}  // namespace
}  // namespace depone::crypto::log
