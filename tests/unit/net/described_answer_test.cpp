#include "tests/unit/net/running_archive.h"

namespace depone::daemon::net {
namespace {

using namespace protocol::record;

class DescribedAnswer : public tests::RunningArchive {
 protected:
  crypto::Digest describe(const crypto::EvidenceId& item, const crypto::Digest& supersedes) {
    EvidenceDescribe body;
    body.item = item;
    body.supersedes = supersedes;
    body.manifest_commitment.emplace();
    body.parts.add("manifest", crypto::sha256(view("described")));
    auto signed_act = act(lawyer_, body);
    const auto hash = signed_act.hash;
    const auto recorded =
        write(ledger::DescribeCommand{std::move(signed_act), body, {{"manifest", to_bytes(view("described"))}}, {}});
    EXPECT_EQ(recorded.entries.at(0).outcome, Outcome::accepted);
    return hash;
  }
  // The pieces of one item's answer that say what holds of it, and what its receipt says.
  struct Answered {
    std::optional<std::uint64_t> sworn, described;
    Bytes manifest;
  };
  Answered answered(const Act& act) {
    const auto answer = retrieve(lawyer_, act);
    EXPECT_EQ(answer.status, 200u) << answer.text();
    Answered out;
    FrameReader reader;
    for (ByteView rest = answer.body; !rest.empty();) {
      rest = rest.subspan(reader.feed(rest).value());
      const auto piece = reader.next();
      if (!piece) continue;
      if (piece->first == "manifest") out.manifest = piece->second;
      if (piece->first == "described") out.described = entry_in(piece->second).seq;
      if (piece->first == "receipt") out.sworn = facts_of<RetrieveFacts>(entry_in(piece->second)).value().described;
    }
    return out;
  }
  Entry entry_in(ByteView receipt) {
    return verify_receipt(parse_receipt(receipt).value(), ledger_->log_key()).value().entry;
  }
};

// The reader checks the one against the other: an answer that says more than its receipt looks like a lie.
TEST_F(DescribedAnswer, GivenAgainIsWhatItsReceiptSaysWhateverWasDescribedSince) {
  const auto item = submit(lawyer_);
  const auto deposit = *last_entry().act;
  const auto before = retrieval(lawyer_, {item});
  EXPECT_EQ(answered(before).described, std::nullopt);
  const auto once = describe(item, deposit);
  const auto first = size() - 1;
  for (const auto& answer : {answered(before), answered(before)}) {
    EXPECT_EQ(answer.sworn, std::nullopt);
    EXPECT_EQ(answer.described, std::nullopt);
    EXPECT_EQ(answer.manifest, Bytes{1});
  }
  const auto between = retrieval(lawyer_, {item});
  EXPECT_EQ(answered(between).described, first);
  describe(item, once);
  const auto again = answered(between);
  EXPECT_EQ(again.sworn, first);
  EXPECT_EQ(again.described, first);
  EXPECT_EQ(again.manifest, to_bytes(view("described")));
}

}  // namespace
}  // namespace depone::daemon::net
