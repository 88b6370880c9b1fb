#include "protocol/record/manifest.h"

namespace depone::protocol::record {

Bytes pad_manifest(std::string_view manifest) {
  Bytes out = to_bytes(manifest);
  out.resize((out.size() + kManifestPadding - 1) / kManifestPadding * kManifestPadding, ' ');
  return out;
}

Result<Manifest> parse_padded_manifest(ByteView padded, std::string& manifest_text) {
  const auto end = text_view(padded).find_last_not_of(' ');
  if (end == std::string_view::npos) return fail(ErrorCode::malformed, "the manifest is empty");
  manifest_text = text_view(padded).substr(0, end + 1);
  if (pad_manifest(manifest_text).size() != padded.size()) {
    return fail(ErrorCode::malformed, "the manifest is not padded to the next multiple of 1 KiB");
  }
  return parse_form<Manifest>(view(manifest_text), "the manifest");
}

}  // namespace depone::protocol::record
