#include "client/lib/retriever.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "client/lib/case_keys.h"
#include "client/lib/item_lookup.h"
#include "client/lib/item_manifests.h"
#include "crypto/hash.h"
#include "protocol/api/problem.h"
#include "protocol/record/frame.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;
namespace api = protocol::api;
namespace transport = protocol::transport;

namespace {

// Bounds of an answer: what rides inside it (docs/FORMAT.md), and beside that the parts, receipts and envelopes of each
// item.
constexpr std::size_t kAnswerBytesMax = 32 << 20;
constexpr std::size_t kItemAnswerBytesMax = 1 << 20;

// Whether an entry is what the log says to this act about this item.
bool is_answer_to(const Entry& entry, const Act& act, const crypto::EvidenceId& item) {
  return entry.type == EvidenceRetrieve::kType && entry.act == act.hash && entry.subject == subject_of(item);
}

// The seeds of one case, each out of the grant that was sealed to us, checked against the case's key. Most items of an
// answer come with the same grant: it is read once.
class CaseSeeds {
 public:
  CaseSeeds(Session& session, const policy::Roster& roster, const crypto::CaseId& case_id)
      : session_(session),
        roster_(roster),
        case_id_(case_id) {}

  Result<const crypto::SealSeed*> open(ByteView grant, std::uint32_t epoch) {
    if (seed_ && epoch_ == epoch && std::ranges::equal(grant, grant_)) return &*seed_;
    DEPONE_ASSIGN(const auto receipt, parse_receipt(grant));
    DEPONE_ASSIGN(const auto verified, session_.verify(receipt));
    if (!verified.act) return fail(ErrorCode::damaged, "the grant has no act");
    seed_.reset();
    DEPONE_ASSIGN(seed_, open_case_seed(session_.identity(), roster_, *verified.act, case_id_, epoch));
    epoch_ = epoch;
    grant_ = to_bytes(grant);
    return &*seed_;
  }

 private:
  Session& session_;
  const policy::Roster& roster_;
  const crypto::CaseId case_id_;
  Bytes grant_;  // the latest
  std::uint32_t epoch_ = 0;
  std::optional<crypto::SealSeed> seed_;
};

class ItemOpener {
 public:
  ItemOpener(Session& session, const policy::Roster& roster, const RetrieveRequest& request, const Act& act,
             CaseSeeds& seeds, ItemPieces& pieces)
      : session_(session),
        roster_(roster),
        request_(request),
        act_(act),
        seeds_(seeds),
        pieces_(pieces) {}

  Result<RetrievedItem> open() {
    DEPONE_TRY(check_receipt());
    DEPONE_TRY(check_submission());
    DEPONE_TRY(open_secret());
    DEPONE_TRY(open_share());
    DEPONE_TRY(open_manifest());
    return std::move(out_);
  }
  RetrievedItem& so_far() { return out_; }

 private:
  const Bytes* piece(std::string_view name) const {
    const auto found = pieces_.find(name);
    return found == pieces_.end() ? nullptr : &found->second;
  }
  Result<ByteView> need(std::string_view name) const {
    if (const auto* const bytes = piece(name)) return ByteView(*bytes);
    return fail(ErrorCode::damaged, fmt::format("the archive's answer lacks the piece '{}'", name));
  }
  static Error damaged(const char* why) { return fail(ErrorCode::damaged, why); }

  Result<> check_receipt() {
    DEPONE_ASSIGN(const auto bytes, need("receipt"));
    DEPONE_ASSIGN(out_.retrieve_receipt, parse_receipt(bytes));
    if (out_.retrieve_receipt.act.json != act_.bytes)
      return damaged("the archive gave the receipt of another retrieval");
    DEPONE_ASSIGN(out_.retrieved, session_.verify_own(out_.retrieve_receipt, act_));
    const auto& entry = out_.retrieved.entry;
    if (!is_answer_to(entry, act_, out_.item) || entry.outcome != Outcome::accepted)
      return damaged("the archive gave the receipt of another retrieval");
    return {};
  }

  Result<> check_submission() {
    DEPONE_ASSIGN(out_.terms, read_terms(session_, pieces_));
    if (out_.terms.item != out_.item) return damaged("the archive gave another item's submission");
    DEPONE_ASSIGN(const auto granted, facts_of<RetrieveFacts>(out_.retrieved.entry));
    if (granted.described.value_or(0) != out_.terms.described)
      return damaged("the archive gave another description of the item than the latest");
    const auto& body = out_.terms.body;
    out_.context =
        crypto::item_context(roster_.genesis(), out_.item, body.case_id, out_.terms.submitted.act->payload.actor);
    out_.ref = out_.terms.facts.ref;
    DEPONE_ASSIGN(auto private_part, private_part_of(out_.terms, pieces_));
    if (!private_part) return damaged("the archive's answer lacks the piece 'private'");
    out_.private_part = std::move(*private_part);
    return {};
  }

  // The case in which it is retrieved, and its epoch that the secret is sealed for: of the submission, or of the act
  // that shared the item.
  struct SealedFor {
    std::uint32_t epoch = 1;
    const crypto::Digest* secret = nullptr;  // commitment
  };
  Result<SealedFor> sealed_for() {
    const auto& body = out_.terms.body;
    if (request_.case_id == body.case_id) return SealedFor{body.epoch, body.parts.find("secret")};
    DEPONE_ASSIGN(share_, read_share(session_, out_.terms, pieces_));
    if (!share_ || share_->case_id != request_.case_id)
      return damaged("the archive gave an item that is not in this case");
    return SealedFor{share_->epoch, share_->parts.find("secret")};
  }

  Result<> open_secret() {
    DEPONE_ASSIGN(const auto sealed, sealed_for());
    DEPONE_ASSIGN(const auto grant, need("grant"));
    DEPONE_ASSIGN(const auto* const seed, seeds_.open(grant, sealed.epoch));
    DEPONE_ASSIGN(const auto part, need("secret"));
    if (sealed.secret == nullptr || crypto::sha256(part) != *sealed.secret)
      return damaged("the item's sealed secret was changed");
    const auto info = crypto::item_secret_info(out_.context, request_.case_id, sealed.epoch);
    DEPONE_ASSIGN(out_.item_secret,
                  crypto::open_sealed_secret<crypto::ItemSecret>(roster_.facts().intake.suite, *seed, info, part));
    return {};
  }

  Result<> open_share() {
    DEPONE_ASSIGN(const auto sealed, need("share"));
    const auto info = crypto::share_info(out_.context, act_.hash, request_.scope);
    const auto suite = roster_.facts().intake.suite;
    const auto& seed = session_.identity().seal_seed();
    if (request_.scope == Scope::manifest) {
      DEPONE_ASSIGN(manifest_share_, crypto::open_sealed_secret<crypto::ManifestShare>(suite, seed, info, sealed));
      return {};
    }
    DEPONE_ASSIGN(auto share, crypto::open_sealed_secret<crypto::ReleaseShare>(suite, seed, info, sealed));
    if (crypto::release_commitment(out_.context, share) != out_.terms.body.release_commitment)
      return damaged("the archive's half of the key is not the one that was deposited");
    if (crypto::key_commitment(*out_.item_secret, out_.context, share) != out_.terms.body.key_commitment)
      return damaged("the two halves of the key do not belong together");
    manifest_share_ = crypto::manifest_share(share, out_.context);
    out_.release_share = std::move(share);
    return {};
  }

  Result<> open_manifest() {
    DEPONE_ASSIGN(const auto part, need("manifest"));
    if (crypto::sha256(part) != out_.terms.sealed_manifest) return damaged("the sealed manifest was changed");
    out_.manifest_key = crypto::manifest_key(*out_.item_secret, out_.context, *manifest_share_);
    const ManifestLock lock{*out_.manifest_key, out_.context, out_.terms.body};
    auto opened = client::open_manifest(part, out_.terms.manifest, lock);
    if (!opened) opened = earlier_manifest(lock, opened.error());
    if (!opened) return opened.error();
    out_.manifest = std::move(opened->manifest);
    out_.manifest_text = std::move(opened->text);
    if (request_.scope == Scope::content) {
      if (const auto object = pieces_.find("object"); object != pieces_.end()) out_.object = std::move(object->second);
    }
    return {};
  }

  // The latest that can be believed of those before. One reader who seals what nobody can open must not take the item
  // from all.
  Result<OpenedManifest> earlier_manifest(const ManifestLock& lock, const Error& why) {
    if (out_.terms.described == 0) return why;
    std::optional<OpenedManifest> latest;
    std::uint64_t used = 0;
    DEPONE_TRY(read_manifests(session_, out_.item, lock, [&](SaidManifest said) {
      if (!said.opened) return;
      latest = std::move(*said.opened);
      used = said.entry.seq;
    }));
    if (!latest) return why;
    out_.passed_over = PassedOver{why.detail, used};
    return std::move(*latest);
  }

  Session& session_;
  const policy::Roster& roster_;
  const RetrieveRequest& request_;
  const Act& act_;
  CaseSeeds& seeds_;
  ItemPieces& pieces_;  // the object is taken out of it
  RetrievedItem out_;
  std::optional<EvidenceShare> share_;
  std::optional<crypto::ManifestShare> manifest_share_;
};

// What the archive's answer says of one item: granted, or refused.
Result<> take_item(Session& session, const policy::Roster& roster, const RetrieveRequest& request, CaseSeeds& seeds,
                   Retrieval& retrieval, const crypto::EvidenceId& id, ItemPieces& pieces) {
  if (const auto refusal = pieces.find("refusal"); refusal != pieces.end()) {
    DEPONE_ASSIGN(const auto problem, api::read_json<api::Problem>(refusal->second, "the refusal"));
    // Every other reason is proved by a receipt.
    if (reason_from_code(problem.code) != Reason::not_found || pieces.size() != 1)
      return fail(ErrorCode::damaged, "the archive says that it refused, without a receipt for it");
    retrieval.refused.push_back(
        {id, problem.code, std::string(sentence(Reason::not_found)), problem.entry.value_or(0)});
    return {};
  }
  if (!pieces.contains("submit")) {
    const auto receipt_piece = pieces.find("receipt");
    if (receipt_piece == pieces.end()) return fail(ErrorCode::damaged, "the archive's answer says nothing of an item");
    DEPONE_ASSIGN(const auto receipt, parse_receipt(receipt_piece->second));
    DEPONE_ASSIGN(const auto verified, session.verify_own(receipt, retrieval.act));
    const auto& entry = verified.entry;
    if (!is_answer_to(entry, retrieval.act, id) || entry.outcome != Outcome::refused)
      return fail(ErrorCode::damaged, "the archive says that it refused, and its own receipt says something else");
    const auto reason = reason_from_code(entry.reason);
    retrieval.refused.push_back({id, entry.reason, std::string(reason ? sentence(*reason) : "refused"), entry.seq});
    return {};
  }
  ItemOpener opening(session, roster, request, retrieval.act, seeds, pieces);
  opening.so_far().item = id;
  DEPONE_ASSIGN(auto item, opening.open());
  retrieval.items.push_back(std::move(item));
  return {};
}

// The pieces of the whole answer, by item: checking one asks the archive for proofs on the same connection. Each item
// was asked for and is spoken of once.
Result<std::map<crypto::EvidenceId, ItemPieces>> read_answer(transport::Client& client,
                                                             const RetrieveRequest& request) {
  const auto not_of_the_form = fail(ErrorCode::damaged, "the archive's answer is not of the documented form");
  const std::set<crypto::EvidenceId> asked(request.items.begin(), request.items.end());
  std::map<crypto::EvidenceId, ItemPieces> items;
  ItemPieces* current = nullptr;
  FrameReader reader;
  Bytes some(256 * 1024);
  std::size_t total = 0;
  bool ended = false;
  for (;;) {
    DEPONE_ASSIGN(const std::size_t n, client.read(some));
    if (n == 0) break;
    total += n;
    if (total > kAnswerBytesMax + request.items.size() * kItemAnswerBytesMax)
      return fail(ErrorCode::damaged, "the archive's answer is larger than it can be");
    for (ByteView rest = ByteView(some).first(n); !rest.empty();) {
      DEPONE_ASSIGN(const std::size_t taken, reader.feed(rest));
      rest = rest.subspan(taken);
      auto piece = reader.next();
      if (!piece) continue;
      if (ended) return not_of_the_form;
      if (piece->first == "end") {
        ended = true;
      } else if (piece->first == "item") {
        const auto id = from_text<crypto::EvidenceId>(text_view(piece->second));
        if (!id || !asked.contains(*id) || items.contains(*id))
          return fail(ErrorCode::damaged, "the archive answered for an item that was not asked for");
        current = &items[*id];
      } else if (current == nullptr || !current->emplace(std::move(*piece)).second) {
        return not_of_the_form;
      }
    }
  }
  if (!ended)
    return fail(ErrorCode::unreachable, "the line broke before the answer was whole; the same command gets it again");
  return items;
}

}  // namespace

Result<Retrieval> retrieve(Session& session, RetrieveRequest request, const system::Clock& clock) {
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  request.statement.salt = crypto::random_fixed<crypto::Salt32>();
  const auto statement = write_form(request.statement);
  EvidenceRetrieve body{request.case_id, request.items, request.scope, request.use, {}};
  DEPONE_ASSIGN(const auto root, salted_root(view(statement)));
  body.parts.add("private", root);
  Retrieval retrieval;
  retrieval.act = make_act(session.identity().signing_key(), roster->genesis(), session.seen(), clock.now(), body);
  FrameWriter frame;
  frame.add("act", view(retrieval.act.bytes));
  frame.add("private", view(statement));

  DEPONE_ASSIGN(auto* const connection, session.connection());
  auto& client = *connection;
  transport::RequestHead head{"POST", "/v1/acts", {{"Content-Type", std::string(kFrameType)}}, frame.bytes().size()};
  DEPONE_TRY(client.begin(head));
  DEPONE_TRY(client.write(frame.bytes()));
  DEPONE_ASSIGN(const auto answer, client.receive());
  if (answer.status >= 400) return session.problem(answer);

  DEPONE_ASSIGN(auto answered, read_answer(client, request));
  CaseSeeds seeds(session, *roster, request.case_id);
  for (const auto& id : request.items) {
    auto found = answered.find(id);
    const auto taken = found == answered.end()
                           ? Result<>(fail(ErrorCode::damaged, "the archive's answer says nothing of this item"))
                           : take_item(session, *roster, request, seeds, retrieval, id, found->second);
    if (found != answered.end()) answered.erase(found);
    if (taken) continue;
    const auto code = taken.error().code;
    if (code == ErrorCode::unreachable || code == ErrorCode::timed_out || code == ErrorCode::rolled_back)
      return taken.error();
    retrieval.failed.push_back({id, taken.error()});
  }
  return retrieval;
}

}  // namespace depone::client
