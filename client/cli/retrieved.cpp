#include "client/cli/retrieved.h"

#include <fmt/format.h>

#include "client/cli/correction.h"
#include "client/cli/output.h"
#include "client/lib/item_manifests.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

boost::json::array json_of(const std::vector<std::string>& paragraphs) {
  boost::json::array out;
  for (const auto& paragraph : paragraphs) out.push_back(boost::json::string(paragraph));
  return out;
}

}  // namespace

boost::json::object row_of(const RetrievedItem& item, const std::optional<std::filesystem::path>& path) {
  boost::json::object row{{"item", to_text(item.item)},       {"ref", item.ref},
                          {"title", item.manifest.title},     {"mime", item.manifest.mime},
                          {"size", item.manifest.size},       {"sha256", crypto::to_hex(item.manifest.sha256.span())},
                          {"entry", item.retrieved.entry.seq}};
  row["narrative"] = json_of(item.manifest.narrative);
  if (item.passed_over) row["passed_over"] = {{"why", item.passed_over->why}, {"used", item.passed_over->used}};
  if (path) row["file"] = path->string();
  return row;
}

void print_retrieved(const RetrievedItem& item, const std::optional<std::filesystem::path>& path) {
  fmt::print("{}  {}\n  {}, {}, sha256 {}\n", bold(item.ref), safe(item.manifest.title), safe(item.manifest.mime),
             human_bytes(item.manifest.size), crypto::to_hex(item.manifest.sha256.span()));
  for (const auto& paragraph : item.manifest.narrative) fmt::print("  {}\n", safe(paragraph));
  if (item.manifest.place_exact && !item.manifest.place_exact->text.empty())
    fmt::print("  place  {}\n", safe(item.manifest.place_exact->text));
  if (!item.manifest.time_exact.empty()) fmt::print("  time   {}\n", safe(item.manifest.time_exact));
  if (path) fmt::print("  -> {}\n", safe(path->string()));
}

Result<boost::json::array> tell_earlier(Session& session, const RetrievedItem& item, bool json) {
  boost::json::array rows;
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  const ManifestLock lock{*item.manifest_key, item.context, item.terms.body};
  std::string before;
  const auto tell = [&](SaidManifest said) {
    const auto* const signer = said.entry.actor ? roster->find(*said.entry.actor) : nullptr;
    const auto who = signer == nullptr ? std::string("somebody unknown") : safe(signer->handle);
    boost::json::object row{{"entry", said.entry.seq}, {"at", to_text(said.entry.at)}, {"actor", who}};
    if (!json) fmt::print("  entry {}  {}  {}\n", said.entry.seq, to_text(said.entry.at), who);
    if (!said.opened) {
      row["error"] = said.opened.error().detail;
      if (!json) fmt::print("    cannot be believed: {}\n", safe(said.opened.error().detail));
    } else {
      row["title"] = said.opened->manifest.title;
      row["narrative"] = json_of(said.opened->manifest.narrative);
      boost::json::array changed;
      if (!json && before.empty()) fmt::print("    '{}'\n", safe(said.opened->manifest.title));
      for (const auto& change : before.empty() ? std::vector<Change>() : changes(before, said.opened->text)) {
        if (change.field.starts_with("client.")) continue;
        changed.push_back({{"field", change.field}, {"before", change.before}, {"after", change.after}});
        if (!json) fmt::print("    {}\n", in_words(change));
      }
      row["changed"] = changed;
      before = std::move(said.opened->text);
    }
    rows.push_back(std::move(row));
  };
  DEPONE_TRY(read_manifests(session, item.item, lock, tell));
  return rows;
}

}  // namespace depone::client::cli
