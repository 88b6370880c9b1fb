// The identity file: card, key slots and sealed seeds.
#include "client/lib/identity.h"
#include "protocol/record/key_slots.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/identity_file.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

ByteView without_newline(ByteView text) {
  return !text.empty() && text.back() == '\n' ? text.first(text.size() - 1) : text;
}

Result<client::Identity> load(ByteView text) {
  client::Unlock unlock;
  unlock.key_file = file_of(view(kKeyFile));
  return client::Identity::load(file_of(text), unlock);
}

void fuzz(ByteView input) {
  const auto valid = view(kIdentityFile);
  const auto card = client::Identity::load_card(file_of(input));
  if (card) require(is_byte_form(without_newline(input)), "an identity file that is read is in the byte form");
  const auto same = [&](ByteView text) {
    return text_view(without_newline(text)) == text_view(without_newline(valid));
  };
  if (load(input)) require(same(input), "keys come out of the file that holds them alone");

  Choices choices(input);
  const auto changed = damaged(valid, choices);
  const auto identity = load(changed);
  require(identity.has_value() == same(changed), "an identity opens as it was saved, and no other way");
  if (identity) require(identity->signing_key().public_key() == identity->card().body().sign, "with its card's key");
}

Seeds seeds() {
  Seeds out = nasty_json();
  out.push_back({"identity", to_bytes(kIdentityFile)});
  auto other = std::string(kIdentityFile);
  other.replace(other.find("key_file"), 8, "none");
  out.push_back({"nasty_slot_of_no_kind", to_bytes(other)});
  other = kIdentityFile;
  const auto begin = other.find("[{\"kind\""), end = other.find("}]", begin);
  other.replace(begin, end + 2 - begin, "[]");
  out.push_back({"nasty_no_slot", to_bytes(other)});
  return out;
}

const Registered kTarget{{"identity", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
