// The byte form of docs/FORMAT.md, checked by a second reader that shares nothing with the first: what a parser of
// signed JSON takes must pass here.
#pragma once

#include "tests/fuzz/target.h"

namespace depone::fuzz {

bool is_byte_form(ByteView json);
bool is_utf8(ByteView text);

// JSON that is no byte form, or only just: deep, doubled, spelt otherwise, at the edges of numbers and characters.
Seeds nasty_json();

}  // namespace depone::fuzz
