// What an archive could send that is no answer at all, and what it could list.
#include "client/lib/catalogue.h"
#include "tests/unit/client/lying_archive.h"

namespace depone::client {
namespace {

using namespace protocol::record;
using namespace std::chrono_literals;
namespace api = protocol::api;
using tests::code_of;

class LyingWire : public tests::LyingArchive {
 protected:
  Error told(Told answer) {
    auto asked = session(*reader_);
    lie_to("/v1/status", [&](Told& told) { told = answer; });
    const auto got = asked.get("/v1/status", 1 << 20);
    be_honest();
    EXPECT_FALSE(got);
    return got ? Error{} : got.error();
  }
  static Bytes problem(std::string detail) {
    return to_bytes(api::write_json(api::problem_of(Reason::busy, std::nullopt, std::move(detail))));
  }
};

TEST_F(LyingWire, AProblemThatIsNotOneIsSaidWithoutItsWords) {
  for (const auto& body : {to_bytes("not JSON"), to_bytes("[]"), to_bytes("{}"), Bytes{}, Bytes(100'000, 'x')}) {
    const auto error = told({403, body, {}, false});
    EXPECT_EQ(error.code, ErrorCode::refused);
    EXPECT_EQ(error.detail, "the archive answered 403 without saying why");
  }
}

TEST_F(LyingWire, AProblemAsLongAsABookIsNotRepeated) {
  const auto error = told({403, problem(std::string(5000, 'x')), {}, false});
  EXPECT_EQ(error.detail, "the archive answered 403 without saying why");
  // Also where the answer is read as a stream.
  auto asked = session(*reader_);
  lie_to("/v1/acts", [&](Told& told) { told = {403, problem(std::string(500'000, 'x')), {}, false}; });
  const auto got = try_retrieve(asked, {crypto::random_fixed<crypto::EvidenceId>()}, clock_);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().detail, "the archive answered 403 without saying why");
}

TEST_F(LyingWire, AnAnswerShorterThanItsLengthIsALineThatBroke) {
  for (const auto says : {std::uint64_t{3}, std::uint64_t{1} << 50})
    EXPECT_EQ(told({200, to_bytes("{}"), says, false}).code, ErrorCode::unreachable);
}

TEST_F(LyingWire, AnAnswerWithoutEndIsCutOff) {
  EXPECT_EQ(told({200, Bytes(64 * 1024, ' '), {}, true}).code, ErrorCode::too_large);
  auto asked = session(*reader_);
  lie_to("/v1/acts", [&](Told& told) { told = {200, Bytes(64 * 1024, ' '), {}, true}; });
  const auto got = try_retrieve(asked, {crypto::random_fixed<crypto::EvidenceId>()}, clock_);
  EXPECT_FALSE(got);
}

TEST_F(LyingWire, AnAnswerThatNeverComesMeetsItsDeadline) {
  auto asked = std::move(try_session(*reader_, {.progress = 200ms}).value());
  std::promise<void> patience;
  auto waited = patience.get_future().share();
  lie_to("/v1/status", [waited](Told&) { (void)waited.wait_for(10s); });
  EXPECT_EQ(code_of(asked.get("/v1/status", 1 << 20)), ErrorCode::timed_out);
  patience.set_value();
}

TEST_F(LyingWire, AnAnswerThatTricklesForEverMeetsItsDeadline) {
  auto asked = std::move(try_session(*reader_, {.progress = 300ms, .progress_bytes_min = 1 << 20}).value());
  lie_to("/v1/status", [](Told& told) { told = {200, Bytes(64 * 1024, ' '), {}, true, 100ms}; });
  EXPECT_EQ(code_of(asked.get("/v1/status", 64 << 20)), ErrorCode::timed_out);
}

TEST_F(LyingWire, AnAnswerThatIsNoJsonIsNotOne) {
  auto asked = session(*reader_);
  for (const auto& body : {to_bytes(""), to_bytes("{"), to_bytes("{\"cases\":[{}]}"), to_bytes("{\"cases\":{}}")}) {
    lie_to("/v1/cases", [&](Told& told) { told.body = body; });
    EXPECT_FALSE(list_cases(asked)) << text_view(body);
  }
}

// --- lists

class LyingCatalogue : public tests::LyingArchive {
 protected:
  using Change = std::function<void(api::ItemPage&)>;
  void lie_in_list(Change change) {
    lie_to("/v1/items?", [change = std::move(change)](Told& told) {
      auto page = api::read_json<api::ItemPage>(told.body, "").value();
      change(page);
      told.body = to_bytes(api::write_json(page));
    });
  }
  Result<std::size_t> listed(std::optional<crypto::CaseId> of) {
    auto asked = session(*reader_);
    std::size_t found = 0;
    DEPONE_TRY(list_items(asked, {of, {{"word", "summary"}}}, [&](const api::ItemSummary&) { ++found; }));
    return found;
  }
  void lie_in_cases(std::function<void(api::CaseList&)> change) {
    lie_to("/v1/cases", [change = std::move(change)](Told& told) {
      auto list = api::read_json<api::CaseList>(told.body, "").value();
      change(list);
      told.body = to_bytes(api::write_json(list));
    });
  }
  // What is listed lives as long as the session that listed it last.
  Result<std::vector<ListedCase>> cases() {
    lister_.emplace(session(*reader_));
    return list_cases(*lister_);
  }
  std::optional<Session> lister_;
  static api::CaseSummary& keyed(api::CaseList& list) {
    return *std::ranges::find(list.cases, "KEYED", &api::CaseSummary::prefix);
  }
};

TEST_F(LyingCatalogue, AnHonestListIsShownToItsEnd) {
  for (int i = 0; i < 3; ++i) (void)deposit("content " + std::to_string(i));
  EXPECT_EQ(listed(keyed_).value(), 3u);
  // Two pages: the first says where the next begins.
  lie_to("/v1/items?", [first = true](Told& told) mutable {
    if (!std::exchange(first, false)) return;
    auto page = api::read_json<api::ItemPage>(told.body, "").value();
    page.items.pop_back();
    page.next = page.items.back().seq;
    told.body = to_bytes(api::write_json(page));
  });
  EXPECT_EQ(listed(keyed_).value(), 3u);
}

TEST_F(LyingCatalogue, AnotherCasesItemsAreNotListed) {
  (void)open_case("OTHER");
  (void)deposit("theirs", "OTHER");
  mishear("/v1/items?", "/v1/items");
  EXPECT_EQ(listed({}).value(), 1u);
  EXPECT_EQ(code_of(listed(keyed_)), ErrorCode::damaged);
}

TEST_F(LyingCatalogue, AListThatNeverEndsIsNotFollowed) {
  (void)deposit("content");
  lie_in_list([](api::ItemPage& page) { page.next = page.items.back().seq + 1; });
  EXPECT_EQ(code_of(listed(keyed_)), ErrorCode::damaged);
  std::vector<api::ItemSummary> items;
  lie_in_list([&](api::ItemPage& page) {
    if (!page.items.empty()) items = page.items;
    page.items = items;
    page.next = items.back().seq;
  });
  EXPECT_EQ(code_of(listed(keyed_)), ErrorCode::damaged);
  lie_in_list([](api::ItemPage& page) {
    page.items.clear();
    page.next = 1;
  });
  EXPECT_EQ(code_of(listed(keyed_)), ErrorCode::damaged);
}

TEST_F(LyingCatalogue, ANumberThatIsNoneOfItsCaseAndAStrangerAreNotListed) {
  (void)deposit("content");
  for (const auto& ref : {"NKPC-000001", "\033[31mKEYED-000001", "KEYED-1", "../KEYED-000001"}) {
    lie_in_list([&](api::ItemPage& page) { page.items.front().ref = ref; });
    EXPECT_EQ(code_of(listed(keyed_)), ErrorCode::damaged) << ref;
  }
  lie_in_list([](api::ItemPage& page) { page.items.front().submitter = crypto::random_fixed<crypto::KeyId>(); });
  EXPECT_EQ(code_of(listed(keyed_)), ErrorCode::damaged);
}

TEST_F(LyingCatalogue, CasesAreAsTheLogShowsThem) {
  const auto honest = cases().value();
  ASSERT_EQ(honest.size(), 2u);
  lie_in_cases([](api::CaseList& list) {
    keyed(list).grant = "\033[31m";
    keyed(list).state = "closed";
  });
  for (const auto& one : cases().value()) EXPECT_FALSE(one.of->closed);
  lie_in_cases([](api::CaseList& list) { list.cases.push_back(list.cases.front()); });
  EXPECT_EQ(code_of(cases()), ErrorCode::damaged);
  lie_in_cases([](api::CaseList& list) {
    keyed(list).case_id = crypto::random_fixed<crypto::CaseId>();
    list.cases.back().private_part.clear();
  });
  EXPECT_EQ(code_of(cases()), ErrorCode::damaged);
}

TEST_F(LyingCatalogue, ATitleThatWasNotSignedIsNotShown) {
  lie_in_cases([](api::CaseList& list) {
    auto said = parse_form<CasePrivate>(keyed(list).private_part, "").value();
    EXPECT_EQ(said.title, "the case KEYED");
    said.title = "another title";
    keyed(list).private_part = to_bytes(write_form(said));
  });
  EXPECT_EQ(code_of(cases()), ErrorCode::damaged);
}

}  // namespace
}  // namespace depone::client
