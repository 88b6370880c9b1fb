#include "client/lib/custody.h"

#include <utility>

#include <fmt/format.h>

#include "client/lib/item_lookup.h"
#include "crypto/hash.h"
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

// The manifest that an entry's act was taken with; null where it has none.
std::optional<crypto::Digest> manifest_of(const VerifiedReceipt& receipt) {
  const auto& type = receipt.entry.type;
  if (!receipt.act || receipt.entry.outcome == Outcome::refused) return std::nullopt;
  PartList parts;
  if (type == EvidenceSubmit::kType) {
    if (auto body = body_of<EvidenceSubmit>(*receipt.act)) parts = std::move(body->parts);
  } else if (type == EvidenceDescribe::kType) {
    if (auto body = body_of<EvidenceDescribe>(*receipt.act)) parts = std::move(body->parts);
  }
  const auto* const commitment = parts.find("manifest");
  return commitment == nullptr ? std::nullopt : std::optional(*commitment);
}

Result<> take_manifest(CustodyEntry& entry, Bytes sealed) {
  if (manifest_of(entry.receipt) != crypto::sha256(sealed))
    return fail(ErrorCode::damaged, "a sealed manifest is not the one that was signed");
  entry.manifest = std::move(sealed);
  return {};
}

// What of an item's custody is shown to its submitter and to the readers of its cases alone. To them the archive leaves
// nothing of it out: a correction that is not told is one that is hidden.
class ShownToReaders {
 public:
  ShownToReaders(const policy::Roster& roster, const crypto::KeyId& asker) : roster_(roster), asker_(asker) {}

  void take(const CustodyEntry& one) {
    const auto& entry = one.receipt.entry;
    const auto& act = one.receipt.act;
    if (entry.outcome == Outcome::refused) return;
    const auto* const of = entry.case_id ? roster_.find(*entry.case_id) : nullptr;
    const bool reads = of != nullptr && of->is_reader(asker_);
    if (entry.type == EvidenceSubmit::kType || entry.type == EvidenceShare::kType)
      entitled_ = entitled_ || reads || (entry.type == EvidenceSubmit::kType && entry.actor.value == asker_);
    if (!one.said && act && says(*act)) withheld_ = withheld_.value_or(entry.seq);
    if (entry.type == EvidenceRetrieve::kType && reads && !one.statement) withheld_statement_ = entry.seq;
  }
  Result<> finish() const {
    const auto withheld = entitled_ ? withheld_ : std::nullopt;
    if (!withheld && !withheld_statement_) return {};
    return fail(ErrorCode::damaged, fmt::format("the archive left out what was said in entry {}",
                                                withheld ? *withheld : *withheld_statement_));
  }

 private:
  static bool says(const Act& act) {
    if (act.payload.type == EvidenceSubmit::kType) return true;
    const auto body = body_of<EvidenceDescribe>(act);
    return body && body->parts.find("private") != nullptr;
  }

  const policy::Roster& roster_;
  const crypto::KeyId asker_;
  bool entitled_ = false;
  std::optional<std::uint64_t> withheld_, withheld_statement_;  // the first, the last
};

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
Result<std::string> read_page(CustodyChain& chain, ByteView page, const std::function<void(const CustodyEntry&)>& each,
                              Manifests manifests) {
  FrameReader reader;
  std::optional<CustodyEntry> last;
  const auto give = [&]() -> Result<> {
    if (!last) return {};
    if (manifests == Manifests::with && !last->manifest && manifest_of(last->receipt))
      return fail(ErrorCode::damaged,
                  fmt::format("the archive left out the manifest of entry {}", last->receipt.entry.seq));
    each(*last);
    last.reset();
    return {};
  };
  while (!page.empty()) {
    DEPONE_ASSIGN(const std::size_t taken, reader.feed(page));
    page = page.subspan(taken);
    auto piece = reader.next();
    if (!piece) continue;
    if (piece->first == "manifest" && last) {
      DEPONE_TRY(take_manifest(*last, std::move(piece->second)));
      continue;
    }
    if (piece->first == "private" && last) {
      DEPONE_TRY(take_private(*last, piece->second));
      continue;
    }
    DEPONE_TRY(give());
    if (piece->first == "end") return std::string(text_view(piece->second));
    if (piece->first != "receipt") continue;
    DEPONE_ASSIGN(auto verified, chain.take(piece->second));
    last = CustodyEntry{std::move(verified), std::nullopt, std::nullopt, std::nullopt};
  }
  return fail(ErrorCode::damaged, "the history was cut");
}

}  // namespace

Result<> read_custody(Session& session, const std::string& said, const std::function<void(const CustodyEntry&)>& each,
                      Manifests manifests) {
  DEPONE_ASSIGN(const auto name, item_named(session, said));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  CustodyChain chain(session, name);
  ShownToReaders shown(*roster, session.identity().id());
  const auto take = [&](const CustodyEntry& one) {
    shown.take(one);
    each(one);
  };
  std::string next;
  do {
    const auto target = protocol::api::write_target(
        fmt::format("/v1/items/{}/history", name),
        {{"after", std::exchange(next, {})}, {"manifests", manifests == Manifests::with ? "1" : ""}});
    DEPONE_ASSIGN(const auto page, session.get(target, kPageBytesMax));
    const auto before = chain.last();
    DEPONE_ASSIGN(next, read_page(chain, page, take, manifests));
    // A page without an entry that says to go on would be asked for again without end.
    if (!next.empty() && (chain.last() == before || next != std::to_string(chain.last().value_or(0))))
      return fail(ErrorCode::damaged, "the history goes on elsewhere than where its page ended");
  } while (!next.empty());
  DEPONE_TRY(shown.finish());
  return chain.finish();
}

}  // namespace depone::client
