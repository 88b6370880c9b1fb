#!/usr/bin/env bash
# What somebody who has the disk, or even the database key, changes: each is found and named.
. "$(dirname "$0")/lib.sh"
: "${TAMPER:?the tamper program}"

found_archive
echo "a short testimony" > short.txt
head -c 300000 /dev/urandom > large.bin
d investigator submit short.txt --case NKPC --kind testimony "${CONSENT[@]}" > /dev/null     # entry 6
d investigator submit large.bin --case NKPC --kind document "${CONSENT[@]}" > /dev/null      # entry 7
stop
cp -a "$ARCHIVE" earlier
start
d custodian member revoke investigator --reason left > /dev/null                             # entry 8
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
found "a row of the catalogue" "items table"
changed; "$TAMPER" copy archive.key roles 1
found "the roles of a member" "members"
refused_at_start "members"
changed; "$TAMPER" copy archive.key sql "UPDATE members SET revoked = NULL WHERE revoked IS NOT NULL"
found "a revocation undone" "members"
refused_at_start "members"
changed; "$TAMPER" copy archive.key sql "DELETE FROM entries WHERE seq = 8; DELETE FROM checkpoints WHERE size = 9"
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
echo "tampering: all found"
