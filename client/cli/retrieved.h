// How a retrieved item is told: printed, and as a row of --json.
#pragma once

#include <filesystem>

#include <boost/json/array.hpp>

#include "client/lib/retriever.h"

namespace depone::client::cli {

// `path`: where its content is, unless the manifest alone was asked for.
void print_retrieved(const RetrievedItem& item, const std::optional<std::filesystem::path>& path);
boost::json::object row_of(const RetrievedItem& item, const std::optional<std::filesystem::path>& path);

// What the manifest said, version by version, and who signed each; printed too, unless `json`.
Result<boost::json::array> tell_earlier(Session& session, const RetrievedItem& item, bool json);

}  // namespace depone::client::cli
