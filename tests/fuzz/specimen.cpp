#include "tests/fuzz/specimen.h"

#include "crypto/hash.h"
#include "crypto/log/proof.h"
#include "crypto/object.h"
#include "protocol/record/archive_card.h"
#include "protocol/record/frame.h"
#include "protocol/record/salted.h"

namespace depone::fuzz {

using namespace protocol::record;

namespace {

constexpr std::string_view kContent = "abc";
constexpr std::string_view kOrigin = "archive.example/nk";

CardBody card_body(std::uint8_t first, std::string handle, Role role) {
  CardBody body;
  body.handle = std::move(handle);
  body.seal = crypto::seal_public_key(crypto::SealSuite::x25519,
                                      secret_of<crypto::SealSeed>(static_cast<std::uint8_t>(first + 32)))
                  .value();
  body.channel = crypto::SigningKey(secret_of<crypto::SigningSeed>(static_cast<std::uint8_t>(first + 64))).public_key();
  body.roles_wanted = {role};
  return body;
}

Manifest manifest_of() {
  Manifest out;
  out.salt = fixed_of<crypto::Salt32>(5);
  out.title = "증언";
  out.narrative = {"첫째 / \x7f \"줄\"\t", "둘째"};
  out.file_name = "면담.txt";
  out.mime = "text/plain";
  out.size = kContent.size();
  out.sha256 = crypto::sha256(view(kContent));
  out.commitment_salt = fixed_of<crypto::Salt32>(3);
  out.place_exact = ExactPlace{"", "39.03", "125.75"};
  out.time_exact = "2014-03-02";
  out.acquisition = Acquisition{"interview", "", "", "", "", {}, TimePoint{}, {"md5:00"}};
  out.interview = Interview{"two", "none", "ko", YesNo::yes, YesNo::no, {}, {}, {}};
  out.client = {"depone", "0.1"};
  return out;
}

SubmitPrivate private_of() {
  SubmitPrivate out;
  out.salt = fixed_of<crypto::Salt32>(40);
  out.catalogue.summary = "요약";
  out.catalogue.languages = {"ko"};
  out.catalogue.event_date = {{"2014"}, {"2015-03"}, DatePrecision::year, DateQualifier::approximate};
  out.catalogue.place = {"PRK", "", PlacePrecision::country};
  out.catalogue.media = {"text/plain", ""};
  out.catalogue.crimes = {"RS7.1.f"};
  out.accession = AccessionRef{fixed_of<crypto::AccessionId>(70), 3};
  out.sources = {{fixed_of<crypto::SourceId>(60), SourceRole::testifier, Knowledge::eyewitness}};
  out.consent.purposes = {"prosecution"};
  out.consent.recipients = {"icc_otp"};
  out.consent.expires = {"2031-01-31"};
  out.consent.after_death = AfterDeath::ends;
  return out;
}

}  // namespace

Bytes sequence(std::uint8_t first, std::size_t size) {
  Bytes out(size);
  for (auto& byte : out) byte = first++;
  return out;
}

Person::Person(std::uint8_t first, std::string handle, Role role)
    : seal(secret_of<crypto::SealSeed>(static_cast<std::uint8_t>(first + 32))),
      key(secret_of<crypto::SigningSeed>(first)),
      card(make_card(key, card_body(first, std::move(handle), role),
                     time_from_text("2026-11-24T03:00:00.000Z").value())) {}

Specimen::Specimen()
    : now(time_from_text("2026-11-24T03:00:00.000Z").value()),
      custodian(64, "관리인-1", Role::custodian),
      investigator(7, "investigator", Role::investigator),
      log(secret_of<crypto::SigningSeed>(0)),
      intake(secret_of<crypto::SealSeed>(128)),
      case_seed(secret_of<crypto::SealSeed>(10)),
      item_secret(secret_of<crypto::ItemSecret>(1)),
      release_share(secret_of<crypto::ReleaseShare>(2)) {
  begin_log();
  seal_item();
  take_submission();
}

void Specimen::begin_log() {
  Entry entry;
  entry.at = now;
  entry.type = kArchiveInit;
  entry.salt = fixed_of<crypto::Salt16>(7);
  entry.facts = raw_facts(InitFacts{std::string(kOrigin), log.public_key(),
                                    crypto::SigningKey(secret_of<crypto::SigningSeed>(32)).public_key(),
                                    crypto::seal_public_key(crypto::SealSuite::x25519, intake).value(),
                                    custodian.card.hash, fixed_of<crypto::Salt32>(9)});
  entry0 = write_form(entry);
  genesis = crypto::log::leaf_hash(view(entry0));
  log_key = {std::string(kOrigin), log.public_key()};
  const auto note = crypto::log::sign_checkpoint({std::string(kOrigin), 1, genesis}, log);
  archive_card = write_archive_card(log, entry0, custodian.card, note, {"127.0.0.1:8443", "[::1]:8443"}, now);
}

void Specimen::seal_item() {
  const auto case_key = crypto::seal_public_key(crypto::SealSuite::x25519, case_seed).value();
  body.case_id = fixed_of<crypto::CaseId>(16);
  body.nonce = fixed_of<crypto::Nonce16>(0);
  body.derived_from = {{fixed_of<crypto::EvidenceId>(80), Relation::translation, "en"}};
  item = crypto::item_id(genesis, investigator.card.id(), body.nonce);
  context = crypto::item_context(genesis, item, body.case_id, investigator.card.id());

  const auto said = manifest_of();
  manifest = write_form(said);
  private_part = write_form(private_of());
  const auto key = crypto::manifest_key(item_secret, context, crypto::manifest_share(release_share, context));
  const auto nonce = sequence(6, 24);
  sealed_manifest = crypto::seal_manifest_with(key, context, pad_manifest(manifest),
                                               std::span<const std::uint8_t, 24>(nonce.data(), 24));
  sealed_secret = crypto::seal_with(case_key, crypto::item_secret_info(context, body.case_id, body.epoch),
                                    item_secret.expose(), sequence(90))
                      .value();

  auto header = crypto::new_object_header();
  std::ranges::copy(sequence(4, 12), header.bytes.begin() + 20);
  object = to_bytes(header.span());
  object.resize(object.size() + kContent.size() + crypto::kChunkTagBytes);
  crypto::ChunkCipher(crypto::content_key(item_secret, context, release_share, header))
      .seal(0, true, view(kContent), std::span(object).subspan(crypto::kObjectHeaderBytes));

  body.object = {crypto::sha256(object), object.size(), std::string(crypto::kObjectFormat)};
  body.release_commitment = crypto::release_commitment(context, release_share);
  body.key_commitment = crypto::key_commitment(item_secret, context, release_share);
  body.content_commitment = crypto::content_commitment(context, said.commitment_salt, said.sha256);
  body.manifest_commitment = salted_root(view(manifest)).value();
  body.parts.add("manifest", crypto::sha256(sealed_manifest));
  body.parts.add("secret", crypto::sha256(sealed_secret));
  body.parts.add("private", salted_root(view(private_part)).value());
}

void Specimen::take_submission() {
  ActPayload payload;
  payload.type = EvidenceSubmit::kType;
  payload.id = fixed_of<crypto::ActId>(48);
  payload.archive = genesis;
  payload.actor = investigator.card.id();
  payload.issued_at = now;
  payload.seen = {1, genesis};
  payload.body.json = write_form(body);
  submit = sign_act(investigator.key, payload);

  FrameWriter frame;
  frame.add("act", view(submit.bytes));
  frame.add("manifest", sealed_manifest);
  frame.add("secret", sealed_secret);
  frame.add("private", view(private_part));
  frame.add("release_share", release_share.expose());
  frame.add("object", object);
  submission = frame.take();
  sealed_submission = crypto::seal_with(crypto::seal_public_key(crypto::SealSuite::x25519, intake).value(),
                                        crypto::submission_info(genesis), submission, sequence(91))
                          .value();

  Entry entry;
  entry.seq = 1;
  entry.at = now;
  entry.prev = genesis;
  entry.type = EvidenceSubmit::kType;
  entry.actor = investigator.card.id();
  entry.case_id = body.case_id;
  entry.subject = subject_of(item);
  entry.roster = 0;
  entry.act = submit.hash;
  entry.salt = fixed_of<crypto::Salt16>(12);
  entry.facts = raw_facts(SubmitFacts{-5, "NKPC-000001", "current", std::nullopt});
  entry1 = write_form(entry);
  const auto leaf = crypto::log::leaf_hash(view(entry1));
  checkpoint = crypto::log::sign_checkpoint({std::string(kOrigin), 2, crypto::log::node_hash(genesis, leaf)}, log);
  receipt.proof = crypto::log::write_proof({to_bytes(entry1), 1, {genesis}, checkpoint});
  receipt.act.json = submit.bytes;
  receipt.opening = Opening{crypto::sha256(view(kContent)), fixed_of<crypto::Salt32>(3)};
}

policy::Roster Specimen::roster() const {
  auto out = policy::Roster::begin(parse_entry(view(entry0)).value(), genesis, custodian.card).value();
  out.enrol(investigator.card, {investigator.card.hash, {Role::investigator}}, 1);
  return out;
}

const Specimen& specimen() {
  static const auto* const made = new Specimen;
  return *made;
}

Act act_of(std::string_view type, std::string_view body) {
  auto payload = specimen().submit.payload;
  payload.type = type;
  payload.body.json = body;
  return sign_act(specimen().investigator.key, payload);
}

}  // namespace depone::fuzz
