// The rules of a log about one subject, one act or one serving: what each of its records (keyed_records.h) must be,
// given those before it on the same thing. Sees one part of the records at a time. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "policy/keyed_records.h"
#include "protocol/record/entry.h"

namespace depone::policy {

// What an entry says of its subject.
struct SubjectRecord {
  enum class What : std::uint8_t { nothing, submitted, described, shared, retrieved, served };
  std::uint64_t seq = 0;
  What what = What::nothing;
  bool is_named = false;  // the entry has a subject; else `what` is said of none
  bool taken = false;     // with the act that it names, by the rules
  bool noted = false;     // changes the subject, right or wrong
  std::optional<std::uint64_t> before;
  std::optional<crypto::CaseId> case_id;
  crypto::Digest act;      // submitted, described
  bool accepted = false;   // submitted
  bool case_open = false;  // shared
  bool act_read = false;   // described: the three that follow are said by the act
  crypto::Digest supersedes;
  bool new_private = false, new_manifest = false;
  std::optional<protocol::record::Sensitivity> sensitivity;  // submitted, described
  std::optional<protocol::record::Described> holds;          // described
  std::optional<std::uint64_t> described;                    // retrieved: 0 where it names none
};
// What an entry says of the act that it names.
struct ActRecord {
  enum class What : std::uint8_t { taken, granted, served };  // granted: a retrieval that was taken
  std::uint64_t seq = 0;
  What what = What::taken;
  crypto::Digest act;
  std::uint64_t place = 0;  // of the item in the act
};
// What an entry says of a serving.
struct ServingRecord {
  std::uint64_t seq = 0;
  bool closes = false;
  crypto::Digest what;  // over actor, case, subject and act
  std::uint64_t bytes = 0;
};
// What a row of a table says, to be compared with what follows from the log. Stands behind all that entries say.
struct RowRecord {
  enum class Table : std::uint8_t { subjects, items, serving };
  Table table = Table::subjects;
  std::uint64_t row = 0;
  std::uint64_t says = 0;  // subjects: the latest entry; items: the latest description, 0 for none since it came
};

Bytes packed(const SubjectRecord& record);
Bytes packed(const ActRecord& record);
Bytes packed(const ServingRecord& record);
Bytes packed(const RowRecord& record);

struct EntryFinding {
  std::uint64_t seq = 0;
  std::string what;
};
struct KeyedFindings {
  std::vector<EntryFinding> wrong;
  std::vector<RowRecord> rows;  // that say otherwise than the log
  std::uint64_t subjects = 0;
  std::uint64_t servings = 0;  // that are still open
};

class KeyedRules {
 public:
  void take(const RecordKey& key, ByteView record);
  // What was found; damaged where some record was none.
  Result<KeyedFindings> finish();

 private:
  struct Subject {
    bool is_known = false;
    std::uint64_t last = 0;
    enum class Submitted : std::uint8_t { no, pending, accepted } submitted = Submitted::no;
    crypto::CaseId case_id;  // of the submission
    // Of an item: what was said of it last, by which act and, where it was not the submission, by which entry.
    crypto::Digest described_by;
    std::uint64_t described = 0;
    protocol::record::Described holds;
    std::vector<crypto::CaseId> shared;  // the further cases that it is in
  };
  struct Taken {
    crypto::Digest act;
    std::uint64_t first = 0;    // where the answer to its first item stands, or would
    std::vector<bool> granted;  // by place in the act
  };

  void wrong(std::uint64_t seq, std::string_view text) { found_.wrong.push_back({seq, std::string(text)}); }
  void check(const Subject& subject, const SubjectRecord& record);
  void check_description(const Subject& subject, const SubjectRecord& record);
  static void note(Subject& subject, const SubjectRecord& record);
  void take(Taken& act, bool is_new, const ActRecord& record);
  void take_served(const RecordKey& key, const ActRecord& record);
  void take(const RecordKey& key, const ServingRecord& record);
  void compare(const RecordKey& key, const RowRecord& row);

  KeyedFindings found_;
  bool damaged_ = false;
  std::unordered_map<RecordKey, Subject, crypto::FixedBytesHash> subjects_;
  std::unordered_map<RecordKey, Taken, crypto::FixedBytesHash> taken_;
  std::unordered_map<RecordKey, ServingRecord, crypto::FixedBytesHash> serving_;  // that none has closed yet
};

}  // namespace depone::policy
