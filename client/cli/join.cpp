// depone join: from now on this archive is known, under a short name.
#include <algorithm>

#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "protocol/record/fingerprint.h"
#include "system/file.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

// A short name out of an origin: the last part of its path, or its host.
std::string name_from(const std::string& origin) {
  std::string name = origin.substr(origin.rfind('/') == std::string::npos ? 0 : origin.rfind('/') + 1);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::erase_if(name, [](char c) { return !is_archive_name(std::string(1, c)) && c != '.'; });
  return is_archive_name(name) ? name : "archive";
}

Result<int> join(Context& context, const std::string& card_file, const std::string& name) {
  DEPONE_ASSIGN(const auto bytes, system::read_file(card_file, kArchiveCardBytesMax));
  DEPONE_ASSIGN(const auto card, parse_archive_card(bytes));
  DEPONE_ASSIGN(const auto joined, context.profile().join(name.empty() ? name_from(card.facts.origin) : name, bytes));
  const auto words = fingerprint_words(card.genesis.span());
  if (context.json) {
    print_json({{"name", joined.name()},
                {"origin", card.facts.origin},
                {"archive", crypto::to_hex(card.genesis.span())},
                {"fingerprint", words}});
    return kDone;
  }
  fmt::print(
      "Joined {} as '{}'.\n\n  archive     {}\n  fingerprint {}\n  custodian   {}: {}\n\nCompare the fingerprint words "
      "with a custodian, by another way than the card came.\n",
      safe(card.facts.origin), joined.name(), crypto::to_hex(card.genesis.span()), bold(words),
      safe(card.custodian.body().handle), fingerprint_words(card.custodian.id().span()));
  return kDone;
}

}  // namespace

void add_join(Table& table) {
  auto file = std::make_shared<std::string>(), name = std::make_shared<std::string>();
  auto* const command =
      table.add(&table.app, "join", "Make an archive known to you, from its card", "depone join archive.card --name nk",
                [file, name](Context& context) { return join(context, *file, *name); });
  command->add_option("ARCHIVE_CARD", *file, "The archive card, from a custodian")->required();
  command->add_option("--name", *name, "The short name (default: from its origin)");
}

}  // namespace depone::client::cli
