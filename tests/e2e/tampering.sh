#!/usr/bin/env bash
# What somebody who has the disk, or even the database key, changes: each is found and named.
. "$(dirname "$0")/lib.sh"
: "${TAMPER:?the tamper program}"

found_archive
echo "a short testimony" > short.txt
head -c 300000 /dev/urandom > large.bin
d investigator submit short.txt --case NKPC --kind testimony --summary "a camp" --date 2014-03 --crime RS7.1.f \
  --sensitivity secret "${CONSENT[@]}" > /dev/null                                           # entry 6
d investigator submit large.bin --case NKPC --kind document "${CONSENT[@]}" > /dev/null      # entry 7
d lawyer retrieve NKPC-000001 -o out --purpose documentation --internal > /dev/null          # entries 8, 9
stop
cp -a "$ARCHIVE" earlier
start
d custodian member revoke investigator --reason left > /dev/null                             # entry 10
stop
"$DEPONED" verify "$ARCHIVE" > /dev/null || die "the untouched archive does not verify"

# found WHAT SAYS: verify on the copy finds it, and says this.
changed() { rm -rf copy; cp -a "$ARCHIVE" copy; }
found() { expect 6 "$2" "$DEPONED" verify copy; step "$1: $(grep -m1 WRONG said || tail -n1 said)"; }
refused_at_start() { expect 6 "$1" timeout 20 "$DEPONED" run copy; }

changed; flip "$(find copy/objects -type f)" 1000
found "a bit of an object" "was changed: its SHA-256"
changed; truncate -s -1 "$(find copy/objects -type f | head -n 1)"
found "an object cut" "it was cut or grew"
changed; rm "$(find copy/objects -type f | head -n 1)"
found "an object gone" "is missing"
changed; "$TAMPER" copy archive.key object 6
found "a bit of a small object" "object of entry 6"
changed; "$TAMPER" copy archive.key entry 6
found "a bit of an entry" "entry 6"
changed; "$TAMPER" copy archive.key act 6
found "a bit of an act" "entry 6 has another act"
changed; "$TAMPER" copy archive.key part 6
found "a bit of a part" "entry 6, part private does not match its commitment"
changed; "$TAMPER" copy archive.key tile 0
found "a bit of a tile" "does not hash to its leaf"
changed; "$TAMPER" copy archive.key sql "DELETE FROM release_shares WHERE item = 6"
found "a release share gone" "release share is missing"
changed; "$TAMPER" copy archive.key sql "UPDATE items SET kind = 1, object = zeroblob(32) WHERE item = 6"
found "a row of the catalogue" "entry 6, its row in items does not say what the act and its parts say: kind, object"

# row WHAT SAYS SQL: a changed row is found.
row() { changed; "$TAMPER" copy archive.key sql "PRAGMA foreign_keys=OFF; $3"; found "$1" "$2"; }
items="entry 6, its row in items does not say what the act and its parts say:"
row "a summary" "$items summary" "UPDATE items SET summary = 'nothing' WHERE item = 6"
row "a date" "$items date_from" "UPDATE items SET date_from = '1990' WHERE item = 6"
row "a sensitivity" "$items sensitivity" "UPDATE items SET sensitivity = 0 WHERE item = 6"
row "a citable number" "$items number" "UPDATE items SET number = 9 WHERE item = 6"
row "a submitter" "$items submitter" "UPDATE items SET submitter = 2 WHERE item = 6"
row "a crime" "$items codes" "UPDATE item_codes SET code = 'RS7.1.a' WHERE item = 6"
row "a crime gone" "$items codes" "DELETE FROM item_codes"
row "an item gone from the catalogue" "entry 6, its row in items is missing" "DELETE FROM items WHERE item = 6"
row "an item that nobody submitted" "items: row 99 is of an item that nobody submitted" \
  "INSERT INTO items SELECT 99, zeroblob(16), \"case\", submitter, epoch, 99, kind, sensitivity, zeroblob(32), bytes, 99, 99, 99, summary, date_from, date_to FROM items WHERE item = 6"
row "a kind that does not exist, an id that is none" "$items id, kind" "UPDATE items SET kind = 99, id = x'00' WHERE item = 6"
releases="entry 9, its row in releases does not say what the act and its parts say:"
row "the reader of a grant" "$releases reader" "UPDATE releases SET reader = 1"
row "the end of a grant" "$releases until" "UPDATE releases SET until = until + 86400000"
row "the item of a grant" "$releases item" "UPDATE releases SET item = 7"
row "the scope of a grant" "$releases scope" "UPDATE releases SET scope = 'manifest'"
row "a grant gone" "entry 9, its row in releases is missing" "DELETE FROM releases"
row "a grant that nobody asked for" "releases: row 7 is of a retrieval that was not granted" \
  "INSERT INTO releases SELECT 7, act, 7, reader, scope, until FROM releases"
row "a release share" "release share does not match" "UPDATE release_shares SET share = zeroblob(32) WHERE item = 6"
row "a sealed part" "entry 6, part secret does not match its commitment" \
  "UPDATE parts SET bytes = zeroblob(80) WHERE name = 'secret' AND act = (SELECT act FROM entries WHERE seq = 6)"
row "a part of nothing" "part more is no part of its act" \
  "INSERT INTO parts SELECT act, 'more', x'00' FROM entries WHERE seq = 6"
row "an act that may be taken again" "is marked as if it was not" "UPDATE acts SET taken = 0"
row "the id of an act" "entry 6, its row in acts does not say" "UPDATE acts SET id = zeroblob(16)"
row "a counter" "counts other items" "UPDATE cases SET items = 0"
row "the time of a checkpoint" "another time than its last entry" "UPDATE checkpoints SET at = at + 1 WHERE size = 7"
row "a tile of nothing" "tiles: row 1 0 is of no tree" "INSERT INTO tiles SELECT 1, number, hashes FROM tiles"
row "a checkpoint of nothing" "checkpoints: row 90 is of no tree" \
  "INSERT INTO checkpoints SELECT 90, at, root, note FROM checkpoints WHERE size = 11"
row "an act of nothing" "is named by no entry" \
  "INSERT INTO acts SELECT 90, zeroblob(32), actor, id, 0, envelope FROM acts WHERE act = 1"
row "a subject" "lacks a row of a subject" "DELETE FROM subjects WHERE subject = 1"
row "a serving" "serving: row 3 is of no serving" "INSERT INTO serving VALUES (3)"
row "the intake key" "intake is not the key" "UPDATE keys SET seed = zeroblob(32) WHERE name = 'intake'"
row "a trigger" "it holds a trigger 'later'" \
  "CREATE TRIGGER later AFTER INSERT ON members BEGIN DELETE FROM members WHERE member = 1; END"
refused_at_start "it holds a trigger 'later'"

step "an archive that goes on with its own log, signed with its own key"
changed; "$TAMPER" copy archive.key again 9
found "an act taken twice" "entry 11 took the same act as entry 9"
changed; "$TAMPER" copy archive.key again 6
found "an act of somebody who was revoked" "entry 11 accepted an act of somebody who was revoked before"
start copy
expect 6 "entry 11 accepted an act of somebody who was revoked before" d archivist audit
expect 6 "entry 11 took the same act as entry 6" d archivist audit
stop
changed; "$TAMPER" copy archive.key astray 9:7
found "an entry about another item than its act" "entry 11 is about another item or case than its act"

changed; "$TAMPER" copy archive.key roles 1
found "the roles of a member" "members"
refused_at_start "members"
changed; "$TAMPER" copy archive.key sql "UPDATE members SET revoked = NULL WHERE revoked IS NOT NULL"
found "a revocation undone" "members"
refused_at_start "members"
changed; "$TAMPER" copy archive.key sql "DELETE FROM entries WHERE seq = 10; DELETE FROM checkpoints WHERE size = 11"
found "the last entry gone" "earlier state"
refused_at_start "earlier state"

step "the database of before a revocation, put back while the daemon is down"
changed; cp earlier/archive.db* copy/
found "an earlier database" "earlier state"
refused_at_start "put back to an earlier state"

step "a page of the encrypted database"
changed; flip copy/archive.db 9000
expect 6 "NOT INTACT" "$DEPONED" verify copy

step "the checkpoint file gone, or of another archive"
changed; rm copy/checkpoints
refused_at_start "the checkpoint file cannot be used"
changed; echo AAAA > copy/checkpoints
refused_at_start "the checkpoint file cannot be used"

step "the wrong key"
head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' > other.key; echo >> other.key; chmod 600 other.key
expect 7 "not the one for this" "$DEPONED" verify "$ARCHIVE" --key-file other.key

step "receipts: every kind of change"
receipt=$ROOT/homes/investigator/depone/archives/nk/receipts/NKPC-000001.receipt.json
d investigator verify "$receipt" short.txt > /dev/null
for at in 30 200 700 1200 1500 2000 2500; do
  cp "$receipt" bad.json
  flip bad.json $at
  expect 6 "depone:" d investigator verify bad.json short.txt
done
jq -c '.opening.commitment_salt = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="' "$receipt" > bad.json
expect 6 "opening" d investigator verify bad.json short.txt
start
step "a log that was put back is noticed by those who saw more of it"
stop
d lawyer --address "127.0.0.1:$PORT" status > /dev/null 2>&1 || true
start; d lawyer status > /dev/null; stop
rm -rf copy; cp -a earlier copy
start copy
expect 6 "put back to an earlier state" d lawyer status
grep -q "ROLLBACK" daemon.log || die "the daemon was not told of the rollback"
stop
step "a running archive that says something else of a case, or of an item, than was signed"
changed
"$TAMPER" copy archive.key part 5
"$TAMPER" copy archive.key part 6
start copy
expect 6 "of the case NKPC is not what was signed" d lawyer case list
expect 6 "not what was signed" d lawyer show NKPC-000001
stop
echo "tampering: all found"
