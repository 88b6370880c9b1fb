#!/usr/bin/env bash
# docs/FORMAT.md, "Checking a receipt by hand": the commands are run as they stand there, on a receipt of a real
# archive whose daemon has ended. They must accept it, and must refuse it once anything in it is changed.
HERE=$(dirname "$(readlink -f "$0")")
FORMAT=$HERE/../../docs/FORMAT.md
. "$HERE/lib.sh"

step "the commands of the document"
awk '/^## / { inside = $0 == "## Checking a receipt by hand" } /^```/ { block = inside && $0 == "```sh"; next } block' \
  "$FORMAT" > commands.sh
[ "$(grep -c '^echo "[1-4]\. ' commands.sh)" = 4 ] || die "the document lacks a step"

step "a receipt"
found_archive
echo "what the witness said" > testimony.txt
echo "what somebody else said" > other.txt
d investigator submit testimony.txt --case NKPC --kind testimony --title "Testimony" "${CONSENT[@]}" > /dev/null 2>&1
d lawyer retrieve NKPC-000001 -o out --purpose international_prosecution --recipient icc_otp > /dev/null
submitted=$ROOT/homes/investigator/depone/archives/nk/receipts/NKPC-000001.receipt.json
retrieved=$(echo "$ROOT"/homes/lawyer/depone/archives/nk/receipts/retrieve-NKPC-000001-*.receipt.json)
[ -s "$submitted" ] && [ -s "$retrieved" ] || die "no receipts"
cp "$ARCHIVE/archive.card" archive.card
stop
rm -rf "$ARCHIVE"  # nothing of the archive is needed

# run RECEIPT CARD [FILE]: the commands in an empty folder; what they say in `said`.
ARCHIVE_CARD=$ROOT/archive.card
run() {
  rm -rf work && mkdir work
  (cd work && RECEIPT=$1 CARD=$2 ARCHIVE_CARD=$ARCHIVE_CARD FILE=${3:-} sh -eu ../commands.sh) > said 2>&1
}
accepts() {  # accepts STEPS RECEIPT CARD [FILE]
  local steps=$1; shift
  run "$@" || { cat said; die "refused: $*"; }
  [ "$(cut -c 1-2 said | tr -d '\n')" = "$steps" ] || { cat said; die "not the lines $steps: $*"; }
}
refuses() {  # refuses LAST WHAT RECEIPT CARD [FILE]: step LAST and all after it are not reached
  local last=$1 what=$2; shift 2
  if run "$@"; then cat said; die "accepted: $what"; fi
  ! grep -q "^$last\. " said || { cat said; die "failed only after step $last: $what"; }
}
# change FILE AFTER DISTANCE: another letter of base64, DISTANCE bytes behind the first AFTER.
change() {
  local at letter
  at=$(($(grep -obaF -- "$2" "$1" | head -n 1 | cut -d : -f 1) + ${#2} + $3))
  letter=$(tail -c +$((at + 1)) "$1" | head -c 1)
  printf %s "$([ "$letter" = A ] && echo B || echo A)" | dd of="$1" bs=1 seek="$at" conv=notrunc status=none
}

step "accepted"
accepts 1.2.3.4. "$submitted" "$ROOT/investigator.card"
accepts 1.2.3.4.5. "$submitted" "$ROOT/investigator.card" "$ROOT/testimony.txt"
accepts 1.2.3.4. "$retrieved" "$ROOT/lawyer.card"
key=$(jq -r '.act.signatures[0].keyid' "$submitted")
run "$submitted" "$ROOT/investigator.card" && grep -qx "1. the act is signed by $key" said || die "another signer"
grep -q "^4. the checkpoint is signed by archive.example/nk, the archive $(jq -r .act.payload "$submitted" | base64 -d | jq -r .archive)$" said \
  || die "another archive"

step "refused once changed"
refuses 1 "another's card" "$submitted" "$ROOT/lawyer.card"
refuses 5 "another file" "$submitted" "$ROOT/investigator.card" "$ROOT/other.txt"
"$DEPONED" init "$ROOT/other" --custodian custodian.card --origin archive.example/nk --listen 127.0.0.1:1 \
  --key-file "$ROOT/other.key" > /dev/null
ARCHIVE_CARD=$ROOT/other/archive.card
refuses 4 "another archive of the same name" "$submitted" "$ROOT/investigator.card"
ARCHIVE_CARD=$ROOT/archive.card
changed=$ROOT/changed.json
damaged() {  # damaged LAST WHAT AFTER DISTANCE
  cp "$submitted" "$changed"
  change "$changed" "$3" "$4"
  ! cmp -s "$submitted" "$changed" || die "nothing was changed: $2"
  refuses "$1" "$2" "$changed" "$ROOT/investigator.card"
}
damaged 1 "the act" '"payload":"' 200
damaged 1 "the act's signature" '"sig":"' 20
damaged 3 "the entry" 'extra ' 60
damaged 3 "the entry's time" 'extra ' 42
damaged 3 "a hash of the path" "$(jq -r .proof "$submitted" | sed -n 3p)\\n" 5
damaged 3 "the checkpoint's root" "archive.example/nk\\n$(jq -r .proof "$submitted" | sed '1,/^$/d' | sed -n 2p)\\n" 5
damaged 4 "the checkpoint's signature" '— archive.example/nk ' 30

step "done"
