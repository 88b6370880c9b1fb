#include "tests/hostile_member/world.h"

#include <stdexcept>

#include "crypto/encoding.h"
#include "crypto/log/tile.h"
#include "system/file.h"
#include "tests/hostile_member/wire_reading.h"

namespace depone::hostile {

using namespace protocol::record;

namespace {

constexpr std::size_t kUploadBytes = 4096;

client::Identity new_identity(std::string handle) {
  return client::Identity::create(std::move(handle), {}, crypto::SealSuite::x25519, system::SystemClock().now())
      .value();
}

}  // namespace

void must(const Heard& heard, unsigned status, std::string_view what) {
  if (heard.status == status) return;
  throw std::runtime_error(std::string(what) + ": " + std::to_string(heard.status) + heard.fault + " " + heard.text());
}

Grant grant_to(const Peer& whom, GrantAs as) { return {whom.id(), random_bytes(82), as}; }
std::string hex(const crypto::Digest& digest) { return crypto::to_hex(digest.span()); }

World::World(const std::filesystem::path& archive_card, const std::filesystem::path& home,
             const std::filesystem::path& key_file) {
  target.card = parse_archive_card(system::read_file(archive_card, kArchiveCardBytesMax).value()).value();
  target.address = protocol::transport::parse_address(target.card.addresses.at(0)).value();
  client::Unlock unlock;
  unlock.key_file = key_file;
  auto founder = client::Identity::load(home / "depone" / "identity.json", unlock).value();
  custodian = std::make_unique<Peer>("custodian", std::move(founder), target);
  look_again();
  enrol_everybody();
  open_cases();
  deposit();
  ask_for_grants();
  must(act(*custodian, MemberRevoke{gone->id(), RevokeReason::left}), 200, "revoking");
  // What was sealed before the revocation, and is delivered after it.
  pending = submit_new(*keeper, *gone, alpha);
  look_again();
}

std::unique_ptr<Peer> World::new_peer(std::string name) const {
  return std::make_unique<Peer>(name, new_identity(name), target);
}

void World::enrol_everybody() {
  keeper = new_peer("keeper");
  witness = new_peer("witness");
  must(enrol(*custodian, *keeper, {Role::investigator}), 200, "enrolling");
  must(enrol(*custodian, *witness, {Role::archivist}), 200, "enrolling");
  const auto add = [this](std::string role, std::string standing) {
    everybody.push_back(
        std::make_unique<Who>(Who{Peer(role, new_identity(role), target), role, standing, {}, {}, {}, {}, {}}));
    auto& who = *everybody.back();
    if (standing != "stranger") must(enrol(*custodian, who.peer, {from_word<Role>(role).value()}), 200, "enrolling");
  };
  for (const char* const standing : {"recovery", "outsider"}) add("custodian", standing);
  for (const char* const role : {"investigator", "analyst", "lawyer"}) {
    for (const char* const standing : {"reader", "reviewer", "outsider"}) add(role, standing);
  }
  add("archivist", "outsider");
  add("investigator", "revoked");
  add("investigator", "stranger");
}

Who& World::find(std::string_view role, std::string_view standing) {
  for (const auto& who : everybody) {
    if (who->role == role && who->standing == standing) return *who;
  }
  throw std::logic_error("nobody is that");
}

void World::open_cases() {
  std::vector<Grant> grants{grant_to(*keeper, GrantAs::reader)};
  for (const auto& who : everybody) {
    if (who->standing == "revoked") grants.push_back(grant_to(who->peer, GrantAs::reader));
    if (const auto as = from_word<GrantAs>(who->standing)) grants.push_back(grant_to(who->peer, *as));
  }
  auto first = new_case("ALPHA", std::move(grants));
  first.case_id = alpha;
  must(open_case(*keeper, std::move(first)), 200, "opening ALPHA");
  auto second = new_case("BETA", {grant_to(*keeper, GrantAs::reader)});
  second.case_id = beta;
  must(open_case(*keeper, std::move(second)), 200, "opening BETA");
}

Item World::submit_new(Peer& courier, const Peer& signer, const crypto::CaseId& case_id) const {
  const auto deposit = new_deposit(target, signer.id(), case_id);
  const auto act = sign(signer, deposit.body);
  const auto heard = courier.ask("POST", "/v1/submissions", {}, seal_frame(target, frame_of(act, deposit)));
  must(heard, 200, "submitting");
  return {deposit.item, ref_in(heard), deposit.object, act.hash};
}

void World::deposit() {
  shared = submit_new(*keeper, *keeper, alpha);
  foreign = submit_new(*keeper, *keeper, beta);
  for (const auto& who : everybody) {
    if (!who->connects() && who->standing != "revoked") continue;
    who->upload = new_upload(who->peer, kUploadBytes);
    if (who->role == "custodian" || who->role == "archivist") continue;
    who->own = submit_new(who->peer, who->peer, alpha);
  }
  keepers_upload = new_upload(*keeper, kUploadBytes);
}

std::string World::grant(Peer& who, const Asking& asking) const {
  const auto asked = sign(who, asking);
  must(who.send({{"act", view(asked.act.bytes)}, {"private", asked.statement}}), 200, "retrieving");
  return asked.hash;
}

void World::ask_for_grants() {
  // Of all that is in the case, so that histories hold acts that name other items too.
  Asking all{alpha, {shared.id}};
  for (const auto& who : everybody) {
    if (who->own) all.items.push_back(who->own->id);
  }
  keepers_grant = grant(*keeper, all);
  keepers_other_grant = grant(*keeper, {beta, {foreign.id}});
  for (const auto& who : everybody) {
    const bool reads = who->standing == "reader" || who->standing == "revoked";
    if (reads || who->standing == "reviewer") who->own_grant = grant(who->peer, {alpha, {who->own->id}});
    if (!reads) continue;
    who->case_grant = grant(who->peer, {alpha, {shared.id}});
    who->manifest_grant = grant(who->peer, {alpha, {shared.id}, Scope::manifest});
  }
  auto& revoked = find("investigator", "revoked");
  gone_grant = revoked.case_grant;
  gone = &revoked.peer;
}

// --- signing and sending -------------------------------------------------------------------------------------------

Heard World::enrol(Peer& by, const Peer& whom, std::vector<Role> roles) const {
  const auto& card = whom.identity().card();
  const auto enrolment = sign(by, MemberEnrol{card.hash, std::move(roles)});
  return by.send({{"act", view(enrolment.bytes)}, {"card", view(card.envelope)}});
}

CaseOpen World::new_case(std::string prefix, std::vector<Grant> grants) const {
  CaseOpen body;
  body.case_id = crypto::random_fixed<crypto::CaseId>();
  body.prefix = std::move(prefix);
  body.key = crypto::seal_public_key(crypto::SealSuite::x25519, crypto::SealSeed::random()).value();
  body.grants = std::move(grants);
  return body;
}

Heard World::open_case(Peer& by, CaseOpen body) const {
  CasePrivate said;
  said.title = "a case";
  return act(by, std::move(body), std::move(said));
}

Heard World::submit(Peer& courier, const Peer& signer, const Deposit& deposit, Object object,
                    const std::string& upload) const {
  const auto frame = frame_of(sign(signer, deposit.body), deposit, object);
  const std::string where = upload.empty() ? "/v1/submissions" : "/v1/submissions?upload=" + upload;
  return courier.ask("POST", where, {}, seal_frame(target, frame));
}

World::SignedAsking World::sign(const Peer& who, const Asking& asking) const {
  RetrievePrivate statement;
  statement.salt = crypto::random_fixed<crypto::Salt32>();
  statement.purpose = asking.purpose;
  if (asking.use == Use::external) statement.recipient = "icc_otp";
  SignedAsking out;
  out.statement = to_bytes(write_form(statement));
  EvidenceRetrieve body{asking.case_id, asking.items, asking.scope, asking.use, {}};
  body.parts.add("private", salted_root(out.statement).value());
  out.act = sign(who, body);
  out.hash = hex(out.act.hash);
  return out;
}

Heard World::retrieve(Peer& who, const Asking& asking) const {
  const auto asked = sign(who, asking);
  return who.send({{"act", view(asked.act.bytes)}, {"private", asked.statement}});
}

std::string World::new_upload(Peer& who, std::size_t bytes) const {
  const auto made =
      who.ask("POST", "/v1/uploads", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", std::to_string(bytes)}});
  must(made, 201, "beginning an upload");
  return made.field("Location").substr(std::string_view("/v1/uploads/").size());
}

// --- the log -------------------------------------------------------------------------------------------------------

void World::look_again() {
  const auto note = custodian->get("/v1/log/checkpoint");
  const auto checkpoint = crypto::log::open_checkpoint(note.text(), target.card.log_key()).value();
  seen = {checkpoint.size, checkpoint.root};
}

std::uint64_t World::log_size() const {
  const auto note = witness->get("/v1/log/checkpoint");
  return crypto::log::open_checkpoint(note.text(), target.card.log_key()).value().size;
}

std::vector<Entry> World::entries(std::uint64_t from, std::uint64_t to) const {
  std::vector<Entry> out;
  for (std::uint64_t tile = from / 256; tile * 256 < to; ++tile) {
    const auto width = std::min<std::uint64_t>(256, to - tile * 256);
    auto target_text = "/v1/log/tile/entries/" + crypto::log::tile_number_path(tile);
    if (width < 256) target_text += ".p/" + std::to_string(width);
    const auto bundle = witness->get(target_text);
    must(bundle, 200, target_text);
    std::size_t at = 0;
    for (auto seq = tile * 256; seq < tile * 256 + width; ++seq) {
      const auto length = std::size_t{bundle.body.at(at)} << 8 | bundle.body.at(at + 1);
      if (seq >= from) out.push_back(parse_entry(ByteView(bundle.body).subspan(at + 2, length)).value());
      at += 2 + length;
    }
  }
  return out;
}

}  // namespace depone::hostile
