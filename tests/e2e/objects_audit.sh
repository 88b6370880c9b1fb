#!/usr/bin/env bash
# An archivist reads every sealed object over the wire, without any key, and every receipt of the profile.
. "$(dirname "$0")/lib.sh"

found_archive
for i in 1 2 3; do head -c $((i * 150000)) /dev/urandom > $i.bin; d investigator submit $i.bin --case NKPC --kind document "${CONSENT[@]}" > /dev/null 2>&1; done
echo "a short one" > short.txt
d investigator submit short.txt --case NKPC --kind document "${CONSENT[@]}" > /dev/null 2>&1
item() { d investigator show "$1" --json | jq -r "$2"; }
object() { local sha; sha=$(item "$1" .sealed_sha256); find "$ARCHIVE/objects" -name "$sha"; }
audit() { d archivist audit "$@"; }

step "intact: each object once, small ones too, and only new ones the next time"
audit --objects --json > said
jq -e '.result == "intact" and .objects == 4 and .object_bytes > 900000 and .not_checked == ["parts"]' said > /dev/null || die "$(cat said)"
audit --objects --json | jq -e '.objects == 0 and .from > 0' > /dev/null || die "it checked again what it had checked"
audit --objects --again --json | jq -e '.objects == 4 and .from == 0' > /dev/null || die "--again did not begin again"
expect 0 "sealed objects (--objects" audit
[ "$(d archivist log --from 0 --most 1000 --json | grep -c '"evidence.serve"')" = 8 ] || die "reading was not written down"
expect 4 "" d lawyer audit --objects

step "a bit of an object, an object cut, an object gone: each is named, and the rest is checked"
flip "$(object NKPC-000001)" 1000
truncate -s -1 "$(object NKPC-000002)"
rm "$(object NKPC-000003)"
for tries in 1 2; do  # what is wrong is wrong again: it is not remembered as checked
  expect 6 "NOT INTACT" audit --objects --again
  for i in 1 2 3; do grep -q "WRONG  $(item NKPC-00000$i .item) has an object" said || { cat said; die "NKPC-00000$i is not named"; }; done
  [ "$(grep -c WRONG said)" = 3 ] || { cat said; die "more is wrong than what is"; }
done
expect 0 "intact" audit  # the log is

step "a receipt of the profile that was changed"
receipts=homes/investigator/depone/archives/nk/receipts
cp $receipts/NKPC-000004.receipt.json kept
mkdir -p homes/archivist/depone/archives/nk/receipts
cp kept homes/archivist/depone/archives/nk/receipts/NKPC-000004.receipt.json
expect 0 "checked 1 receipts" audit
sed 's/"sha256":"../"sha256":"zz/; s/tlog-proof/tlog-pr00f/' kept > homes/archivist/depone/archives/nk/receipts/NKPC-000004.receipt.json
expect 6 "WRONG  NKPC-000004.receipt.json does not verify" audit

echo "objects_audit: all found"
