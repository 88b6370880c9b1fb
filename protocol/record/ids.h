// The text of ids: a prefix and 26 characters of lower-case base32 (RFC 4648, no padding) for 16 bytes. One spelling an
// id: non-zero trailing bits are refused. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace depone::protocol::record {

std::string to_base32(ByteView bytes);
std::optional<Bytes> from_base32(std::string_view text);

template <class Id>
constexpr std::string_view kIdPrefix = "";
template <>
inline constexpr std::string_view kIdPrefix<crypto::EvidenceId> = "ev_";
template <>
inline constexpr std::string_view kIdPrefix<crypto::CaseId> = "case_";
template <>
inline constexpr std::string_view kIdPrefix<crypto::SourceId> = "src_";
template <>
inline constexpr std::string_view kIdPrefix<crypto::AccessionId> = "acc_";
template <>
inline constexpr std::string_view kIdPrefix<crypto::ActId> = "act_";

template <class Id>
concept PrefixedId = !kIdPrefix<Id>.empty();

template <PrefixedId Id>
std::string to_text(const Id& id) {
  return std::string(kIdPrefix<Id>) + to_base32(id.span());
}
template <PrefixedId Id>
std::optional<Id> from_text(std::string_view text) {
  if (!text.starts_with(kIdPrefix<Id>)) return std::nullopt;
  const auto bytes = from_base32(text.substr(kIdPrefix<Id>.size()));
  return bytes ? Id::from(*bytes) : std::nullopt;
}

}  // namespace depone::protocol::record
