#include "crypto/log/note.h"

#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "crypto/log/checkpoint.h"
#include "crypto/log/merkle.h"
#include "crypto/log/proof.h"
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
    auto changed = note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open_note(changed, key)) << "byte " << i;
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
           "p\n1\n" + root + "\n", "o\n9007199254740992\n" + root + "\n", "o\n1\n"}) {
    EXPECT_FALSE(open_checkpoint(sign_note(text, "o", key), vkey)) << text;
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
  EXPECT_EQ(to_hex(leaf.span()), part.at("leaf1"));
  EXPECT_EQ(verify_proof(proof, leaf, vkey).value().size, 2u);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto parsed = parse_proof(changed);
    const bool holds = parsed && parsed->extra && verify_proof(*parsed, leaf_hash(*parsed->extra), vkey);
    EXPECT_FALSE(holds) << "byte " << i;
  }
}

}  // namespace
}  // namespace depone::crypto::log
