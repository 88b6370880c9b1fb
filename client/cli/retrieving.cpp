#include "client/cli/retrieving.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "client/cli/output.h"
#include "client/cli/retrieved.h"
#include "client/lib/content_opener.h"
#include "client/lib/receipt_file.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

// Of a case with more items than one request takes: few enough that connections can take turns, and that receipts, each
// of which has the whole act, stay short.
constexpr std::size_t kPortionItems = 64;
// A view of the log that is older is renewed before an act is signed on it.
constexpr std::chrono::minutes kViewLasts{1};

// A name that is safe in any folder: the citable number, then what is left of the file's own name.
std::string output_name(const RetrievedItem& item) {
  std::string name;
  const auto& text = item.manifest.file_name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    // U+0080 to U+009F are control characters too: C2 80 to C2 9F in UTF-8.
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    name += c1 || byte < 0x20 || byte == 0x7f || c == '/' || c == '\\' || c == ':' ? '_' : c;
    if (c1) ++i;
  }
  while (name.starts_with('.')) name.erase(0, 1);
  if (name.size() > 180) name = name.substr(name.size() - 180);
  return name.empty() ? item.ref : item.ref + "-" + name;
}

Error is_there(const std::filesystem::path& path) {
  return fail(ErrorCode::exists, fmt::format("{} exists already; --force overwrites it", path.string()));
}

}  // namespace

void Retrieving::add(const crypto::CaseId& case_id, std::span<const crypto::EvidenceId> items) {
  asked_ += items.size();
  const auto most = items.size() <= kRetrieveItemsMax ? kRetrieveItemsMax : kPortionItems;
  while (!items.empty()) {
    const auto some = items.first(std::min(items.size(), most));
    portions_.push_back({case_id, {some.begin(), some.end()}});
    items = items.subspan(some.size());
  }
}

Result<> Retrieving::run() {
  std::vector<Session> more;
  if (portions_.size() > 1 && asked_ > kPortionItems) {
    for (std::size_t lane = 1; lane < kLanes; ++lane) {
      DEPONE_ASSIGN(auto session, Session::open(session_.archive(), session_.identity(), context_.address));
      more.push_back(std::move(session));
    }
  }
  Turns turns(portions_.size());
  const auto work = [&](std::size_t lane) { run_lane(lane == 0 ? session_ : more[lane - 1], turns); };
  run_lanes(1 + more.size(), work, [&] { turns.stop(); });
  return ended_by_ ? Result<>(*ended_by_) : Result<>();
}

void Retrieving::run_lane(Session& session, Turns& turns) {
  auto looked = std::chrono::steady_clock::time_point{};
  while (const auto next = turns.next()) {
    const auto& portion = portions_[*next];
    const auto now = std::chrono::steady_clock::now();
    const bool old = now - looked > kViewLasts;
    if (old) looked = now;
    const auto viewed = old ? session.refresh() : Result<>();
    auto answered = viewed ? ask(session, portion) : Result<Answered>(viewed.error());
    turns.tell(*next, [&] {
      const auto told = tell(session, portion, std::move(answered));
      if (!told) ended_by_ = told.error();
      return told.has_value();
    });
  }
}

Result<Retrieving::Answered> Retrieving::ask(Session& session, const Portion& portion) const {
  RetrieveRequest request{portion.case_id, portion.items, asking_.manifest ? Scope::manifest : Scope::content,
                          asking_.use, asking_.statement};
  Answered out;
  DEPONE_ASSIGN(out.retrieval, retrieve(session, std::move(request), context_.clock));
  for (const auto& item : out.retrieval.items) {
    DEPONE_TRY(keep_receipt(session.archive().receipts(),
                            fmt::format("retrieve-{}-{}", item.ref, item.retrieved.entry.seq), item.retrieve_receipt,
                            system::Durable::no));
  }
  if (!asking_.manifest) DEPONE_TRY(write_contents(session, out));
  return out;
}

Result<> Retrieving::write_contents(Session& session, Answered& answered) const {
  std::size_t written = 0;
  for (auto& item : answered.retrieval.items) {
    auto& content = answered.contents.emplace_back();
    if (item.object.empty()) continue;
    content.emplace(open(session, answered.retrieval, item, nullptr));
    if (*content) ++written;
    item.object = {};
  }
  answered.durable = written > 1;
  if (answered.durable) system::sync_filesystem_of(asking_.output);
  return {};
}

Result<Retrieving::Content> Retrieving::open(Session& session, const Retrieval& retrieval, const RetrievedItem& item,
                                             const Progress& progress) const {
  const auto path = asking_.output / output_name(item);
  if (!asking_.force && std::filesystem::exists(path)) return is_there(path);
  DEPONE_ASSIGN(auto file, system::UnfinishedFile::create(path));
  const auto opened = open_content(session, retrieval, item, file.file(), progress);
  const auto code = opened ? ErrorCode::io : opened.error().code;
  if (!opened && (code == ErrorCode::io || code == ErrorCode::no_space))
    return fail(code, fmt::format("{} was not made: {}", path.string(), opened.error().detail));
  if (!opened) return opened.error();
  return Content{path, std::move(file)};
}

Result<std::filesystem::path> Retrieving::name(Content& content, system::Durable durable) const {
  const auto if_exists = asking_.force ? system::IfExists::replace : system::IfExists::refuse;
  const auto named = content.file.finish(if_exists, durable);
  if (!named && named.error().code == ErrorCode::exists) return is_there(content.path);
  if (!named) return named.error();
  return content.path;
}

void Retrieving::tell_failed(const std::string& who, const crypto::EvidenceId& item, const Error& error) {
  ++failed_;
  last_ = error;
  if (context_.json)
    rows_.push_back({{"item", to_text(item)}, {"error", error.detail}});
  else
    fmt::print(stderr, "depone: {}: {}\n", who, safe(error.detail));
}

Result<> Retrieving::tell(Session& session, const Portion& portion, Result<Answered> answered) {
  if (!answered) {
    // Where all items of a request are refused, the archive says why of the first.
    if (answered.error().code != ErrorCode::refused || portions_.size() == 1) return answered.error();
    auto why = answered.error();
    if (portion.items.size() > 1)
      why.detail = fmt::format("refused with {} others, of which the first: {}", portion.items.size() - 1, why.detail);
    for (const auto& item : portion.items) tell_failed(to_text(item), item, why);
    return {};
  }
  const auto& retrieval = answered->retrieval;
  for (const auto& refused : retrieval.refused) {
    ++failed_;
    last_ = fail(ErrorCode::refused, refused.sentence);
    if (context_.json)
      rows_.push_back({{"item", to_text(refused.item)}, {"refused", refused.code}, {"entry", refused.entry}});
    else
      fmt::print(stderr, "depone: {}: {} [{}, entry {}]\n", to_text(refused.item), safe(refused.sentence),
                 safe(refused.code), refused.entry);
  }
  for (const auto& [item, error] : retrieval.failed) tell_failed(to_text(item), item, error);

  // Contents are durable before their names, and names before anything is said of them.
  std::vector<std::optional<Result<std::filesystem::path>>> paths(retrieval.items.size());
  for (std::size_t i = 0; i < answered->contents.size(); ++i) {
    auto& content = answered->contents[i];
    if (!content) continue;
    paths[i] = *content ? name(**content, answered->durable ? system::Durable::no : system::Durable::yes)
                        : Result<std::filesystem::path>(content->error());
  }
  if (answered->durable) system::sync_folder(asking_.output);
  for (std::size_t i = 0; i < retrieval.items.size(); ++i) {
    const auto& item = retrieval.items[i];
    if (!paths[i] && !asking_.manifest) {
      ProgressLine line(item.ref, item.manifest.size);
      auto content = open(session, retrieval, item, [&](std::uint64_t done) { line.show(done); });
      paths[i] = content ? name(*content, system::Durable::yes) : Result<std::filesystem::path>(content.error());
    }
    if (paths[i] && !*paths[i]) {
      tell_failed(item.ref, item.item, paths[i]->error());
      continue;
    }
    DEPONE_TRY(tell_item(session, item, paths[i] ? std::optional(**paths[i]) : std::nullopt));
  }
  return {};
}

Result<> Retrieving::tell_item(Session& session, const RetrievedItem& item,
                               const std::optional<std::filesystem::path>& path) {
  if (item.passed_over && !context_.json)
    fmt::print(stderr,
               "depone: {}: its manifest cannot be believed ({}): who signed that is to answer for it (depone "
               "history). Here is that of entry {}; `depone describe` writes it anew\n",
               item.ref, safe(item.passed_over->why), item.passed_over->used);
  auto row = row_of(item, path);
  if (!context_.json) print_retrieved(item, path);
  if (asking_.earlier) {
    DEPONE_ASSIGN(row["manifests"], tell_earlier(session, item, context_.json));
  }
  if (context_.json) rows_.push_back(std::move(row));
  return {};
}

}  // namespace depone::client::cli
