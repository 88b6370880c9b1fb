// Of an item that its asker may not see nothing more is read than whose it is: what is read beyond that takes time, by
// which they could tell it from one that does not exist. What cannot be believed is told to the operator where it is
// read, so that the daemon's log shows what was.
#include <sstream>

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "tests/unit/net/running_archive.h"

namespace depone::tests {
namespace {

class HiddenItem : public RunningArchive {
 protected:
  HiddenItem() {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(said_)));
  }
  ~HiddenItem() override { spdlog::set_default_logger(before_); }

  // An item whose private part is not what was signed any more.
  crypto::EvidenceId damaged_item() {
    const auto item = submit(lawyer_);
    connection(store::Connection::Mode::read_write).execute("DELETE FROM parts WHERE name = 'private'");
    return item;
  }

  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::ostringstream said_;
};

TEST_F(HiddenItem, IsNotReadToRefuseItsRetrieval) {
  const auto item = damaged_item();
  EXPECT_TRUE(retrieve(outsider_, retrieval(outsider_, {item})).says(Reason::not_found));
  EXPECT_TRUE(retrieve(investigator_, retrieval(investigator_, {item})).says(Reason::not_found));
  EXPECT_EQ(said_.str(), "");
  EXPECT_TRUE(retrieve(lawyer_, retrieval(lawyer_, {item})).says(Reason::item_damaged));
  EXPECT_NE(said_.str().find("cannot be believed"), std::string::npos);
}

TEST_F(HiddenItem, CostsNoMoreThanOneThatIsNotThere) {
  auto db = connection(store::Connection::Mode::read_only);
  store::read_some_item(db);  // where there is none at all
  const auto item = submit(lawyer_);
  EXPECT_EQ(store::look_up_item(db, item).value().id, item);
  EXPECT_FALSE(store::look_up_item(db, crypto::random_fixed<crypto::EvidenceId>()));
}

}  // namespace
}  // namespace depone::tests
