// A day of an archive: founded, started, people enrolled, a case opened, thirty submissions small and large, an upload
// left unfinished, retrievals, a refusal, a revocation, and a clean stop. What people are told goes into the trace.
// Who gets no answer, or an error, asks once more, as our client does; after that the day ends early.
#pragma once

#include "tests/faults/archive.h"
#include "tests/faults/trace.h"
#include "tests/hostile_member/deposit.h"

namespace depone::faults {

constexpr int kBelieved = 4;  // exit code: an answer followed a failed fsync

// Where an archive is, and who lives with it.
struct Place {
  daemon::Folder folder;
  std::string key_file;
  const People& people;
  JumpingClock& clock;
  Trace& trace;
  std::size_t jump_at = SIZE_MAX;  // before this request of the day
  std::chrono::hours jump{0};
};

// Requests of people to a running archive, and the trace of them.
class Callers {
 public:
  Callers(const Place& place, Archive& archive);

  Answer call(const tests::Person& who, std::string method, std::string target, Bytes body = {},
              std::vector<protocol::transport::Field> fields = {});
  // Throws GaveUp unless the first or second answer is a success.
  struct GaveUp {};
  Answer must(const tests::Person& who, const std::string& method, const std::string& target, const Bytes& body = {},
              const std::vector<protocol::transport::Field>& fields = {});

  protocol::record::Seen seen() const;
  template <class Body>
  protocol::record::Act sign(const tests::Person& who, const Body& body) const {
    return protocol::record::make_act(who.key, target_.card.genesis, seen(), system::SystemClock().now(), body);
  }
  const hostile::Target& target() const { return target_; }
  const People& people() const { return place_.people; }
  Trace& trace() { return place_.trace; }

  crypto::EvidenceId submit(const crypto::CaseId& case_id);        // one, inside
  void submit_batch(const crypto::CaseId& case_id, int count);     //
  crypto::EvidenceId submit_large(const crypto::CaseId& case_id);  // by an upload
  void leave_unfinished();
  // The act, as hex.
  std::string retrieve(const crypto::CaseId& case_id, const std::vector<crypto::EvidenceId>& items,
                       std::string recipient);
  void fetch(const crypto::EvidenceId& item, const std::string& act);
  void enrol(const tests::Person& who, protocol::record::Role role);
  crypto::CaseId open_case();
  void revoke(const tests::Person& who);

 private:
  std::string upload(ByteView bytes, std::size_t length);
  void note_receipts(const Answer& answer);

  const Place& place_;
  std::size_t calls_ = 0;
  Archive& archive_;
  hostile::Target target_;
};

// The whole day. True: to its end.
bool run_day(const Place& place);

}  // namespace depone::faults
