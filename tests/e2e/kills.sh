#!/usr/bin/env bash
# kill -9 at random moments, KILLS times each: the daemon while people submit, upload and retrieve; the client while it
# submits many files and one large, and while it retrieves. After each, nothing that anybody was told is undone.
# SEED repeats the moments, as far as a loaded machine does.
. "$(dirname "$0")/lib.sh"
: "${KILL_UPLOADS:?the kill_uploads program}"
KILLS=${KILLS:-50}
SEED=${SEED:-$RANDOM$RANDOM}
RANDOM=$SEED
step "seed $SEED, $KILLS kills of each"

found_archive
deposit() { d investigator submit "$@" --case NKPC --kind document "${CONSENT[@]}"; }
known() { d lawyer find --case NKPC --json | jq -r '.[].ref' | sort > "$ROOT/known"; }
retrieve() { d lawyer retrieve "$ref" -o out --purpose documentation --internal; }
submitting() { XDG_DATA_HOME=$ROOT/homes/investigator exec "$DEPONE" submit "$@" --case NKPC --kind document "${CONSENT[@]}"; }
retrieving() { XDG_DATA_HOME=$ROOT/homes/lawyer exec "$DEPONE" retrieve "$@" --purpose documentation --internal; }
# A moment of up to $1 milliseconds, and one more tenth of a second.
moment() { sleep "$(((RANDOM % $1 + 100) / 1000)).$(printf %03d $(((RANDOM % $1 + 100) % 1000)))"; }

# Whatever was printed stands in the log, and nothing is half there. The daemon does not run when this begins, and does
# after it.
check_all() {
  "$DEPONED" verify "$ARCHIVE" > said 2>&1 || { cat said; die "round $round: verify"; }
  start
  known
  grep -ho '^NKPC-[0-9]*' printed.* 2> /dev/null | sort -u > printed
  [ -z "$(comm -23 printed known)" ] || { comm -23 printed known; die "round $round: printed, and not there"; }
  "$KILL_UPLOADS" "$ROOT/homes/investigator" check acknowledged || die "round $round: an acknowledged offset is gone"
  if [ $((round % 10)) = 0 ]; then
    all_receipts_hold
  fi
}

step "the daemon"
echo first > first.txt
deposit first.txt > printed.first 2> /dev/null
head -c 3000000 /dev/urandom > large.bin
touch acknowledged
total=1
for round in $(seq "$KILLS"); do
  rm -rf many out; mkdir many
  for i in $(seq 40); do echo "$round $i" > "many/$round-$i.txt"; done
  echo "$round" >> large.bin
  submitting many > "printed.many-$round" 2>&1 & many=$!
  submitting large.bin > "printed.large-$round" 2>&1 & large=$!
  "$KILL_UPLOADS" "$ROOT/homes/investigator" send acknowledged 2>> said-by-uploads & uploads=$!
  retrieving NKPC-000001 -o out > /dev/null 2>&1 & reader=$!
  moment 600
  kill -9 "$DAEMON_PID"; wait "$DAEMON_PID" 2> /dev/null || true
  DAEMON_PID=
  # They would wait for it to come back.
  kill -9 $many $large $reader 2> /dev/null || true
  for pid in $many $large $uploads $reader; do wait "$pid" 2> /dev/null || true; done
  [ ! -s said-by-uploads ] || ! grep "are there\|is lost" said-by-uploads || die "round $round: an upload"
  check_all
  # The same commands go on, and deposit nothing twice.
  deposit many large.bin > "printed.again-$round" 2>&1 || { cat "printed.again-$round"; die "round $round: they do not go on"; }
  total=$((total + 41))
  known
  [ "$(wc -l < known)" = $total ] || die "round $round: $(wc -l < known) items instead of $total"
done
cut_short=$(cat printed.many-* | grep -c "^NKPC-" || true)
step "$cut_short of $((40 * KILLS)) were printed before the kills; $(wc -l < known) items, $(wc -l < acknowledged) acknowledged pieces"

step "the client, submitting"
for round in $(seq "$KILLS"); do
  rm -rf many; mkdir many
  for i in $(seq 40); do echo "client $round $i" > "many/$i.txt"; done
  echo "client $round" >> large.bin
  submitting many large.bin > "printed.killed-$round" 2>&1 & client=$!
  moment 500
  kill -9 $client 2> /dev/null || true
  wait $client 2> /dev/null || true
  deposit many large.bin > "printed.after-$round" 2>&1 || { cat "printed.after-$round"; die "round $round: it does not go on"; }
  total=$((total + 41))
  known
  [ "$(wc -l < known)" = "$total" ] || die "round $round: $(wc -l < known) items instead of $total"
done
grep -ho '^NKPC-[0-9]*' printed.* | sort -u > printed
[ -z "$(comm -23 printed known)" ] || { comm -23 printed known; die "printed, and not there"; }

step "the client, retrieving"
head -c 20000000 /dev/urandom > huge.bin
ref=$(deposit huge.bin 2> /dev/null | grep -o '^NKPC-[0-9]*')
for round in $(seq "$KILLS"); do
  rm -rf out; mkdir out
  retrieving "$ref" -o out > /dev/null 2>&1 & client=$!
  moment 500
  kill -9 $client 2> /dev/null || true
  wait $client 2> /dev/null || true
  [ -z "$(ls -A out)" ] || cmp -s out/* huge.bin || die "round $round: it left $(ls -A out)"
done
rm -rf out
retrieve > /dev/null
cmp -s out/* huge.bin || die "it cannot be retrieved any more"

stop
expect 0 "intact" "$DEPONED" verify "$ARCHIVE"
start
all_receipts_hold
echo "kills: nothing undone"
