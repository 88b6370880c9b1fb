// depone identity export|import, depone passphrase: an identity on a new computer, and what opens it.
#include "client/lib/identity_export.h"

#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "protocol/record/fingerprint.h"
#include "system/file.h"

namespace depone::client::cli {

namespace {

// A passphrase to be chosen: twice from the terminal, or a line of `descriptor`.
Unlock new_passphrase(int descriptor) {
  Unlock unlock;
  unlock.passphrase = [descriptor](bool) { return ask_passphrase(descriptor, true); };
  return unlock;
}

Result<int> export_to(Context& context, const std::string& output, int new_passphrase_fd) {
  const auto profile = context.profile();
  DEPONE_ASSIGN(const auto identity, context.identity());
  if (!context.json)
    fmt::print(stderr, "Choose a passphrase for the exported file; it is asked for where the file is imported.\n");
  DEPONE_ASSIGN(const auto text, export_identity(profile, identity, new_passphrase(new_passphrase_fd)));
  DEPONE_TRY(system::write_file_durably(output, view(text), system::IfExists::refuse));
  if (context.json)
    print_json({{"file", output}, {"bytes", text.size()}});
  else
    fmt::print("{} holds your keys and your profile, {}. Whoever has it and its passphrase is you: carry both apart.\n",
               safe(output), human_bytes(text.size()));
  return kDone;
}

Result<int> import_from(Context& context, const std::string& file) {
  const auto profile = context.profile();
  DEPONE_ASSIGN(const auto bytes, system::read_file(file, kIdentityExportBytesMax));
  // One passphrase opens the export and, unless a key file is named, the identity here from now on.
  DEPONE_ASSIGN(const auto passphrase, ask_passphrase(context.passphrase_fd, false));
  Unlock opens;
  opens.passphrase = [&](bool) -> Result<crypto::SecretBuffer> {
    return crypto::SecretBuffer::copy_of(passphrase.expose());
  };
  Unlock locks = opens;
  if (!context.key_file.empty()) {
    locks.key_file = context.key_file;
    if (!std::filesystem::exists(*locks.key_file)) DEPONE_TRY(crypto::create_key_file(*locks.key_file));
  }
  DEPONE_ASSIGN(const auto imported, import_identity(profile, bytes, opens, locks));
  if (locks.key_file) DEPONE_TRY(profile.set_key_file(*locks.key_file));
  const auto& card = imported.identity.card();
  if (context.json) {
    print_json({{"handle", card.body().handle},
                {"key_id", crypto::to_hex(card.id().span())},
                {"archives", imported.archives},
                {"receipts", imported.receipts}});
    return kDone;
  }
  fmt::print("You are {} here too: {} {}, {} receipts.\n  fingerprint {}\n{}", safe(card.body().handle),
             imported.archives, imported.archives == 1 ? "archive" : "archives", imported.receipts,
             protocol::record::fingerprint_words(card.id().span()),
             locks.key_file ? "" : "The export's passphrase opens it; `depone passphrase` changes that.\n");
  return kDone;
}

Result<int> change_passphrase(Context& context, const std::string& new_key_file, int new_passphrase_fd) {
  const auto profile = context.profile();
  DEPONE_ASSIGN(const auto identity, context.identity());
  Unlock unlock = new_passphrase(new_passphrase_fd);
  if (!new_key_file.empty()) {
    unlock.key_file = new_key_file;
    if (!std::filesystem::exists(new_key_file)) DEPONE_TRY(crypto::create_key_file(new_key_file));
  }
  DEPONE_TRY(identity.save(profile.identity(), unlock, system::IfExists::replace));
  DEPONE_TRY(unlock.key_file ? profile.set_key_file(*unlock.key_file) : profile.forget_key_file());
  if (context.json)
    print_json({{"opens", unlock.key_file ? "key_file" : "passphrase"}});
  else
    fmt::print(
        "{} opens your identity from now on, and nothing else does. Copies of the identity file that were made "
        "before still open as they did.\n",
        unlock.key_file ? "The key file" : "The new passphrase");
  return kDone;
}

}  // namespace

void add_identity_export(Table& table) {
  auto* const group = table.add_group("identity", "Carry your identity to another computer");
  auto fd = std::make_shared<int>(-1);
  constexpr auto kFd = "Read the new passphrase's line from this descriptor";

  auto output = std::make_shared<std::string>();
  auto* const export_command = table.add(group, "export", "Write your keys and your profile into one encrypted file",
                                         "depone identity export laptop.identity",
                                         [output, fd](Context& context) { return export_to(context, *output, *fd); });
  export_command->add_option("FILE", *output, "The file to write")->required();
  export_command->add_option("--new-passphrase-fd", *fd, kFd);

  auto file = std::make_shared<std::string>();
  table
      .add(group, "import", "Make an exported identity yours on this computer",
           "depone identity import laptop.identity", [file](Context& context) { return import_from(context, *file); })
      ->add_option("FILE", *file, "What `depone identity export` wrote")
      ->required();

  auto key_file = std::make_shared<std::string>();
  auto* const passphrase_command = table.add(
      &table.app, "passphrase", "Choose a new passphrase, or a key file, for your identity", "depone passphrase",
      [key_file, fd](Context& context) { return change_passphrase(context, *key_file, *fd); });
  passphrase_command->add_option("--new-key-file", *key_file, "A key file instead; made if it is not there");
  passphrase_command->add_option("--new-passphrase-fd", *fd, kFd);
}

}  // namespace depone::client::cli
