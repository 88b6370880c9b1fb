// The one seal: what was sealed to a key, for a purpose, opens with both and with nothing else.
#include "crypto/context.h"
#include "crypto/seal.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace crypto;

void fuzz(ByteView input) {
  const auto& s = specimen();
  const auto info = submission_info(s.genesis);
  static const auto valid =
      seal_with(seal_public_key(SealSuite::x25519, s.intake).value(), info, view("secret"), sequence(3)).value();
  if (open_seal(SealSuite::x25519, s.intake, info, input))
    require(to_bytes(input) == valid, "what was not sealed does not open");
  Choices choices(input);
  const auto changed = damaged(valid, choices);
  const auto opened = open_seal(SealSuite::x25519, s.intake, info, changed);
  require(opened.has_value() == (changed == valid), "a seal opens as it was made, and no other way");
  if (opened) require(text_view(opened->expose()) == "secret", "and holds what it held");
  const auto bent = damaged(info, choices);
  require(open_seal(SealSuite::x25519, s.intake, bent, valid).has_value() == (bent == info),
          "a seal opens for its purpose alone");
  (void)open_seal(SealSuite::xwing, s.intake, info, input);

  // A public key that a stranger chose: refused, or sealed to.
  if (input.size() == 32) {
    const auto to_any = seal_with({SealSuite::x25519, to_bytes(input)}, info, view("secret"), sequence(3));
    if (to_any) require(to_any->size() == 6 + sealed_overhead(SealSuite::x25519), "a seal has its length");
  }
}

Seeds seeds() {
  const auto& s = specimen();
  Seeds out{{"secret", s.sealed_secret}, {"public", seal_public_key(SealSuite::x25519, s.intake).value().bytes}};
  out.push_back({"nasty_zero_point", Bytes(32, 0)});
  Bytes one(32, 0);
  one.front() = 1;
  out.push_back({"nasty_low_order", one});
  out.push_back({"nasty_all_ones", Bytes(32, 0xff)});
  out.push_back({"nasty_xwing", [] {
                   Bytes bytes(1200, 7);
                   bytes[0] = 0x64, bytes[1] = 0x7A;
                   return bytes;
                 }()});
  auto cut = s.sealed_secret;
  cut.resize(34);
  out.push_back({"nasty_cut", cut});
  return out;
}

const Registered kTarget{{"seal", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
