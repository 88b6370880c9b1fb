#include "client/lib/custody.h"

#include <utility>

#include <fmt/format.h>

#include "client/lib/item_lookup.h"
#include "protocol/api/target.h"
#include "protocol/record/bodies.h"
#include "protocol/record/frame.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kPageBytesMax = 64 << 20;

// The statement that was signed with a retrieval, or an error.
Result<RetrievePrivate> statement_of(const VerifiedReceipt& receipt, ByteView part) {
  if (receipt.entry.type != EvidenceRetrieve::kType || !receipt.act)
    return fail(ErrorCode::damaged, "the archive gave a statement to what is not a retrieval");
  DEPONE_ASSIGN(const auto body, body_of<EvidenceRetrieve>(*receipt.act));
  if (!is_committed(part, body.parts.find("private")))
    return fail(ErrorCode::damaged, "a retrieval's statement is not the one that was signed");
  return parse_form<RetrievePrivate>(part, "the statement of a retrieval");
}

class CustodyChain {
 public:
  CustodyChain(Session& session, const std::string& name) : session_(session), name_(name) {}

  Result<VerifiedReceipt> take(ByteView piece) {
    DEPONE_ASSIGN(const auto receipt, parse_receipt(piece));
    DEPONE_ASSIGN(auto verified, session_.verify(receipt, WithheldAct::accept));
    const auto& entry = verified.entry;
    if (subject_.empty()) subject_ = entry.subject;
    if (entry.subject.empty() || entry.subject != subject_)
      return fail(ErrorCode::damaged, fmt::format("entry {} is not of this item", entry.seq));
    if (entry.before != before_)
      return fail(ErrorCode::damaged, fmt::format("the archive hid an entry of this item before entry {}", entry.seq));
    before_ = entry.seq;
    if (entry.type == EvidenceSubmit::kType && entry.outcome != Outcome::refused) {
      DEPONE_ASSIGN(const auto facts, facts_of<SubmitFacts>(entry));
      asked_for_ = asked_for_ || is_named(name_, entry.subject, facts.ref);
    }
    asked_for_ = asked_for_ || is_named(name_, entry.subject, "");
    return verified;
  }
  std::optional<std::uint64_t> last() const { return before_; }
  Result<> finish() const {
    if (!asked_for_) return fail(ErrorCode::damaged, fmt::format("the archive gave another item than {}", name_));
    return {};
  }

 private:
  Session& session_;
  const std::string& name_;
  std::string subject_;
  std::optional<std::uint64_t> before_;
  bool asked_for_ = false;
};

// One page of the history; says where the next begins, if there is one.
Result<std::string> read_page(CustodyChain& chain, ByteView page,
                              const std::function<void(const CustodyEntry&)>& each) {
  FrameReader reader;
  std::optional<CustodyEntry> last;
  const auto give = [&] {
    if (last) each(*last);
    last.reset();
  };
  while (!page.empty()) {
    DEPONE_ASSIGN(const std::size_t taken, reader.feed(page));
    page = page.subspan(taken);
    const auto piece = reader.next();
    if (!piece) continue;
    if (piece->first == "private" && last) {
      DEPONE_ASSIGN(last->statement, statement_of(last->receipt, piece->second));
      continue;
    }
    give();
    if (piece->first == "end") return std::string(text_view(piece->second));
    if (piece->first != "receipt") continue;
    DEPONE_ASSIGN(auto verified, chain.take(piece->second));
    last = CustodyEntry{std::move(verified), std::nullopt};
  }
  return fail(ErrorCode::damaged, "the history was cut");
}

}  // namespace

Result<> read_custody(Session& session, const std::string& said, const std::function<void(const CustodyEntry&)>& each) {
  DEPONE_ASSIGN(const auto name, item_named(session, said));
  CustodyChain chain(session, name);
  std::string next;
  do {
    const auto target =
        protocol::api::write_target(fmt::format("/v1/items/{}/history", name), {{"after", std::exchange(next, {})}});
    DEPONE_ASSIGN(const auto page, session.get(target, kPageBytesMax));
    const auto before = chain.last();
    DEPONE_ASSIGN(next, read_page(chain, page, each));
    // A page without an entry that says to go on would be asked for again without end.
    if (!next.empty() && (chain.last() == before || next != std::to_string(chain.last().value_or(0))))
      return fail(ErrorCode::damaged, "the history goes on elsewhere than where its page ended");
  } while (!next.empty());
  return chain.finish();
}

}  // namespace depone::client
