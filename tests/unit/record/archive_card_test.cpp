#include "protocol/record/archive_card.h"

#include <gtest/gtest.h>

#include "crypto/log/merkle.h"
#include "protocol/record/frame.h"

namespace depone::protocol::record {
namespace {

struct Founded {
  crypto::SigningKey log{crypto::SigningSeed::random()};
  crypto::SigningKey person{crypto::SigningSeed::random()};
  Card custodian;
  std::string entry;
  std::string note;

  Founded() {
    CardBody body;
    body.handle = "custodian";
    body.seal = crypto::seal_public_key(crypto::SealSuite::x25519, crypto::SealSeed::random()).value();
    body.channel = crypto::SigningKey(crypto::SigningSeed::random()).public_key();
    custodian = make_card(person, body, TimePoint{});
    Entry first;
    first.type = kArchiveInit;
    InitFacts facts{"archive.example/nk",
                    log.public_key(),
                    crypto::SigningKey(crypto::SigningSeed::random()).public_key(),
                    body.seal,
                    custodian.hash,
                    {}};
    first.facts = raw_facts(facts);
    entry = write_form(first);
    note = crypto::log::sign_checkpoint({"archive.example/nk", 1, crypto::log::leaf_hash(view(entry))}, log);
  }
  Bytes card() const { return write_archive_card(log, entry, custodian, note, {"127.0.0.1:8443"}, TimePoint{}); }
};

TEST(ArchiveCard, SaysWhatTheArchiveIs) {
  const Founded founded;
  const auto card = parse_archive_card(founded.card()).value();
  EXPECT_EQ(card.facts.origin, "archive.example/nk");
  EXPECT_EQ(card.genesis, crypto::log::leaf_hash(view(founded.entry)));
  EXPECT_EQ(card.addresses, std::vector<std::string>{"127.0.0.1:8443"});
  EXPECT_EQ(card.custodian.hash, founded.custodian.hash);
  EXPECT_EQ(card.checkpoint.size, 1u);
}

TEST(ArchiveCard, RefusesEveryChangedByteAndEveryCut) {
  const auto bytes = Founded().card();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] ^= 1;
    EXPECT_FALSE(parse_archive_card(changed)) << "byte " << i;
  }
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    EXPECT_FALSE(parse_archive_card(ByteView(bytes).first(size)));
}

TEST(ArchiveCard, RefusesAnotherCustodianAndAnotherLog) {
  const Founded one, other;
  EXPECT_FALSE(parse_archive_card(write_archive_card(one.log, one.entry, other.custodian, one.note, {}, TimePoint{})));
  EXPECT_FALSE(parse_archive_card(write_archive_card(other.log, one.entry, one.custodian, one.note, {}, TimePoint{})));
  EXPECT_FALSE(parse_archive_card(write_archive_card(one.log, one.entry, one.custodian, other.note, {}, TimePoint{})));
}

TEST(Card, RefusesKeysThatAreNone) {
  const crypto::SigningKey key(crypto::SigningSeed::random());
  CardBody body;
  body.handle = "x";
  body.seal = crypto::seal_public_key(crypto::SealSuite::x25519, crypto::SealSeed::random()).value();
  body.channel = crypto::SigningKey(crypto::SigningSeed::random()).public_key();
  EXPECT_TRUE(parse_card(view(make_card(key, body, TimePoint{}).envelope)));
  auto wrong = body;
  wrong.channel = {};
  EXPECT_FALSE(parse_card(view(make_card(key, wrong, TimePoint{}).envelope)));
  wrong = body;
  wrong.channel = key.public_key();
  EXPECT_FALSE(parse_card(view(make_card(key, wrong, TimePoint{}).envelope)));
  for (const char* handle : {"", "a\nb", "\x1b[31m"}) {
    wrong = body;
    wrong.handle = handle;
    EXPECT_FALSE(parse_card(view(make_card(key, wrong, TimePoint{}).envelope))) << handle;
  }
}

TEST(FrameReader, GivesPiecesHoweverTheyAreCut) {
  FrameWriter writer;
  writer.add("item", view("ev_x"));
  writer.add("object", Bytes(100'000, 7));
  writer.add("end", {});
  const Bytes bytes = writer.take();
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, bytes.size()}) {
    FrameReader reader;
    std::vector<std::pair<std::string, std::size_t>> got;
    for (std::size_t at = 0; at < bytes.size();) {
      auto some = ByteView(bytes).subspan(at, std::min(step, bytes.size() - at));
      at += some.size();
      while (!some.empty()) {
        some = some.subspan(reader.feed(some).value());
        if (const auto piece = reader.next()) got.emplace_back(piece->first, piece->second.size());
      }
    }
    EXPECT_EQ(got, (std::vector<std::pair<std::string, std::size_t>>{{"item", 4}, {"object", 100'000}, {"end", 0}}))
        << step;
  }
}

Bytes one_piece(std::string_view name, std::size_t size) {
  FrameWriter writer;
  writer.add(name, Bytes(size));
  return writer.take();
}

TEST(FrameReader, RefusesUnknownNamesAndPiecesBeyondTheirLimit) {
  FrameReader unknown;
  EXPECT_FALSE(unknown.feed(one_piece("x", 3)));
  FrameReader large;
  EXPECT_FALSE(large.feed(one_piece("release_share", 33)));
}

}  // namespace
}  // namespace depone::protocol::record
