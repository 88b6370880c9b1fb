// depone retrieve: gets evidence on the record, with a stated purpose, and checks every byte before it is believed.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/correction.h"
#include "client/cli/output.h"
#include "client/lib/content_opener.h"
#include "client/lib/item_lookup.h"
#include "client/lib/item_manifests.h"
#include "client/lib/receipt_file.h"
#include "client/lib/retriever.h"
#include "policy/vocabulary/vocabulary.h"
#include "system/unfinished_file.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

struct RetrieveOptions {
  std::vector<std::string> items;
  std::string output = ".", purpose, recipient, reference;
  std::vector<std::string> conditions;
  bool internal = false, manifest = false, earlier = false, force = false;
};

Result<> check_statement(const RetrieveOptions& options) {
  if (options.internal == !options.recipient.empty())
    return fail(ErrorCode::input, "say either --recipient, or --internal for use inside the organisation");
  namespace vocabulary = policy::vocabulary;
  std::vector<std::string> known;
  for (const auto& one : vocabulary::purposes()) known.push_back(one.code);
  for (const auto& one : vocabulary::internal_purposes()) known.push_back(one.code);
  if (std::ranges::find(known, options.purpose) == known.end()) {
    const auto near = vocabulary::nearest(options.purpose, known);
    return fail(ErrorCode::input, fmt::format("'{}' is no purpose{}; `depone vocabulary` lists them", options.purpose,
                                              near ? fmt::format("; did you mean '{}'?", *near) : ""));
  }
  if (!options.recipient.empty() && !vocabulary::is_recipient(options.recipient)) {
    return fail(ErrorCode::input,
                fmt::format("'{}' is no recipient; `depone vocabulary` lists them (prosecutor:KOR, ngo:some-name)",
                            options.recipient));
  }
  return {};
}

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

Result<std::filesystem::path> write_content(Session& session, const Retrieval& retrieval, const RetrievedItem& item,
                                            const RetrieveOptions& options) {
  const auto path = std::filesystem::path(options.output) / output_name(item);
  if (!options.force && std::filesystem::exists(path))
    return fail(ErrorCode::exists, fmt::format("{} exists already; --force overwrites it", path.string()));
  DEPONE_ASSIGN(auto unfinished, system::UnfinishedFile::create(path));
  ProgressLine line(item.ref, item.manifest.size);
  const auto opened =
      open_content(session, retrieval, item, unfinished.file(), [&](std::uint64_t done) { line.show(done); });
  const auto code = opened ? ErrorCode::io : opened.error().code;
  if (!opened && (code == ErrorCode::io || code == ErrorCode::no_space))
    return fail(code, fmt::format("{} was not made: {}", path.string(), opened.error().detail));
  if (!opened) return opened.error();
  const auto named = unfinished.finish(options.force ? system::IfExists::replace : system::IfExists::refuse);
  if (!named && named.error().code == ErrorCode::exists)
    return fail(ErrorCode::exists, fmt::format("{} exists already; --force overwrites it", path.string()));
  if (!named) return named.error();
  return path;
}

boost::json::array json_of(const std::vector<std::string>& paragraphs) {
  boost::json::array out;
  for (const auto& paragraph : paragraphs) out.push_back(boost::json::string(paragraph));
  return out;
}

boost::json::object json_of(const RetrievedItem& item, const std::optional<std::filesystem::path>& path) {
  boost::json::object row{{"item", to_text(item.item)},       {"ref", item.ref},
                          {"title", item.manifest.title},     {"mime", item.manifest.mime},
                          {"size", item.manifest.size},       {"sha256", crypto::to_hex(item.manifest.sha256.span())},
                          {"entry", item.retrieved.entry.seq}};
  row["narrative"] = json_of(item.manifest.narrative);
  if (item.passed_over) row["passed_over"] = {{"why", item.passed_over->why}, {"used", item.passed_over->used}};
  if (path) row["file"] = path->string();
  return row;
}

void print_item(const RetrievedItem& item, const std::optional<std::filesystem::path>& path) {
  fmt::print("{}  {}\n  {}, {}, sha256 {}\n", bold(item.ref), safe(item.manifest.title), safe(item.manifest.mime),
             human_bytes(item.manifest.size), crypto::to_hex(item.manifest.sha256.span()));
  for (const auto& paragraph : item.manifest.narrative) fmt::print("  {}\n", safe(paragraph));
  if (item.manifest.place_exact && !item.manifest.place_exact->text.empty())
    fmt::print("  place  {}\n", safe(item.manifest.place_exact->text));
  if (!item.manifest.time_exact.empty()) fmt::print("  time   {}\n", safe(item.manifest.time_exact));
  if (path) fmt::print("  -> {}\n", safe(path->string()));
}

// What the manifest said, version by version, and who signed each.
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

// One request for the items of one case.
Result<std::size_t> retrieve_case(Context& context, Session& session, const RetrieveOptions& options,
                                  const crypto::CaseId& case_id, const std::vector<crypto::EvidenceId>& items,
                                  boost::json::array& rows, std::optional<Error>& last) {
  RetrieveRequest request{case_id,
                          items,
                          options.manifest ? Scope::manifest : Scope::content,
                          options.internal ? Use::internal : Use::external,
                          {}};
  request.statement.purpose = options.purpose;
  request.statement.recipient = options.recipient;
  request.statement.reference = options.reference;
  request.statement.conditions = options.conditions;
  DEPONE_TRY(session.refresh());
  DEPONE_ASSIGN(const auto retrieval, retrieve(session, std::move(request), context.clock));
  std::size_t failed = retrieval.refused.size() + retrieval.failed.size();
  for (const auto& refused : retrieval.refused) {
    last = fail(ErrorCode::refused, refused.sentence);
    if (context.json)
      rows.push_back({{"item", to_text(refused.item)}, {"refused", refused.code}, {"entry", refused.entry}});
    else
      fmt::print(stderr, "depone: {}: {} [{}, entry {}]\n", to_text(refused.item), safe(refused.sentence),
                 safe(refused.code), refused.entry);
  }
  for (const auto& [item, error] : retrieval.failed) {
    last = error;
    if (context.json)
      rows.push_back({{"item", to_text(item)}, {"error", error.detail}});
    else
      fmt::print(stderr, "depone: {}: {}\n", to_text(item), safe(error.detail));
  }
  for (const auto& item : retrieval.items) {
    DEPONE_TRY(keep_receipt(session.archive().receipts(),
                            fmt::format("retrieve-{}-{}", item.ref, item.retrieved.entry.seq), item.retrieve_receipt,
                            system::Durable::no));
    std::optional<std::filesystem::path> path;
    if (!options.manifest) {
      auto written = write_content(session, retrieval, item, options);
      if (!written) {
        ++failed;
        last = written.error();
        if (context.json)
          rows.push_back({{"item", to_text(item.item)}, {"error", last->detail}});
        else
          fmt::print(stderr, "depone: {}: {}\n", item.ref, safe(last->detail));
        continue;
      }
      path = *written;
    }
    if (item.passed_over && !context.json)
      fmt::print(stderr,
                 "depone: {}: its manifest cannot be believed ({}): who signed that is to answer for it (depone "
                 "history). Here is that of entry {}; `depone describe` writes it anew\n",
                 item.ref, safe(item.passed_over->why), item.passed_over->used);
    auto row = json_of(item, path);
    if (!context.json) print_item(item, path);
    if (options.earlier) {
      DEPONE_ASSIGN(row["manifests"], tell_earlier(session, item, context.json));
    }
    rows.push_back(std::move(row));
  }
  return failed;
}

Result<int> retrieve_all(Context& context, const RetrieveOptions& options) {
  DEPONE_TRY(check_statement(options));
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  if (!options.manifest) DEPONE_TRY(system::make_folders(options.output));
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  std::map<crypto::CaseId, std::vector<crypto::EvidenceId>> by_case;
  for (const auto& name : options.items) {
    DEPONE_ASSIGN(const auto found, find_item(session, name));
    auto& items = by_case[found.case_id];
    const auto& item = found.terms.item;
    if (std::ranges::find(items, item) == items.end()) items.push_back(item);
  }
  boost::json::array rows;
  std::optional<Error> last;
  std::size_t failed = 0, asked = 0;
  for (const auto& [case_id, items] : by_case) {
    for (std::size_t at = 0; at < items.size(); at += kRetrieveItemsMax) {
      const std::vector<crypto::EvidenceId> some(
          items.begin() + static_cast<std::ptrdiff_t>(at),
          items.begin() + static_cast<std::ptrdiff_t>(std::min(at + kRetrieveItemsMax, items.size())));
      asked += some.size();
      DEPONE_ASSIGN(const auto wrong, retrieve_case(context, session, options, case_id, some, rows, last));
      failed += wrong;
    }
  }
  if (context.json) print_json(rows);
  if (failed == 0) return kDone;
  return failed == asked ? exit_code(last->code) : kPartFailed;
}

}  // namespace

void add_retrieve(Table& table) {
  auto options = std::make_shared<RetrieveOptions>();
  auto* const command =
      table.add(&table.app, "retrieve", "Retrieve evidence, on the record",
                "depone retrieve NKPC-000123 -o evidence --purpose international_prosecution --recipient icc_otp",
                [options](Context& context) { return retrieve_all(context, *options); });
  command->add_option("ITEM", options->items, "NKPC-000123 or ev_… (several)")->required();
  command->add_option("-o,--output", options->output, "The folder to write into")->capture_default_str();
  command->add_option("--purpose", options->purpose, "What for; it must lie within the consent")->required();
  command->add_option("--recipient", options->recipient, "For whom outside; it must lie within the consent");
  command->add_flag("--internal", options->internal, "For use inside the organisation");
  command->add_option("--reference", options->reference, "A reference of your own");
  command->add_option("--condition", options->conditions, "A condition on the use (several times)");
  command->add_flag("--manifest", options->manifest, "The description alone, not the content");
  command->add_flag("--earlier", options->earlier, "Also what the description said before, and who corrected it");
  command->add_flag("--force", options->force, "Overwrite files that exist");
}

}  // namespace depone::client::cli
