// depone submit: seals, signs and deposits files, and keeps the receipts.
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/cli.h"
#include "client/cli/depositing.h"
#include "client/cli/output.h"
#include "client/lib/item_lookup.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

struct SubmitOptions {
  std::vector<std::string> files;
  std::string case_name, receipts, relation, relation_language;
  std::vector<std::string> originals;
  bool yes = false, dry_run = false, again = false;
  Said said;
};

bool ask(const std::string& question) {
  fmt::print(stderr, "{} ", question);
  std::string line;
  return std::getline(std::cin, line) && !line.empty() && (line[0] == 'y' || line[0] == 'Y');
}

// What must be said and was not, asked on a terminal. Prompts never stand in a pipe.
void ask_missing(Said& said) {
  const auto prompt = [](std::optional<std::string>& field, const std::string& question) {
    if (field) return;
    fmt::print(stderr, "{}: ", question);
    std::string line;
    if (std::getline(std::cin, line) && !line.empty()) field = line;
  };
  prompt(said.kind, fmt::format("Kind ({})", all_words<Kind>()));
  prompt(said.consent_basis, fmt::format("Basis of the consent ({})", all_words<ConsentBasis>()));
}

// What the files come from: items in the archive, all in the one relation.
Result<std::vector<DerivedFrom>> derived_from(Session& session, const SubmitOptions& options) {
  if (options.originals.empty() != options.relation.empty())
    return fail(ErrorCode::input, "--derived-from and --relation go together: say what it comes from, and how");
  std::vector<DerivedFrom> out;
  for (const auto& original : options.originals) {
    const auto relation = from_word<Relation>(options.relation);
    if (!relation) return fail(ErrorCode::input, fmt::format("--relation takes {}", all_words<Relation>()));
    DEPONE_ASSIGN(const auto found, find_item(session, original));
    out.push_back({found.terms.item, *relation, options.relation_language});
  }
  return out;
}

Result<std::vector<Planned>> plan(const Gathered& gathered, SubmitOptions& options) {
  std::vector<Planned> out;
  for (const auto& file : gathered.files) {
    Said said = options.said;
    said.fill_from(file.said);
    if (stdin_is_terminal()) ask_missing(said);
    if (!options.said.kind) options.said.kind = gathered.files.size() == 1 ? said.kind : options.said.kind;
    auto description = describe(said, file.name);
    if (!description)
      return fail(description.error().code, fmt::format("{}: {}", file.path.string(), description.error().detail));
    out.push_back({file, std::move(*description)});
  }
  return out;
}

void show_plan(const std::vector<Planned>& planned, const Gathered& gathered, const CaseView& target,
               const ArchiveProfile& archive) {
  std::uint64_t bytes = 0;
  for (const auto& one : planned) bytes += one.file.size;
  std::vector<std::string> readers;
  for (const auto* const reader : target.readers) readers.push_back(safe(reader->handle));
  fmt::print(stderr, "{} of {}, into case {} of {}\n",
             planned.size() == 1 ? "1 file" : fmt::format("{} files", planned.size()), human_bytes(bytes),
             target.prefix, archive.name());
  fmt::print(stderr, "  readable by        {} (with the archive's consent to each retrieval)\n",
             fmt::join(readers, ", "));
  const auto& first = planned.front().description;
  fmt::print(stderr, "  consent            {}{}\n", safe(consent_in_words(first.private_part.consent)),
             planned.size() > 1 ? " (of the first file)" : "");
  fmt::print(stderr,
             "  the archive reads  kind, sensitivity, summary, dates, place (country, province), crimes, "
             "recommendations, languages, tags, consent\n");
  fmt::print(stderr, "  and never          content, title, file name, narrative, exact place and time\n");
  const auto passed = gathered.sidecars + gathered.receipts + gathered.hidden + gathered.links + gathered.others;
  if (passed > 0) {
    fmt::print(stderr, "  passed over        {} sidecars, {} receipts, {} hidden, {} links, {} that are no files\n",
               gathered.sidecars, gathered.receipts, gathered.hidden, gathered.links, gathered.others);
  }
}

Result<int> submit_all(Context& context, SubmitOptions& options) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto gathered, gather(options.files, context.profile().folder()));
  if (gathered.files.empty()) return fail(ErrorCode::input, "there is no file to submit in what was named");
  DEPONE_ASSIGN(auto planned, plan(gathered, options));
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto target, find_case(session, options.case_name));
  DEPONE_ASSIGN(const auto originals, derived_from(session, options));
  for (auto& one : planned) one.description.derived_from = originals;
  if (!context.json || options.dry_run) show_plan(planned, gathered, target, archive);
  if (options.dry_run) return kDone;
  if (stdin_is_terminal() && !options.yes && !ask("Deposit? What is deposited stays. [y/N]"))
    return fail(ErrorCode::interrupted, "nothing was deposited");

  const auto receipts = options.receipts.empty() ? archive.receipts() : std::filesystem::path(options.receipts);
  Depositing depositing(context, session, target.target, receipts, options.again);
  DEPONE_TRY(depositing.run(planned));
  if (context.json) print_json(depositing.rows());
  const auto failed = depositing.failed();
  if (failed == 0) return kDone;
  if (failed == planned.size()) return exit_code(depositing.last()->code);
  fmt::print(stderr, "depone: {} of {} files were not deposited; run the same command again to go on with them\n",
             failed, planned.size());
  return kPartFailed;
}

}  // namespace

void add_submit(Table& table) {
  auto options = std::make_shared<SubmitOptions>();
  auto* const command = table.add(&table.app, "submit", "Seal, sign and deposit files",
                                  "depone submit interview.pdf --case NKPC --kind testimony --crime RS7.1.f "
                                  "--consent-basis informed --purpose documentation",
                                  [options](Context& context) { return submit_all(context, *options); });
  command->add_option("FILE", options->files, "Files or folders; - for standard input")->required();
  command->add_option("--case", options->case_name, "Prefix or case_…")->required();
  command->add_option("--receipts", options->receipts, "Write receipts into this folder (default: the profile)");
  command->add_flag("-y,--yes", options->yes, "Do not ask for confirmation");
  command->add_flag("--dry-run", options->dry_run, "Show what would be deposited, and deposit nothing");
  command->add_flag("--again", options->again, "Deposit bytes that were deposited in this case from here before");
  command
      ->add_option("--derived-from", options->originals,
                   "The item that this comes from: NKPC-000123 or ev_… (several times)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--relation", options->relation, "How it comes from it: " + all_words<Relation>());
  command->add_option("--relation-language", options->relation_language, "Language of a translation or transcript");
  options->said.add_options(*command);
}

}  // namespace depone::client::cli
