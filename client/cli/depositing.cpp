#include "client/cli/depositing.h"

#include <algorithm>

#include <fmt/format.h>

#include "client/cli/output.h"
#include "client/lib/file_digest.h"
#include "client/lib/receipt_file.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

// Whether it makes sense to go on with the next file after this.
bool stops_all(ErrorCode code) {
  return code == ErrorCode::unreachable || code == ErrorCode::timed_out || code == ErrorCode::damaged ||
         code == ErrorCode::rolled_back;
}

// What a receipt is filed under, and a deposit noted as.
std::string name_of(const Deposit& deposit) { return deposit.ref.empty() ? to_text(deposit.item) : deposit.ref; }

}  // namespace

// Files are hashed beforehand only where another of the same size is known, or in this very command.
Result<std::vector<Depositing::Known>> Depositing::look(const std::vector<Planned>& planned) const {
  std::vector<Known> out(planned.size());
  if (again_) return out;
  std::map<std::uint64_t, std::size_t> sizes;
  for (const auto& one : planned) ++sizes[one.file.size];
  const auto unanswered = unanswered_.sizes();
  std::map<crypto::Digest, std::size_t> first;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    const auto size = planned[i].file.size;
    const bool sent = unanswered.contains(std::to_string(size));
    if (!sent && sizes[size] == 1 && !deposits_->any_of_size(size)) continue;
    auto file = system::File::open(planned[i].file.path);
    if (!file) continue;  // said where it is opened to be sent
    DEPONE_ASSIGN(const auto digest, digest_of(*file));
    out[i].item = deposits_->find(digest, target_.case_id).value_or("");
    if (!out[i].item.empty()) continue;
    if (const auto [earlier, is_new] = first.try_emplace(digest, i); !is_new) {
      out[i].same_as = earlier->second;
    } else if (sent) {
      DEPONE_ASSIGN(out[i].unanswered, unanswered_.find(digest, target_.case_id, size));
    }
  }
  return out;
}

Result<> Depositing::run(std::vector<Planned>& planned) {
  DEPONE_ASSIGN(auto deposits, Deposits::read(session_.archive(), session_.identity()));
  deposits_.emplace(std::move(deposits));
  unanswered_.forget_deposited(*deposits_);
  DEPONE_ASSIGN(const auto known, look(planned));
  std::vector<std::size_t> small, others;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    if (!known[i].item.empty())
      tell_already(planned, i, known[i].item);
    else if (known[i].nothing() && rides_inside(planned[i].file.size))
      small.push_back(i);
    else if (!known[i].same_as)
      others.push_back(i);
  }
  if (small.size() == 1) others.insert(others.begin(), small.front());
  if (small.size() > 1) DEPONE_TRY(deposit_together(planned, small));
  for (const auto i : others) {
    if (stopped_) break;
    auto done = deposit_one(planned[i], known[i]);
    if (done) {
      const auto size = planned[i].file.size;
      if (const auto kept = keep({&*done, 1}, {&size, 1}); !kept) done = kept.error();
    }
    tell(planned, i, done);
  }
  unanswered_.forget_deposited(*deposits_);
  for (std::size_t i = 0; i < planned.size(); ++i) {
    const auto first = known[i].same_as ? items_.find(*known[i].same_as) : items_.end();
    if (first != items_.end()) tell_already(planned, i, first->second);
  }
  failed_ = planned.size() - static_cast<std::size_t>(std::ranges::count_if(
                                 rows_, [](const auto& row) { return !row.second.contains("error"); }));
  return {};
}

Result<Deposit> Depositing::deposit_one(Planned& one, const Known& known) {
  if (known.unanswered) {
    auto again = send_again(session_, *known.unanswered, target_.case_id, one.file.size);
    if (again || again.error().code != ErrorCode::refused) return again;
  }
  DEPONE_ASSIGN(auto source, system::File::open(one.file.path));
  ProgressLine line(one.file.name, one.file.size);
  return submit(session_, target_, std::move(one.description), source, one.file.size, context_.clock,
                [&](std::uint64_t done) { line.show(done); });
}

Result<> Depositing::deposit_together(std::vector<Planned>& planned, const std::vector<std::size_t>& small) {
  std::vector<SmallFile> files;
  for (const auto i : small)
    files.push_back({planned[i].file.path, planned[i].file.size, std::move(planned[i].description)});
  return submit_together(session_.archive(), session_.identity(), context_.address, target_, files, context_.clock,
                         [&](std::span<Sent> sent) { return take_sent(planned, small, sent); });
}

bool Depositing::take_sent(const std::vector<Planned>& planned, const std::vector<std::size_t>& small,
                           std::span<Sent> sent) {
  std::vector<Deposit> deposits;
  std::vector<std::uint64_t> sizes;
  for (const auto& one : sent) {
    if (!one.deposit) continue;
    deposits.push_back(*one.deposit);
    sizes.push_back(planned[small[one.file]].file.size);
  }
  const auto kept = keep(deposits, sizes);
  for (auto& one : sent) {
    if (one.deposit && !kept) one.deposit = kept.error();
    tell(planned, small[one.file], one.deposit);
  }
  return !stopped_;
}

Result<> Depositing::keep(std::span<const Deposit> deposits, std::span<const std::uint64_t> sizes) {
  if (deposits.empty()) return {};
  DEPONE_TRY(system::make_folders(receipts_));
  const auto durable = deposits.size() == 1 ? system::Durable::yes : system::Durable::no;
  std::vector<NewDeposit> noted;
  for (std::size_t i = 0; i < deposits.size(); ++i) {
    const auto& deposit = deposits[i];
    DEPONE_TRY(keep_receipt(receipts_, name_of(deposit), deposit.receipt, durable));
    noted.push_back({deposit.receipt.opening->sha256, sizes[i], target_.case_id, name_of(deposit)});
  }
  if (durable == system::Durable::no) system::sync_filesystem_of(receipts_);
  DEPONE_TRY(deposits_->note(noted));
  return {};
}

void Depositing::tell(const std::vector<Planned>& planned, std::size_t index, const Result<Deposit>& done) {
  const auto& file = planned[index].file;
  boost::json::object row{{"file", file.path.string()}};
  if (!done) {
    last_ = done.error();
    stopped_ = stopped_ || stops_all(last_->code);
    row["error"] = done.error().detail;
    if (!context_.json) fmt::print(stderr, "depone: {}: {}\n", safe(file.name), safe(done.error().detail));
  } else {
    items_[index] = name_of(*done);
    row["item"] = to_text(done->item);
    row["ref"] = done->ref;
    row["outcome"] = word(done->outcome);
    row["entry"] = done->verified.entry.seq;
    row["sha256"] = crypto::to_hex(done->receipt.opening->sha256.span());
    if (!context_.json && done->outcome == Outcome::pending)
      fmt::print("{:<14} {}  pending: a custodian must admit it\n", to_text(done->item), safe(file.name));
    else if (!context_.json)
      fmt::print("{} {}  {}  entry {}\n", bold(fmt::format("{:<14}", done->ref)), safe(file.name), to_text(done->item),
                 done->verified.entry.seq);
  }
  rows_[index] = std::move(row);
}

void Depositing::tell_already(const std::vector<Planned>& planned, std::size_t index, const std::string& item) {
  const auto& file = planned[index].file;
  rows_[index] = {{"file", file.path.string()}, {"already", item}};
  if (!context_.json)
    fmt::print("{:<14} {}  (these bytes are deposited already; --again deposits them once more)\n", item,
               safe(file.name));
}

boost::json::array Depositing::rows() const {
  boost::json::array out;
  for (const auto& [index, row] : rows_) out.push_back(row);
  return out;
}

}  // namespace depone::client::cli
