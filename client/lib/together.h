// Submitting many small files: a few connections take turns, so that one seals while what another sent is made durable,
// and each request carries as many submissions as it may.
#pragma once

#include "client/lib/submitter.h"

namespace depone::client {

struct SmallFile {  // rides_inside()
  std::filesystem::path path;
  std::uint64_t size = 0;
  ItemDescription description;
};
struct Sent {
  std::size_t file = 0;  // which of them
  Result<Deposit> deposit;
};

// Opens sessions of its own. `take` is called by one thread at a time with what became of some of the files, and keeps
// their receipts; it answers whether to go on. What was sent without an answer stays in unanswered.h, as with submit().
// An error: no session could be opened. Files that nothing was said of were not sent.
Result<> submit_together(const ArchiveProfile& archive, const Identity& identity, const std::string& address,
                         const CaseTarget& target, std::span<SmallFile> files, const system::Clock& clock,
                         const std::function<bool(std::span<Sent>)>& take);

}  // namespace depone::client
