#include "client/lib/identity.h"

#include <fmt/format.h>

#include "crypto/hash.h"
#include "protocol/record/values.h"
#include "system/file.h"

namespace depone::client {

using namespace protocol::record;

struct IdentityForm {
  std::uint64_t v = 1;
  RawObject card;
  KeySlots slots;
  Bytes keys;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("card", s.card);
    f("slots", s.slots);
    f("keys", s.keys);
  }
};

namespace {

constexpr std::size_t kIdentityBytesMax = 256 * 1024;
constexpr std::string_view kPurpose = "depone/identity/v1";

Result<IdentityForm> parse_identity(ByteView text, const std::string& where) {
  if (!text.empty() && text.back() == '\n') text = text.first(text.size() - 1);
  auto form = parse_form<IdentityForm>(text, "the identity file");
  if (!form)
    return fail(ErrorCode::wrong_key,
                fmt::format("{} was changed or cut ({}); restore it from a copy", where, form.error().detail));
  if (form->v != 1) return fail(ErrorCode::unsupported, "the identity file is of another version than 1");
  DEPONE_TRY(check_key_slots(form->slots));
  return form;
}

Result<IdentityForm> read_form(const std::filesystem::path& file) {
  const auto bytes = system::read_file(file, kIdentityBytesMax);
  if (!bytes && bytes.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::wrong_key, "there is no identity here yet; make one with `depone init`");
  }
  if (!bytes) return bytes.error();
  return parse_identity(*bytes, file.string());
}

}  // namespace

Result<Identity> Identity::create(std::string handle, std::vector<Role> roles_wanted, crypto::SealSuite suite,
                                  TimePoint now) {
  Identity identity(crypto::SigningSeed::random(), crypto::SealSeed::random(), crypto::SigningSeed::random());
  CardBody body;
  body.handle = std::move(handle);
  body.roles_wanted = std::move(roles_wanted);
  DEPONE_ASSIGN(body.seal, crypto::seal_public_key(suite, identity.seal_));
  body.channel = crypto::SigningKey(identity.channel_).public_key();
  const Card made = make_card(identity.signing_, std::move(body), now);
  DEPONE_ASSIGN(identity.card_, parse_card(view(made.envelope)));
  return identity;
}

Result<> Identity::save(const std::filesystem::path& file, const Unlock& unlock, system::IfExists if_exists) const {
  DEPONE_ASSIGN(const auto text, locked(unlock));
  return system::write_file_durably(file, view(text), if_exists);
}

Result<std::string> Identity::locked(const Unlock& unlock) const {
  const auto master = crypto::MasterKey::random();
  IdentityForm form;
  if (unlock.key_file) {
    DEPONE_ASSIGN(const auto key, crypto::read_key_file(*unlock.key_file));
    form.slots.add(crypto::wrap_with_key_file(master, key));
  } else {
    DEPONE_ASSIGN(const auto passphrase, unlock.passphrase(true));
    form.slots.add(crypto::wrap_with_passphrase(master, passphrase));
  }
  crypto::SecretBuffer seeds(3 * 32);
  const auto out = seeds.expose_for_writing();
  std::copy_n(sign_.expose().begin(), 32, out.begin());
  std::copy_n(seal_.expose().begin(), 32, out.begin() + 32);
  std::copy_n(channel_.expose().begin(), 32, out.begin() + 64);
  form.card.json = card_.envelope;
  form.keys = crypto::box(master, kPurpose, card_.hash.span(), seeds.expose());
  return write_form(form) + '\n';
}

Result<Identity> Identity::load(const std::filesystem::path& file, const Unlock& unlock) {
  DEPONE_ASSIGN(const auto form, read_form(file));
  return open(form, unlock);
}

Result<Identity> Identity::unlocked(ByteView bytes, const Unlock& unlock) {
  DEPONE_ASSIGN(const auto form, parse_identity(bytes, "the identity"));
  return open(form, unlock);
}

Result<Identity> Identity::open(const IdentityForm& form, const Unlock& unlock) {
  DEPONE_ASSIGN(Card card, parse_card(view(form.card.json)));
  crypto::SecretBuffer secret;
  if (unlock.key_file) {
    auto read = crypto::read_key_file(*unlock.key_file);
    if (!read && read.error().code == ErrorCode::wrong_key) return read.error();
    if (!read) {
      return fail(ErrorCode::wrong_key,
                  fmt::format("{}; the key file of this identity is named with --key-file", read.error().detail));
    }
    secret = std::move(*read);
  } else if (form.slots.has(SlotKind::passphrase)) {
    DEPONE_ASSIGN(secret, unlock.passphrase(false));
  } else {
    return fail(ErrorCode::wrong_key, "this identity opens with a key file: name it with --key-file");
  }
  DEPONE_ASSIGN(
      const auto master,
      protocol::record::unlock(form.slots, unlock.key_file ? SlotKind::key_file : SlotKind::passphrase, secret));
  auto seeds = crypto::unbox(master, kPurpose, card.hash.span(), form.keys);
  if (!seeds || seeds->size() != 96)
    return fail(ErrorCode::wrong_key, "the keys in the identity file were changed; restore it from a copy");
  Identity identity(crypto::SigningSeed::copy_of(seeds->expose().subspan(0, 32)),
                    crypto::SealSeed::copy_of(seeds->expose().subspan(32, 32)),
                    crypto::SigningSeed::copy_of(seeds->expose().subspan(64, 32)));
  if (identity.signing_.public_key() != card.body().sign)
    return fail(ErrorCode::wrong_key, "the identity file holds the keys of another card; restore it from a copy");
  identity.card_ = std::move(card);
  return identity;
}

crypto::WrappingKey Identity::local_key(std::string_view purpose) const {
  crypto::WrappingKey key;
  crypto::blake2b_256(sign_.expose(), {view("depone/local/v1"), view(purpose)},
                      std::span<std::uint8_t, 32>(key.expose_for_writing()));
  return key;
}

Result<Card> Identity::load_card(const std::filesystem::path& file) {
  DEPONE_ASSIGN(const auto form, read_form(file));
  return parse_card(view(form.card.json));
}

}  // namespace depone::client
