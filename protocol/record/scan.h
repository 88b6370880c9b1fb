// Reads the byte form without taking it apart first: field after field, as they are signed. Takes nothing but what
// there is one spelling of, so that nothing has to be written again to compare, and gives up on what is rare (text that
// is not plain ASCII, types that do not say how they are scanned): then form.h reads it the slow way, and says what is
// wrong. Whatever this takes, form.h takes, as the same value.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace depone::protocol::record {

class Scanner;

template <class T>
struct FormOf;

template <class T>
concept HasFieldsToScan = requires(Scanner& s, T& t) {
  T::fields(s, t);
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  template <class T>
  bool whole(T& value) {
    return take(value) && rest_.empty();
  }

  template <class T>
  bool take(T& value) {
    if constexpr (HasFieldsToScan<T>) {
      if (!skip("{") || depth_ == kDepthMax) return false;
      const Object outer = object_;
      object_ = {};
      ++depth_;
      T::fields(*this, value);
      --depth_;
      const bool right = object_.right && skip("}");
      object_ = outer;
      return right;
    } else if constexpr (requires { FormOf<T>::take(*this, value); }) {
      return FormOf<T>::take(*this, value);
    } else {
      return false;
    }
  }

  // --- what a type's `fields` calls
  template <class T>
  void operator()(std::string_view name, T& value) {
    object_.right = object_.right && key(name) && take(value);
  }
  template <class T>
  void optional(std::string_view name, T& value) {
    if (!object_.right || !key(name)) return;
    if constexpr (requires { value.has_value(); }) {
      object_.right = take(value.emplace());
    } else {
      object_.right = take(value) && !value.empty();
    }
  }

  // --- what a value's form is made of; each says whether it was there
  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::optional<std::string_view> text();  // between quotes: printable ASCII that nothing escapes
  std::optional<std::int64_t> number();    // below 2^53 in size
  template <class T>
  bool list(std::vector<T>& values) {
    if (!skip("[")) return false;
    if (skip("]")) return true;
    do {
      if (!take(values.emplace_back())) return false;
    } while (skip(","));
    return skip("]");
  }
  // An object of strings, whole numbers, nulls, objects and lists, as its text.
  std::optional<std::string_view> plain_object();

 private:
  static constexpr int kDepthMax = 16;
  struct Object {
    bool right = true;
    bool first = true;
  };
  // `"name":` of the next field; leaves all as it is where the next is another.
  bool key(std::string_view name);
  bool plain();

  std::string_view rest_;
  Object object_;
  int depth_ = 0;
};

}  // namespace depone::protocol::record
