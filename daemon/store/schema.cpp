#include "daemon/store/schema.h"

#include <fmt/format.h>

namespace depone::daemon::store {
namespace {

constexpr const char* kSchema = R"sql(
-- ledger ------------------------------------------------------------------------------------------------------------
CREATE TABLE keys (              -- what the daemon signs and opens with
  name  TEXT PRIMARY KEY,        -- log, tls, intake
  seed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE subjects (          -- what entries are about: items, cases, members
  subject  INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  last_seq INTEGER NOT NULL      -- the latest entry on it: `before` of the next
) STRICT;

CREATE TABLE acts (
  act      INTEGER PRIMARY KEY,
  hash     BLOB NOT NULL UNIQUE,
  actor    BLOB NOT NULL,
  id       BLOB NOT NULL,
  taken    INTEGER NOT NULL,     -- 1: some entry accepted it, or it is pending
  envelope BLOB NOT NULL
) STRICT;
CREATE INDEX acts_by_id ON acts (id);

CREATE TABLE parts (
  act   INTEGER NOT NULL REFERENCES acts,
  name  TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (act, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  seq     INTEGER PRIMARY KEY,
  act     INTEGER REFERENCES acts,
  subject INTEGER REFERENCES subjects,
  bytes   BLOB NOT NULL
) STRICT;
CREATE INDEX entries_by_act ON entries (act) WHERE act IS NOT NULL;

CREATE TABLE tiles (
  level  INTEGER NOT NULL,
  number INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY,
  at   INTEGER NOT NULL,         -- milliseconds since 1970
  root BLOB NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE TABLE release_shares (    -- one half of each item's key; deleting a row is erasure
  item  INTEGER PRIMARY KEY,
  share BLOB NOT NULL
) STRICT;

CREATE TABLE objects (           -- sealed objects up to 128 KiB
  item  INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

-- derived -----------------------------------------------------------------------------------------------------------
CREATE TABLE members (
  member   INTEGER PRIMARY KEY,  -- seq of the enrolment
  key_id   BLOB NOT NULL UNIQUE,
  roles    TEXT NOT NULL,
  card     BLOB NOT NULL,
  revoked  INTEGER               -- seq
) STRICT;

CREATE TABLE cases (
  "case"   INTEGER PRIMARY KEY,  -- seq of case.open
  id       BLOB NOT NULL UNIQUE,
  prefix   TEXT NOT NULL UNIQUE,
  items    INTEGER NOT NULL      -- how many numbers were given out
) STRICT;

CREATE TABLE grants (
  "case"  INTEGER NOT NULL REFERENCES cases,
  member  INTEGER NOT NULL REFERENCES members,
  epoch   INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  seq     INTEGER NOT NULL,
  PRIMARY KEY ("case", member, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE items (
  item        INTEGER PRIMARY KEY,  -- seq of evidence.submit
  id          BLOB NOT NULL UNIQUE,
  "case"      INTEGER NOT NULL REFERENCES cases,
  submitter   INTEGER NOT NULL REFERENCES members,
  epoch       INTEGER NOT NULL,
  number      INTEGER,              -- of the citable reference; nothing while pending
  kind        INTEGER NOT NULL,
  sensitivity INTEGER NOT NULL,
  object      BLOB NOT NULL UNIQUE, -- sha256 of the sealed object
  bytes       INTEGER NOT NULL,
  described   INTEGER NOT NULL,     -- seq of the entry that described it last: of its submission, at first
  said        INTEGER NOT NULL,     -- seq of the entry whose act has the private part that holds
  manifest    INTEGER NOT NULL,     -- likewise of the manifest
  summary     TEXT NOT NULL,        -- for finding only
  date_from   TEXT NOT NULL,
  date_to     TEXT NOT NULL
) STRICT;
CREATE INDEX items_by_case ON items ("case", item);
CREATE UNIQUE INDEX items_by_number ON items ("case", number) WHERE number IS NOT NULL;

CREATE TABLE shares (               -- further cases of items
  item   INTEGER NOT NULL REFERENCES items,
  "case" INTEGER NOT NULL REFERENCES cases,
  epoch  INTEGER NOT NULL,
  seq    INTEGER NOT NULL,          -- of evidence.share
  PRIMARY KEY (item, "case")
) STRICT, WITHOUT ROWID;
CREATE INDEX shares_by_case ON shares ("case", item);

CREATE TABLE item_codes (           -- crimes and recommendations, as they were given
  code TEXT NOT NULL,
  item INTEGER NOT NULL REFERENCES items,
  PRIMARY KEY (code, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE releases (             -- live grants to retrieve: one a retrieve entry
  seq    INTEGER PRIMARY KEY,
  act    INTEGER NOT NULL REFERENCES acts,
  item   INTEGER NOT NULL REFERENCES items,
  reader INTEGER NOT NULL REFERENCES members,
  scope  TEXT NOT NULL,
  until  INTEGER NOT NULL           -- milliseconds since 1970
) STRICT;
CREATE INDEX releases_by_act ON releases (act, item);

CREATE TABLE serving (              -- evidence.serve entries that no evidence.served has closed yet
  seq INTEGER PRIMARY KEY
) STRICT;
)sql";

}  // namespace

void create_schema(Connection& connection) {
  connection.execute(kSchema);
  connection.execute(fmt::format("PRAGMA user_version={}", kSchemaVersion).c_str());
}

Result<> check_schema(Connection& connection) {
  auto version = connection.prepare("PRAGMA user_version");
  version.step();
  if (version.integer(0) != kSchemaVersion) {
    return fail(ErrorCode::unsupported,
                fmt::format("this archive's database is of version {}, and this deponed knows version {}",
                            version.integer(0), kSchemaVersion));
  }
  // What would act by itself on what the daemon writes or reads. It never makes any.
  auto active = connection.prepare("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view')");
  if (!active.step()) return {};
  return fail(ErrorCode::damaged,
              fmt::format("somebody changed the database: it holds a {} '{}', which no deponed made", active.text(0),
                          active.text(1)));
}

}  // namespace depone::daemon::store
