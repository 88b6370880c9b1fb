#include "client/lib/custody.h"

#include <fmt/format.h>

#include "client/lib/item_lookup.h"
#include "protocol/api/target.h"
#include "protocol/record/bodies.h"
#include "protocol/record/frame.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kHistoryBytesMax = 256 << 20;

// The statement that was signed with a retrieval, or an error.
Result<RetrievePrivate> statement_of(const VerifiedReceipt& receipt, ByteView part) {
  if (receipt.entry.type != EvidenceRetrieve::kType || !receipt.act)
    return fail(ErrorCode::damaged, "the archive gave a statement to what is not a retrieval");
  DEPONE_ASSIGN(const auto body, body_of<EvidenceRetrieve>(*receipt.act));
  DEPONE_ASSIGN(const auto root, salted_root(part));
  const auto* const commitment = body.parts.find("private");
  if (commitment == nullptr || root != *commitment)
    return fail(ErrorCode::damaged, "a retrieval's statement is not the one that was signed");
  return parse_form<RetrievePrivate>(part, "the statement of a retrieval");
}

class CustodyChain {
 public:
  CustodyChain(Session& session, const std::string& name) : session_(session), name_(name) {}

  Result<VerifiedReceipt> take(ByteView piece) {
    DEPONE_ASSIGN(const auto receipt, parse_receipt(piece));
    DEPONE_ASSIGN(auto verified, session_.verify(receipt));
    const auto& entry = verified.entry;
    if (subject_.empty()) subject_ = entry.subject;
    if (entry.subject.empty() || entry.subject != subject_)
      return fail(ErrorCode::damaged, fmt::format("entry {} is not of this item", entry.seq));
    if (entry.before != before_)
      return fail(ErrorCode::damaged, fmt::format("the archive hid an entry of this item before entry {}", entry.seq));
    before_ = entry.seq;
    if (entry.type == EvidenceSubmit::kType && entry.outcome != Outcome::refused) {
      DEPONE_ASSIGN(const auto facts, facts_of<SubmitFacts>(entry));
      asked_for_ = asked_for_ || facts.ref == name_;
    }
    asked_for_ = asked_for_ || entry.subject == name_;
    return verified;
  }
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

}  // namespace

Result<> read_custody(Session& session, const std::string& said, const std::function<void(const CustodyEntry&)>& each) {
  DEPONE_ASSIGN(const auto name, item_named(session, said));
  DEPONE_ASSIGN(const auto body, session.get(protocol::api::write_target(fmt::format("/v1/items/{}/history", name), {}),
                                             kHistoryBytesMax));
  CustodyChain chain(session, name);
  FrameReader reader;
  std::optional<CustodyEntry> last;
  const auto give = [&] {
    if (last) each(*last);
    last.reset();
  };
  bool ended = false;
  for (ByteView rest = body; !rest.empty();) {
    DEPONE_ASSIGN(const std::size_t taken, reader.feed(rest));
    rest = rest.subspan(taken);
    const auto piece = reader.next();
    if (!piece) continue;
    if (piece->first == "private" && last) {
      DEPONE_ASSIGN(last->statement, statement_of(last->receipt, piece->second));
      continue;
    }
    give();
    if (piece->first == "end") ended = true;
    if (piece->first != "receipt") continue;
    DEPONE_ASSIGN(auto verified, chain.take(piece->second));
    last = CustodyEntry{std::move(verified), std::nullopt};
  }
  give();
  if (!ended) return fail(ErrorCode::damaged, "the history was cut");
  return chain.finish();
}

}  // namespace depone::client
