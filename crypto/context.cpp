#include "crypto/context.h"

#include <array>
#include <initializer_list>

#include "crypto/hash.h"

namespace depone::crypto {
namespace {

Bytes join(std::initializer_list<ByteView> pieces) {
  Bytes out;
  for (const auto& piece : pieces) out.insert(out.end(), piece.begin(), piece.end());
  return out;
}

std::array<std::uint8_t, 4> u32be(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

}  // namespace

std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::manifest:
      return "manifest";
    case Scope::content:
      return "content";
  }
  return "";
}

EvidenceId item_id(const Genesis& genesis, const KeyId& actor, const Nonce16& nonce) {
  const Digest digest = sha256({view("depone/item/v1"), genesis.span(), actor.span(), nonce.span()});
  EvidenceId out;
  std::copy_n(digest.bytes.begin(), out.bytes.size(), out.bytes.begin());
  return out;
}

ItemContext item_context(const Genesis& genesis, const EvidenceId& item, const CaseId& case_id, const KeyId& actor) {
  return {sha256({view("depone/ctx/v1"), genesis.span(), item.span(), case_id.span(), actor.span()}).bytes};
}

Bytes item_secret_info(const ItemContext& context, const CaseId& case_id, std::uint32_t epoch) {
  return join({view("depone/item-secret/v1"), context.span(), case_id.span(), u32be(epoch)});
}
Bytes case_seed_info(const Genesis& genesis, const CaseId& case_id, std::uint32_t epoch, const KeyId& member) {
  return join({view("depone/case-seed/v1"), genesis.span(), case_id.span(), u32be(epoch), member.span()});
}
Bytes share_info(const ItemContext& context, const Digest& retrieve_act, Scope scope) {
  return join({view("depone/share/v1"), context.span(), retrieve_act.span(), view(to_string(scope))});
}
Bytes submission_info(const Genesis& genesis) { return join({view("depone/submission/v1"), genesis.span()}); }
Bytes part_info(const Genesis& genesis, const CaseId& case_id, std::uint32_t epoch, const KeyId& actor,
                const ActId& act, std::string_view part_name) {
  return join({view("depone/part/v1"), genesis.span(), case_id.span(), u32be(epoch), actor.span(), act.span(),
               view(part_name)});
}

}  // namespace depone::crypto
