#!/usr/bin/env bash
# What somebody who has the database key changes of descriptions and shares: verification names each.
. "$(dirname "$0")/lib.sh"
: "${TAMPER:?the tamper program}"

found_archive
d custodian case open --prefix TORT --title "Torture" --reader lawyer --single-reader > /dev/null
echo "a testimony" > a.txt
echo "another" > b.txt
d investigator submit a.txt --case NKPC --kind testimony --summary "a gaurd" --date 2014 --crime RS7.1.f "${CONSENT[@]}" --json > submitted.json
submission=$(jq '.[0].entry' submitted.json)
d investigator submit b.txt --case NKPC --kind document "${CONSENT[@]}" > /dev/null
# entry_of COMMAND…: runs it as the lawyer, and says its entry.
entry_of() { d lawyer "$@" --json | jq .entry; }
first=$(entry_of describe NKPC-000001 --reason mistake --summary "a guard" --crime RS7.1.e)
d lawyer describe NKPC-000001 --reason more_known --title "with a title" > /dev/null
latest=$(entry_of describe NKPC-000001 --reason protection --sensitivity secret)
share=$(entry_of share NKPC-000001 --into TORT)
d lawyer retrieve NKPC-000001 -o out --purpose documentation --internal > /dev/null
stop
"$DEPONED" verify "$ARCHIVE" > /dev/null || die "the untouched archive does not verify"

# row WHAT SAYS SQL: a changed row is found, and named.
row() {
  rm -rf copy; cp -a "$ARCHIVE" copy
  "$TAMPER" copy archive.key sql "PRAGMA foreign_keys=OFF; $3"
  expect 6 "$2" "$DEPONED" verify copy
  step "$1: $(grep -m1 WRONG said || tail -n1 said)"
}
item="WHERE item = $submission"
items="entry $latest, its row in items does not say what the act and its parts say:"
row "where the private part stands" "$items said" "UPDATE items SET said = item $item"
row "where the manifest stands" "$items manifest" "UPDATE items SET manifest = item $item"
row "a sensitivity that was raised" "$items sensitivity" "UPDATE items SET sensitivity = 2 $item"
row "a summary that was corrected" "$items summary" "UPDATE items SET summary = 'a gaurd' $item"
row "a date" "$items date_from" "UPDATE items SET date_from = '2015' $item"
row "a crime that was corrected" "$items codes" "UPDATE item_codes SET code = 'RS7.1.f' $item"
row "the latest description" "items: row $submission does not name the latest description" "UPDATE items SET described = $first $item"
row "all of the row, as it was at first" "items: row $submission does not name the latest description" \
  "UPDATE items SET described = item, said = item, manifest = item, sensitivity = 2, summary = 'a gaurd' $item"
row "a description that never was" "items: row $submission does not name the latest description" "UPDATE items SET described = $share $item"
row "what a description said before" "entry $first, part private does not match its commitment" \
  "UPDATE parts SET bytes = x'7b7d' WHERE name = 'private' AND act = (SELECT act FROM entries WHERE seq = $first)"
row "what a description said before, gone" "entry $first, part private is missing" \
  "DELETE FROM parts WHERE name = 'private' AND act = (SELECT act FROM entries WHERE seq = $first)"
row "a share gone" "entry $share, its row in shares is missing" "DELETE FROM shares"
shares="entry $share, its row in shares does not say what the act and its parts say:"
row "the epoch of a share" "$shares epoch" "UPDATE shares SET epoch = 2"
row "the item of a share" "$shares item" "UPDATE shares SET item = item + 1"
row "the case of a share" "$shares case" "UPDATE shares SET \"case\" = (SELECT min(\"case\") FROM cases)"
row "the entry of a share" "shares: row $latest is of no share that was taken" "UPDATE shares SET seq = $latest"
row "a share that nobody signed" "shares: row 999 is of no share that was taken" "INSERT INTO shares SELECT item + 1, \"case\", epoch, 999 FROM shares"
row "a second row of one share" "entry $share, its row in shares stands more than once" "INSERT INTO shares SELECT item + 1, \"case\", epoch, seq FROM shares"
row "a secret that was shared" "entry $share, part secret does not match its commitment" \
  "UPDATE parts SET bytes = x'00' WHERE name = 'secret' AND act = (SELECT act FROM entries WHERE seq = $share)"

step "a running archive releases nothing on such a row"
rm -rf copy; cp -a "$ARCHIVE" copy
"$TAMPER" copy archive.key sql "UPDATE items SET described = item, said = item, manifest = item, sensitivity = 2 $item"
start copy
expect 1 "is not what was deposited" d lawyer retrieve NKPC-000001 -o not --purpose documentation --internal
stop
echo "tampered descriptions: all found"
