#include "tests/unit/net/running_archive.h"

namespace depone::daemon::net {
namespace {

using namespace protocol::record;

class History : public tests::RunningArchive {
 protected:
  struct Page {
    std::vector<VerifiedReceipt> receipts;
    std::size_t statements = 0, said = 0;
    std::string next;
    std::size_t largest_write = 0;
  };
  Page history(const tests::Person& who, const crypto::EvidenceId& item, const std::string& after = "") {
    const auto answer = get(who, "/v1/items/" + to_text(item) + "/history" + (after.empty() ? "" : "?after=" + after));
    EXPECT_EQ(answer.status, 200u) << answer.text();
    Page out;
    out.largest_write = answer.largest_write;
    FrameReader reader;
    bool ended = false;
    for (ByteView rest = answer.body; !rest.empty();) {
      rest = rest.subspan(reader.feed(rest).value());
      const auto piece = reader.next();
      if (!piece) continue;
      const bool stated = !out.receipts.empty() && out.receipts.back().entry.type == EvidenceRetrieve::kType;
      if (piece->first == "private") ++(stated ? out.statements : out.said);
      if (piece->first == "receipt") out.receipts.push_back(verified(parse_receipt(piece->second).value()));
      ended = piece->first == "end";
      if (ended) out.next = text_view(piece->second);
    }
    EXPECT_TRUE(ended);
    return out;
  }
  VerifiedReceipt verified(const Receipt& receipt) const {
    auto out = verify_receipt(receipt, ledger_->log_key(), WithheldAct::accept).value();
    const bool whole = !out.entry.act || out.act;
    EXPECT_EQ(verify_receipt(receipt, ledger_->log_key()).has_value(), whole);  // elsewhere an act is never withheld
    return out;
  }
  static std::vector<bool> acts(const Page& page) {
    std::vector<bool> out;
    for (const auto& receipt : page.receipts) out.push_back(receipt.act.has_value());
    return out;
  }
};

TEST_F(History, GivesActsThatNameOtherItemsToReadersOnly) {
  const auto own = submit(outsider_), other = submit(lawyer_);
  const auto alone = retrieval(lawyer_, {own});
  EXPECT_EQ(retrieve(lawyer_, alone).status, 200u);
  const auto both = retrieval(lawyer_, {own, other});
  EXPECT_EQ(retrieve(lawyer_, both).status, 200u);
  EXPECT_EQ(retrieve(lawyer_, both).status, 200u);  // again: a serve and its end, which name the act too
  const auto whole = history(lawyer_, own);
  EXPECT_EQ(acts(whole), (std::vector<bool>{true, true, true, true, true}));
  EXPECT_EQ(whole.statements, 2u);
  EXPECT_EQ(whole.said, 1u);
  EXPECT_EQ(acts(history(archivist_, own)), acts(whole));
  const auto outside = history(outsider_, own);
  EXPECT_EQ(acts(outside), (std::vector<bool>{true, true, false, false, false}));
  EXPECT_EQ(outside.statements, 0u);
  EXPECT_EQ(outside.said, 1u);  // submitted it
  EXPECT_EQ(history(archivist_, own).said, 0u);
  EXPECT_TRUE(outside.receipts.back().entry.act);
  const auto target = "/v1/items/" + to_text(own) + "/history";
  EXPECT_NE(get(lawyer_, target).text().find(both.bytes), std::string::npos);
  EXPECT_EQ(get(outsider_, target).text().find(both.bytes), std::string::npos);
}

TEST_F(History, ComesInPagesThatAreOneChain) {
  const auto item = submit(lawyer_);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(retrieve(lawyer_, retrieval(lawyer_, {item})).status, 200u);
  limits_.history_entries_max = 2;
  start({});
  std::optional<std::uint64_t> before;
  std::string next;
  std::vector<std::size_t> pages;
  do {
    const auto page = history(lawyer_, item, next);
    for (const auto& receipt : page.receipts) {
      EXPECT_EQ(receipt.entry.before, before);
      before = receipt.entry.seq;
    }
    pages.push_back(page.receipts.size());
    next = page.next;
    EXPECT_TRUE(next.empty() || next == std::to_string(before.value()));
  } while (!next.empty() && pages.size() < 9);
  EXPECT_EQ(pages, (std::vector<std::size_t>{2, 2, 2}));
  EXPECT_EQ(get(lawyer_, "/v1/items/" + to_text(item) + "/history?after=x").status, 400u);
}

TEST_F(History, IsSentAsItIsRead) {
  const auto item = submit(lawyer_);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(retrieve(lawyer_, retrieval(lawyer_, {item})).status, 200u);
  const auto page = history(lawyer_, item);
  EXPECT_EQ(page.receipts.size(), 61u);
  std::size_t all = get(lawyer_, "/v1/items/" + to_text(item) + "/history").body.size();
  EXPECT_LT(page.largest_write, all / 3);
}

TEST_F(History, RefusalsOfOutsidersAreNotInIt) {
  const auto item = submit(lawyer_);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(retrieve(outsider_, retrieval(outsider_, {item})).says(Reason::not_found));
  EXPECT_EQ(get(outsider_, "/v1/objects/" + to_text(item)).status, 404u);
  EXPECT_EQ(get(outsider_, "/v1/items/" + to_text(item) + "/history").status, 404u);
  EXPECT_EQ(history(lawyer_, item).receipts.size(), 1u);
}

TEST_F(History, ASearchPageEndsWhereItsBytesDo) {
  for (int i = 0; i < 5; ++i) (void)submit(lawyer_, 64, std::string(1000, 'x'));
  limits_.search_bytes_max = 2500;
  start({});
  std::vector<std::size_t> pages;
  std::string target = "/v1/items";
  for (std::uint64_t next = 1; next != 0 && pages.size() < 9;) {
    const auto text = get(lawyer_, target).text();
    std::size_t items = 0;
    for (auto at = text.find("\"ref\""); at != std::string::npos; at = text.find("\"ref\"", at + 1)) ++items;
    pages.push_back(items);
    next = std::stoull(text.substr(text.find("\"next\":") + 7));
    target = "/v1/items?after=" + std::to_string(next);
  }
  EXPECT_EQ(pages, (std::vector<std::size_t>{2, 2, 1}));
}

}  // namespace
}  // namespace depone::daemon::net
