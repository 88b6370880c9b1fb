// A log as a lying archive could write it: every entry can be changed before it is chained, every tree signed. Only the
// members' signatures are out of its reach. For tests of the audit.
#pragma once

#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "crypto/item_keys.h"
#include "crypto/log/tile.h"
#include "policy/roster.h"
#include "protocol/record/entry_of_act.h"
#include "tests/unit/people.h"

namespace depone::tests {

using namespace protocol::record;

struct ForgedLog {
  using Change = std::function<void(Entry&)>;
  struct Line {
    std::string entry;
    Bytes act;
  };

  Person custodian{"custodian"}, lawyer{"lawyer"}, archivist{"archivist"};
  crypto::CaseId case_id = crypto::random_fixed<crypto::CaseId>();
  std::vector<Line> lines;
  crypto::Digest genesis;
  std::optional<policy::Roster> roster;  // as the chain proves it

  // Founds the archive, enrols the lawyer and the archivist, and opens the case that the lawyer reads.
  ForgedLog() {
    Entry init;
    init.type = kArchiveInit;
    init.facts = raw_facts(InitFacts{"archive.example/nk",
                                     crypto::SigningKey(crypto::SigningSeed::random()).public_key(),
                                     crypto::SigningKey(crypto::SigningSeed::random()).public_key(),
                                     custodian.card.body().seal,
                                     custodian.card.hash,
                                     {}});
    const auto bytes = write_form(init);
    genesis = crypto::log::leaf_hash(view(bytes));
    roster = policy::Roster::begin(init, genesis, custodian.card).value();
    chain(init, {});
    enrol(lawyer, Role::lawyer);
    enrol(archivist, Role::archivist);
    open_case();
  }

  template <class Body>
  Act act(const Person& by, const Body& body) const {
    return make_act(by.key, genesis, Seen{1, genesis}, TimePoint{}, body);
  }

  // Writes the entry of an act, changed, and has the roster follow where `proved`.
  std::uint64_t write(const Act& act, const About& about, RawObject facts, const Change& change = {},
                      const Card* card = nullptr, bool proved = true) {
    Entry entry;
    entry.type = act.payload.type;
    entry.actor = act.payload.actor;
    entry.case_id = about.case_id;
    entry.subject = about.subject;
    entry.act = act.hash;
    entry.facts = std::move(facts);
    entry = chain(std::move(entry), to_bytes(act.bytes), change);
    if (proved && changes_roster(entry)) {
      EXPECT_TRUE(roster->replay(entry, act, card));
    }
    return entry.seq;
  }
  std::uint64_t enrol(const Person& who, Role role, const Change& change = {}, bool proved = true) {
    return write(act(custodian, MemberEnrol{who.card.hash, {role}}), about_member(who.id()), raw_facts(ActFacts{}),
                 change, &who.card, proved);
  }
  std::uint64_t revoke(const Person& who, const Change& change = {}, bool proved = true) {
    return write(act(custodian, MemberRevoke{who.id(), RevokeReason::left}), about_member(who.id()),
                 raw_facts(ActFacts{}), change, nullptr, proved);
  }
  std::uint64_t open_case() { return open_case(case_id, "NKPC"); }
  std::uint64_t open_case(const crypto::CaseId& id, const std::string& prefix) {
    CaseOpen body;
    body.case_id = id;
    body.prefix = prefix;
    body.key = lawyer.card.body().seal;
    body.grants = {{lawyer.id(), {1}, GrantAs::reader}};
    return write(act(custodian, body), about_case(id), raw_facts(ActFacts{}));
  }

  // --- items
  struct Submitted {
    crypto::EvidenceId item;
    Act act;
    std::uint64_t seq = 0;
  };
  EvidenceSubmit submission() const {
    EvidenceSubmit body;
    body.case_id = case_id;
    body.nonce = crypto::random_fixed<crypto::Nonce16>();
    body.object.format = "DEPONE-SEALED-v1";
    return body;
  }
  Submitted submit(const Act& act, std::uint64_t number, const Change& change = {}) {
    const auto body = body_of<EvidenceSubmit>(act).value();
    const auto item = crypto::item_id(genesis, act.payload.actor, body.nonce);
    const auto seq = write(act, about_item(body.case_id, item),
                           raw_facts(SubmitFacts{0, item_ref("NKPC", number), "current", std::nullopt}), change);
    return {item, act, seq};
  }
  Submitted submit(std::uint64_t number, const Change& change = {}) {
    return submit(act(lawyer, submission()), number, change);
  }
  // Describes an item of `case_id` by this body, and says that this holds after it.
  struct Said {
    Act act;
    std::uint64_t seq = 0;
  };
  Said describe(const EvidenceDescribe& body, const Described& holds, const Change& change = {}) {
    auto signed_act = act(lawyer, body);
    const auto seq = write(signed_act, about_item(case_id, body.item), raw_facts(DescribeFacts{0, holds}), change);
    return {std::move(signed_act), seq};
  }
  std::uint64_t share(const crypto::EvidenceId& item, const crypto::CaseId& into, const Change& change = {}) {
    EvidenceShare body{item, into, 1, {}};
    body.parts.add("secret", {});
    return write(act(lawyer, body), about_item(into, item), raw_facts(ActFacts{}), change);
  }
  Act retrieval(std::vector<crypto::EvidenceId> items, Scope scope = Scope::content) const {
    return act(lawyer, EvidenceRetrieve{case_id, std::move(items), scope, Use::internal, {}});
  }
  std::uint64_t grant(const Act& act, const crypto::EvidenceId& item, const Change& change = {}) {
    const auto body = body_of<EvidenceRetrieve>(act).value();
    return write(act, about_item(case_id, item),
                 raw_facts(RetrieveFacts{0, TimePoint{}, body.scope == Scope::content ? "get" : "none"}), change);
  }

  // --- what the archive writes of itself
  std::uint64_t serve(const Person& reader, const crypto::EvidenceId& item, const Act* act, const Change& change = {}) {
    return own(kEvidenceServe, reader, item, act, raw_facts(ServeFacts{"object", 0, 10}), change);
  }
  std::uint64_t served(const Person& reader, const crypto::EvidenceId& item, const Act* act, std::uint64_t serve,
                       std::uint64_t bytes = 10) {
    return own(kEvidenceServed, reader, item, act, raw_facts(ServedFacts{serve, bytes, "completed"}), {});
  }
  std::uint64_t own(std::string_view type, const Person& reader, const crypto::EvidenceId& item, const Act* act,
                    RawObject facts, const Change& change) {
    Entry entry;
    entry.type = type;
    entry.actor = reader.id();
    entry.case_id = case_id;
    entry.subject = subject_of(item);
    if (act != nullptr) entry.act = act->hash;
    entry.facts = std::move(facts);
    return chain(std::move(entry), act == nullptr ? Bytes{} : to_bytes(act->bytes), change).seq;
  }

  // Takes back what was written since there were so many lines; for what changes no roster.
  void cut(std::size_t size) {
    lines.resize(size);
    last_.clear();
    for (const auto& line : lines) {
      const auto entry = parse_entry(view(line.entry)).value();
      last_[entry.subject] = entry.seq;
    }
  }

  Seen head() const { return head(lines.size()); }
  Seen head(std::size_t size) const {  // as it was then
    crypto::log::TreeEdge edge;
    for (std::size_t i = 0; i < size; ++i) edge.append(crypto::log::leaf_hash(view(lines[i].entry)));
    return {edge.size(), edge.root()};
  }

 private:
  Entry chain(Entry entry, Bytes act, const Change& change = {}) {
    entry.seq = lines.size();
    if (!lines.empty()) entry.prev = crypto::log::leaf_hash(view(lines.back().entry));
    if (const auto known = last_.find(entry.subject); !entry.subject.empty() && known != last_.end())
      entry.before = known->second;
    if (!lines.empty()) entry.roster = change_;
    if (change) change(entry);
    last_[entry.subject] = entry.seq;
    if (changes_roster(entry)) change_ = entry.seq;
    lines.push_back({write_form(entry), std::move(act)});
    return entry;
  }

  std::map<std::string, std::uint64_t> last_;
  std::uint64_t change_ = 0;
};

}  // namespace depone::tests
