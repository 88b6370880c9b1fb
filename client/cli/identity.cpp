// depone init, depone card: a person's keys, and the card that shows them.
#include <fmt/format.h>
#include <unistd.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "protocol/record/fingerprint.h"
#include "system/file.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

struct InitOptions {
  std::string handle;
  std::vector<std::string> roles;
  bool with_key_file = false;
};

void print_card(const Card& card, bool json) {
  const auto words = fingerprint_words(card.id().span());
  if (json)
    return print_json(
        {{"handle", card.body().handle}, {"key_id", crypto::to_hex(card.id().span())}, {"fingerprint", words}});
  fmt::print("  handle      {}\n  key id      {}\n  fingerprint {}\n", safe(card.body().handle),
             crypto::to_hex(card.id().span()), bold(words));
}

Result<int> init(Context& context, const InitOptions& options) {
  const auto profile = context.profile();
  if (std::filesystem::exists(profile.identity())) {
    return fail(ErrorCode::exists,
                fmt::format("there is an identity in {} already; nothing was changed", profile.folder().string()));
  }
  std::vector<Role> roles;
  for (const auto& text : options.roles) {
    const auto role = from_word<Role>(text);
    if (!role) return fail(ErrorCode::input, fmt::format("'{}' is no role; there are {}", text, all_words<Role>()));
    roles.push_back(*role);
  }
  DEPONE_TRY(system::make_folders(profile.folder()));
  Unlock unlock = context.unlock();
  if (unlock.key_file) {
    if (!std::filesystem::exists(*unlock.key_file)) DEPONE_TRY(crypto::create_key_file(*unlock.key_file));
  }
  DEPONE_ASSIGN(const auto identity,
                Identity::create(options.handle, roles, crypto::SealSuite::x25519, context.clock.now()));
  DEPONE_TRY(identity.save(profile.identity(), unlock));
  if (unlock.key_file) DEPONE_TRY(profile.set_key_file(*unlock.key_file));
  if (!context.json) fmt::print("Your identity is in {}.\n\n", safe(profile.identity().string()));
  print_card(identity.card(), context.json);
  if (!context.json)
    fmt::print(
        "\nGive your card (`depone card -o my.card`) to a custodian, and compare the fingerprint words by another "
        "way.\nKeep a copy of the identity file: without it, nothing sealed to you can be opened again.\n");
  return kDone;
}

Result<int> card(Context& context, const std::string& output, const std::string& shown) {
  Result<Card> card = fail(ErrorCode::not_found, "");
  if (shown.empty()) {
    card = Identity::load_card(context.profile().identity());
  } else {
    DEPONE_ASSIGN(const auto bytes, system::read_file(shown, kEnvelopeBytesMax));
    card = parse_card(bytes);
  }
  if (!card) return card.error();
  if (!output.empty()) {
    DEPONE_TRY(system::write_file(output, view(card->envelope), system::IfExists::refuse));
    if (!context.json) fmt::print("written to {}\n", safe(output));
  } else if (!context.json && !stdout_is_terminal() && shown.empty()) {
    (void)!::write(STDOUT_FILENO, card->envelope.data(), card->envelope.size());  // depone card > my.card
    return kDone;
  }
  print_card(*card, context.json);
  return kDone;
}

}  // namespace

void add_identity(Table& table) {
  auto options = std::make_shared<InitOptions>();
  auto* const init_command =
      table.add(&table.app, "init", "Make your identity: keys for signing, sealing and the channel",
                "depone init --handle field-7 --role investigator",
                [options](Context& context) { return init(context, *options); });
  init_command->add_option("--handle", options->handle, "A pseudonym, shown in reports; never your name")->required();
  init_command->add_option(
      "--role", options->roles,
      "A role that you ask for (several times): custodian, investigator, analyst, lawyer, archivist");

  auto output = std::make_shared<std::string>(), shown = std::make_shared<std::string>();
  auto* const card_command =
      table.add(&table.app, "card", "Show your card, or somebody's, with its fingerprint words",
                "depone card -o my.card", [output, shown](Context& context) { return card(context, *output, *shown); });
  card_command->add_option("-o,--output", *output, "Write the card to this file");
  card_command->add_option("CARD", *shown, "Show this card instead of your own");
}

}  // namespace depone::client::cli
