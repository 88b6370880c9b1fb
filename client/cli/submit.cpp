// depone submit: seals, signs and deposits files, and keeps the receipts.
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/cli.h"
#include "client/cli/gather.h"
#include "client/cli/output.h"
#include "client/lib/deposit_batch.h"
#include "client/lib/file_digest.h"
#include "client/lib/item_lookup.h"
#include "client/lib/receipt_file.h"
#include "client/lib/submitter.h"

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

struct Planned {
  GatheredFile file;
  ItemDescription description;
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

struct Submitted {
  std::optional<Deposit> deposit;
  std::string item_before;  // deposited already, and passed over
};

// A file whose bytes were sent from here before, and whether its deposit is known. Hashed only where the size says that
// it may be worth it.
struct SentBefore {
  std::string item;                      // deposited
  std::optional<Unanswered> unanswered;  // sent, and no answer came
};
Result<SentBefore> sent_before(const Session& session, const crypto::CaseId& case_id, const GatheredFile& named) {
  SentBefore before;
  const auto& archive = session.archive();
  const UnansweredSubmissions unanswered(archive, session.identity());
  DEPONE_ASSIGN(const bool of_size, archive.deposited_of_size(named.size));
  if (!of_size && !unanswered.any_of_size(named.size)) return before;
  DEPONE_ASSIGN(auto file, system::File::open(named.path));
  DEPONE_ASSIGN(const auto digest, digest_of(file));
  DEPONE_ASSIGN(const auto item, archive.deposited(session.identity(), digest, case_id));
  before.item = item.value_or("");
  if (before.item.empty()) {
    DEPONE_ASSIGN(before.unanswered, unanswered.find(digest, case_id, named.size));
  }
  return before;
}

Result<Deposit> deposit_one(Context& context, Session& session, const CaseView& target, Planned& one,
                            const std::optional<Unanswered>& unanswered) {
  if (unanswered) {
    auto again = send_again(session, *unanswered, target.target.case_id, one.file.size);
    if (again || again.error().code != ErrorCode::refused) return again;
  }
  DEPONE_ASSIGN(auto source, system::File::open(one.file.path));
  ProgressLine line(one.file.name, one.file.size);
  return submit(session, target.target, std::move(one.description), source, one.file.size, context.clock,
                [&](std::uint64_t done) { line.show(done); });
}

Result<Submitted> submit_one(Context& context, Session& session, const CaseView& target, Planned& one,
                             const SentBefore& before, const std::filesystem::path& folder) {
  const auto& archive = session.archive();
  const auto& case_id = target.target.case_id;
  if (!before.item.empty()) return Submitted{std::nullopt, before.item};
  DEPONE_ASSIGN(auto deposit, deposit_one(context, session, target, one, before.unanswered));
  DEPONE_TRY(system::make_folders(folder));
  const auto name = deposit.ref.empty() ? to_text(deposit.item) : deposit.ref;
  DEPONE_TRY(keep_receipt(folder, name, deposit.receipt, system::Durable::yes));
  const auto& digest = deposit.receipt.opening->sha256;
  DEPONE_TRY(archive.note_deposit(session.identity(), digest, one.file.size, case_id, name));
  UnansweredSubmissions(archive, session.identity()).forget(digest, case_id, one.file.size);
  return Submitted{std::move(deposit), {}};
}

boost::json::object row_of(const Planned& one, const Result<Submitted>& done) {
  boost::json::object row{{"file", one.file.path.string()}};
  if (!done) {
    row["error"] = done.error().detail;
  } else if (done->deposit) {
    row["item"] = to_text(done->deposit->item);
    row["ref"] = done->deposit->ref;
    row["outcome"] = word(done->deposit->outcome);
    row["entry"] = done->deposit->verified.entry.seq;
    row["sha256"] = crypto::to_hex(done->deposit->receipt.opening->sha256.span());
  } else {
    row["already"] = done->item_before;
  }
  return row;
}

void print_row(const Planned& one, const Result<Submitted>& done) {
  const auto file = safe(one.file.name);
  if (!done)
    fmt::print(stderr, "depone: {}: {}\n", file, safe(done.error().detail));
  else if (!done->deposit)
    fmt::print("{:<14} {}  (these bytes are deposited already; --again deposits them once more)\n", done->item_before,
               file);
  else if (done->deposit->outcome == Outcome::pending)
    fmt::print("{:<14} {}  pending: a custodian must admit it\n", to_text(done->deposit->item), file);
  else
    fmt::print("{} {}  {}  entry {}\n", bold(fmt::format("{:<14}", done->deposit->ref)), file,
               to_text(done->deposit->item), done->deposit->verified.entry.seq);
}

// Whether it makes sense to go on with the next file after this.
bool stops_all(ErrorCode code) {
  return code == ErrorCode::unreachable || code == ErrorCode::timed_out || code == ErrorCode::damaged ||
         code == ErrorCode::rolled_back;
}

// All that is deposited by one command, small files many at a time, and what is said of each.
class Submission {
 public:
  Submission(Context& context, Session& session, const CaseView& target, std::vector<Planned>& planned,
             const SubmitOptions& options, std::filesystem::path receipts)
      : context_(context),
        session_(session),
        target_(target),
        planned_(planned),
        options_(options),
        receipts_(std::move(receipts)),
        batch_(session, target.target, receipts_, context.clock) {}

  int run() {
    std::size_t begun = 0;
    for (; begun < planned_.size() && !stopped_; ++begun) {
      if (const auto begins = begin(begun); !begins) report(begun, begins.error());
      if (batch_.under_way() >= DepositBatch::kUnderWayMax) settle(DepositBatch::kUnderWayMax / 2);
    }
    settle(0);
    failed_ += planned_.size() - begun;
    if (context_.json) print_json(rows_);
    if (failed_ == 0) return kDone;
    if (planned_.size() == 1 || failed_ == planned_.size()) return exit_code(last_->code);
    fmt::print(stderr, "depone: {} of {} files were not deposited; run the same command again to go on with them\n",
               failed_, planned_.size());
    return kPartFailed;
  }

 private:
  Result<SentBefore> before(const Planned& one) const {
    if (options_.again) return SentBefore{};
    return sent_before(session_, target_.target.case_id, one.file);
  }

  Result<> begin(std::size_t number) {
    auto& one = planned_[number];
    DEPONE_ASSIGN(auto known, before(one));
    if (rides_inside(one.file.size) && known.item.empty() && !known.unanswered) {
      DEPONE_ASSIGN(auto source, system::File::open(one.file.path));
      return batch_.add(number, std::move(one.description), source, one.file.size);
    }
    // These bytes may be under way: what became of them is to be known first.
    settle(0);
    if (stopped_) return fail(last_->code, last_->detail);
    DEPONE_ASSIGN(known, before(one));
    report(number, submit_one(context_, session_, target_, one, known, receipts_));
    return {};
  }

  void settle(std::size_t leave) {
    for (auto& [number, deposit] : batch_.settle(leave)) {
      if (deposit)
        report(number, Submitted{std::move(*deposit), {}});
      else
        report(number, deposit.error());
    }
  }

  void report(std::size_t number, const Result<Submitted>& done) {
    const auto& one = planned_[number];
    if (context_.json)
      rows_.push_back(row_of(one, done));
    else
      print_row(one, done);
    if (done) return;
    ++failed_;
    last_ = done.error();
    stopped_ = stopped_ || stops_all(last_->code);
  }

  Context& context_;
  Session& session_;
  const CaseView& target_;
  std::vector<Planned>& planned_;
  const SubmitOptions& options_;
  std::filesystem::path receipts_;
  DepositBatch batch_;
  boost::json::array rows_;
  std::size_t failed_ = 0;
  std::optional<Error> last_;
  bool stopped_ = false;
};

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
  return Submission(context, session, target, planned, options, receipts).run();
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
