// depone member enrol|revoke|list: who belongs to an archive.
#include <algorithm>

#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "client/lib/names.h"
#include "protocol/record/fingerprint.h"
#include "protocol/record/frame.h"
#include "system/file.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

struct EnrolOptions {
  std::string card;
  std::vector<std::string> roles;
};

Result<int> enrol(Context& context, const EnrolOptions& options) {
  DEPONE_ASSIGN(const auto bytes, system::read_file(options.card, kEnvelopeBytesMax));
  DEPONE_ASSIGN(const auto card, parse_card(bytes));
  MemberEnrol body{card.hash, {}};
  for (const auto& text : options.roles) {
    const auto role = from_word<Role>(text);
    if (!role) return fail(ErrorCode::input, fmt::format("'{}' is no role; there are {}", text, all_words<Role>()));
    body.roles.push_back(*role);
  }
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  const auto act = make_act(identity.signing_key(), archive.card().genesis, session.seen(), context.clock.now(), body);
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  frame.add("card", view(card.envelope));
  DEPONE_ASSIGN(const auto receipts, session.act(act, frame.bytes()));
  if (context.json)
    print_json({{"member", crypto::to_hex(card.id().span())},
                {"handle", card.body().handle},
                {"entry", receipts.front().entry.seq}});
  else
    fmt::print("Enrolled {} (entry {}).\n  fingerprint {}\n", safe(card.body().handle), receipts.front().entry.seq,
               fingerprint_words(card.id().span()));
  return kDone;
}

Result<int> revoke(Context& context, const std::string& name, const std::string& reason_text) {
  const auto reason = from_word<RevokeReason>(reason_text);
  if (!reason)
    return fail(ErrorCode::input,
                fmt::format("'{}' is no reason; there are {}", reason_text, all_words<RevokeReason>()));
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  DEPONE_ASSIGN(const auto* const member, member_named(*roster, name));
  DEPONE_TRY(session.refresh());
  const auto act = make_act(identity.signing_key(), archive.card().genesis, session.seen(), context.clock.now(),
                            MemberRevoke{member->id, *reason});
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  DEPONE_ASSIGN(const auto receipts, session.act(act, frame.bytes()));
  if (context.json)
    print_json({{"member", crypto::to_hex(member->id.span())}, {"entry", receipts.front().entry.seq}});
  else
    fmt::print(
        "Revoked {} (entry {}). Open connections were closed. What {} could open before stays readable to them; open a "
        "new epoch for new evidence.\n",
        safe(member->handle), receipts.front().entry.seq, safe(member->handle));
  return kDone;
}

Result<int> list(Context& context) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  std::vector<const policy::Member*> members;
  for (const auto& [id, member] : roster->members()) members.push_back(&member);
  std::ranges::sort(members, {}, &policy::Member::enrolled_seq);
  boost::json::array rows;
  for (const auto* const one : members) {
    const auto& member = *one;
    const auto& id = member.id;
    std::string roles;
    for (const auto role : member.roles) roles += fmt::format("{}{}", roles.empty() ? "" : " ", word(role));
    if (context.json) {
      rows.push_back({{"handle", member.handle},
                      {"key_id", crypto::to_hex(id.span())},
                      {"roles", roles},
                      {"standing", member.in_standing() ? "member" : "revoked"}});
    } else {
      fmt::print("{:<20} {:<28} {:<8} {}\n", safe(member.handle), roles, member.in_standing() ? "member" : "revoked",
                 fingerprint_words(id.span()));
    }
  }
  if (context.json) print_json(rows);
  return kDone;
}

}  // namespace

void add_member(Table& table) {
  auto* const group = table.add_group("member", "Who belongs to the archive");
  auto enrolling = std::make_shared<EnrolOptions>();
  auto* const enrol_command = table.add(group, "enrol", "Enrol somebody's card (custodians)",
                                        "depone member enrol field-7.card --role investigator",
                                        [enrolling](Context& context) { return enrol(context, *enrolling); });
  enrol_command->add_option("CARD", enrolling->card, "The card; compare its fingerprint words with its owner first")
      ->required();
  enrol_command
      ->add_option("--role", enrolling->roles, "custodian, investigator, analyst, lawyer, archivist (several times)")
      ->required();

  auto name = std::make_shared<std::string>(), reason = std::make_shared<std::string>();
  auto* const revoke_command = table.add(group, "revoke", "Revoke a member, at once (custodians)",
                                         "depone member revoke field-7 --reason key_lost",
                                         [name, reason](Context& context) { return revoke(context, *name, *reason); });
  revoke_command->add_option("MEMBER", *name, "Handle, or key id or its beginning")->required();
  revoke_command
      ->add_option("--reason", *reason,
                   "left, role_ended, key_lost, key_compromised, enrolled_in_error, misconduct, other")
      ->required();

  table.add(group, "list", "List the members, as the log proves them", "depone member list",
            [](Context& context) { return list(context); });
}

}  // namespace depone::client::cli
