// Salted parts: their typed forms, their leaves and their root. Two spellings of a part must never share a root, or a
// row could be changed under a commitment that still holds.
#include "protocol/record/card.h"
#include "protocol/record/parts.h"
#include "protocol/record/salted.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

template <class Part>
void check(ByteView bytes) {
  const auto part = parse_form<Part>(bytes, "the part");
  if (!part) return;
  require(is_byte_form(bytes) && write_form(*part) == text_view(bytes), "a part has one spelling");
  require(salted_root(bytes).has_value(), "a part that is taken has a root");
}

void fuzz(ByteView input) {
  check<SubmitPrivate>(input);
  check<CasePrivate>(input);
  check<RetrievePrivate>(input);
  check<IdentityPart>(input);
  check<Manifest>(input);
  if (const auto leaves = salted_leaves(input)) {
    require(is_byte_form(input), "a part that has a root is in the byte form");
    for (const auto& leaf : *leaves) require(is_byte_form(view(leaf)), "a leaf is in the byte form");
  }

  Choices choices(input);
  for (const auto& valid : {specimen().private_part, specimen().manifest}) {
    const auto changed = damaged(view(valid), choices);
    const auto root = salted_root(changed);
    require((root && *root == salted_root(view(valid)).value()) == (text_view(changed) == valid),
            "a part matches its commitment as it was committed, and no other way");
  }
}

Seeds seeds() {
  Seeds out = nasty_json();
  const auto& s = specimen();
  out.push_back({"submit", to_bytes(s.private_part)});
  out.push_back({"manifest", to_bytes(s.manifest)});
  const auto salt = fixed_of<crypto::Salt32>(1);
  const auto add = [&](const char* name, const auto& part) { out.push_back({name, to_bytes(write_form(part))}); };
  add("case", CasePrivate{salt, "title", "", {"KOR"}, "", Date{"2027-01"}});
  add("retrieve", RetrievePrivate{salt, "prosecution", "icc_otp", Authority::consent, "", {"none"}});
  add("identity", IdentityPart{salt, "name", "organisation", "met"});
  const auto spelt = [&](const char* name, std::string_view from, std::string_view to) {
    auto text = s.private_part;
    text.replace(text.find(from), from.size(), to);
    out.push_back({name, to_bytes(text)});
  };
  spelt("nasty_key_twice", R"("languages":["ko"],)", R"("languages":["en"],"languages":["ko"],)");
  spelt("nasty_space", R"("sources":)", R"( "sources":)");
  spelt("nasty_escape", "icc_otp", R"(\u0069cc_otp)");
  out.push_back({"nasty_salt_alone", to_bytes(R"({"salt":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="})")});
  return out;
}

const Registered kTarget{{"part", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
