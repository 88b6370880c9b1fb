// Key slots and key files. Slots of a passphrase are read but not opened: each costs 256 MiB and a second by design.
#include "protocol/record/key_slots.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/identity_file.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

Result<crypto::MasterKey> opened(ByteView slots, ByteView key_file) {
  DEPONE_ASSIGN(const auto secret, crypto::read_key_file(file_of(key_file)));
  DEPONE_ASSIGN(const auto read, parse_key_slots(slots));
  return unlock(read, SlotKind::key_file, secret);
}

void fuzz(ByteView input) {
  if (const auto slots = parse_key_slots(input)) {
    const auto text = text_view(input).substr(0, text_view(input).find('\n'));
    require(is_byte_form(view(text)) && write_form(*slots) == text, "key slots have one spelling");
    require(!slots->slots.empty() && slots->slots.size() <= kKeySlotsMax, "there are 1 to 16");
  }
  if (const auto key = crypto::read_key_file(file_of(input)))
    require(crypto::to_hex(key->expose()) + '\n' == text_view(input), "a key file has one spelling");

  const auto same = [](ByteView changed, std::string_view valid) {
    return text_view(changed) == valid || text_view(changed) == valid.substr(0, valid.size() - 1);
  };
  Choices choices(input);
  const auto slots = damaged(view(kKeySlots), choices);
  require(opened(slots, view(kKeyFile)).has_value() == same(slots, kKeySlots),
          "a slot opens as it was made, and no other way");
  const auto key = damaged(view(kKeyFile), choices);
  require(opened(view(kKeySlots), key).has_value() == (text_view(key) == kKeyFile), "and with its own key file");
}

Seeds seeds() {
  Seeds out = nasty_json();
  out.push_back({"slots", to_bytes(kKeySlots)});
  out.push_back({"key_file", to_bytes(kKeyFile)});
  auto other = std::string(kKeySlots);
  other.replace(other.find("key_file"), 8, "passphrase");
  out.push_back({"passphrase", to_bytes(other)});
  other = kKeySlots;
  other.replace(other.find("\"mem_kib\":0"), 11, "\"mem_kib\":4294967296");
  out.push_back({"nasty_memory", to_bytes(other)});
  return out;
}

const Registered kTarget{{"key_slots", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
