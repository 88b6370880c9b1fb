// Receipts as files: NAME.receipt.json in a folder. None is ever overwritten by another one, and none loses its
// opening, which alone ties a file to its act and cannot be fetched again.
#pragma once

#include <filesystem>

#include "protocol/record/receipt.h"
#include "system/unfinished_file.h"

namespace depone::client {

// Where it was written: NAME.receipt.json, or, where another receipt has that name (of another archive, in a folder
// that both share), NAME.<beginning of its act's hash>.receipt.json.
Result<std::filesystem::path> keep_receipt(const std::filesystem::path& folder, const std::string& name,
                                           const protocol::record::Receipt& receipt, system::Durable durable);

// Writes a receipt that was fetched again to this very path. An opening that is there stays. exists: another receipt,
// or something else, is there, and `replace` was not said.
Result<> renew_receipt(const std::filesystem::path& path, protocol::record::Receipt receipt, bool replace);

}  // namespace depone::client
