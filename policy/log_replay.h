// The log, replayed from its beginning: what every entry must be, given those before it, the act that it names and the
// roster. `depone audit` feeds it what it downloads, `deponed verify` what lies in the database: one set of rules.
//
// What is kept in memory, and between audits, grows with the log: about 170 bytes a subject, 72 an act that was taken,
// 8 a granted retrieval, and a few a case or share. Not thread-safe.
#pragma once

#include <map>
#include <unordered_map>

#include "policy/roster.h"
#include "protocol/record/entry_of_act.h"

namespace depone::policy {

// What a replay remembers, in the byte form.
struct ReplayMemory {
  std::uint64_t size = 0;  // entries replayed
  crypto::Digest last_leaf;
  protocol::record::TimePoint last_at;
  std::uint64_t roster = 0;   // the latest entry that changed it
  std::uint64_t changes = 0;  // how many did
  Bytes subjects, taken, granted, numbers, serving, shared;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("size", s.size);
    f("last_leaf", s.last_leaf);
    f("at", s.last_at);
    f("roster", s.roster);
    f("changes", s.changes);
    f("subjects", s.subjects);
    f("taken", s.taken);
    f("granted", s.granted);
    f("numbers", s.numbers);
    f("serving", s.serving);
    f("shared", s.shared);
  }
};

class LogReplay {
 public:
  explicit LogReplay(const crypto::Digest& genesis) : genesis_(genesis) {}
  static Result<LogReplay> resume(const crypto::Digest& genesis, const ReplayMemory& memory);  // malformed
  ReplayMemory memory() const;

  // The next entry, and all that is wrong with it, as sentences that follow its name. `act`: of the hash that the entry
  // names; null where it names none, or the caller could not read it and said so. `roster` knows at least what the
  // entries so far changed, this one included, from a chain that was proved.
  std::vector<std::string> take(const protocol::record::Entry& entry, const crypto::Digest& leaf,
                                const protocol::record::Act* act, const Roster& roster);
  // An entry that cannot be read: only its leaf is known.
  void take_unreadable(const crypto::Digest& leaf);
  // At the end: whether the roster has changes that the entries so far do not show.
  std::vector<std::string> finish(const Roster& roster) const;

  std::uint64_t size() const { return size_; }
  // Whether some entry so far took this act, or another of its actor and id.
  bool took(const protocol::record::ActPayload& act) const;
  // What follows from the log, to compare tables with.
  std::size_t subjects() const { return subjects_.size(); }
  std::optional<std::uint64_t> last_on(const std::string& subject) const;
  std::uint64_t described(const std::string& item) const;  // the latest entry that described it; 0: none since it came
  std::uint64_t numbers_of(const crypto::CaseId& case_id) const;  // how many citable numbers were given out
  bool serves(std::uint64_t seq) const { return serving_.contains(seq); }
  std::size_t servings() const { return serving_.size(); }

 private:
  struct Subject {
    std::uint64_t last = 0;
    enum class Submitted : std::uint8_t { no, pending, accepted } submitted = Submitted::no;
    crypto::CaseId case_id;  // of the submission
    // Of an item: what was said of it last, by which act and, where it was not the submission, by which entry.
    crypto::Digest described_by;
    std::uint64_t described = 0;
    protocol::record::Described holds;
  };
  struct Taken {
    crypto::Digest act;
    std::uint64_t first = 0;  // where the answer to its first item stands, or would
  };
  struct Serving {
    crypto::Digest what;  // over actor, case, subject and act
    std::uint64_t bytes = 0;
  };
  class Step;
  void note_subject(const protocol::record::Entry& entry, const protocol::record::Act* act);

  crypto::Digest genesis_;
  std::uint64_t size_ = 0;
  crypto::Digest last_leaf_;
  protocol::record::TimePoint last_at_{};
  std::uint64_t last_change_ = 0;
  std::uint64_t changes_ = 0;
  std::unordered_map<std::string, Subject> subjects_;
  std::unordered_map<crypto::Digest, Taken, crypto::FixedBytesHash> taken_;  // by hash over actor and act id
  std::vector<std::uint64_t> granted_;                                       // seqs, rising
  std::map<crypto::CaseId, std::uint64_t> numbers_;
  std::map<std::uint64_t, Serving> serving_;  // evidence.serve entries that none has closed yet
  std::map<std::string, std::vector<crypto::CaseId>, std::less<>> shared_;  // items, and the further cases they are in
};

}  // namespace depone::policy
