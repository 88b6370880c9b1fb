// What a submitter says of a file: by flags, by NAME.depone.toml beside it, by depone.toml for all below a folder.
// Flags win over the sidecar, the sidecar over the folder. Codes are checked here, with the nearest known one.
#pragma once

#include <filesystem>

#include <CLI/CLI.hpp>

#include "client/lib/item_sealer.h"

namespace depone::client::cli {

// As it is gathered: every field may be missing still.
struct Said {
  std::optional<std::string> kind, sensitivity, title, summary, date, date_to, date_precision, country, adm1,
      place_text, time_exact, consent_basis, consent_given_by, consent_obtained_at, consent_language, consent_recontact,
      consent_anonymity, consent_not_before, consent_expires, consent_may_testify, source_role, source_knowledge,
      acquisition_method, acquisition_device, interview_language, interpreter;
  std::vector<std::string> narrative, crimes, recommendations, languages, tags, purposes, recipients, excluded;

  void add_options(CLI::App& command);
  // What is not said here is taken from there.
  void fill_from(const Said& other);
};

Result<Said> read_sidecar(const std::filesystem::path& file);  // malformed: line, key and what would be right

// The checked description. input: what is missing or unknown, and what to do.
Result<ItemDescription> describe(const Said& said, const std::string& file_name);

// In words, for whoever is asked to confirm.
std::string consent_in_words(const protocol::record::Consent& consent);

}  // namespace depone::client::cli
