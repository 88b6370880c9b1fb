// Retrieving what was named: portion by portion, on a few connections, every file whole and durable before it has its
// name; and telling of each item in order.
#pragma once

#include <boost/json/array.hpp>

#include "client/cli/cli.h"
#include "client/lib/lanes.h"
#include "client/lib/retriever.h"
#include "system/unfinished_file.h"

namespace depone::client::cli {

// What is asked of each item.
struct Asking {
  std::filesystem::path output;  // the folder to write into
  protocol::record::Use use = protocol::record::Use::internal;
  protocol::record::RetrievePrivate statement;
  bool manifest = false;  // alone, without content
  bool earlier = false;   // what the manifest said before too
  bool force = false;     // overwrites
};

class Retrieving {
 public:
  Retrieving(Context& context, Session& session, const Asking& asking)
      : context_(context),
        session_(session),
        asking_(asking) {}

  // Items of one case, each once.
  void add(const crypto::CaseId& case_id, std::span<const crypto::EvidenceId> items);
  // An error ends it: what was told of before, stands.
  Result<> run();

  std::size_t asked() const { return asked_; }
  std::size_t failed() const { return failed_; }
  const std::optional<Error>& last() const { return last_; }  // of the latest item that failed
  const boost::json::array& rows() const { return rows_; }    // one an item

 private:
  // Items that are asked for in one request.
  struct Portion {
    crypto::CaseId case_id;
    std::vector<crypto::EvidenceId> items;
  };
  // The content of an item that came inside the answer: checked and durable, and still without its name.
  struct Content {
    std::filesystem::path path;
    system::UnfinishedFile file;
  };
  struct Answered {
    Retrieval retrieval;
    std::vector<std::optional<Result<Content>>> contents;  // of each item; nothing: its content is still to be fetched
    bool durable = false;                                  // contents, together
  };

  void run_lane(Session& session, Turns& turns);
  Result<Answered> ask(Session& session, const Portion& portion) const;
  Result<Content> open(Session& session, const Retrieval& retrieval, const RetrievedItem& item,
                       const Progress& progress) const;
  Result<> write_contents(Session& session, Answered& answered) const;
  Result<std::filesystem::path> name(Content& content, system::Durable durable) const;
  Result<> tell(Session& session, const Portion& portion, Result<Answered> answered);
  Result<> tell_item(Session& session, const RetrievedItem& item, const std::optional<std::filesystem::path>& path);
  void tell_failed(const std::string& who, const crypto::EvidenceId& item, const Error& error);

  Context& context_;
  Session& session_;
  const Asking& asking_;
  std::vector<Portion> portions_;
  std::size_t asked_ = 0;
  // Of who tells:
  boost::json::array rows_;
  std::size_t failed_ = 0;
  std::optional<Error> last_, ended_by_;
};

}  // namespace depone::client::cli
