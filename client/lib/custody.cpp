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

// The private part of an act, as it was signed.
template <class Body, class Private>
Result<> take_private(const Act& act, ByteView part, std::optional<Private>& into) {
  DEPONE_ASSIGN(const auto body, body_of<Body>(act));
  if (!is_committed(part, body.parts.find("private")))
    return fail(ErrorCode::damaged, "what the archive says was stated or said is not what was signed");
  DEPONE_ASSIGN(into, parse_form<Private>(part, "the private part"));
  return {};
}
Result<> take_private(CustodyEntry& entry, ByteView part) {
  const auto& type = entry.receipt.entry.type;
  const auto& act = entry.receipt.act;
  if (act && type == EvidenceRetrieve::kType) return take_private<EvidenceRetrieve>(*act, part, entry.statement);
  if (act && type == EvidenceSubmit::kType) return take_private<EvidenceSubmit>(*act, part, entry.said);
  if (act && type == EvidenceDescribe::kType) return take_private<EvidenceDescribe>(*act, part, entry.said);
  return fail(ErrorCode::damaged, "the archive gave a private part to what has none");
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
      DEPONE_TRY(take_private(*last, piece->second));
      continue;
    }
    give();
    if (piece->first == "end") return std::string(text_view(piece->second));
    if (piece->first != "receipt") continue;
    DEPONE_ASSIGN(auto verified, chain.take(piece->second));
    last = CustodyEntry{std::move(verified), std::nullopt, std::nullopt};
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
