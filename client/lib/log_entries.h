// Entries of the log as they stand, in bundles: for `log`, which believes what the tree proves, and for audits, which
// rebuild the tree themselves.
#pragma once

#include "client/lib/session.h"

namespace depone::client {

// Bundle `number` of `width` entries as the archive gives it: nothing of it is proved.
Result<std::vector<std::string>> entry_bundle(Session& session, std::uint64_t number, std::size_t width);

// The same of the log whose head the session verified, each entry proved to be in it at its place. damaged.
Result<std::vector<protocol::record::Entry>> proved_entries(Session& session, std::uint64_t number);

}  // namespace depone::client
