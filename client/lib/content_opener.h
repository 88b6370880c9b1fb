// The content of an item that was granted: sealed bytes in, out of the answer or by a request of their own, checked
// bytes out.
#pragma once

#include "client/lib/retriever.h"

namespace depone::client {

// Opens an item's content into a file, chunk by verified chunk, and checks it as a whole: the sealed object against the
// act, the content against the manifest and the commitment. The file is whole and right, or the answer is an error.
Result<> open_content(Session& session, const Retrieval& retrieval, const RetrievedItem& item, system::File& into,
                      const Progress& progress);

}  // namespace depone::client
