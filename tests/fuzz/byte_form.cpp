#include "tests/fuzz/byte_form.h"

#include <set>

namespace depone::fuzz {
namespace {

constexpr unsigned kDepthMax = 32;

class Checker {
 public:
  explicit Checker(std::string_view text) : rest_(text) {}
  bool whole() { return value(0) && rest_.empty(); }

 private:
  bool take(std::string_view what) {
    if (!rest_.starts_with(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }
  bool value(unsigned depth) {
    if (rest_.empty()) return false;
    std::string ignored;
    const bool nests = rest_.front() == '{' || rest_.front() == '[';
    if (nests && depth == kDepthMax) return false;
    if (rest_.front() == '{') return object(depth);
    if (rest_.front() == '[') return list(depth);
    if (rest_.front() == '"') return string(ignored);
    return take("null") || integer();
  }
  bool object(unsigned depth) {
    take("{");
    if (take("}")) return true;
    std::set<std::string> names;
    do {
      std::string name;
      if (!string(name) || !names.insert(name).second || !take(":") || !value(depth + 1)) return false;
    } while (take(","));
    return take("}");
  }
  bool list(unsigned depth) {
    take("[");
    if (take("]")) return true;
    do {
      if (!value(depth + 1)) return false;
    } while (take(","));
    return take("]");
  }
  bool integer() {
    const bool negative = take("-");
    const auto end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    const auto digits = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (digits.empty() || (digits.front() == '0' && (digits.size() > 1 || negative))) return false;
    static constexpr std::string_view kMost = "9007199254740991";  // 2^53 - 1
    return digits.size() < kMost.size() || (digits.size() == kMost.size() && digits <= kMost);
  }
  bool string(std::string& out) {
    if (!take("\"")) return false;
    for (;;) {
      if (rest_.empty()) return false;
      const auto byte = static_cast<unsigned char>(rest_.front());
      if (take("\"")) return true;
      if (byte < 0x20) return false;
      if (byte == '\\') {
        if (!escape(out)) return false;
        continue;
      }
      out += rest_.front();
      rest_.remove_prefix(1);
    }
  }
  bool escape(std::string& out) {
    static constexpr std::pair<std::string_view, char> kShort[] = {
        {"\\\"", '"'}, {"\\\\", '\\'}, {"\\b", '\b'}, {"\\t", '\t'}, {"\\n", '\n'}, {"\\f", '\f'}, {"\\r", '\r'}};
    for (const auto& [spelt, is] : kShort) {
      if (take(spelt)) return out += is, true;
    }
    if (!take("\\u00") || rest_.size() < 2) return false;
    static constexpr std::string_view kDigits = "0123456789abcdef";
    const auto high = kDigits.find(rest_[0]), low = kDigits.find(rest_[1]);
    if (high > 1 || low > 15) return false;
    const auto is = static_cast<char>(high * 16 + low);
    for (const auto& [spelt, other] : kShort) {
      if (other == is) return false;
    }
    rest_.remove_prefix(2);
    out += is;
    return true;
  }
  std::string_view rest_;
};

}  // namespace

bool is_utf8(ByteView text) {
  for (std::size_t at = 0; at < text.size();) {
    const unsigned first = text[at];
    const std::size_t more = first < 0x80 ? 0 : first >= 0xC2 && first < 0xE0 ? 1 : first >> 4 == 14 ? 2 : 3;
    if (more == 3 && (first < 0xF0 || first > 0xF4)) return false;
    if (text.size() - at <= more) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if (text[at + k] >> 6 != 2) return false;
    }
    const unsigned second = more > 0 ? text[at + 1] : 0;
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
        (first == 0xF4 && second > 0x8F)) {
      return false;
    }
    at += more + 1;
  }
  return true;
}

bool is_byte_form(ByteView json) { return is_utf8(json) && Checker(text_view(json)).whole(); }

Seeds nasty_json() {
  Seeds out;
  const auto add = [&](const char* name, std::string_view text) { out.push_back({name, to_bytes(text)}); };
  add("nasty_deep_lists", std::string(10'000, '['));
  std::string objects;
  for (int i = 0; i < 300; ++i) objects += R"({"a":)";
  add("nasty_deep_objects", objects);
  add("nasty_depth_32", std::string(32, '[') + std::string(32, ']'));
  add("nasty_depth_33", std::string(33, '[') + std::string(33, ']'));
  add("nasty_key_twice", R"({"v":1,"v":1,"a":"x","a":"y"})");
  add("nasty_exponent", R"({"v":1e3,"w":1E0})");
  add("nasty_2_53", R"({"v":9007199254740992,"w":-9007199254740992,"x":9007199254740991})");
  add("nasty_huge", R"({"v":18446744073709551615,"w":18446744073709551616,"x":-9223372036854775809})");
  add("nasty_minus_zero", R"({"v":-0,"w":-0.0,"x":0})");
  add("nasty_fraction", R"({"v":1.0,"w":0.5,"x":01})");
  add("nasty_lone_surrogate", R"({"a":"\ud800","b":"\udc00\ud800","c":"\ud83d\ude00"})");
  add("nasty_raw_surrogate", "{\"a\":\"\xED\xA0\x80\"}");
  add("nasty_overlong", "{\"a\":\"\xC0\xAF\xE0\x80\xAF\xF8\x88\x80\x80\x80\"}");
  add("nasty_escapes", R"({"a":"\/\u0041\u000A\u001F\u001f\b\t\n\f\r\"\\"})");
  add("nasty_words", R"({"a":true,"b":false,"c":null,"d":{},"e":[]})");
  add("nasty_space", "{ \"a\" : [ 1 , 2 ]\t}\r\n");
  add("nasty_zero_byte", std::string_view("{\"a\":\"\0\"}\0", 10));
  return out;
}

}  // namespace depone::fuzz
