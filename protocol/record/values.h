// How single values stand in the byte form: digests and key ids as hex; keys, signatures, salts and sealed bytes as
// base64; ids with their prefix; integers below 2^53; closed enums by their words.
#pragma once

#include <cstdint>
#include <utility>

#include "crypto/encoding.h"
#include "crypto/seal.h"
#include "protocol/record/form.h"
#include "protocol/record/ids.h"
#include "protocol/record/time.h"
#include "protocol/record/words.h"

namespace depone::protocol::record {

// A value whose form is its text: spelled by `print`, read by `scan` (nothing where it is not of the form).
template <class T, auto print, auto scan>
struct TextForm {
  static void write(Writer& w, const T& value) { w.write_text(print(value)); }
  static bool read(const boost::json::value& json, T& value) {
    if (!json.is_string()) return false;
    auto got = scan(std::string_view(json.get_string()));
    if (!got) return false;
    value = std::move(*got);
    return true;
  }
  static bool take(Scanner& s, T& value) {
    const auto text = s.text();
    auto got = text ? scan(*text) : std::nullopt;
    if (!got) return false;
    value = std::move(*got);
    return true;
  }
};

template <>
struct FormOf<std::string> {
  static constexpr std::string_view kWhat = "is not a string";
  static void write(Writer& w, const std::string& value) { w.write_text(value); }
  static bool read(const boost::json::value& json, std::string& value) {
    if (!json.is_string()) return false;
    value.assign(json.get_string().begin(), json.get_string().end());
    return true;
  }
  static bool take(Scanner& s, std::string& value) {
    const auto text = s.text();
    if (text) value = *text;
    return text.has_value();
  }
};

template <std::unsigned_integral T>
struct FormOf<T> {
  static constexpr std::string_view kWhat = "is not a whole number of the documented size";
  static void write(Writer& w, T value) { w.write_raw(std::to_string(value)); }
  static bool read(const boost::json::value& json, T& value) {
    std::uint64_t number = 0;
    if (json.is_uint64())
      number = json.get_uint64();
    else if (json.is_int64() && json.get_int64() >= 0)
      number = static_cast<std::uint64_t>(json.get_int64());
    else
      return false;
    if (number >= kIntegerLimit || number > std::numeric_limits<T>::max()) return false;
    value = static_cast<T>(number);
    return true;
  }
  static bool take(Scanner& s, T& value) {
    const auto number = s.number();
    if (!number || !std::in_range<T>(*number)) return false;
    value = static_cast<T>(*number);
    return true;
  }
};
template <>
struct FormOf<std::int64_t> {
  static constexpr std::string_view kWhat = "is not a whole number of the documented size";
  static void write(Writer& w, std::int64_t value) { w.write_raw(std::to_string(value)); }
  static bool read(const boost::json::value& json, std::int64_t& value) {
    if (!json.is_int64() || !is_plain(json)) return false;
    value = json.get_int64();
    return true;
  }
  static bool take(Scanner& s, std::int64_t& value) {
    const auto number = s.number();
    if (number) value = *number;
    return number.has_value();
  }
};
// A number that may be null: a field of its own kind, always there.
template <>
struct FormOf<std::optional<std::uint64_t>> {
  static constexpr std::string_view kWhat = "is neither a whole number nor null";
  static void write(Writer& w, const std::optional<std::uint64_t>& value) {
    w.write_raw(value ? std::to_string(*value) : "null");
  }
  static bool read(const boost::json::value& json, std::optional<std::uint64_t>& value) {
    if (json.is_null()) return value.reset(), true;
    return FormOf<std::uint64_t>::read(json, value.emplace());
  }
  static bool take(Scanner& s, std::optional<std::uint64_t>& value) {
    return s.skip("null") || s.take(value.emplace());
  }
};

namespace detail {
template <class T>
constexpr bool kHexForm = std::is_same_v<T, crypto::Digest> || std::is_same_v<T, crypto::KeyId>;
template <class T>
constexpr bool kBase64Form =
    std::is_same_v<T, crypto::SignPublicKey> || std::is_same_v<T, crypto::Signature> ||
    std::is_same_v<T, crypto::Salt16> || std::is_same_v<T, crypto::Salt32> || std::is_same_v<T, crypto::Nonce16>;
template <class T>
std::string hex_of(const T& value) {
  return crypto::to_hex(value.span());
}
template <class T>
std::string base64_of(const T& value) {
  return crypto::to_base64(value.span());
}
inline std::string base64_of_bytes(const Bytes& value) { return crypto::to_base64(value); }
inline std::string date_text(const Date& date) { return date.text; }
inline std::optional<Date> scan_date(std::string_view text) {
  return is_date(text) ? std::optional(Date{std::string(text)}) : std::nullopt;
}
inline std::string time_text(const TimePoint& time) { return to_text(time); }
}  // namespace detail

template <class T>
requires detail::kHexForm<T>
struct FormOf<T> : TextForm<T, detail::hex_of<T>, crypto::fixed_from_hex<T>> {
  static constexpr std::string_view kWhat = "is not 64 digits of lower-case hex";
};
template <class T>
requires detail::kBase64Form<T>
struct FormOf<T> : TextForm<T, detail::base64_of<T>, crypto::fixed_from_base64<T>> {
  static constexpr std::string_view kWhat = "is not base64 of the documented size";
};
template <>
struct FormOf<Bytes> : TextForm<Bytes, detail::base64_of_bytes, crypto::from_base64> {
  static constexpr std::string_view kWhat = "is not standard base64";
};
template <PrefixedId T>
struct FormOf<T> : TextForm<T, static_cast<std::string (*)(const T&)>(to_text<T>), from_text<T>> {
  static constexpr std::string_view kWhat = "is not an id of its kind";
};
template <>
struct FormOf<TimePoint> : TextForm<TimePoint, detail::time_text, time_from_text> {
  static constexpr std::string_view kWhat = "is not a time as 2026-11-24T03:00:00.000Z";
};
template <>
struct FormOf<Date> : TextForm<Date, detail::date_text, detail::scan_date> {
  static constexpr std::string_view kWhat = "is not a date as YYYY, YYYY-MM or YYYY-MM-DD";
};
template <HasWords T>
struct FormOf<T> : TextForm<T, word<T>, from_word<T>> {
  static constexpr std::string_view kWhat = "is not one of the words known here";
};

template <>
struct FormOf<crypto::SealSuite> {
  static constexpr std::string_view kWhat = "is not a sealing suite (32 or 25722)";
  static void write(Writer& w, crypto::SealSuite value) { w.write_raw(std::to_string(static_cast<int>(value))); }
  static bool read(const boost::json::value& json, crypto::SealSuite& value) {
    if (!json.is_int64()) return false;
    for (const auto suite : {crypto::SealSuite::x25519, crypto::SealSuite::xwing}) {
      if (json.get_int64() == static_cast<int>(suite)) return value = suite, true;
    }
    return false;
  }
};

template <class T>
struct FormOf<std::vector<T>> {
  static constexpr std::string_view kWhat = "is not a list of what is documented";
  static void write(Writer& w, const std::vector<T>& values) { w.write_array(values); }
  static bool read(const boost::json::value& json, std::vector<T>& values, Reader::Unknown unknown) {
    if (!json.is_array()) return false;
    values.resize(json.get_array().size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!Reader::read_value(json.get_array()[i], values[i], unknown).empty()) return false;
    }
    return true;
  }
  static bool take(Scanner& s, std::vector<T>& values) { return s.list(values); }
};

// JSON that is kept as its text because its type is known elsewhere (an act's body, an entry's facts): always an object
// of strings, integers, objects and arrays.
struct RawObject {
  std::string json = "{}";
  bool operator==(const RawObject&) const = default;
};
template <>
struct FormOf<RawObject> {
  static constexpr std::string_view kWhat = "is not an object of strings and whole numbers";
  static void write(Writer& w, const RawObject& value) { w.write_raw(value.json); }
  static bool read(const boost::json::value& json, RawObject& value) {
    if (!json.is_object() || !is_plain(json)) return false;
    value.json = write_json(json);
    return true;
  }
  static bool take(Scanner& s, RawObject& value) {
    const auto text = s.plain_object();
    if (text) value.json = *text;
    return text.has_value();
  }
};

// A sealing key in a body: {suite, public}.
struct SealKeyForm {
  crypto::SealPublicKey key;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("suite", s.key.suite);
    f("public", s.key.bytes);
  }
};
template <>
struct FormOf<crypto::SealPublicKey> {
  static constexpr std::string_view kWhat = "is not a sealing key of its suite's size";
  static void write(Writer& w, const crypto::SealPublicKey& value) { w.write_value(SealKeyForm{value}); }
  static bool read(const boost::json::value& json, crypto::SealPublicKey& value) {
    SealKeyForm form;
    if (!Reader::read_value(json, form).empty()) return false;
    value = std::move(form.key);
    return value.bytes.size() == crypto::public_key_bytes(value.suite);
  }
};

}  // namespace depone::protocol::record
