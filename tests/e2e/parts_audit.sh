#!/usr/bin/env bash
# An archivist compares every part that is shown to archivists with what its act commits to; and what an insider did to
# parts in the database is named.
. "$(dirname "$0")/lib.sh"

found_archive
mkdir batch
for i in $(seq 270); do echo "the letter $i" > batch/$i.txt; done
d investigator submit batch/* --case NKPC --kind document "${CONSENT[@]}" > /dev/null 2>&1
d lawyer retrieve NKPC-000001 NKPC-000002 -o out --purpose documentation --internal > /dev/null
STATE=$ROOT/homes/archivist/depone/archives/nk/audit-parts
entry_of() { d investigator show "$1" --json | jq -r .entry; }
audit() { d archivist audit "$@"; }
withheld() { jq -r '.withheld[] | "\(.count) \(.part)"' "$1" | paste -sd, ; }

step "intact: the sealed parts of each submission; what is not shown is said"
audit --parts --json > said
jq -e '.result == "intact" and .parts == 540 and .not_checked == ["objects", "withheld parts"]' said > /dev/null || die "$(cat said)"
[ "$(withheld said)" = "1 private of case.open,1 private of evidence.retrieve,270 private of evidence.submit" ] || die "withheld: $(withheld said)"
audit --parts --json | jq -e '.parts == 0 and .from > 270' > /dev/null || die "it checked again what it had checked"
expect 0 "checked 540 parts" audit --parts --again
expect 0 "not checked: private of evidence.submit (270), not shown to you" audit --parts --again
expect 0 "not checked: the parts of acts (--parts" audit
expect 2 "" audit --parts --objects
d archivist log --from 270 --most 1000 --json | grep -q '"what":"parts"' || die "reading was not written down"

step "a lawyer, who may not read the log, gets none of it; a custodian sees no part"
expect 4 "" d lawyer audit --parts
d custodian audit --parts --json > said
jq -e '.result == "intact" and .parts == 0 and (.withheld | length) == 5' said > /dev/null || die "$(cat said)"

step "killed on the way: it goes on from there"
mkdir more  # enough that an audit takes longer than it goes without remembering
for i in $(seq 3000); do echo "the note $i" > more/$i.txt; done
d investigator submit more --case NKPC --kind document "${CONSENT[@]}" > /dev/null 2>&1
for tries in $(seq 20); do
  rm -f "$STATE"
  XDG_DATA_HOME=$ROOT/homes/archivist "$DEPONE" audit --parts --again > /dev/null 2>&1 & pid=$!
  while kill -0 $pid 2> /dev/null && [ ! -e "$STATE" ]; do :; done
  kill -9 $pid 2> /dev/null || true
  wait $pid 2> /dev/null || true
  audit --parts --json > said
  jq -e '.result == "intact"' said > /dev/null || die "$(cat said)"
  resumed=$(jq -r 'if .from > 0 and .parts > 0 then .from else empty end' said)
  [ -z "$resumed" ] || break
done
[ -n "$resumed" ] || die "it began again each time, or was never killed in time"

step "signed before the last audit, taken after it: the archive proves what the signer had seen"
head -c 150000000 /dev/zero > huge.bin
receipts=homes/investigator/depone/archives/nk/receipts
for tries in $(seq 10); do
  d investigator submit huge.bin --case NKPC --kind document --again "${CONSENT[@]}" > deposited 2>&1 & pid=$!
  while kill -0 $pid 2> /dev/null && [ -z "$(ls -A "$ARCHIVE/uploads")" ]; do :; done
  d lawyer find --case NKPC > /dev/null
  ended=$(audit --json | jq .to)
  wait $pid || { cat deposited; die "it was not taken"; }
  seen=$(jq -r .act.payload "$receipts/$(grep -o '^NKPC-[0-9]*' deposited).receipt.json" | base64 -d | jq .seen.size)
  expect 0 "intact" audit
  [ "$seen" -ge "$ended" ] || break
done
[ "$seen" -lt "$ended" ] || die "it was taken before the audit each time"

step "an insider changes, exchanges and deletes parts: each is named"
one=$(entry_of NKPC-000001) two=$(entry_of NKPC-000002) three=$(entry_of NKPC-000003)
act_of() { echo "(SELECT act FROM entries WHERE seq = $1)"; }
stop
"$TAMPER" "$ARCHIVE" archive.key sql "UPDATE parts SET bytes = zeroblob(length(bytes)) WHERE name = 'manifest' AND act = $(act_of $one)"
"$TAMPER" "$ARCHIVE" archive.key sql "UPDATE parts SET bytes = (SELECT bytes FROM parts WHERE name = 'secret' AND act = $(act_of $one)) WHERE name = 'secret' AND act = $(act_of $two)"
"$TAMPER" "$ARCHIVE" archive.key sql "DELETE FROM parts WHERE name = 'private' AND act = $(act_of $three)"
start
expect 0 "intact" audit --parts  # from where it ended: only --again reads them once more
for tries in 1 2; do
  expect 6 "NOT INTACT" audit --parts --again
  grep -q "WRONG  entry $one, part manifest does not match its commitment" said || { cat said; die "the changed one is not named"; }
  grep -q "WRONG  entry $two, part secret does not match its commitment" said || { cat said; die "the exchanged one is not named"; }
  grep -q "WRONG  entry $three, part private is missing" said || { cat said; die "the deleted one is not named"; }
  [ "$(grep -c WRONG said)" = 3 ] || { cat said; die "more is wrong than what is"; }
done
expect 0 "intact" audit --again  # the log is

echo "parts_audit: all found"
