#include "client/lib/catalogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "protocol/api/target.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;
namespace api = protocol::api;

namespace {

constexpr std::size_t kPageBytesMax = 64 << 20;
constexpr std::size_t kCasesBytesMax = 16 << 20;

bool is_shown(const policy::Roster& roster, const api::ItemSummary& item) {
  const auto* const of = roster.find(item.case_id);
  return of != nullptr && roster.find(item.submitter) != nullptr && is_item_ref(item.ref) &&
         item.ref.starts_with(of->prefix + '-');
}

// What may be believed of an item in a list: that it can be one. A case or member may be newer than our roster.
Result<> check_item(Session& session, const ItemSearch& search, const api::ItemSummary& item) {
  const auto is_in = [&](const crypto::CaseId& id) {
    return item.case_id == id || std::ranges::find(item.shared, id) != item.shared.end();
  };
  if (search.case_id && !is_in(*search.case_id))
    return fail(ErrorCode::damaged, "the archive lists an item of another case than was asked for");
  for (int looked = 0; looked < 2; ++looked) {
    DEPONE_ASSIGN(const auto* const roster, session.roster());
    if (is_shown(*roster, item)) return {};
  }
  return fail(ErrorCode::damaged, fmt::format("the archive lists the item {}, whose case, number or submitter the log "
                                              "does not show",
                                              to_text(item.item)));
}

// A case's title, as its opener signed it.
Result<std::string> title_of(const Session& session, const policy::Case& of, ByteView part) {
  if (part.empty()) return std::string();
  DEPONE_ASSIGN(const auto opening, session.roster_act(of.opened_seq));
  DEPONE_ASSIGN(const auto body, body_of<CaseOpen>(opening));
  if (!is_committed(part, body.parts.find("private"))) {
    return fail(ErrorCode::damaged,
                fmt::format("what the archive says of the case {} is not what was signed", of.prefix));
  }
  DEPONE_ASSIGN(const auto said, parse_form<CasePrivate>(part, "the case"));
  return said.title;
}

}  // namespace

Result<> list_items(Session& session, const ItemSearch& search,
                    const std::function<void(const api::ItemSummary&)>& each) {
  auto query = search.criteria;
  if (search.case_id) query.emplace_back("case", to_text(*search.case_id));
  std::optional<std::uint64_t> last;
  for (;;) {
    auto page_query = query;
    if (last) page_query.emplace_back("after", std::to_string(*last));
    DEPONE_ASSIGN(const auto body, session.get(api::write_target("/v1/items", page_query), kPageBytesMax));
    DEPONE_ASSIGN(const auto page, api::read_json<api::ItemPage>(body, "the archive's answer"));
    for (const auto& item : page.items) {
      if (last && item.seq <= *last) return fail(ErrorCode::damaged, "the archive's list does not go forward");
      DEPONE_TRY(check_item(session, search, item));
      last = item.seq;
      each(item);
    }
    if (page.next == 0) return {};
    if (page.items.empty() || page.next != *last)
      return fail(ErrorCode::damaged, "the archive's list goes on elsewhere than where its page ended");
  }
}

Result<std::vector<ListedCase>> list_cases(Session& session) {
  DEPONE_ASSIGN(const auto body, session.get("/v1/cases", kCasesBytesMax));
  DEPONE_ASSIGN(const auto list, api::read_json<api::CaseList>(body, "the list of cases"));
  // After the list: it knows every case that was there.
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  std::vector<ListedCase> out;
  for (const auto& one : list.cases) {
    const auto* const of = roster->find(one.case_id);
    if (of == nullptr || std::ranges::find(out, of, &ListedCase::of) != out.end())
      return fail(ErrorCode::damaged, "the archive lists a case that its log does not show, or twice the same");
    DEPONE_ASSIGN(auto title, title_of(session, *of, one.private_part));
    out.push_back({of, std::move(title), one.items});
  }
  return out;
}

}  // namespace depone::client
