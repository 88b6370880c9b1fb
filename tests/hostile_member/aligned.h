// Lines of words in columns, for texts that people read and `diff` compares.
#pragma once

#include <string>
#include <vector>

namespace depone::hostile {

using Line = std::vector<std::string>;

// Blocks of lines whose first word is the same, with an empty line between; the columns of a block are as wide as its
// words, so that a change in one block is no change in another.
std::string aligned(const std::vector<Line>& lines);

}  // namespace depone::hostile
