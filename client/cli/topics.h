// Help on what is behind several commands: `depone help consent`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace depone::client::cli {

std::vector<std::string> help_topics();
std::string_view help_topic(std::string_view name);  // empty for none

}  // namespace depone::client::cli
