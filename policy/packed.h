// Values in as few bytes as they take, one behind the other, for what a program keeps for itself: no signature or hash
// is over these. A list of fields that is read and written by one function is a template over Packer and Unpacker.
#pragma once

#include <optional>

#include "crypto/bytes.h"

namespace depone::policy {

class Packer {
 public:
  void operator()(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<std::uint8_t>(value | 0x80));
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void operator()(bool value) { out_.push_back(value ? 1 : 0); }
  template <class Tag, std::size_t N>
  void operator()(const crypto::FixedBytes<Tag, N>& value) {
    out_.insert(out_.end(), value.bytes.begin(), value.bytes.end());
  }
  template <class E>
  void operator()(E value, E) requires std::is_enum_v<E> {
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  template <class T, class... Last>
  void operator()(const std::optional<T>& value, Last... last) {
    (*this)(value.has_value());
    if (value) (*this)(*value, last...);
  }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// Once something was short or of no form, everything after is nothing.
class Unpacker {
 public:
  explicit Unpacker(ByteView bytes) : rest_(bytes) {}
  bool more() const { return !rest_.empty() && !wrong_; }
  bool is_whole() const { return rest_.empty() && !wrong_; }

  void operator()(std::uint64_t& value) {
    value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = next();
      if (shift > 63) wrong_ = true;
      if (wrong_) return;
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return;
    }
  }
  void operator()(bool& value) {
    const auto byte = next();
    if (byte > 1) wrong_ = true;
    value = byte == 1;
  }
  template <class Tag, std::size_t N>
  void operator()(crypto::FixedBytes<Tag, N>& value) {
    if (rest_.size() < N) wrong_ = true;
    if (wrong_) return;
    std::copy_n(rest_.begin(), N, value.bytes.begin());
    rest_ = rest_.subspan(N);
  }
  // An enum whose last word is `last`.
  template <class E>
  void operator()(E& value, E last) requires std::is_enum_v<E> {
    const auto byte = next();
    if (byte > static_cast<std::uint8_t>(last)) wrong_ = true;
    if (!wrong_) value = static_cast<E>(byte);
  }
  template <class T, class... Last>
  void operator()(std::optional<T>& value, Last... last) {
    bool has = false;
    (*this)(has);
    value.reset();
    if (has && !wrong_) (*this)(value.emplace(), last...);
  }

 private:
  std::uint8_t next() {
    if (rest_.empty()) wrong_ = true;
    if (wrong_) return 0;
    const auto byte = rest_.front();
    rest_ = rest_.subspan(1);
    return byte;
  }

  ByteView rest_;
  bool wrong_ = false;
};

}  // namespace depone::policy
