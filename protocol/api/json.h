// Bodies of calls that nobody signs: written in the byte form too, but read with tolerance, so that a newer archive may
// add fields that an older client passes over.
#pragma once

#include "protocol/record/values.h"

namespace depone::protocol::api {

constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kProblemType = "application/problem+json";
constexpr std::string_view kTextType = "text/plain; charset=utf-8";
constexpr std::string_view kBytesType = "application/octet-stream";

// malformed if a field is missing or not of its form.
template <class T>
Result<T> read_json(ByteView bytes, std::string_view what) {
  DEPONE_ASSIGN(const boost::json::value json, record::parse_json(bytes, what));
  if (!json.is_object()) return record::not_the_form(what, "is not an object");
  T value{};
  record::Reader reader(json.get_object(), record::Reader::Unknown::pass);
  T::fields(reader, value);
  if (const auto wrong = reader.finish(); !wrong.empty()) return record::not_the_form(what, wrong);
  return value;
}
template <class T>
std::string write_json(const T& value) {
  return record::write_form(value);
}

}  // namespace depone::protocol::api
