// `deponed verify`: everything that is in an archive's folder, checked offline and to the end. Nothing is believed that
// is not proved; each finding says what is wrong with what.
#pragma once

#include "daemon/folder.h"

namespace depone::daemon::verify {

// Prints a report (or JSON) to standard output. damaged if anything was found.
Result<> verify_archive(const Folder& folder, const crypto::MasterKey& master, bool json);

}  // namespace depone::daemon::verify
