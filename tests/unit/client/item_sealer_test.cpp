#include "client/lib/item_sealer.h"

#include <gtest/gtest.h>

#include "protocol/record/frame.h"
#include "protocol/record/salted.h"
#include "tests/unit/client/archive.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using crypto::SealSuite;

class ItemSealerTest : public testing::Test {
 protected:
  struct Sealed {
    SealedSubmission submission;
    EvidenceSubmit body;
    Bytes object;
    Bytes frame;
    std::vector<Piece> pieces;
    crypto::ItemContext context;

    ByteView piece(std::string_view name) const {
      const auto* const found = find_piece(pieces, name);
      return found == nullptr ? ByteView() : found->bytes;
    }
  };

  // Seals content as a client does, and opens the submission as the archive does.
  Sealed seal(ByteView content, const std::string& title = "The yellow house", bool inline_object = true) const {
    ItemSealer sealer(card_, target_, identity_);
    Sealed out;
    out.object = to_bytes(sealer.header().span());
    do {
      const auto plain = content.first(std::min(content.size(), crypto::kChunkPlainBytes));
      content = content.subspan(plain.size());
      Bytes chunk(plain.size() + crypto::kChunkTagBytes);
      sealer.seal_chunk(plain, content.empty(), chunk);
      out.object.insert(out.object.end(), chunk.begin(), chunk.end());
    } while (!content.empty());
    sealer.hash_sealed(out.object);

    ItemDescription description;
    description.kind = Kind::testimony;
    description.sensitivity = Sensitivity::secret;
    description.private_part.catalogue.summary = "a prison";
    description.manifest.title = title;
    out.submission =
        sealer.finish(description, now_, Seen{1, card_.genesis}, inline_object ? out.object : Bytes{}).value();
    EXPECT_EQ(out.submission.item, sealer.item());
    out.body = body_of<EvidenceSubmit>(out.submission.act).value();
    out.frame = crypto::open_seal_public(SealSuite::x25519, archive_.intake, crypto::submission_info(card_.genesis),
                                         out.submission.sealed)
                    .value();
    out.pieces = parse_frame(out.frame).value();
    out.context = crypto::item_context(card_.genesis, sealer.item(), target_.case_id, identity_.id());
    return out;
  }
  Result<crypto::ItemSecret> secret_of(const Sealed& sealed, std::uint32_t epoch = 7) const {
    return crypto::open_sealed_secret<crypto::ItemSecret>(
        SealSuite::x25519, case_seed_, crypto::item_secret_info(sealed.context, target_.case_id, epoch),
        sealed.piece("secret"));
  }
  Manifest manifest_of(const Sealed& sealed, std::string& text) const {
    const auto share =
        crypto::manifest_share(crypto::ReleaseShare::copy_of(sealed.piece("release_share")), sealed.context);
    const auto key = crypto::manifest_key(secret_of(sealed).value(), sealed.context, share);
    return parse_padded_manifest(crypto::open_manifest(key, sealed.context, sealed.piece("manifest")).value(), text)
        .value();
  }

  TimePoint now_ = time_from_text("2026-11-24T03:00:00.000Z").value();
  tests::Archive archive_;
  ArchiveCard card_ = parse_archive_card(archive_.card()).value();
  crypto::SealSeed case_seed_ = crypto::SealSeed::random();
  CaseTarget target_{crypto::random_fixed<crypto::CaseId>(), 7,
                     crypto::seal_public_key(SealSuite::x25519, case_seed_).value()};
  Identity identity_ =
      std::move(Identity::create("investigator", {Role::investigator}, SealSuite::x25519, now_).value());
};

TEST_F(ItemSealerTest, WhatItSealsOpensWithTheKeysOfTheCaseAndTheArchive) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, crypto::kChunkPlainBytes, crypto::kChunkPlainBytes + 1}) {
    Bytes content(size);
    if (size > 0) crypto::fill_random(content);
    const auto sealed = seal(content);
    EXPECT_EQ(to_bytes(sealed.piece("object")), sealed.object);
    EXPECT_EQ(sealed.object.size(), crypto::sealed_object_bytes(size));

    const auto header = crypto::parse_object_header(ByteView(sealed.object).first(crypto::kObjectHeaderBytes)).value();
    const auto share = crypto::ReleaseShare::copy_of(sealed.piece("release_share"));
    crypto::ChunkCipher cipher(crypto::content_key(secret_of(sealed).value(), sealed.context, share, header));
    auto rest = ByteView(sealed.object).subspan(crypto::kObjectHeaderBytes);
    Bytes opened;
    for (std::uint64_t i = 0; !rest.empty(); ++i) {
      const auto chunk = rest.first(std::min(rest.size(), crypto::kChunkSealedBytes));
      rest = rest.subspan(chunk.size());
      Bytes plain(chunk.size() - crypto::kChunkTagBytes);
      ASSERT_TRUE(cipher.open(i, rest.empty(), chunk, plain)) << "chunk " << i << " of " << size << " bytes";
      opened.insert(opened.end(), plain.begin(), plain.end());
    }
    EXPECT_EQ(opened, content);

    std::string text;
    const auto manifest = manifest_of(sealed, text);
    EXPECT_EQ(manifest.title, "The yellow house");
    EXPECT_EQ(manifest.size, size);
    EXPECT_EQ(manifest.sha256, crypto::sha256(content));
    EXPECT_EQ(sealed.submission.opening.sha256, crypto::sha256(content));
    EXPECT_EQ(sealed.submission.opening.commitment_salt, manifest.commitment_salt);
  }
}

TEST_F(ItemSealerTest, EveryCommitmentOfTheActHolds) {
  const auto sealed = seal(view("I was held there from spring to autumn."));
  const auto& body = sealed.body;
  const auto secret = secret_of(sealed).value();
  const auto share = crypto::ReleaseShare::copy_of(sealed.piece("release_share"));
  std::string manifest_text;
  (void)manifest_of(sealed, manifest_text);
  const auto& opening = sealed.submission.opening;
  EXPECT_EQ(body.release_commitment, crypto::release_commitment(sealed.context, share));
  EXPECT_EQ(body.key_commitment, crypto::key_commitment(secret, sealed.context, share));
  EXPECT_EQ(body.content_commitment,
            crypto::content_commitment(sealed.context, opening.commitment_salt, opening.sha256));
  EXPECT_EQ(body.manifest_commitment, salted_root(view(manifest_text)).value());
  EXPECT_EQ(*body.parts.find("manifest"), crypto::sha256(sealed.piece("manifest")));
  EXPECT_EQ(*body.parts.find("secret"), crypto::sha256(sealed.piece("secret")));
  EXPECT_EQ(*body.parts.find("private"), salted_root(sealed.piece("private")).value());
  EXPECT_EQ(body.object.sha256, crypto::sha256(sealed.object));
  EXPECT_EQ(body.object.size, sealed.object.size());
  EXPECT_EQ(body.case_id, target_.case_id);
  EXPECT_EQ(body.epoch, 7u);
  EXPECT_EQ(body.kind, Kind::testimony);
  EXPECT_EQ(body.sensitivity, Sensitivity::secret);
  EXPECT_EQ(crypto::item_id(card_.genesis, identity_.id(), body.nonce), sealed.submission.item);
}

TEST_F(ItemSealerTest, TheActIsItsAuthorsForThisArchiveAndOnWhatWasSeen) {
  const auto sealed = seal(view("x"));
  const auto act = parse_act(sealed.piece("act")).value();
  EXPECT_EQ(act.hash, sealed.submission.act.hash);
  EXPECT_TRUE(verify_envelope(act.envelope, identity_.card().body().sign));
  EXPECT_EQ(act.payload.actor, identity_.id());
  EXPECT_EQ(act.payload.archive, card_.genesis);
  EXPECT_EQ(act.payload.seen.size, 1u);
  EXPECT_EQ(act.payload.seen.root, card_.genesis);
  EXPECT_EQ(act.payload.issued_at, now_);
}

TEST_F(ItemSealerTest, NothingOpensWithOtherKeysOrUnderAnotherName) {
  const auto sealed = seal(view("x"));
  const auto other = crypto::SealSeed::random();
  EXPECT_FALSE(crypto::open_seal_public(SealSuite::x25519, other, crypto::submission_info(card_.genesis),
                                        sealed.submission.sealed));
  EXPECT_FALSE(crypto::open_seal_public(SealSuite::x25519, archive_.intake, crypto::submission_info({}),
                                        sealed.submission.sealed));
  EXPECT_TRUE(secret_of(sealed));
  EXPECT_FALSE(secret_of(sealed, 8));  // another epoch
  auto elsewhere = seal(view("x"));
  elsewhere.context = sealed.context;
  EXPECT_FALSE(secret_of(elsewhere));  // another item
}

TEST_F(ItemSealerTest, TheReleaseShareAloneOpensNoManifest) {
  const auto sealed = seal(view("x"));
  const auto share =
      crypto::manifest_share(crypto::ReleaseShare::copy_of(sealed.piece("release_share")), sealed.context);
  const auto key = crypto::manifest_key(crypto::ItemSecret::random(), sealed.context, share);
  EXPECT_FALSE(crypto::open_manifest(key, sealed.context, sealed.piece("manifest")));
}

TEST_F(ItemSealerTest, TheSameContentTwiceHasNothingInCommon) {
  const auto one = seal(view("the same words")), two = seal(view("the same words"));
  EXPECT_EQ(one.submission.opening.sha256, two.submission.opening.sha256);
  EXPECT_NE(one.submission.item, two.submission.item);
  EXPECT_NE(one.body.object.sha256, two.body.object.sha256);
  EXPECT_NE(one.body.content_commitment, two.body.content_commitment);
  EXPECT_NE(one.body.manifest_commitment, two.body.manifest_commitment);
  EXPECT_NE(one.body.release_commitment, two.body.release_commitment);
  EXPECT_NE(one.body.key_commitment, two.body.key_commitment);
  EXPECT_NE(*one.body.parts.find("private"), *two.body.parts.find("private"));
}

TEST_F(ItemSealerTest, WhatTheArchiveGetsTellsNeitherTitleNorItsLength) {
  const std::string title = "Kim's account of the yellow house";
  const auto named = seal(view("x"), title), shorter = seal(view("x"), "K");
  EXPECT_EQ(text_view(named.frame).find(title), std::string_view::npos);
  EXPECT_NE(text_view(named.frame).find("a prison"), std::string_view::npos);  // the catalogue it may read
  EXPECT_EQ(text_view(named.submission.sealed).find("a prison"), std::string_view::npos);
  EXPECT_EQ(named.piece("manifest").size(), shorter.piece("manifest").size());
}

TEST_F(ItemSealerTest, ALargeObjectTravelsApart) {
  const auto sealed = seal(view("x"), "title", false);
  EXPECT_EQ(find_piece(sealed.pieces, "object"), nullptr);
  EXPECT_EQ(sealed.pieces.size(), 5u);
  EXPECT_EQ(sealed.body.object.sha256, crypto::sha256(sealed.object));
}

}  // namespace
}  // namespace depone::client
