// The design's own vectors, through the typed forms.
#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "crypto/log/merkle.h"
#include "protocol/record/act.h"
#include "protocol/record/bodies.h"
#include "protocol/record/card.h"
#include "protocol/record/entry.h"
#include "protocol/record/fingerprint.h"
#include "protocol/record/frame.h"
#include "protocol/record/manifest.h"
#include "protocol/record/receipt.h"
#include "protocol/record/salted.h"
#include "tests/unit/vectors.h"

namespace depone::protocol::record {
namespace {

struct Part {
  std::map<std::string, std::string> values;
  std::vector<std::string> manifest_leaves;
  const std::string& at(const std::string& name) const { return values.at(name); }
};

std::vector<Part> parts() {
  std::vector<Part> out;
  for (const auto& group : tests::read_vectors("depone.txt")) {
    if (group.has("genesis")) out.emplace_back();
    for (const auto& [name, value] : group.values) {
      if (name == "manifest_leaf-text")
        out.back().manifest_leaves.push_back(value);
      else
        out.back().values.emplace(name, value);
    }
  }
  return out;
}
const Part& first() {
  static const auto all = parts();
  return all.at(0);
}

crypto::SigningKey key_from(int seed) {
  Bytes bytes(32);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(static_cast<std::size_t>(seed) + i);
  return crypto::SigningKey(crypto::SigningSeed::copy_of(bytes));
}

TEST(DesignVectors, TheCardIsReadAndWrittenAgain) {
  const auto card = parse_card(view(first().at("card-text"))).value();
  EXPECT_EQ(card.body().handle, "관리인-1");
  EXPECT_EQ(crypto::to_hex(card.id().span()), first().at("key_id"));
  const auto again = make_card(key_from(64), card.body(), card.payload.issued_at);
  EXPECT_EQ(again.envelope, first().at("card-text"));
  std::string indices;
  for (const auto index : fingerprint_indices(card.id().span())) indices += std::to_string(index) + " ";
  indices.pop_back();
  EXPECT_EQ(indices, first().at("fingerprint-words-text"));
  EXPECT_EQ(std::ranges::count(fingerprint_words(card.id().span()), ' '), 11);
}

TEST(DesignVectors, EveryChangedByteOfTheCardIsRefused) {
  const auto& text = first().at("card-text");
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(parse_card(view(changed))) << "byte " << i;
  }
}

TEST(DesignVectors, EntryZeroIsReadAndNamesTheArchive) {
  const auto& text = first().at("entry0-text");
  const auto entry = parse_entry(view(text)).value();
  EXPECT_EQ(write_form(entry), text);
  const auto facts = facts_of<InitFacts>(entry).value();
  EXPECT_EQ(facts.origin, "archive.example/nk");
  EXPECT_EQ(raw_facts(facts).json, entry.facts.json);
  EXPECT_EQ(crypto::to_hex(crypto::log::leaf_hash(view(text)).span()), first().at("genesis"));
  EXPECT_EQ(crypto::to_hex(facts.custodian.span()),
            crypto::to_hex(envelope_hash(view(first().at("card-text"))).span()));
  EXPECT_TRUE(changes_roster(entry));
}

TEST(DesignVectors, TheActIsSignedAsTheDesignSigns) {
  const auto act = parse_act(view(first().at("act_envelope-text"))).value();
  EXPECT_EQ(text_view(act.envelope.payload), first().at("act_payload-text"));
  EXPECT_EQ(crypto::to_hex(act.hash.span()), first().at("act_hash"));
  EXPECT_TRUE(verify_envelope(act.envelope, key_from(64).public_key()));
  EXPECT_FALSE(verify_envelope(act.envelope, key_from(96).public_key()));
  EXPECT_EQ(body_of<MemberRevoke>(act).value().reason_code, RevokeReason::left);
  EXPECT_EQ(sign_act(key_from(64), act.payload).bytes, first().at("act_envelope-text"));
}

TEST(DesignVectors, TheRefusalsEntryAndProofMakeAReceipt) {
  Receipt receipt;
  receipt.proof = text_view(crypto::from_base64(first().at("proof1_base64-text")).value());
  receipt.act.json = first().at("act_envelope-text");
  const auto log_key = crypto::log::parse_verifier_key(first().at("vkey-text")).value();
  const auto verified = verify_receipt(parse_receipt(view(write_receipt(receipt))).value(), log_key).value();
  EXPECT_EQ(verified.entry.seq, 1u);
  EXPECT_EQ(verified.entry.outcome, Outcome::refused);
  EXPECT_EQ(facts_of<ActFacts>(verified.entry).value().skew_ms, 1000);
  receipt.act.json = "{}";
  EXPECT_FALSE(verify_receipt(receipt, log_key));
}

TEST(DesignVectors, TheManifestsLeavesAndRootAreTheDesignsInBothSuites) {
  for (const auto& part : parts()) {
    const auto& text = part.at("manifest-text");
    const auto leaves = salted_leaves(view(text)).value();
    EXPECT_EQ(leaves, part.manifest_leaves);
    EXPECT_EQ(crypto::to_hex(salted_root(view(text)).value().span()), part.at("manifest_commitment"));
    const auto padded = pad_manifest(text);
    EXPECT_EQ(std::to_string(padded.size()), part.at("manifest_padded_bytes"));
    std::string unpadded;
    const auto manifest = parse_padded_manifest(padded, unpadded);
    ASSERT_TRUE(manifest) << manifest.error().detail;
    EXPECT_EQ(unpadded, text);
    EXPECT_EQ(write_form(*manifest), text);
  }
}

TEST(DesignVectors, TheFrameIsTheDesigns) {
  const auto bytes = crypto::from_hex(first().at("frame")).value();
  const auto pieces = parse_frame(bytes).value();
  ASSERT_EQ(pieces.size(), 3u);
  FrameWriter writer;
  for (const auto& piece : pieces) writer.add(piece.name, piece.bytes);
  EXPECT_EQ(writer.bytes(), bytes);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const bool at_a_boundary = size == 9 || size == 23;
    EXPECT_EQ(parse_frame(ByteView(bytes).first(size)).has_value(), at_a_boundary) << size;
  }
}

TEST(DesignVectors, IdsPrintAsTheDesigns) {
  const auto item = crypto::fixed_from_hex<crypto::EvidenceId>(first().at("item_id")).value();
  EXPECT_EQ(to_text(item), first().at("item-text"));
  EXPECT_EQ(from_text<crypto::EvidenceId>(first().at("item-text")), item);
  EXPECT_TRUE(from_text<crypto::CaseId>(first().at("case-text")));
  EXPECT_FALSE(from_text<crypto::EvidenceId>(first().at("case-text")));
}

}  // namespace
}  // namespace depone::protocol::record
