// Fingerprint words: how two people compare a key over the telephone. The first 132 bits of a key id (of genesis for an
// archive), 11 bits a word, first bit first, in the BIP-39 English list: 12 words. Pure.
#pragma once

#include <array>
#include <string>

#include "crypto/bytes.h"

namespace depone::protocol::record {

constexpr std::size_t kFingerprintWords = 12;

std::array<std::uint16_t, kFingerprintWords> fingerprint_indices(ByteView hash);  // at least 17 bytes
std::string fingerprint_words(ByteView hash);                                     // separated by single spaces

}  // namespace depone::protocol::record
