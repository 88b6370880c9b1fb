#include "protocol/api/problem.h"

#include <gtest/gtest.h>

#include "protocol/api/bodies.h"

namespace depone::protocol::api {
namespace {

TEST(Problem, CarriesCodeSentenceAndEntry) {
  const auto json = write_json(problem_of(record::Reason::consent_purpose, 12));
  const auto problem = read_json<Problem>(view(json), "the problem").value();
  EXPECT_EQ(problem.code, "consent.purpose");
  EXPECT_EQ(problem.status, 403u);
  EXPECT_EQ(problem.entry, 12u);
  EXPECT_EQ(problem.detail, record::sentence(record::Reason::consent_purpose));
  EXPECT_EQ(write_json(problem_of(record::Reason::busy)).find("entry"), std::string::npos);
}

TEST(Json, PassesOverWhatANewerArchiveAdds) {
  EXPECT_TRUE(read_json<ConsistencyProof>(view(R"({"proof":[],"new":{"a":1}})"), "the proof"));
  EXPECT_FALSE(read_json<ConsistencyProof>(view(R"({"new":1})"), "the proof"));
  EXPECT_FALSE(read_json<ConsistencyProof>(view(R"([])"), "the proof"));
  EXPECT_FALSE(read_json<ConsistencyProof>(view("{"), "the proof"));
}

TEST(Json, PassesOverItInsideWhatItKnowsToo) {
  CaseList cases;
  cases.cases.push_back({{}, "NKPC", "open", 1, "reader", 2, {}});
  auto text = write_json(cases);
  text.insert(text.find("\"prefix\""), R"("newer":[1.5,{"a":true}],)");
  const auto read = read_json<CaseList>(view(text), "the cases");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(write_json(*read), write_json(cases));
  EXPECT_FALSE(record::parse_form<CaseList>(view(text), "the cases"));  // what is signed is of one form
}

}  // namespace
}  // namespace depone::protocol::api
