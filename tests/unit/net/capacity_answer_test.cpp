// What is answered, and written down, when a member asks too much or the disk has no room.
#include <gtest/gtest.h>

#include "tests/unit/net/running_archive.h"

namespace depone::tests {
namespace {

class CapacityAnswer : public RunningArchive {
 protected:
  void with_entries_a_minute(std::size_t entries) {
    capacity_limits_.entries_per_minute_per_member = entries;
    start({});
  }
  void with_a_full_disk() {
    storage_limits_.free_bytes_min = std::uint64_t{1} << 60;
    start({});
  }
  Answer send(const Person& by, const Act& act) {
    FrameWriter frame;
    frame.add("act", view(act.bytes));
    return ask(by, "POST", "/v1/acts", frame.take());
  }
  Bytes enrolment() {
    const Person fresh{"fresh"};
    const auto signed_act = act(custodian_, MemberEnrol{fresh.card.hash, {Role::analyst}});
    FrameWriter frame;
    frame.add("act", view(signed_act.bytes));
    frame.add("card", view(fresh.card.envelope));
    return frame.take();
  }
  Act revocation() { return act(custodian_, MemberRevoke{outsider_.id(), RevokeReason::left}); }
};

TEST_F(CapacityAnswer, WhoMakesTheLogGrowTooFastIsRefusedAndThatIsNotWrittenDown) {
  with_entries_a_minute(3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(lawyer_, "/v1/cases").status, 200u);
  const auto before = size();
  for (const char* target : {"/v1/cases", "/v1/items", "/v1/items/NKPC-000001", "/v1/items/NKPC-000001/history",
                             "/v1/roster?attest=1", "/v1/log/parts?from=0&to=1", "/v1/objects/NKPC-000001"}) {
    const auto answer = get(lawyer_, target);
    EXPECT_EQ(answer.status, 429u) << target;
    EXPECT_TRUE(answer.says(Reason::too_often)) << target;
  }
  for (const char* target : {"/v1/acts", "/v1/submissions", "/v1/submissions/batch"})
    EXPECT_EQ(ask(lawyer_, "POST", target, Bytes{1}).status, 429u) << target;
  EXPECT_EQ(size(), before);
}

TEST_F(CapacityAnswer, WhatWritesNothingAndWhatOthersDoGoesOn) {
  with_entries_a_minute(1);
  EXPECT_EQ(get(lawyer_, "/v1/cases").status, 200u);
  EXPECT_EQ(get(lawyer_, "/v1/cases").status, 429u);
  for (const char* target : {"/v1/status", "/v1/log/checkpoint", "/v1/roster?after=0", "/v1/cases/NKPC"})
    EXPECT_EQ(get(lawyer_, target).status, 200u) << target;
  EXPECT_EQ(get(outsider_, "/v1/cases").status, 200u);
}

TEST_F(CapacityAnswer, ARetrievalOfManyCountsAsMany) {
  const auto first = submit(investigator_), second = submit(investigator_);
  with_entries_a_minute(2);
  EXPECT_EQ(retrieve(lawyer_, retrieval(lawyer_, {first, second})).status, 200u);
  EXPECT_EQ(get(lawyer_, "/v1/cases").status, 429u);
}

TEST_F(CapacityAnswer, OnAFullDiskAnActIsRefusedOnceAndThatIsWrittenDown) {
  with_a_full_disk();
  const Bytes body = enrolment();
  const auto before = size();
  for (int i = 0; i < 2; ++i) {
    const auto answer = ask(custodian_, "POST", "/v1/acts", body);
    EXPECT_EQ(answer.status, 507u);
    EXPECT_TRUE(answer.says(Reason::storage_full));
    EXPECT_EQ(size(), before + 1);
  }
  EXPECT_EQ(last_entry().reason, code(Reason::storage_full));
  storage_limits_.free_bytes_min = 0;
  start({});
  EXPECT_EQ(ask(custodian_, "POST", "/v1/acts", body).status, 200u);
  with_a_full_disk();
  EXPECT_EQ(ask(custodian_, "POST", "/v1/acts", body).status, 200u);  // what was taken has its receipt
}

TEST_F(CapacityAnswer, WithoutTheReserveNoRefusalIsWrittenDown) {
  with_a_full_disk();
  EXPECT_TRUE(disk_->give_up_reserve());
  const auto before = size();
  EXPECT_EQ(ask(custodian_, "POST", "/v1/acts", enrolment()).status, 507u);
  EXPECT_EQ(size(), before);
}

TEST_F(CapacityAnswer, OnAFullDiskARevocationAndARetrievalGoOn) {
  const auto item = submit(investigator_);
  with_a_full_disk();
  EXPECT_EQ(retrieve(lawyer_, retrieval(lawyer_, {item})).status, 200u);
  EXPECT_EQ(get(lawyer_, "/v1/cases").status, 200u);
  EXPECT_EQ(send(custodian_, revocation()).status, 200u);
}

TEST_F(CapacityAnswer, OnAFullDiskNoUploadBegins) {
  with_a_full_disk();
  const auto answer =
      ask(investigator_, "POST", "/v1/uploads", {}, {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "9"}});
  EXPECT_EQ(answer.status, 507u);
  EXPECT_TRUE(answer.says(Reason::storage_full));
  EXPECT_EQ(uploads_->usage().count, 0u);
}

}  // namespace
}  // namespace depone::tests
