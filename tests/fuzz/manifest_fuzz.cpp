// The padded manifest, inside its seal and out of it.
#include "protocol/record/manifest.h"
#include "protocol/record/salted.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

void fuzz(ByteView input) {
  std::string text;
  if (const auto manifest = parse_padded_manifest(input, text)) {
    require(is_byte_form(view(text)) && write_form(*manifest) == text, "a manifest has one spelling");
    require(pad_manifest(text) == to_bytes(input), "a manifest has one padding");
  }
  if (const auto manifest = parse_padded_manifest(pad_manifest(text_view(input)), text))
    require(text == text_view(input).substr(0, text_view(input).find_last_not_of(' ') + 1), "padding changes nothing");

  const auto& s = specimen();
  const auto key = crypto::manifest_key(s.item_secret, s.context, crypto::manifest_share(s.release_share, s.context));
  Choices choices(input);
  const auto changed = damaged(s.sealed_manifest, choices);
  const auto opened = crypto::open_manifest(key, s.context, changed);
  require(opened.has_value() == (changed == s.sealed_manifest), "a sealed manifest opens as it was sealed");
  if (opened) require(parse_padded_manifest(*opened, text).has_value() && text == s.manifest, "and holds what it held");
  require(!crypto::open_manifest(key, s.context, input) || to_bytes(input) == s.sealed_manifest,
          "what was not sealed does not open");
}

Seeds seeds() {
  const auto& s = specimen();
  Seeds out{{"padded", pad_manifest(s.manifest)}, {"manifest", to_bytes(s.manifest)}, {"sealed", s.sealed_manifest}};
  out.push_back({"nasty_padding", Bytes(1024, ' ')});
  auto longer = pad_manifest(s.manifest);
  longer.resize(longer.size() + 1024, ' ');
  out.push_back({"nasty_more_padding", longer});
  return out;
}

const Registered kTarget{{"manifest", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
