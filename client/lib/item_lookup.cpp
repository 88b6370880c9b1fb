#include "client/lib/item_lookup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/lib/deposits.h"
#include "client/lib/file_digest.h"
#include "client/lib/refusal.h"
#include "crypto/log/checkpoint.h"
#include "protocol/api/target.h"
#include "protocol/record/frame.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kItemAnswerBytesMax = 1 << 20;
constexpr std::size_t kNamesMax = 256;                  // of a request: docs/FORMAT.md "Wire"
constexpr std::size_t kNamesAnswerBytesMax = 16 << 20;  // two receipts each

struct Identified {
  ItemTerms terms;
  crypto::CaseId case_id;  // the one in which the asker may retrieve it
};
// That the log holds the item's submission, its author signed it, and it is the item that was asked for by this name.
Result<Identified> identify(Session& session, const std::string& name, const ItemPieces& pieces) {
  Identified out;
  DEPONE_ASSIGN(out.terms, read_terms(session, pieces));
  if (!is_named(name, out.terms.submitted.entry.subject, out.terms.facts.ref))
    return fail(ErrorCode::damaged, fmt::format("the archive gave another item than {}", name));
  DEPONE_ASSIGN(const auto share, read_share(session, out.terms, pieces));
  out.case_id = share ? share->case_id : out.terms.body.case_id;
  return out;
}

// Reads the answer about some names, one name after the other.
class NamesAnswer {
 public:
  NamesAnswer(Session& session, std::span<const std::string> said, std::span<const std::string> names)
      : session_(session),
        said_(said),
        names_(names) {}

  Result<std::vector<NamedItem>> read(ByteView answer) {
    const auto incomplete = fail(ErrorCode::damaged, "the archive did not answer for each of the names");
    FrameReader reader;
    bool ended = false;
    while (!answer.empty()) {
      DEPONE_ASSIGN(const std::size_t taken, reader.feed(answer));
      answer = answer.subspan(taken);
      auto piece = reader.next();
      if (!piece) continue;
      if (ended) return incomplete;
      ended = piece->first == "end";
      if (ended || piece->first == "item" || piece->first == "refusal") DEPONE_TRY(end_one());
      if (ended) continue;
      if (piece->first == "refusal") return refused(piece->second);
      if (piece->first != "item" && !begun_) return incomplete;
      begun_ = true;
      if (!pieces_.insert(std::move(*piece)).second) return incomplete;
    }
    if (!ended || out_.size() != names_.size()) return incomplete;
    return std::move(out_);
  }

 private:
  Result<> end_one() {
    if (!begun_) return {};
    if (out_.size() == names_.size()) return fail(ErrorCode::damaged, "the archive answered for more than was asked");
    DEPONE_ASSIGN(const auto one, identify(session_, names_[out_.size()], pieces_));
    out_.push_back({one.terms.item, one.case_id});
    pieces_.clear();
    begun_ = false;
    return {};
  }
  Error refused(ByteView bytes) const {
    const auto problem = protocol::api::read_json<protocol::api::Problem>(bytes, "the archive's problem document");
    if (!problem || out_.size() == names_.size())
      return fail(ErrorCode::damaged, "the archive's refusal is of nothing");
    const auto why = refusal_of(*problem);
    return fail(why.code, fmt::format("{}: {}", said_[out_.size()], why.detail));
  }

  Session& session_;
  std::span<const std::string> said_, names_;
  std::vector<NamedItem> out_;
  ItemPieces pieces_;
  bool begun_ = false;
};

Result<std::vector<NamedItem>> name_some(Session& session, std::span<const std::string> said) {
  std::vector<std::string> names;
  FrameWriter frame;
  for (const auto& one : said) {
    DEPONE_ASSIGN(auto name, item_named(session, one));
    if (name.size() > kItemNameBytesMax)
      return fail(ErrorCode::refused, fmt::format("{}: {}", one, sentence(Reason::not_found)));
    frame.add("name", view(name));
    names.push_back(std::move(name));
  }
  DEPONE_ASSIGN(const auto answer, session.post("/v1/items/batch", kFrameType, frame.bytes(), kNamesAnswerBytesMax));
  return NamesAnswer(session, said, names).read(answer);
}

}  // namespace

bool is_named(const std::string& name, const std::string& subject, const std::string& ref) {
  constexpr std::size_t kBeginningMin = 9;  // ev_ and 6 characters: docs/FORMAT.md "Wire"
  return name == subject || name == ref || (name.size() >= kBeginningMin && subject.starts_with(name));
}

Result<std::string> item_named(Session& session, const std::string& said) {
  if (from_text<crypto::EvidenceId>(said)) return said;
  const auto dash = said.rfind('-');
  const auto number = dash == std::string::npos ? std::nullopt : crypto::log::parse_decimal(said.substr(dash + 1));
  std::error_code none;
  if (!std::filesystem::is_regular_file(said, none)) {
    if (number) return fmt::format("{}-{:06}", said.substr(0, dash), *number);
    return said;
  }
  DEPONE_ASSIGN(auto file, system::File::open(said));
  DEPONE_ASSIGN(const auto digest, digest_of(file));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  DEPONE_ASSIGN(const auto deposits, Deposits::read(session.archive(), session.identity()));
  std::vector<std::string> items;
  for (const auto& [case_id, one] : roster->cases()) {
    if (auto item = deposits.find(digest, case_id)) items.push_back(std::move(*item));
  }
  if (items.size() == 1) return items.front();
  if (items.empty()) {
    return fail(ErrorCode::input, fmt::format("{} is a file whose bytes were not deposited from here; name the item by "
                                              "its number (NKPC-000123) or id (ev_…)",
                                              said));
  }
  return fail(ErrorCode::input, fmt::format("{} was deposited in several cases: {}", said, fmt::join(items, ", ")));
}

Result<std::vector<NamedItem>> name_items(Session& session, std::span<const std::string> said) {
  std::vector<NamedItem> out;
  while (!said.empty()) {
    const auto some = said.first(std::min(said.size(), kNamesMax));
    DEPONE_ASSIGN(const auto named, name_some(session, some));
    out.insert(out.end(), named.begin(), named.end());
    said = said.subspan(some.size());
  }
  return out;
}

Result<FoundItem> find_item(Session& session, const std::string& said) {
  DEPONE_ASSIGN(const auto name, item_named(session, said));
  DEPONE_ASSIGN(const auto answer,
                session.get(protocol::api::write_target("/v1/items/" + name, {}), kItemAnswerBytesMax));
  DEPONE_ASSIGN(const auto frame, parse_frame(answer));
  ItemPieces pieces;
  for (const auto& piece : frame) pieces.emplace(piece.name, to_bytes(piece.bytes));
  DEPONE_ASSIGN(auto identified, identify(session, name, pieces));
  FoundItem found{std::move(identified.terms), identified.case_id, std::nullopt};
  DEPONE_ASSIGN(found.said, private_part_of(found.terms, pieces));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  const auto* const of = roster->find(found.case_id);
  const auto& asker = session.identity().id();
  const bool shown = found.terms.submitted.act->payload.actor == asker || (of != nullptr && of->is_reader(asker));
  if (shown && !found.said) return fail(ErrorCode::damaged, "the archive left out what is said of this item");
  return found;
}

}  // namespace depone::client
