// Depositing what was planned: passes over what is deposited already, sends small files together and large ones one by
// one, keeps every receipt before it says so, and tells what became of each.
#pragma once

#include <boost/json/array.hpp>

#include "client/cli/cli.h"
#include "client/cli/gather.h"
#include "client/lib/deposits.h"
#include "client/lib/together.h"

namespace depone::client::cli {

struct Planned {
  GatheredFile file;
  ItemDescription description;
};

class Depositing {
 public:
  // `receipts`: the folder for them. `again`: deposits bytes once more that were deposited before.
  Depositing(Context& context, Session& session, CaseTarget target, std::filesystem::path receipts, bool again)
      : context_(context),
        session_(session),
        target_(std::move(target)),
        receipts_(std::move(receipts)),
        again_(again),
        unanswered_(session.archive(), session.identity()) {}

  Result<> run(std::vector<Planned>& planned);

  std::size_t failed() const { return failed_; }
  const std::optional<Error>& last() const { return last_; }  // of the latest file that was not deposited
  boost::json::array rows() const;                            // one a file that something became of, in order

 private:
  // What is known of a file's bytes before it is sent.
  struct Known {
    std::string item;                      // deposited: its number or id
    std::optional<Unanswered> unanswered;  // sent, and no answer came
    std::optional<std::size_t> same_as;    // an earlier file of this command
    bool nothing() const { return item.empty() && !unanswered && !same_as; }
  };
  Result<std::vector<Known>> look(const std::vector<Planned>& planned) const;
  Result<> deposit_together(std::vector<Planned>& planned, const std::vector<std::size_t>& small);
  bool take_sent(const std::vector<Planned>& planned, const std::vector<std::size_t>& small, std::span<Sent> sent);
  Result<Deposit> deposit_one(Planned& one, const Known& known);
  // Makes receipts durable together, then notes the deposits. What was kept of their submissions goes at the end of it
  // all: ext4 looks long for room for a new file while many were removed in the last seconds.
  Result<> keep(std::span<const Deposit> deposits, std::span<const std::uint64_t> sizes);
  void tell(const std::vector<Planned>& planned, std::size_t file, const Result<Deposit>& done);
  void tell_already(const std::vector<Planned>& planned, std::size_t file, const std::string& item);

  Context& context_;
  Session& session_;
  CaseTarget target_;
  std::filesystem::path receipts_;
  bool again_;
  UnansweredSubmissions unanswered_;
  std::optional<Deposits> deposits_;
  std::map<std::size_t, std::string> items_;  // what files of this command were deposited as
  std::map<std::size_t, boost::json::object> rows_;
  std::size_t failed_ = 0;
  std::optional<Error> last_;
  bool stopped_ = false;
};

}  // namespace depone::client::cli
