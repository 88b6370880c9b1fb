#include "client/cli/topics.h"

namespace depone::client::cli {

namespace {

struct Topic {
  std::string_view name, text;
};
constexpr Topic kTopics[] = {
    {"consent",
     "What a source agreed to travels with the item, signed, and the archive holds every retrieval against it.\n"
     "\n"
     "  basis        informed, guardian, provider_condition, public_source, found_or_leaked, legal_obligation\n"
     "  purposes     what it may be used for (`depone vocabulary` lists them)\n"
     "  recipients   who outside the organisation may get it; whoever is excluded never does, whatever else was said\n"
     "  recontact    before_each (the default): nobody outside gets it until the source was asked again; "
     "before_first;\n"
     "               never\n"
     "  anonymity    withheld (the default), pseudonym, named\n"
     "  not before, expires, may testify\n"
     "\n"
     "Say it by flags (--consent-basis informed --purpose documentation --recipient icc_otp), or once for a whole "
     "folder\n"
     "in depone.toml:\n"
     "\n"
     "  kind = \"testimony\"\n"
     "  [consent]\n"
     "  basis = \"informed\"\n"
     "  purposes = [\"documentation\", \"international_prosecution\"]\n"
     "  recipients = [\"icc_otp\"]\n"
     "  recontact = \"never\"\n"
     "\n"
     "NAME.depone.toml beside a file speaks of that file, and wins over the folder's; flags win over both. Less is "
     "safer:\n"
     "what was not agreed to is refused later, with a sentence that says why. The archive reads the consent, and "
     "never\n"
     "who gave it.\n"},
    {"roles",
     "A custodian gives each member roles; a member may have several. `depone member list` shows who has which.\n"
     "\n"
     "  custodian      enrols and revokes members, opens cases; keeps recovery keys; reads nothing by that\n"
     "  investigator   deposits evidence; sees what they deposited\n"
     "  analyst        works with evidence of cases granted to them, for use inside alone\n"
     "  lawyer         finds and retrieves evidence of cases granted to them, within the consent\n"
     "  archivist      checks that everything is intact: sees entries, acts, sizes and digests, and no private word\n"
     "\n"
     "Roles say what somebody may do; to read, one needs a grant in the case too: its key, sealed to them by whoever\n"
     "opened the case or by another reader (`depone case grant`). Custodians cannot grant what they cannot read.\n"},
    {"receipts",
     "A receipt proves, to anybody and without the archive, that an act was entered in the log at one place.\n"
     "\n"
     "  depone verify NKPC-000123.receipt.json interview.pdf\n"
     "\n"
     "says that this file was deposited, by whom, when, and where in which log. `submit` keeps receipts in the "
     "profile, or\n"
     "in the folder that --receipts names. A receipt holds the file's SHA-256 and a random number, its opening: "
     "together\n"
     "they tie the file to the act. Keep it as you would keep a letter from a court, away from the file: who has it "
     "knows\n"
     "that you deposited something, and can check any file against it.\n"
     "\n"
     "Lost one? `depone receipt NKPC-000123` fetches it again, without the opening, which only the first one has.\n"
     "docs/FORMAT.md shows how to check a receipt by hand with openssl, jq and sha256sum.\n"},
};

}  // namespace

std::vector<std::string> help_topics() {
  std::vector<std::string> names;
  for (const auto& topic : kTopics) names.emplace_back(topic.name);
  return names;
}

std::string_view help_topic(std::string_view name) {
  for (const auto& topic : kTopics) {
    if (topic.name == name) return topic.text;
  }
  return {};
}

}  // namespace depone::client::cli
