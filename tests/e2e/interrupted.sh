#!/usr/bin/env bash
# What is cut short leaves nothing half-done: an answer that was lost, a retrieval that was interrupted, one bad item
# among several.
. "$(dirname "$0")/lib.sh"

found_archive
items() { d lawyer find --case NKPC --json | jq length; }
deposit() { d investigator submit "$@" --case NKPC --kind document "${CONSENT[@]}"; }

step "a deposit whose receipt could not be written is not made again: the same act gets the same receipt"
head -c 1000 /dev/urandom > small.bin
head -c 300000 /dev/urandom > large.bin
touch not-a-folder
for file in small large; do
  before=$(items)
  expect 1 "not-a-folder is not a folder" deposit "$file.bin" --receipts "$ROOT/not-a-folder"
  [ "$(items)" = $((before + 1)) ] || die "the archive did not take it"
  restart
  deposit "$file.bin" --receipts "$ROOT/receipts" > "$ROOT/said"
  [ "$(items)" = $((before + 1)) ] || die "it was deposited twice"
  ref=$(grep -o '^NKPC-[0-9]*' "$ROOT/said")
  expect 0 "is the one that was deposited" d investigator verify "receipts/$ref.receipt.json" "$file.bin"
  [ -z "$(ls -A homes/investigator/depone/archives/*/unanswered)" ] || die "it is kept although it was answered"
  expect 0 "are deposited already" deposit "$file.bin"
done

step "a retrieval that is interrupted leaves no half of a testimony behind"
head -c 200000000 /dev/zero > huge.bin
deposit huge.bin > "$ROOT/said"
ref=$(grep -o '^NKPC-[0-9]*' "$ROOT/said")
for signal in INT TERM HUP; do
  mkdir -p out
  XDG_DATA_HOME=$ROOT/homes/lawyer "$DEPONE" retrieve "$ref" -o out --purpose documentation --internal > said-by-it 2>&1 &
  client=$!
  sleep 0.15
  kill -s $signal $client 2> /dev/null || true
  got=0
  wait $client || got=$?
  # Interrupted, or done before the signal came: never half.
  case $got in
    130) [ -z "$(ls -A out)" ] || die "$signal left $(ls -A out)" ;;
    0) cmp -s out/* huge.bin || die "$signal left something that is not the whole file" ;;
    *) cat said-by-it; die "$signal ended it with $got" ;;
  esac
  rm -rf out
done

step "one item that is gone does not take the others with it"
gone=$(d lawyer show NKPC-000002 --json | jq -r .sealed_sha256)
find "$ARCHIVE/objects" -name "*${gone:4}*" -delete
expect 3 "NKPC-000002" d lawyer retrieve NKPC-000001 NKPC-000002 "$ref" -o out --purpose documentation --internal
cmp -s out/NKPC-000001-small.bin small.bin || die "the first item did not come"
cmp -s "out/$ref-huge.bin" huge.bin || die "the last item did not come"
[ "$(ls out | wc -l)" = 2 ] || die "more than the two that are whole: $(ls out)"

step "an archive that dies while many files are under way: the same command goes on, and none is deposited twice"
mkdir many
for i in $(seq 300); do head -c 500 /dev/urandom > "many/$i.bin"; done
cp many/7.bin many/twin-of-7.bin
before=$(items)
deposit many > said 2>&1 &
client=$!
for _ in $(seq 200); do [ "$(grep -c '^NKPC-' said)" -lt 60 ] || break; sleep 0.02; done
kill -9 "$DAEMON_PID"; wait "$DAEMON_PID" || true
code=0; wait $client || code=$?
[ "$code" != 0 ] || die "it says that all were deposited"
start
deposit many > said 2>&1 || { cat said; die "it does not go on"; }
[ "$(grep -c 'deposited already' said)" -ge 1 ] || die "the twin was deposited, or nothing was kept of the first try"
[ "$(items)" = $((before + 300)) ] || die "$(items) items instead of $((before + 300))"
[ -z "$(ls -A homes/investigator/depone/archives/*/unanswered)" ] || die "something is kept although it was answered"

echo "interrupted: nothing half-done"
