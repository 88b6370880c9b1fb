// What was said of a file, checked: codes against the vocabularies (with the nearest known one), dates, and no more of
// either in the catalogue than the submitter wants the archive to read.
#pragma once

#include "client/cli/said.h"
#include "client/lib/item_sealer.h"

namespace depone::client::cli {

// The checked description. input: what is missing or unknown, and what to do.
Result<ItemDescription> describe(const Said& said, const std::string& file_name);

// How exact a place is, where nobody says.
protocol::record::PlacePrecision place_precision(const protocol::record::Place& place);

// In words, for whoever is asked to confirm.
std::string consent_in_words(const protocol::record::Consent& consent);

}  // namespace depone::client::cli
