// What an answer says, in words that are the same in every run: for tables that are kept as text.
#pragma once

#include <map>

#include "protocol/record/entry.h"
#include "tests/hostile_member/peer.h"

namespace depone::hostile {

// Names that a reader of the table knows, for ids that no two runs share.
using Labels = std::map<std::string, std::string>;

// "404 not_found"; "200 frame item submit private"; "200 receipt accepted"; "refused in the handshake".
std::string answer_text(const Heard& heard, const Labels& labels = {});
// "evidence.retrieve refused role.lacks on no subject": an entry, and whether it stands in somebody's chain.
std::string entry_text(const protocol::record::Entry& entry);
// Several, in their order; the ends of serves, which are written behind the answer, are left out.
std::string entries_text(const std::vector<protocol::record::Entry>& entries);

// The pieces of an answer that streams, in which names repeat. Nothing: it is broken or was cut.
std::optional<std::vector<std::pair<std::string, Bytes>>> pieces_in(ByteView frame);

// Out of the first receipt of an answer: the item's citable number.
std::string ref_in(const Heard& heard);
// The code of a problem document; "" where it is none.
std::string code_in(const Heard& heard);

}  // namespace depone::hostile
