// The log, replayed from its beginning: what every entry must be, given those before it, the act that it names and the
// roster. `depone audit` feeds it what it downloads, `deponed verify` what lies in the database: one set of rules.
//
// The rules are checked in three steps, so that memory does not grow with the log and both cores work:
//   check_entry() (entry_rules.h)  what an entry must be by itself; on any thread, in any order
//   take() and note()              the chain, the roster's, the numbers of a case; in the order of the log
//   finish()                       what it must be after those on the same subject, act or serving (keyed_rules.h)
// Memory: a few bytes a case, and 4 MiB. On disk, about 140 bytes an entry. Not thread-safe.
#pragma once

#include <map>

#include "policy/entry_rules.h"
#include "policy/keyed_rules.h"

namespace depone::policy {

// What a replay remembers beside its records, in the byte form.
struct ReplayMemory {
  std::uint64_t size = 0;  // entries replayed
  crypto::Digest last_leaf;
  protocol::record::TimePoint last_at;
  std::uint64_t roster = 0;   // the latest entry that changed it
  std::uint64_t changes = 0;  // how many did
  Bytes numbers;
  std::string last_taken;      // hex, or nothing
  crypto::Salt32 salt;         // of the records
  std::uint64_t records = 0;   // size of their file
  std::uint64_t finished = 0;  // what it was when the replay was finished last
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("size", s.size);
    f("last_leaf", s.last_leaf);
    f("at", s.last_at);
    f("roster", s.roster);
    f("changes", s.changes);
    f("numbers", s.numbers);
    f("last_taken", s.last_taken);
    f("salt", s.salt);
    f("records", s.records);
    f("finished", s.finished);
  }
};

class LogReplay {
 public:
  LogReplay(const crypto::Digest& genesis, KeyedRecords records) : genesis_(genesis), records_(std::move(records)) {}
  // Goes on with the records in this file. malformed, io.
  static Result<LogReplay> resume(const crypto::Digest& genesis, const ReplayMemory& memory,
                                  const std::filesystem::path& records);
  // After all that was taken was noted. The records are durable then; io. Throws AmbiguousWrite.
  Result<ReplayMemory> memory();

  const KeyedRecords& records() const { return records_; }

  // The next entry, and what is wrong with its place in the log, as sentences that follow its name.
  std::vector<std::string> take(const protocol::record::Entry& entry, const crypto::Digest& leaf, const Roster& roster);
  // An entry that cannot be read: only its leaf is known.
  void take_unreadable(const crypto::Digest& leaf);
  // What check_entry() said of it, in the order of the log.
  void note(const CheckedEntry& checked);
  // Whether this act, or another of its actor and id, is what was taken last. Entries that take one act stand together,
  // in a log in which nothing is wrong.
  bool took_last(const protocol::record::ActPayload& act) const;

  // What tables say, to be compared with what follows from the whole log: before finish().
  void note_row_of_subject(std::string_view subject, std::uint64_t last, std::uint64_t row);
  void note_row_of_item(std::string_view subject, std::uint64_t described, std::uint64_t row);
  void note_row_of_serving(std::uint64_t seq);

  struct End {
    std::vector<EntryFinding> wrong;           // by entry
    std::vector<std::string> log;              // of the log as a whole
    std::vector<RowRecord> rows;               // that say otherwise than the log
    std::uint64_t subjects = 0, servings = 0;  // that there are; of a replay that was not resumed
  };
  // All is noted. Reads the records on two threads. io; damaged: an earlier replay's records were changed.
  Result<End> finish(const Roster& roster);

  std::uint64_t size() const { return size_; }
  std::uint64_t numbers_of(const crypto::CaseId& case_id) const;  // how many citable numbers were given out

 private:
  std::optional<std::string> check_number(const protocol::record::Entry& entry, const Roster& roster);

  crypto::Digest genesis_;
  std::uint64_t size_ = 0;
  crypto::Digest last_leaf_;
  protocol::record::TimePoint last_at_{};
  std::uint64_t last_change_ = 0;
  std::uint64_t changes_ = 0;
  std::map<crypto::CaseId, std::uint64_t> numbers_;
  std::optional<RecordKey> last_taken_;
  KeyedRecords records_;
  std::uint64_t finished_ = 0;  // bytes of the records that were checked
};

}  // namespace depone::policy
