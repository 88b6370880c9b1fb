// The parts of acts as an archive gave them, piece by piece, against what the acts commit to. No network; `audit`
// brings the pieces. One of these an answer, and entries in their order.
#pragma once

#include <functional>

#include "client/lib/log_auditor.h"

namespace depone::client {

class PartAuditor {
 public:
  using Piece = std::pair<std::string, Bytes>;
  // The next piece of the answer, `end` being the last; an error where the line broke.
  using NextPiece = std::function<Result<Piece>()>;

  // The parts that `asker` may see, the archive has to show. What is referred to outlives this.
  PartAuditor(const policy::Roster& roster, const crypto::KeyId& asker, NextPiece next, AuditReport& report);

  // The parts of the next entry; `taken` is null where it took no act. damaged: the answer is not of its form. Where
  // the line broke, nothing is said of this entry.
  Result<> check(std::uint64_t seq, const TakenAct* taken);
  // Behind the last entry: the answer says no more.
  Result<> finish();

 private:
  Result<> look_ahead();
  Result<std::vector<Piece>> section(std::uint64_t seq);

  const policy::Roster& roster_;
  const policy::Member* asker_;
  NextPiece next_;
  AuditReport& report_;
  std::optional<Piece> ahead_;
};

}  // namespace depone::client
