#include "client/lib/deposit_batch.h"

#include "client/lib/line_pool.h"
#include "client/lib/receipt_file.h"
#include "protocol/api/bodies.h"
#include "protocol/record/ids.h"

namespace depone::client {

namespace api = protocol::api;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kLines = 16;
constexpr std::size_t kAnswerBytesMax = 1 << 20;

bool line_broke(const Error& error) {
  return error.code == ErrorCode::unreachable || error.code == ErrorCode::timed_out;
}

}  // namespace

DepositBatch::DepositBatch(Session& session, CaseTarget target, std::filesystem::path receipts,
                           const system::Clock& clock)
    : session_(session),
      target_(std::move(target)),
      receipts_(std::move(receipts)),
      clock_(clock) {}
DepositBatch::~DepositBatch() = default;

Result<> DepositBatch::add(std::size_t name, ItemDescription description, system::File& source, std::uint64_t size) {
  DEPONE_ASSIGN(auto submission, seal_inline(session_, target_, std::move(description), source, size, clock_));
  if (!lines_) lines_ = std::make_unique<LinePool>(session_, kLines);
  auto& one = under_way_.emplace_back(UnderWay{name, size, std::move(submission), {}});
  one.answer = lines_->post(submission_target(one.submission), api::kBytesType, one.submission.sealed, kAnswerBytesMax);
  return {};
}

std::vector<DepositBatch::Settled> DepositBatch::settle(std::size_t leave) {
  if (under_way_.size() <= leave) return {};
  std::vector<UnderWay> sent;
  std::vector<Result<transport::Answer>> answers;
  while (under_way_.size() > leave) {
    answers.push_back(under_way_.front().answer.get());
    sent.push_back(std::move(under_way_.front()));
    under_way_.pop_front();
  }
  // Once for all: the log is proved up to where it stands now, and the pin moves there. What is wrong with it, the
  // receipts will say each for itself.
  (void)session_.refresh();
  std::vector<Settled> settled;
  for (std::size_t i = 0; i < sent.size(); ++i) settled.push_back({sent[i].name, read(sent[i], answers[i])});
  keep(settled, sent);
  return settled;
}

Result<Deposit> DepositBatch::read(UnderWay& one, const Result<transport::Answer>& answer) {
  if (answer && answer->head.status < 400) return read_answer(session_, one.submission, answer->body);
  const auto error = answer ? session_.problem(answer->head, answer->body) : answer.error();
  // What is worth sending once more is sent on the session's own line, which is dialled again, as one alone would be.
  if (line_broke(error)) return send_again(session_, one.submission, target_.case_id, one.size);
  if (error.code == ErrorCode::refused)
    UnansweredSubmissions(session_.archive(), session_.identity())
        .forget(one.submission.opening.sha256, target_.case_id, one.size);
  return error;
}

// Receipts become durable side by side, which costs a disk little more than one; then the deposits are noted, and what
// was kept for sending it again is forgotten.
void DepositBatch::keep(std::span<Settled> settled, std::span<const UnderWay> sent) {
  const auto folder = system::make_folders(receipts_);
  std::vector<std::future<Result<>>> written(settled.size());
  const auto name_of = [](const Deposit& deposit) {
    return deposit.ref.empty() ? protocol::record::to_text(deposit.item) : deposit.ref;
  };
  for (std::size_t i = 0; i < settled.size(); ++i) {
    if (!settled[i].deposit) continue;
    if (!folder) {
      settled[i].deposit = folder.error();
      continue;
    }
    written[i] = lines_->run([this, &deposit = *settled[i].deposit, name = name_of(*settled[i].deposit)]() -> Result<> {
      DEPONE_TRY(keep_receipt(receipts_, name, deposit.receipt, system::Durable::yes));
      return {};
    });
  }
  std::vector<ArchiveProfile::DepositNote> notes;
  for (std::size_t i = 0; i < settled.size(); ++i) {
    if (!written[i].valid()) continue;
    if (const auto kept = written[i].get(); !kept)
      settled[i].deposit = kept.error();
    else
      notes.push_back({sent[i].submission.opening.sha256, sent[i].size, name_of(*settled[i].deposit)});
  }
  if (notes.empty()) return;
  const auto noted = session_.archive().note_deposits(session_.identity(), target_.case_id, notes);
  const UnansweredSubmissions unanswered(session_.archive(), session_.identity());
  for (std::size_t i = 0; i < settled.size(); ++i) {
    if (!settled[i].deposit) continue;
    if (!noted)
      settled[i].deposit = noted.error();
    else
      unanswered.forget(sent[i].submission.opening.sha256, target_.case_id, sent[i].size);
  }
}

}  // namespace depone::client
