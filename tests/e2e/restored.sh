#!/usr/bin/env bash
# An archive's folder as people put it together again: pieces of another day or of another archive, a piece alone, a
# copy taken while the daemon ran, objects that cannot be written, a stop in the middle of a start, the folder twice.
. "$(dirname "$0")/lib.sh"

found_archive
deposit() { d investigator submit "$@" --case NKPC --kind document "${CONSENT[@]}"; }
run() { timeout 20 "$DEPONED" run "${1:-$ARCHIVE}"; }
verify() { "$DEPONED" verify "$ARCHIVE"; }
# What a kill leaves: the write-ahead log is there.
kill_daemon() { kill -9 "$DAEMON_PID"; wait "$DAEMON_PID" 2> /dev/null || true; DAEMON_PID=; }
# The archive's folder is as this copy of it.
put_back() { rm -rf "$ARCHIVE"; cp -a "$1" "$ARCHIVE"; }

echo one > one.txt; deposit one.txt > /dev/null 2>&1
head -c 300000 /dev/urandom > large-1.bin; deposit large-1.bin > /dev/null 2>&1
kill_daemon
cp -a "$ARCHIVE" yesterday
start
for i in $(seq 20); do echo "today $i" > "today-$i.txt"; done
deposit today-*.txt > /dev/null 2>&1
head -c 300000 /dev/urandom > large-2.bin; deposit large-2.bin > /dev/null 2>&1
kill_daemon
cp -a "$ARCHIVE" today
[ -s today/archive.db-wal ] && [ -s yesterday/archive.db-wal ] || die "there is no write-ahead log to lose"

step "a checkpoint file that is longer, by what is torn; shorter; of another archive"
printf 'QUJD' >> "$ARCHIVE/checkpoints"; start; stop
cp yesterday/checkpoints "$ARCHIVE/checkpoints"; start; stop
put_back today
mkdir other
d custodian card -o other.card > /dev/null
"$DEPONED" init "$ROOT/other/archive" --custodian other.card --origin archive.example/nk --listen 127.0.0.1:1 --key-file "$ROOT/other.key" > /dev/null
cp other/archive/checkpoints "$ARCHIVE/checkpoints"
expect 6 "the checkpoint file cannot be used" run
expect 6 "checkpoint file" verify
{ cat today/checkpoints; cat other/archive/checkpoints; } > "$ARCHIVE/checkpoints"
expect 6 "the checkpoint file cannot be used" run

step "the database of yesterday alone"
put_back today
cp -a yesterday/archive.db yesterday/archive.db-wal "$ARCHIVE"; rm -f "$ARCHIVE/archive.db-shm"
expect 6 "put back to an earlier state" run
expect 6 "put back to an earlier state" verify

step "the objects of yesterday alone: what is missing is named, and the rest is served"
cp -a homes kept-homes  # what people see of this is undone afterwards, for them too
put_back today
rm -r "$ARCHIVE/objects"; cp -a yesterday/objects "$ARCHIVE"
expect 6 "NOT INTACT" verify
start
ref=$(d lawyer find --case NKPC --json | jq -r '.[].ref' | sort | tail -n 1)
expect 1 "" d lawyer retrieve "$ref" -o out --purpose documentation --internal
expect 0 "" d lawyer retrieve NKPC-000002 -o out --purpose documentation --internal
kill_daemon
rm -r homes; mv kept-homes homes

step "the write-ahead log lost"
put_back today
rm -f "$ARCHIVE"/archive.db-wal "$ARCHIVE"/archive.db-shm
expect 6 "put back to an earlier state" run

step "the write-ahead log of another day"
put_back today
cp yesterday/archive.db-wal "$ARCHIVE"; rm -f "$ARCHIVE/archive.db-shm"
expect 6 "" run
expect 6 "" verify
put_back today; start; stop                          # now all is in the database, and the log is gone
cp -a "$ARCHIVE" closed
cp yesterday/archive.db-wal "$ARCHIVE"
expect 6 "" run
expect 6 "" verify

step "with the right pieces nothing is lost"
put_back closed
expect 0 "intact" verify
start
expect 0 "intact" d archivist audit --again --objects

step "a folder copied while the daemon works is whole, or said not to be"
for i in $(seq 5); do
  mkdir "load-$i"
  for j in $(seq 60); do echo "$i $j" > "load-$i/$j.txt"; done
  deposit "load-$i" > /dev/null 2>&1 & client=$!
  sleep "0.1$i"
  rm -rf copy; cp -a "$ARCHIVE" copy
  wait $client
  rm -f copy/control.sock
  code=0; "$DEPONED" verify copy > said 2>&1 || code=$?
  case $code in 0 | 6 | 7) ;; *) cat said; die "verify of a copy ends with $code" ;; esac
  step "copy $i: $code"
done

step "a stop while it starts, while it recovers, and twice"
for i in $(seq 20); do
  [ -n "$DAEMON_PID" ] || start
  [ $((i % 2)) = 0 ] || deposit large-2.bin --again > /dev/null 2>&1
  kill_daemon
  "$DEPONED" run "$ARCHIVE" >> daemon.log 2>&1 & DAEMON_PID=$!
  sleep "0.0$((i % 10))"
  kill "$DAEMON_PID" 2> /dev/null || true
  [ $((i % 3)) != 0 ] || kill "$DAEMON_PID" 2> /dev/null || true
  code=0; wait "$DAEMON_PID" || code=$?
  DAEMON_PID=
  case $code in 0 | 143) ;; *) die "stopped while starting it ends with $code" ;; esac
done
expect 0 "intact" verify
start

step "a second daemon on the same folder"
expect 1 "a deponed is running on" run
ln -s "$ARCHIVE" by-another-name
expect 1 "a deponed is running on" run "$ROOT/by-another-name"
mkdir bound
if mount --bind "$ARCHIVE" bound 2> /dev/null; then
  trap 'umount -l "$ROOT/bound" 2> /dev/null || true; cleanup' EXIT
  expect 1 "a deponed is running on" run "$ROOT/bound"
  umount bound
  step "objects that cannot be written: small evidence is taken, large is not, and both are served"
  mount --bind "$ARCHIVE/objects" bound
  mount --bind bound "$ARCHIVE/objects"
  trap 'umount -l "$ARCHIVE/objects" 2> /dev/null || true; umount -l "$ROOT/bound" 2> /dev/null || true; cleanup' EXIT
  mount -o remount,bind,ro "$ARCHIVE/objects"
  echo small > small.txt
  expect 0 "NKPC-" deposit small.txt
  head -c 300000 /dev/urandom > large-3.bin
  expect 1 "" deposit large-3.bin
  rm -rf out
  expect 0 "" d lawyer retrieve NKPC-000001 NKPC-000002 -o out --purpose documentation --internal
  umount -l "$ARCHIVE/objects" bound
  expect 0 "NKPC-" deposit large-3.bin
else
  step "(nothing can be mounted here: not through a bind mount, and no read-only objects)"
fi
expect 0 "intact" d archivist audit --again --objects
stop
expect 0 "intact" verify
echo "restored: all of it"
