#include "protocol/record/fingerprint.h"

#include <stdexcept>

#include "protocol/record/bip39.h"

namespace depone::protocol::record {
namespace {

constexpr unsigned kBitsPerWord = 11;

const std::vector<std::string_view>& word_list() {
  static const auto* const list = [] {
    auto* const words = new std::vector<std::string_view>;
    for (std::string_view rest = k_bip39_english; !rest.empty();) {
      const auto end = rest.find('\n');
      if (end > 0) words->push_back(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    if (words->size() != 1u << kBitsPerWord) throw std::logic_error("the fingerprint word list is not 2048 words long");
    return words;
  }();
  return *list;
}

}  // namespace

std::array<std::uint16_t, kFingerprintWords> fingerprint_indices(ByteView hash) {
  std::array<std::uint16_t, kFingerprintWords> out{};
  for (unsigned bit = 0; bit < kFingerprintWords * kBitsPerWord; ++bit) {
    const auto value = static_cast<std::uint16_t>(hash[bit / 8] >> (7 - bit % 8) & 1);
    auto& index = out[bit / kBitsPerWord];
    index = static_cast<std::uint16_t>(index << 1 | value);
  }
  return out;
}

std::string fingerprint_words(ByteView hash) {
  std::string out;
  for (const auto index : fingerprint_indices(hash)) {
    if (!out.empty()) out += ' ';
    out += word_list()[index];
  }
  return out;
}

}  // namespace depone::protocol::record
