// depone case open|grant|list|card: cases, and who may read them.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "client/lib/case_keys.h"
#include "client/lib/catalogue.h"
#include "client/lib/names.h"
#include "client/lib/submitter.h"
#include "protocol/record/fingerprint.h"
#include "protocol/record/parts.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

struct OpenOptions {
  std::string prefix, title, description, legal_basis;
  std::vector<std::string> readers, reviewers, recovery, jurisdictions;
  bool single_reader = false;
};

// A key that one person alone holds is lost with that person's.
Result<> check_key_holders(const NewCase& wanted) {
  std::set<crypto::KeyId> holders;
  for (const auto& [member, as] : wanted.grants) {
    if (as != GrantAs::reviewer) holders.insert(member->id);
  }
  if (holders.size() > 1) return {};
  return fail(
      ErrorCode::input,
      "one person alone would hold the key of this case: if it is lost, nobody can ever read what is deposited; "
      "name another --reader or a --recovery, or say --single-reader");
}

Result<int> open_case(Context& context, const OpenOptions& options) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto* const roster, session.roster(true));
  NewCase wanted;
  wanted.prefix = options.prefix;
  wanted.private_part.title = options.title;
  wanted.private_part.description = options.description;
  wanted.private_part.jurisdictions = options.jurisdictions;
  wanted.private_part.legal_basis = options.legal_basis;
  const auto name_all = [&](const std::vector<std::string>& names, GrantAs as) -> Result<> {
    for (const auto& name : names) {
      DEPONE_ASSIGN(const auto* const member, member_named(*roster, name));
      wanted.grants.emplace_back(member, as);
    }
    return {};
  };
  DEPONE_TRY(name_all(options.readers, GrantAs::reader));
  DEPONE_TRY(name_all(options.reviewers, GrantAs::reviewer));
  DEPONE_TRY(name_all(options.recovery, GrantAs::recovery));
  if (!options.single_reader) DEPONE_TRY(check_key_holders(wanted));
  DEPONE_TRY(session.refresh());
  DEPONE_ASSIGN(const auto opened, open_new_case(session, std::move(wanted), context.clock.now()));
  if (context.json) {
    print_json({{"case", to_text(opened.case_id)}, {"prefix", options.prefix}, {"entry", opened.entry}});
    return kDone;
  }
  fmt::print("Case {} is open: {} (entry {}).\n", options.prefix, to_text(opened.case_id), opened.entry);
  if (options.single_reader)
    fmt::print("One person holds its key: grant it to another with `depone case grant` as soon as there is one.\n");
  return kDone;
}

struct GrantOptions {
  std::string case_name, member, as = "reader";
};

Result<int> grant(Context& context, const GrantOptions& options) {
  const auto as = from_word<GrantAs>(options.as);
  if (!as) return fail(ErrorCode::input, fmt::format("--as takes {}", all_words<GrantAs>()));
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto* const roster, session.roster(true));
  DEPONE_ASSIGN(const auto view_of, find_case(session, options.case_name));
  DEPONE_ASSIGN(const auto* const member, member_named(*roster, options.member));
  const auto* const of = roster->find(view_of.target.case_id);
  boost::json::array entries;
  for (std::uint32_t epoch = 1; epoch <= of->current_epoch(); ++epoch) {
    if (of->grant_of(member->id, epoch) != nullptr) continue;
    DEPONE_TRY(session.refresh());
    DEPONE_ASSIGN(const auto entry, grant_case(session, *of, epoch, *member, *as, context.clock.now()));
    entries.push_back(entry);
  }
  if (entries.empty())
    return fail(ErrorCode::input, fmt::format("{} holds a grant in {} already", member->handle, view_of.prefix));
  if (context.json)
    print_json({{"case", to_text(of->id)}, {"member", crypto::to_hex(member->id.span())}, {"entries", entries}});
  else
    fmt::print("{} is now {} of {}.\n", safe(member->handle), word(*as), view_of.prefix);
  return kDone;
}

Result<int> list(Context& context) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto cases, list_cases(session));
  boost::json::array rows;
  for (const auto& [of, title, items] : cases) {
    const auto held = std::ranges::find(of->grants, identity.id(), &policy::HeldGrant::member);
    const std::string grant(held == of->grants.end() ? "none" : word(held->as));
    const std::string state = of->closed ? "closed" : "open";
    if (context.json) {
      rows.push_back({{"case", to_text(of->id)},
                      {"prefix", of->prefix},
                      {"state", state},
                      {"grant", grant},
                      {"items", items},
                      {"title", title}});
    } else {
      fmt::print("{:<12} {:<6} {:<9} {:>6} items  {}  {}\n", of->prefix, state, grant == "none" ? "-" : grant, items,
                 to_text(of->id), safe(title));
    }
  }
  if (context.json) print_json(rows);
  return kDone;
}

Result<int> card(Context& context, const std::string& name) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto view_of, find_case(session, name));
  if (context.json) {
    boost::json::array readers;
    for (const auto* const reader : view_of.readers) readers.push_back(boost::json::string(reader->handle));
    print_json({{"case", to_text(view_of.target.case_id)},
                {"prefix", view_of.prefix},
                {"epoch", view_of.target.epoch},
                {"readers", readers}});
    return kDone;
  }
  fmt::print("{}  {}\n  epoch {}, readers:\n", view_of.prefix, to_text(view_of.target.case_id), view_of.target.epoch);
  for (const auto* const reader : view_of.readers)
    fmt::print("    {:<20} {}\n", safe(reader->handle), fingerprint_words(reader->id.span()));
  return kDone;
}

}  // namespace

void add_case(Table& table) {
  auto* const group = table.add_group("case", "Cases, and who may read them");
  auto opening = std::make_shared<OpenOptions>();
  auto* const open_command =
      table.add(group, "open", "Open a case and seal its key to its readers",
                "depone case open --prefix NKPC --title 'Political prison camps' --reader kim-law --reader lee-law",
                [opening](Context& context) { return open_case(context, *opening); });
  open_command
      ->add_option("--prefix", opening->prefix,
                   "Capital letters and digits; gives items a citable number (NKPC-000123)")
      ->required();
  open_command->add_option("--title", opening->title, "Only holders of a grant see it")->required();
  open_command->add_option("--description", opening->description, "Only holders of a grant see it");
  open_command->add_option("--reader", opening->readers, "A member who can read all of it (several times)")->required();
  open_command->add_option("--reviewer", opening->reviewers,
                           "A member who can read what they submit themselves (several times)");
  open_command->add_option("--recovery", opening->recovery,
                           "A custodian who keeps the key, and may read nothing (several times)");
  open_command->add_flag("--single-reader", opening->single_reader,
                         "One person alone holds the key: if they lose it, the case is lost");
  open_command->add_option("--jurisdiction", opening->jurisdictions, "Where it may come to court (several times)");
  open_command->add_option("--legal-basis", opening->legal_basis, "On what ground the data is kept");

  auto granting = std::make_shared<GrantOptions>();
  auto* const grant_command =
      table.add(group, "grant", "Let another member read a case that you can read", "depone case grant NKPC lee-law",
                [granting](Context& context) { return grant(context, *granting); });
  grant_command->add_option("CASE", granting->case_name, "Prefix or case_…")->required();
  grant_command->add_option("MEMBER", granting->member, "Handle or key id")->required();
  grant_command->add_option("--as", granting->as, "reader, reviewer or recovery")->capture_default_str();

  table.add(group, "list", "List the cases", "depone case list", [](Context& context) { return list(context); });
  auto name = std::make_shared<std::string>();
  table
      .add(group, "card", "Show a case's key and readers", "depone case card NKPC",
           [name](Context& context) { return card(context, *name); })
      ->add_option("CASE", *name, "Prefix or case_…")
      ->required();
}

}  // namespace depone::client::cli
