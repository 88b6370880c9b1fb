// Which files a submission is about: what is named, and what lies below a folder, without what does not belong there.
#pragma once

#include "client/cli/description.h"
#include "system/file.h"

namespace depone::client::cli {

struct GatheredFile {
  std::filesystem::path path;  // "-" for standard input
  std::string name;            // as the manifest quotes it
  std::uint64_t size = 0;
  Said said;  // sidecar and folder files, without the flags
};
struct Gathered {
  std::vector<GatheredFile> files;
  std::size_t sidecars = 0, receipts = 0, hidden = 0, links = 0, others = 0;  // passed over
  system::File spooled;  // standard input, in a file without a name: gone with this process, however that ends
};

// not_found, io: which file. `-` is read first into a file in the folder `spool` that has no name any more.
Result<Gathered> gather(const std::vector<std::string>& named, const std::filesystem::path& spool);

}  // namespace depone::client::cli
