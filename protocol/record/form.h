// The one byte form (DESIGN section 5; docs/FORMAT.md "Byte form"): every JSON that Depone hashes or signs.
//
// A type says its fields once, in the signed order, and both directions follow from that:
//
//   struct Revoke {
//     crypto::KeyId member;
//     std::string reason_code;
//     template <class F, class S> static void fields(F& f, S& s) {
//       f("member", s.member);
//       f("reason_code", s.reason_code);
//     }
//   };
//
// `f(name, value)` is a field that is always there; `f.optional(name, value)` one that is left out when empty (an empty
// string, vector or optional). Reading refuses unknown fields, and whatever does not come out byte for byte when the
// typed value is written again. Pure; thread-safe. Depth is bounded by Boost.JSON's 32.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/json/value.hpp>

#include "crypto/bytes.h"
#include "protocol/record/scan.h"
#include "system/result.h"

namespace depone::protocol::record {

constexpr std::uint64_t kIntegerLimit = std::uint64_t{1} << 53;  // integers are below this in size

class Writer;
class Reader;

// How one value is written and read: specialised in values.h and words.h. `read` answers false where the JSON value is
// not of the form.
template <class T>
struct FormOf;

template <class T>
concept HasFields = requires(Writer& w, const T& t) {
  T::fields(w, t);
};

void append_json_string(std::string& out, std::string_view text);  // as RFC 8785 escapes
std::string write_json(const boost::json::value& value);           // canonical, order kept; integers, strings, nested
bool is_plain(const boost::json::value& value);  // only strings, small integers, null, objects, arrays

class Writer {
 public:
  template <class T>
  void operator()(std::string_view name, const T& value) {
    key(name);
    write_value(value);
  }
  template <class T>
  void optional(std::string_view name, const T& value) {
    if constexpr (requires { value.has_value(); }) {
      if (value.has_value()) (*this)(name, *value);
    } else {
      if (!value.empty()) (*this)(name, value);
    }
  }

  template <class T>
  void write_value(const T& value) {
    if constexpr (HasFields<T>) {
      out_ += '{';
      first_ = true;
      T::fields(*this, value);
      out_ += '}';
      first_ = false;
    } else {
      FormOf<T>::write(*this, value);
    }
  }
  template <class T>
  void write_array(const std::vector<T>& values) {
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      write_value(values[i]);
    }
    out_ += ']';
  }
  void write_text(std::string_view text) { append_json_string(out_, text); }
  void write_raw(std::string_view json) { out_ += json; }

  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, name);
    out_ += ':';
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  bool first_ = true;
};

class Reader {
 public:
  enum class Unknown { refuse, pass };  // what to do with a field that was not asked for
  explicit Reader(const boost::json::object& object, Unknown unknown = Unknown::refuse)
      : object_(object),
        unknown_(unknown) {}

  template <class T>
  void operator()(std::string_view name, T& value) {
    if (const auto* const found = object_.if_contains(name)) {
      take(name, *found, value);
    } else {
      note(name, "is missing");
    }
  }
  template <class T>
  void optional(std::string_view name, T& value) {
    const auto* const found = object_.if_contains(name);
    if (found == nullptr) return;
    if constexpr (requires { value.has_value(); }) {
      take(name, *found, value.emplace());
    } else {
      take(name, *found, value);
    }
  }

  // The first thing that was wrong, as "field: what"; empty when all was well. Also notices unknown fields.
  std::string finish();

  // What is passed over in an object is passed over in the objects and lists of objects inside it.
  template <class T>
  static std::string read_value(const boost::json::value& json, T& value, Unknown unknown = Unknown::refuse) {
    if constexpr (HasFields<T>) {
      if (!json.is_object()) return "is not an object";
      Reader inner(json.get_object(), unknown);
      T::fields(inner, value);
      return inner.finish();
    } else if constexpr (requires { FormOf<T>::read(json, value, unknown); }) {
      return FormOf<T>::read(json, value, unknown) ? std::string() : std::string(FormOf<T>::kWhat);
    } else {
      return FormOf<T>::read(json, value) ? std::string() : std::string(FormOf<T>::kWhat);
    }
  }

 private:
  template <class T>
  void take(std::string_view name, const boost::json::value& json, T& value) {
    ++used_;
    if (auto wrong = read_value(json, value, unknown_); !wrong.empty()) note(name, wrong);
  }
  void note(std::string_view name, std::string_view wrong);

  const boost::json::object& object_;
  Unknown unknown_;
  std::size_t used_ = 0;
  std::string wrong_;
};

// JSON text to a value: UTF-8, no duplicate keys survive the comparison in parse_form. malformed.
Result<boost::json::value> parse_json(ByteView bytes, std::string_view what);
Error not_the_form(std::string_view what, std::string_view wrong);

template <class T>
std::string write_form(const T& value) {
  Writer writer;
  writer.write_value(value);
  return writer.take();
}

// The same as parse_form(), whatever the value: slower.
template <class T>
Result<T> parse_form_as_json(ByteView bytes, std::string_view what) {
  DEPONE_ASSIGN(const boost::json::value json, parse_json(bytes, what));
  T value{};
  if (const auto wrong = Reader::read_value(json, value); !wrong.empty()) return not_the_form(what, wrong);
  if (write_form(value) != text_view(bytes)) return not_the_form(what, "is not written in the one byte form");
  return value;
}

// `what` names the thing for the error's sentence: "the act's body".
template <class T>
Result<T> parse_form(ByteView bytes, std::string_view what) {
  T value{};
  if (Scanner(text_view(bytes)).whole(value)) return value;
  return parse_form_as_json<T>(bytes, what);
}

}  // namespace depone::protocol::record
