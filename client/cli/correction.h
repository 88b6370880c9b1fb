// Correcting what is said of an item: the words that are given replace those that stand, and nothing else changes.
#pragma once

#include "client/cli/description.h"

namespace depone::client::cli {

// Whether a correction speaks of what is sealed to the case's readers, so that the manifest has to be written anew.
bool speaks_of_manifest(const Said& said, const std::vector<std::string>& cleared, protocol::record::Kind kind);

// `now` with what `said` says in its place, and the fields named in `cleared` (as a sidecar calls them) empty. input:
// what is unknown or cannot be corrected.
Result<ItemDescription> corrected(const ItemDescription& now, const Said& said,
                                  const std::vector<std::string>& cleared);

struct Change {
  std::string field, before, after;  // empty where there was, or is, nothing
};
// What differs between two parts of one form, their salts apart.
std::vector<Change> changes(std::string_view before, std::string_view after);
std::string in_words(const Change& change);  // safe for a terminal

}  // namespace depone::client::cli
