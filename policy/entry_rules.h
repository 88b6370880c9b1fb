// What an entry of the log must be by itself, beside the act that it names and the roster; and what it says of its
// subject, its act and servings, as records for the rules that need what stands before it (log_replay.h). Pure and
// thread-safe: most of what it costs to check a log is here, signatures before all.
#pragma once

#include "policy/keyed_records.h"
#include "policy/roster.h"
#include "protocol/record/entry_of_act.h"

namespace depone::policy {

// An entry, read; its leaf is known also where it cannot be.
struct ReadEntry {
  crypto::Digest leaf;
  Result<protocol::record::Entry> entry;
};
ReadEntry read_entry(std::string_view bytes);
std::vector<ReadEntry> read_entries(std::span<const std::string> bundle);

struct CheckedEntry {
  std::vector<std::string> wrong;  // sentences that follow the entry's name
  Bytes records;
  std::optional<RecordKey> taken;  // the actor and id of the act that it took
};

// `seq`: the entry's place. `act`: of the hash that the entry names; null where it names none, or the caller could not
// read it and said so. `roster` knows at least what the entries up to this one changed, from a chain that was proved.
CheckedEntry check_entry(std::uint64_t seq, const protocol::record::Entry& entry, const protocol::record::Act* act,
                         const Roster& roster, const KeyedRecords& records);

RecordKey key_of_act(const KeyedRecords& records, const protocol::record::ActPayload& act);
RecordKey key_of_subject(const KeyedRecords& records, std::string_view subject);
RecordKey key_of_serving(const KeyedRecords& records, std::uint64_t seq);

}  // namespace depone::policy
