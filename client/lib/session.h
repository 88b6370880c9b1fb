// A session with an archive: one connection, and what is believed of its log. Nothing that the archive says is believed
// unless the log proves it: each checkpoint must be consistent with the pinned one, each receipt must verify, and the
// roster is rebuilt from its chain back to genesis. Blocking; one thread.
#pragma once

#include <map>

#include "client/lib/identity.h"
#include "client/lib/pinned_log.h"
#include "policy/roster.h"
#include "protocol/record/frame.h"
#include "protocol/transport/client.h"

namespace depone::client {

class Session final : private ProofSource {
 public:
  // Connects, verifies the latest checkpoint against the pin, and moves the pin. unreachable, refused (not enrolled),
  // damaged (another server, a forked log), rolled_back. `address` replaces the card's.
  static Result<Session> open(const ArchiveProfile& archive, const Identity& identity, const std::string& address = "",
                              protocol::transport::ClientLimits limits = {});

  const ArchiveProfile& archive() const { return archive_; }
  const Identity& identity() const { return identity_; }
  const protocol::record::Seen& seen() const { return log_.seen(); }
  // Looks at the log again, so that a following act is fresh.
  Result<> refresh();

  // Whether the log that has `later` had `earlier` before. Errors: the archive gave no proof of either.
  Result<bool> grew_from(const protocol::record::Seen& earlier, const protocol::record::Seen& later);

  // The roster, as the log proves it. `attested`: with a fresh entry of our own that points at its latest change, for
  // whoever is about to seal a secret to somebody.
  Result<const policy::Roster*> roster(bool attested = false);

  // The verified act of an entry of the roster chain: case.open, case.grant. After roster().
  Result<protocol::record::Act> roster_act(std::uint64_t seq) const;

  // --- calls. An answer of 400 or more is an Error: refused, with the archive's sentence, its code and entry. One that
  // says to come later is waited for, a few times; then it is `unreachable`.
  Result<Bytes> get(const std::string& target, std::size_t bytes_max,
                    std::vector<protocol::transport::Field> fields = {});
  Result<Bytes> post(const std::string& target, std::string_view type, ByteView body, std::size_t bytes_max);
  // An act and its parts; the receipts, verified.
  Result<std::vector<protocol::record::VerifiedReceipt>> act(const protocol::record::Act& act, const Bytes& frame);

  // The connection, for bodies that stream; dialled again where the last exchange left it unusable.
  Result<protocol::transport::Client*> connection();
  // What an answer of 400 or more says, as an Error. Reads its body.
  Error problem(const protocol::transport::ResponseHead& head);

  // A receipt that the log proves (consistent with the pin), and whose act is signed by its actor, who was enrolled by
  // then, and says what the entry says. Fetches what is new of the roster where the actor is not known yet. damaged.
  // An act may be withheld, where that is accepted, only of a retrieval from a case that we do not read.
  Result<protocol::record::VerifiedReceipt> verify(
      const protocol::record::Receipt& receipt,
      protocol::record::WithheldAct withheld = protocol::record::WithheldAct::refuse);
  // The same of an act that we signed ourselves, by the hash of its bytes: its signature is our own.
  Result<protocol::record::VerifiedReceipt> verify_own(const protocol::record::Receipt& receipt,
                                                       const crypto::Digest& act);
  // One of the receipts of an act of our own, which is known to be right: what is left is that the log holds its entry.
  // The act is not read again, nor put into the answer.
  Result<protocol::record::VerifiedReceipt> verify_own(const protocol::record::Receipt& receipt,
                                                       const protocol::record::Act& act);

 private:
  Session(const ArchiveProfile& archive, const Identity& identity, protocol::transport::ChannelKey channel,
          protocol::transport::Client client, protocol::transport::ClientLimits limits, PinnedLog log)
      : archive_(archive),
        identity_(identity),
        channel_(std::move(channel)),
        client_(std::move(client)),
        limits_(limits),
        log_(std::move(log)) {}
  Error problem(const protocol::transport::ResponseHead& head, ByteView body);
  Result<std::vector<crypto::Digest>> consistency(std::uint64_t from, std::uint64_t to) override;
  // That the log holds it, and that it says what its act says, or needs none; the signature is still to be checked.
  Result<protocol::record::VerifiedReceipt> prove(
      const protocol::record::Receipt& receipt,
      protocol::record::WithheldAct withheld = protocol::record::WithheldAct::refuse);
  Result<> load_roster();
  // `proved`: these receipts were proved when the profile took them, and the log has not lost them since.
  enum class Receipts { proved, to_prove };
  Result<> replay(ByteView pieces_stream, Receipts receipts, std::optional<protocol::record::Receipt>& attested);
  Result<> keep_roster(ByteView news);

  ArchiveProfile archive_;
  const Identity& identity_;
  protocol::transport::ChannelKey channel_;
  protocol::transport::Client client_;
  protocol::transport::ClientLimits limits_;
  protocol::transport::Address address_;
  PinnedLog log_;
  std::optional<policy::Roster> roster_;
  std::uint64_t roster_bytes_ = 0;                            // of the roster that the profile held when it was read
  std::map<std::uint64_t, protocol::record::Act> case_acts_;  // of the roster chain, by entry
  std::string last_code_;                                     // of the latest problem document
};

}  // namespace depone::client
