// Running an archive: ledger, readers, listener and control socket, until SIGTERM or SIGINT.
#pragma once

#include "daemon/config.h"
#include "daemon/folder.h"

namespace depone::daemon {

// Blocks. A clean stop drains what is running, then closes.
Result<> run_archive(const Folder& folder, Config config, const crypto::MasterKey& master);

}  // namespace depone::daemon
