#include "daemon/ledger/create.h"

#include "crypto/log/tile.h"
#include "daemon/ledger/checkpoint_file.h"
#include "daemon/ledger/start.h"
#include "daemon/store/log_tables.h"
#include "daemon/store/roster_tables.h"
#include "daemon/store/schema.h"
#include "protocol/record/archive_card.h"

namespace depone::daemon::ledger {

using namespace protocol::record;
namespace log = crypto::log;

Result<Bytes> found_ledger(store::Connection& db, const std::filesystem::path& checkpoints, const Founding& founding,
                           TimePoint now) {
  if (!log::is_key_name(founding.origin) || founding.origin.size() > 200) {
    return fail(ErrorCode::input, "an origin is a name without spaces or '+', such as archive.example.org/nk");
  }
  if (founding.custodian.body().seal.suite != founding.suite) {
    return fail(ErrorCode::input, "the custodian's card is of another sealing suite than the archive is to have");
  }
  const auto log_seed = crypto::SigningSeed::random(), tls_seed = crypto::SigningSeed::random();
  const auto intake_seed = crypto::SealSeed::random();
  const crypto::SigningKey log_key(log_seed);
  InitFacts facts{founding.origin,
                  log_key.public_key(),
                  crypto::SigningKey(tls_seed).public_key(),
                  {},
                  founding.custodian.hash,
                  crypto::random_fixed<crypto::Salt32>()};
  DEPONE_ASSIGN(facts.intake, crypto::seal_public_key(founding.suite, intake_seed));

  Entry entry;
  entry.at = now;
  entry.type = kArchiveInit;
  entry.salt = crypto::random_fixed<crypto::Salt16>();
  entry.facts = raw_facts(facts);
  const std::string bytes = write_form(entry);
  DEPONE_ASSIGN(const auto roster, policy::Roster::begin(entry, log::leaf_hash(view(bytes)), founding.custodian));

  log::TreeEdge edge;
  edge.append(log::leaf_hash(view(bytes)));
  const log::Checkpoint checkpoint{founding.origin, 1, edge.root()};
  const auto note = log::sign_checkpoint(checkpoint, log_key);

  store::Transaction transaction(db);
  store::create_schema(db);
  store::insert_key(db, "log", log_seed.expose());
  store::insert_key(db, "tls", tls_seed.expose());
  store::insert_key(db, "intake", intake_seed.expose());
  store::insert_entry(db, 0, std::nullopt, std::nullopt, bytes);
  for (const auto& tile : edge.take_changed()) store::store_tile(db, tile);
  store::insert_checkpoint(db, {1, now, checkpoint.root, note});
  store::insert_member(db, roster.members().begin()->second, founding.custodian.envelope);
  transaction.commit();
  DEPONE_TRY(CheckpointFile::create(checkpoints, note));
  return write_archive_card(log_key, bytes, founding.custodian, note, founding.addresses, now);
}

Result<Bytes> archive_card(store::Connection& db, std::vector<std::string> addresses, TimePoint now) {
  const auto entry0 = store::entry_bytes(db, 0);
  const auto checkpoint = store::latest_checkpoint(db);
  auto query = db.prepare("SELECT card FROM members WHERE member = 0");
  if (!entry0 || !checkpoint || !query.step())
    return fail(ErrorCode::damaged, "the database lacks the archive's first entry");
  DEPONE_ASSIGN(const Card custodian, parse_card(query.bytes(0)));
  return write_archive_card(crypto::SigningKey(load_keys(db).log), *entry0, custodian, checkpoint->note,
                            std::move(addresses), now);
}

}  // namespace depone::daemon::ledger
