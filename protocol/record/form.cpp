#include "protocol/record/form.h"

#include <algorithm>
#include <utility>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace depone::protocol::record {

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const auto as_it_is = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; };
  out += '"';
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::ranges::find_if_not(text, as_it_is) - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text.front();
    text.remove_prefix(1);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += "\\u00";
        out += kDigits[static_cast<unsigned char>(c) >> 4];
        out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  out += '"';
}

namespace {

void append_json(std::string& out, const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "null";
      break;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case boost::json::kind::int64:
      out += std::to_string(value.get_int64());
      break;
    case boost::json::kind::uint64:
      out += std::to_string(value.get_uint64());
      break;
    case boost::json::kind::double_:
      out += "0.5";
      break;  // no fraction is of the form: never equal to what came
    case boost::json::kind::string:
      append_json_string(out, value.get_string());
      break;
    case boost::json::kind::array: {
      out += '[';
      bool first = true;
      for (const auto& element : value.get_array()) {
        if (!std::exchange(first, false)) out += ',';
        append_json(out, element);
      }
      out += ']';
      break;
    }
    case boost::json::kind::object: {
      out += '{';
      bool first = true;
      for (const auto& [name, element] : value.get_object()) {
        if (!std::exchange(first, false)) out += ',';
        append_json_string(out, name);
        out += ':';
        append_json(out, element);
      }
      out += '}';
      break;
    }
  }
}

}  // namespace

std::string write_json(const boost::json::value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

bool is_plain(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
    case boost::json::kind::string:
      return true;
    case boost::json::kind::bool_:
    case boost::json::kind::double_:
      return false;
    case boost::json::kind::int64: {
      const auto number = value.get_int64();
      return number > -static_cast<std::int64_t>(kIntegerLimit) && number < static_cast<std::int64_t>(kIntegerLimit);
    }
    case boost::json::kind::uint64:
      return value.get_uint64() < kIntegerLimit;
    case boost::json::kind::array:
      for (const auto& element : value.get_array()) {
        if (!is_plain(element)) return false;
      }
      return true;
    case boost::json::kind::object:
      for (const auto& field : value.get_object()) {
        if (!is_plain(field.value())) return false;
      }
      return true;
  }
  return false;
}

std::string Reader::finish() {
  if (wrong_.empty() && unknown_ == Unknown::refuse && used_ != object_.size()) {
    wrong_ = object_.size() > used_ ? "has a field that is not known here" : "has a field twice";
  }
  return wrong_;
}

void Reader::note(std::string_view name, std::string_view wrong) {
  if (!wrong_.empty()) return;
  const bool nested = wrong.find(": ") != std::string_view::npos;
  wrong_ = nested ? fmt::format("{}.{}", name, wrong) : fmt::format("{}: {}", name, wrong);
}

Result<boost::json::value> parse_json(ByteView bytes, std::string_view what) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(text_view(bytes), error);
  if (error) return not_the_form(what, fmt::format("is not JSON ({})", error.message()));
  return value;
}

Error not_the_form(std::string_view what, std::string_view wrong) {
  const bool of_a_field = wrong.find(": ") != std::string_view::npos;
  return fail(ErrorCode::malformed,
              of_a_field ? fmt::format("{}: {}", what, wrong) : fmt::format("{} {}", what, wrong));
}

}  // namespace depone::protocol::record
