// What a submitter says of a file: by flags, by NAME.depone.toml beside it, by depone.toml for all below a folder.
// Flags win over the sidecar, the sidecar over the folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "system/result.h"

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
  // Forgets the field of this name, as a sidecar calls it. input: there is none, with the nearest.
  Result<> clear(const std::string& key);
  // input: a text that is not UTF-8 (a flag may hold any bytes) could not be signed.
  Result<> check_utf8() const;
};

Result<Said> read_sidecar(const std::filesystem::path& file);  // malformed: line, key and what would be right

bool is_utf8(const std::string& text);

}  // namespace depone::client::cli
