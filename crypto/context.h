// Names bind everything (DESIGN section 3; docs/FORMAT.md "Names"): item ids, contexts, and the `info` of every seal,
// so that nothing sealed for one item, case, person or archive opens for another. Pure functions.
#pragma once

#include <string_view>

#include "crypto/bytes.h"

namespace depone::crypto {

// The leaf hash of entry 0: the archive's true name.
using Genesis = Digest;
// What an item's keys and commitments are bound to.
using ItemContext = FixedBytes<struct ItemContextTag, 32>;

EvidenceId item_id(const Genesis& genesis, const KeyId& actor, const Nonce16& nonce);
// Always with the case of the submit act, also after sharing.
ItemContext item_context(const Genesis& genesis, const EvidenceId& item, const CaseId& case_id, const KeyId& actor);

enum class Scope { manifest, content };
std::string_view to_string(Scope scope);

// HPKE `info`, one for each kind of sealed thing. `epoch` counts from 1.
Bytes item_secret_info(const ItemContext& context, const CaseId& case_id, std::uint32_t epoch);
Bytes case_seed_info(const Genesis& genesis, const CaseId& case_id, std::uint32_t epoch, const KeyId& member);
Bytes share_info(const ItemContext& context, const Digest& retrieve_act, Scope scope);
Bytes submission_info(const Genesis& genesis);
Bytes part_info(const Genesis& genesis, const CaseId& case_id, std::uint32_t epoch, const KeyId& actor,
                const ActId& act, std::string_view part_name);

}  // namespace depone::crypto
