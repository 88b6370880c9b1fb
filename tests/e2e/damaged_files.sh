#!/usr/bin/env bash
# Files of our own that a disk, a person or another program damaged, in a member's profile and in the archive's folder:
# a sentence that names the file, the documented exit code, and nothing lost once the file is put back.
. "$(dirname "$0")/lib.sh"

found_archive
deposit() { d investigator submit "$@" --case NKPC --kind document "${CONSENT[@]}"; }
items() { d lawyer find --case NKPC --json | jq length; }
PROFILE=$ROOT/homes/investigator/depone
KNOWN=$PROFILE/archives/nk
echo one > one.txt; deposit one.txt > /dev/null 2>&1
echo two > two.txt; deposit two.txt > /dev/null 2>&1

# damage FILE HOW: as it happens to files.
damage() {
  local size
  size=$(stat -c %s "$1")
  case $2 in
    empty) : > "$1" ;;
    half) truncate -s $((size / 2)) "$1" ;;
    zeros) head -c "$size" /dev/zero > "$1" ;;
    folder) rm "$1"; mkdir "$1" ;;
    loop) rm "$1"; ln -s "$(basename "$1")" "$1" ;;
    missing) rm "$1" ;;
  esac
}
# damaged FILE "HOW…" CODE SAYS COMMAND…: with FILE damaged in each of these ways the command ends with CODE, says this
# in one line, and has changed nothing; FILE is put back.
damaged() {
  local file=$1 ways=$2 code=$3 says=$4 how; shift 4
  cp -a "$file" kept
  for how in $ways; do
    damage "$file" "$how"
    expect "$code" "$says" "$@"
    grep -q '^deponed\?: ' said || { cat said; die "$how: not a sentence of ours"; }
    [ "$(grep -c '^deponed\?: ' said)" = 1 ] || { cat said; die "$how: more than one sentence"; }
    ! grep -q "filesystem error\|exception\|what()" said || { cat said; die "$how: not for people"; }
    rm -rf "$file"; cp -a kept "$file"
  done
}

step "the identity"
damaged "$PROFILE/identity.json" "empty half zeros" 7 "identity.json was changed or cut" d investigator find
damaged "$PROFILE/identity.json" "folder loop" 1 "identity.json: " d investigator find
damaged "$PROFILE/identity.json" missing 7 "depone init" d investigator find

step "the key file, and where the profile says that it is"
damaged investigator.key "empty half zeros" 7 "investigator.key is not a key file" d investigator find
damaged investigator.key "loop missing" 7 "investigator.key: " d investigator find
damaged investigator.key folder 7 "investigator.key" d investigator find
cp -p investigator.key mine.key; cp -p lawyer.key investigator.key
expect 7 "not the one for this" d investigator find
cp -p mine.key investigator.key
damaged "$PROFILE/key_file" "empty zeros folder loop missing" 7 "name it with --key-file" d investigator find
damaged "$PROFILE/key_file" half 7 "named with --key-file" d investigator find
expect 0 "items" d investigator --key-file "$ROOT/investigator.key" find

step "the archive's card"
damaged "$KNOWN/archive.card" "empty half zeros" 1 "archive.card was damaged" d investigator find
grep -q "depone join ARCHIVE_CARD --name nk" said || die "does not say what to do"
damaged "$KNOWN/archive.card" folder 1 "archive.card: " d investigator find
damaged "$KNOWN/archive.card" "loop missing" 2 "depone join ARCHIVE_CARD" d investigator find

step "the pin: what was seen of the log is not forgotten in silence"
damaged "$KNOWN/pin" "empty half zeros" 6 "restore the file pin from a copy" d investigator find
damaged "$KNOWN/pin" "folder loop" 1 "/pin: " d investigator find

step "the roster"
damaged "$KNOWN/roster" "empty half zeros folder loop" 6 "remove $KNOWN/roster and ask again" d investigator find
rm "$KNOWN/roster"
expect 0 "2 items" d investigator find
[ -s "$KNOWN/roster" ] || die "the roster was not kept again"

step "what was deposited from here is not forgotten in silence"
before=$(items)
damaged "$KNOWN/deposits" zeros 6 "deposits was damaged; restore it from a copy" deposit one.txt
damaged "$KNOWN/deposits" "folder loop" 1 "/deposits: " deposit one.txt
truncate -s -3 "$KNOWN/deposits"  # torn by a crash: the deposit of two.txt is not known any more, all others are
expect 0 "deposited already" deposit one.txt
[ "$(items)" = "$before" ] || die "it was deposited twice"
expect 0 "NKPC-000003" deposit two.txt
expect 0 "deposited already" deposit two.txt

step "what was sent and not answered"
touch not-a-folder
echo unanswered > unanswered.txt
before=$(items)
expect 1 "not-a-folder is not a folder" deposit unanswered.txt --receipts not-a-folder
sent=$(echo "$KNOWN"/unanswered/*)
damaged "$sent" "empty half zeros" 1 "$sent was damaged" deposit unanswered.txt
damaged "$sent" "folder loop" 1 "$sent: " deposit unanswered.txt
expect 0 "NKPC-" deposit unanswered.txt
[ "$(items)" = $((before + 1)) ] || die "it was deposited twice"

step "receipts"
receipt=$KNOWN/receipts/NKPC-000001.receipt.json
damaged "$receipt" "empty half zeros" 6 "NKPC-000001.receipt.json is not a whole receipt" d investigator verify "$receipt" one.txt
damaged "$receipt" "folder loop" 1 "NKPC-000001.receipt.json: " d investigator verify "$receipt"
damaged "$receipt" "empty half zeros folder loop" 1 "--force overwrites it" d investigator receipt NKPC-000001
expect 0 "is the one that was deposited" d investigator verify "$receipt" one.txt

step "two programs on one profile wait for one another"
echo waiting > waiting.txt
flock "$KNOWN/.lock" sleep 1 &
holder=$!
sleep 0.2
deposit waiting.txt > said 2>&1 &
client=$!
sleep 0.3
kill -0 $client 2> /dev/null || { cat said; die "it did not wait"; }
wait $holder
wait $client || { cat said; die "it did not go on"; }
for i in 1 2 3 4 5 6; do echo "at once $i" > "at-once.$i"; done
before=$(items)
clients=
for i in 1 2 3 4 5 6; do deposit "at-once.$i" > "said.$i" 2>&1 & clients="$clients $!"; done
for client in $clients; do wait "$client" || { cat said.*; die "one of six at once failed"; }; done
[ "$(items)" = $((before + 6)) ] || die "not all six were deposited"
expect 0 "deposited already" deposit at-once.1 at-once.2 at-once.3 at-once.4 at-once.5 at-once.6
[ "$(grep -c 'deposited already' said)" = 6 ] || { cat said; die "one of six forgot another's deposit"; }

step "the archive's own files"
stop
run() { timeout 20 "$DEPONED" run "$ARCHIVE"; }
damaged "$ARCHIVE/config.toml" zeros 1 "config.toml:1" run
damaged "$ARCHIVE/config.toml" "folder loop missing" 1 "config.toml: " run
damaged "$ARCHIVE/archive.keys" "empty half zeros" 1 "archive.keys was changed or cut" run
damaged "$ARCHIVE/archive.keys" "folder loop" 1 "archive.keys: " run
damaged "$ARCHIVE/archive.keys" missing 1 "has no archive.keys; restore it from a copy" run
damaged "$ARCHIVE/checkpoints" "empty zeros folder loop missing" 6 "the checkpoint file cannot be used" run
damaged "$ARCHIVE/archive.db" "empty half" 6 "restore it from a backup" run
damaged "$ARCHIVE/archive.db" loop 1 "archive.db: " run
damaged "$ARCHIVE/archive.db" missing 1 "has no archive.db; restore it from a copy" run
damaged archive.key "empty half zeros" 1 "archive.key is not a key file" run
damaged archive.key "loop missing" 1 "archive.key: " run
expect 7 "not the one for this" "$DEPONED" run "$ARCHIVE" --key-file "$ROOT/lawyer.key"
head -c "$(stat -c %s "$ARCHIVE/archive.db")" /dev/zero > zeros
cp -a "$ARCHIVE/archive.db" kept; cp zeros "$ARCHIVE/archive.db"
expect 7 "archive.db does not open with this key" run
cp kept "$ARCHIVE/archive.db"

step "with everything put back nothing is lost"
start
expect 0 "intact" d archivist audit --again --objects
expect 0 "NKPC-000003" d investigator find
echo "damaged_files: all of it"
