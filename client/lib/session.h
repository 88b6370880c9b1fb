// A session with an archive: one connection, and what is believed of its log. Nothing that the archive says is believed
// unless the log proves it: each checkpoint must be consistent with the pinned one, each receipt must verify, and the
// roster is rebuilt from its chain back to genesis. Blocking; one thread.
#pragma once

#include <map>

#include "client/lib/identity.h"
#include "client/lib/profile.h"
#include "policy/roster.h"
#include "protocol/record/frame.h"
#include "protocol/transport/client.h"

namespace depone::client {

class Session {
 public:
  // Connects, verifies the latest checkpoint against the pin, and moves the pin. unreachable, refused (not enrolled),
  // damaged (another server, a forked log), rolled_back. `address` replaces the card's.
  static Result<Session> open(const ArchiveProfile& archive, const Identity& identity, const std::string& address = "");

  const ArchiveProfile& archive() const { return archive_; }
  const Identity& identity() const { return identity_; }
  const protocol::record::Seen& seen() const { return seen_; }
  // Looks at the log again, so that a following act is fresh.
  Result<> refresh();

  // The roster, as the log proves it. `attested`: with a fresh entry of our own that points at its latest change, for
  // whoever is about to seal a secret to somebody.
  Result<const policy::Roster*> roster(bool attested = false);

  // The verified act of an entry of the roster chain: case.open, case.grant. After roster().
  Result<protocol::record::Act> roster_act(std::uint64_t seq) const;

  // --- calls. An answer of 400 or more is an Error: refused, with the archive's sentence, its code and entry.
  Result<Bytes> get(const std::string& target, std::size_t bytes_max,
                    std::vector<protocol::transport::Field> fields = {});
  Result<Bytes> post(const std::string& target, std::string_view type, ByteView body, std::size_t bytes_max);
  // An act and its parts; the receipts, verified.
  Result<std::vector<protocol::record::VerifiedReceipt>> act(const protocol::record::Act& act, const Bytes& frame);

  // For bodies that stream. `raw` must be left with its answer read to the end.
  protocol::transport::Client& raw() { return client_; }
  // What an answer of 400 or more says, as an Error. Reads its body.
  Error problem(const protocol::transport::ResponseHead& head);
  std::string last_code() const { return last_code_; }  // of the latest problem document

  // A receipt whose checkpoint is consistent with the pin, and whose act is signed by its actor as enrolled.
  Result<protocol::record::VerifiedReceipt> verify(
      const protocol::record::Receipt& receipt,
      protocol::record::WithheldAct withheld = protocol::record::WithheldAct::refuse);

 private:
  Session(const ArchiveProfile& archive, const Identity& identity, protocol::transport::ChannelKey channel,
          protocol::transport::Client client)
      : archive_(archive),
        identity_(identity),
        channel_(std::move(channel)),
        client_(std::move(client)) {}
  Result<> reconnect_if_needed();
  Result<> begin(const std::string& address);
  Result<> believe(const std::string& checkpoint_note);
  Result<std::vector<crypto::Digest>> consistency(std::uint64_t from, std::uint64_t to);
  Result<> load_roster();
  Result<> replay(ByteView pieces_stream, std::optional<protocol::record::Receipt>& attested);

  ArchiveProfile archive_;
  const Identity& identity_;
  protocol::transport::ChannelKey channel_;
  protocol::transport::Client client_;
  protocol::transport::Address address_;
  crypto::log::Checkpoint head_;
  protocol::record::Seen seen_;
  std::optional<policy::Roster> roster_;
  std::map<std::uint64_t, protocol::record::Act> case_acts_;  // of the roster chain, by entry
  std::map<std::uint64_t, crypto::Digest> consistent_;  // sizes of checkpoints that were shown to belong to this log
  std::string last_code_;
};

}  // namespace depone::client
