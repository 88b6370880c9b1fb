// The roster: who is a member with which roles, which cases are open, who holds which grant. Rebuilt from the log
// alone, by the daemon at start and by every client that seals something for somebody; nothing else decides authority.
//
// A Roster is a value: the writer changes its own and publishes copies, so a shared one is never changed. Memory is a
// few hundred bytes a member, case or grant.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/record/act.h"
#include "protocol/record/bodies.h"
#include "protocol/record/card.h"
#include "protocol/record/entry.h"

namespace depone::policy {

struct Member {
  crypto::KeyId id;
  std::string handle;
  crypto::SignPublicKey sign;
  crypto::SealPublicKey seal;
  crypto::SignPublicKey channel;
  std::vector<protocol::record::Role> roles;
  crypto::Digest card;
  std::uint64_t enrolled_seq = 0;
  std::optional<std::uint64_t> revoked_seq;
  protocol::record::PartList parts;  // of the card

  bool in_standing() const { return !revoked_seq.has_value(); }
  bool has(protocol::record::Role role) const;
};

struct HeldGrant {
  crypto::KeyId member;
  std::uint32_t epoch = 1;
  protocol::record::GrantAs as{};
  std::uint64_t seq = 0;  // of the entry that gave it: case.open or case.grant
};

struct Case {
  crypto::CaseId id;
  std::string prefix;
  crypto::KeyId opener;
  std::vector<crypto::SealPublicKey> epochs;  // epoch n stands at n - 1
  std::vector<HeldGrant> grants;
  std::uint64_t opened_seq = 0;
  bool closed = false;

  std::uint32_t current_epoch() const { return static_cast<std::uint32_t>(epochs.size()); }
  const HeldGrant* grant_of(const crypto::KeyId& member, std::uint32_t epoch) const;
  bool is_reader(const crypto::KeyId& member) const;    // in any epoch
  bool is_reviewer(const crypto::KeyId& member) const;  // in any epoch
};

class Roster {
 public:
  // From entry 0 and the first custodian's card; damaged if the card is not the one that entry 0 names.
  static Result<Roster> begin(const protocol::record::Entry& entry0, const crypto::Digest& genesis,
                              const protocol::record::Card& custodian);

  const crypto::Digest& genesis() const { return genesis_; }
  const protocol::record::InitFacts& facts() const { return facts_; }
  crypto::KeyId daemon_id() const { return crypto::key_id(facts_.log); }
  std::uint64_t head() const { return head_; }  // seq of the last entry that changed this

  const Member* find(const crypto::KeyId& id) const;
  const Member* find_channel(const crypto::SignPublicKey& channel) const;
  const Case* find(const crypto::CaseId& id) const;
  const Case* find_prefix(std::string_view prefix) const;
  const std::map<crypto::KeyId, Member>& members() const { return members_; }
  const std::map<crypto::CaseId, Case>& cases() const { return cases_; }
  std::size_t custodians_in_standing() const;

  // What an accepted act changes. The act was decided before.
  void enrol(const protocol::record::Card& card, const protocol::record::MemberEnrol& body, std::uint64_t seq);
  void revoke(const protocol::record::MemberRevoke& body, std::uint64_t seq);
  void open(const protocol::record::CaseOpen& body, const crypto::KeyId& opener, std::uint64_t seq);
  void grant(const protocol::record::CaseGrant& body, std::uint64_t seq);

  // One link of the roster chain, believed only if it holds: the entry follows this roster's head, names this act, the
  // act is signed by a member in standing, and policy would have accepted it on this roster. `card` for an enrolment.
  // The caller has checked that the entry is in the log. damaged says which link does not hold.
  Result<> replay(const protocol::record::Entry& entry, const protocol::record::Act& act,
                  const protocol::record::Card* card);

 private:
  crypto::Digest genesis_;
  protocol::record::InitFacts facts_;
  std::map<crypto::KeyId, Member> members_;
  std::map<crypto::CaseId, Case> cases_;
  std::uint64_t head_ = 0;
};

}  // namespace depone::policy
