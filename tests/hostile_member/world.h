// An archive full of people, made over the wire: each role in each standing to one case, items that one of them may see
// and another may not, grants that live and grants that ended. The two cases:
//   ALPHA  the keeper's; people read it, review it, or stand outside
//   BETA   the keeper's alone
#pragma once

#include "protocol/record/salted.h"
#include "tests/hostile_member/deposit.h"

namespace depone::hostile {

struct Item {
  crypto::EvidenceId id;
  std::string ref;  // empty: it is pending
  Bytes object;
  crypto::Digest act;  // its submission
};

// Somebody who asks.
struct Who {
  Peer peer;
  std::string role;      // a word of Role
  std::string standing;  // to ALPHA: reader, reviewer, recovery, outsider; revoked; stranger
  std::optional<Item> own;
  std::string upload;  // an unfinished one of theirs, by its id
  // Retrieve acts of theirs that were granted, as hex.
  std::string own_grant, case_grant, manifest_grant;
  bool connects() const { return standing != "revoked" && standing != "stranger"; }
};

class World {
 public:
  // The custodian's profile and key file: `depone init` made them.
  World(const std::filesystem::path& archive_card, const std::filesystem::path& home,
        const std::filesystem::path& key_file);

  Target target;
  protocol::record::Seen seen;
  std::unique_ptr<Peer> custodian, keeper, witness;  // witness: an archivist, who reads the log
  Peer* gone = nullptr;                              // the one of everybody who was revoked
  std::vector<std::unique_ptr<Who>> everybody;
  crypto::CaseId alpha = crypto::random_fixed<crypto::CaseId>(), beta = crypto::random_fixed<crypto::CaseId>();
  Item shared, foreign, pending;    // in ALPHA, in BETA, both the keeper's; in ALPHA, by somebody revoked since
  std::string keepers_grant;        // the keeper's, of `shared`
  std::string keepers_other_grant;  // the keeper's, of `foreign`
  std::string gone_grant;           // of somebody revoked since, of `shared`
  std::string keepers_upload;

  Who& find(std::string_view role, std::string_view standing);

  // --- signing and sending
  std::unique_ptr<Peer> new_peer(std::string name) const;
  template <class Body>
  protocol::record::Act sign(const Peer& who, const Body& body) const {
    return protocol::record::make_act(who.key(), target.card.genesis, seen, system::SystemClock().now(), body);
  }
  template <class Body>
  Heard act(Peer& who, const Body& body) const {
    const auto signed_act = sign(who, body);
    return who.send({{"act", view(signed_act.bytes)}});
  }
  // With one salted part, `private`, to which the body commits.
  template <class Body, class Private>
  Heard act(Peer& who, Body body, Private said) const {
    said.salt = crypto::random_fixed<crypto::Salt32>();
    const auto part = protocol::record::write_form(said);
    body.parts.add("private", protocol::record::salted_root(view(part)).value());
    const auto signed_act = sign(who, body);
    return who.send({{"act", view(signed_act.bytes)}, {"private", view(part)}});
  }
  Heard enrol(Peer& by, const Peer& whom, std::vector<protocol::record::Role> roles) const;
  Heard open_case(Peer& by, protocol::record::CaseOpen body) const;
  protocol::record::CaseOpen new_case(std::string prefix, std::vector<protocol::record::Grant> grants) const;
  Heard submit(Peer& courier, const Peer& signer, const Deposit& deposit, Object object = Object::inside,
               const std::string& upload = "") const;

  struct Asking {
    crypto::CaseId case_id;
    std::vector<crypto::EvidenceId> items;
    protocol::record::Scope scope = protocol::record::Scope::content;
    protocol::record::Use use = protocol::record::Use::internal;
    std::string purpose = "documentation";
  };
  struct SignedAsking {
    protocol::record::Act act;
    Bytes statement;
    std::string hash;
  };
  SignedAsking sign(const Peer& who, const Asking& asking) const;
  Heard retrieve(Peer& who, const Asking& asking) const;

  Item submit_new(Peer& courier, const Peer& signer, const crypto::CaseId& case_id) const;
  std::string new_upload(Peer& who, std::size_t bytes) const;  // its id
  void look_again();                                           // `seen` becomes the log as it is
  std::uint64_t log_size() const;
  std::vector<protocol::record::Entry> entries(std::uint64_t from, std::uint64_t to) const;

 private:
  void enrol_everybody();
  void open_cases();
  void deposit();
  void ask_for_grants();
  std::string grant(Peer& who, const Asking& asking) const;
};

// Throws where the answer is not this: the world could not be made.
void must(const Heard& heard, unsigned status, std::string_view what);
protocol::record::Grant grant_to(const Peer& whom, protocol::record::GrantAs as);
std::string hex(const crypto::Digest& digest);

}  // namespace depone::hostile
