// Answers that nobody signs: read with tolerance for fields of a newer archive, and for nothing else.
#include "protocol/api/bodies.h"
#include "protocol/api/problem.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol;

template <class Body>
void check(ByteView bytes) {
  const auto body = api::read_json<Body>(bytes, "the answer");
  if (!body) return;
  const auto text = api::write_json(*body);
  require(is_byte_form(view(text)), "an answer is written in the byte form");
  const auto again = api::read_json<Body>(view(text), "the answer");
  require(again && api::write_json(*again) == text, "an answer is read as it was written");
}

// A field that nobody knows, put where the input says an object begins: passed over, as docs/FORMAT.md "Wire" says.
template <class Body>
void check_newer(const Body& body, Choices& choices) {
  auto text = api::write_json(body);
  std::vector<std::size_t> places;
  for (std::size_t at = text.find("{\""); at != std::string::npos; at = text.find("{\"", at + 1)) places.push_back(at);
  const auto at = places[choices.below(places.size())];
  const bool in_envelope = text.find("payloadType") < at || text.compare(at, 14, "{\"payloadType\"") == 0;
  if (in_envelope) return;  // what is signed is of one form
  text.insert(at + 1, R"("newer":[{"x":1.5e3},true],)");
  const auto read = api::read_json<Body>(view(text), "the answer");
  require(read && api::write_json(*read) == api::write_json(body), "fields that are not known are passed over");
}

api::ItemPage page() {
  const auto& s = specimen();
  const auto part = record::parse_form<record::SubmitPrivate>(view(s.private_part), "the part").value();
  api::ItemSummary item{s.item, "NKPC-000001", s.body.case_id, s.investigator.card.id(), {}, {}, 1, s.now, 99, {}};
  item.catalogue = part.catalogue;
  return {{item}, 1};
}
api::CaseList cases() {
  return {{{specimen().body.case_id, "NKPC", "open", 1, "reader", 2, to_bytes(specimen().private_part)}}};
}
api::Status status() {
  return {"0.1", "archive.example/nk", specimen().genesis, "x25519", "x25519", 1, 2, 3, 4, specimen().now};
}

void fuzz(ByteView input) {
  check<api::Problem>(input);
  check<api::ActAnswer>(input);
  check<api::ItemPage>(input);
  check<api::CaseList>(input);
  check<api::ConsistencyProof>(input);
  check<api::Status>(input);
  Choices choices(input);
  switch (choices.below(5)) {
    case 0:
      return check_newer(page(), choices);
    case 1:
      return check_newer(cases(), choices);
    case 2:
      return check_newer(status(), choices);
    case 3:
      return check_newer(api::ActAnswer{{specimen().receipt}}, choices);
    default:
      return check_newer(api::problem_of(record::Reason::case_closed, 7), choices);
  }
}

Seeds seeds() {
  Seeds out = nasty_json();
  const auto add = [&](const char* name, const auto& body) { out.push_back({name, to_bytes(api::write_json(body))}); };
  add("problem", api::problem_of(record::Reason::case_closed, 7));
  add("receipts", api::ActAnswer{{specimen().receipt}});
  add("items", page());
  add("cases", cases());
  add("proof", api::ConsistencyProof{{specimen().genesis}});
  add("status", status());
  for (std::uint8_t i = 0; i < 10; ++i)
    out.push_back({"newer_" + std::to_string(i), {static_cast<std::uint8_t>(i / 5), i}});
  return out;
}

const Registered kTarget{{"api_body", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
