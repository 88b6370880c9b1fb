#!/usr/bin/env bash
# No room: a full disk, too few descriptors, too little memory, files that may not grow. The archive refuses what is new
# and says why, serves what it keeps, and goes on by itself when there is room again.
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
if [ "${1:-}" != inside ]; then
  if ! unshare -rm true 2> /dev/null; then
    echo "SKIPPED: no_room needs a mount of its own, and this system lets nobody make one (unshare -rm)"
    exit 77
  fi
  exec unshare -rm bash "$HERE/no_room.sh" inside
fi
. "$HERE/lib.sh"

mkdir disk
mount -t tmpfs -o size=96m none disk
ARCHIVE=$ROOT/disk/archive
trap 'status=$?; [ -z "$DAEMON_PID" ] || kill "$DAEMON_PID" 2> /dev/null || true; [ -z "$DAEMON_PID" ] || wait "$DAEMON_PID" || true; umount -l "$ROOT/disk" || true; (exit $status); DAEMON_PID=; cleanup' EXIT
set_limit() { sed -i "s/^$1 = [0-9]*/$1 = $2/" "$ARCHIVE/config.toml"; }
# The disk is smaller than the floor of a new archive.
eval "start_as_configured() $(declare -f start | tail -n +2)"
start() { set_limit free_bytes_min 25000000; set_limit reserve_bytes 2097152; start_as_configured "$@"; }
found_archive
start() { start_as_configured "$@"; }
pid=$DAEMON_PID
state() { "$DEPONED" status "$ARCHIVE" --json | jq "$1"; }
deposit() { d investigator submit "$@" --case NKPC --kind document "${CONSENT[@]}" 2> complaints || { local code=$?; cat complaints >&2; return $code; }; }
# A file of so many random bytes that was never deposited.
fresh() { head -c "$1" /dev/urandom > "$ROOT/$2"; }
retrieve() { rm -rf out; d lawyer retrieve "$@" -o out --purpose documentation --internal; }
fill() { dd if=/dev/zero of="$ROOT/disk/others" bs=64k status=none 2> /dev/null || true; }
free_again() { rm -f "$ROOT/disk/others"; sleep 1.5; }
log_size() { state .log_size; }

fresh 1000 small.bin; fresh 300000 large.bin
deposit small.bin large.bin > /dev/null
mv small.bin kept-small.bin; mv large.bin kept-large.bin

step "below the floor: nothing new, and that is written down; what is kept is served"
others=$(($(state .free_bytes) - 20000000))
head -c "$others" /dev/zero > "$ROOT/disk/others"
fresh 1000 small.bin; fresh 300000 large.bin
before=$(log_size)
expect 1 "archive.full" deposit small.bin
[ "$(log_size)" -gt "$before" ] || die "the refusal is not in the log"
before=$(log_size)
expect 1 "archive.full" deposit small.bin
expect 1 "archive.full" deposit large.bin
for i in $(seq 70); do fresh 300 "many-$i.bin"; done
expect 1 "archive.full" deposit many-*.bin
retrieve NKPC-000001 NKPC-000002 > /dev/null
cmp kept-small.bin out/NKPC-000001-small.bin && cmp kept-large.bin out/NKPC-000002-large.bin || die "what is kept does not come"
d lawyer find --case NKPC > /dev/null
expect 0 "nothing new is taken" "$DEPONED" status "$ARCHIVE"
free_again
deposit small.bin large.bin many-*.bin > /dev/null || die "there is room again, and it is not taken"
items=$(d lawyer find --case NKPC --json | jq length)
[ "$items" = 74 ] || die "$items items instead of 74"

step "not one byte: retrievals go on with the reserve"
fill
fresh 1000 small2.bin
expect 1 "archive.full" deposit small2.bin
for _ in 1 2 3; do retrieve NKPC-000001 NKPC-000002 > /dev/null || die "nothing can be retrieved"; done
cmp kept-large.bin out/NKPC-000002-large.bin || die "what is kept does not come"
[ "$(state .reserve_bytes)" = 0 ] || die "the reserve was not needed, so this tells nothing"
d custodian status > /dev/null

step "not even the reserve: what cannot be written down is not released, and everything else goes on"
fill
got=0
for _ in $(seq 400); do d lawyer find --case NKPC > said 2>&1 || { got=$?; break; }; done
[ $got != 0 ] || die "the disk is not full"
grep -qF "archive.full" said || { cat said; die "it does not say that the disk is full"; }
got=0; retrieve NKPC-000001 > said 2>&1 || got=$?
[ $got != 0 ] && [ ! -e out/NKPC-000001-small.bin ] || die "something was released that could not be written down"
grep -qF "archive.full" said || { cat said; die "it does not say that the disk is full"; }
d lawyer status > /dev/null || die "it does not even say how it is"
kill -0 "$pid" || die "the daemon stopped"

step "room again: everything goes on, without a restart, and the reserve is taken back"
free_again
deposit small2.bin > /dev/null || die "there is room again, and nothing is taken"
retrieve NKPC-000001 NKPC-000002 > /dev/null
[ "$(state .reserve_bytes)" = 2097152 ] || die "the reserve was not taken back"
[ "$pid" = "$DAEMON_PID" ] && kill -0 "$pid" || die "it is another daemon"

step "a start on a full disk"
stop; fill; start
retrieve NKPC-000001 > /dev/null || die "nothing can be retrieved"
free_again
deposit_after() { fresh 1000 small3.bin; deposit small3.bin > /dev/null; }
deposit_after || die "nothing is taken"

step "an upload on a disk that fills meanwhile"
fresh 40000000 huge.bin
(sleep 0.3; fill) & filling=$!
got=0; deposit huge.bin > said 2>&1 || got=$?
wait $filling
[ $got = 0 ] || grep -qF "archive.full" said || { cat said; die "it does not say why"; }
free_again
rm -f huge.bin
retrieve NKPC-000001 > /dev/null
stop
"$DEPONED" verify "$ARCHIVE" > verified 2>&1 || { cat verified; die "the archive does not verify after all this"; }
! grep -F "[critical]" daemon.log || die "the daemon stopped at once somewhere"

limited() {  # limited PRLIMIT-OPTION…: the daemon under these limits
  prlimit "$@" "$DEPONED" run "$ARCHIVE" >> "$ROOT/daemon.log" 2>&1 &
  DAEMON_PID=$!
  for _ in $(seq 100); do
    "$DEPONED" status "$ARCHIVE" > /dev/null 2>&1 && return
    kill -0 "$DAEMON_PID" 2> /dev/null || die "the daemon ended at once under $*"
    sleep 0.1
  done
  die "the daemon does not answer under $*"
}
cpu_ticks() { awk '{print $14 + $15}' "/proc/$DAEMON_PID/stat"; }

step "few descriptors: fewer connections, and work goes on"
limited --nofile=120
[ "$(state .connections_max)" -lt 50 ] || die "more connections than descriptors"
deposit_after; retrieve NKPC-000001 NKPC-000002 > /dev/null

step "none left: it does not spin, and takes up again when there are some"
used=$(ls "/proc/$DAEMON_PID/fd" | wc -l)
prlimit --pid "$DAEMON_PID" --nofile=$used:120
for _ in 1 2 3 4; do (exec 3<> "/dev/tcp/127.0.0.1/$PORT"; sleep 4) & done 2> /dev/null
! XDG_DATA_HOME=$ROOT/homes/lawyer timeout 1 "$DEPONE" status > /dev/null 2>&1 || die "there were some left"
before=$(cpu_ticks); sleep 2; after=$(cpu_ticks)
[ $((after - before)) -lt 40 ] || die "it took $((after - before)) ticks of the processor in two seconds, and did nothing"
prlimit --pid "$DAEMON_PID" --nofile=120:120
wait %2 %3 %4 %5 2> /dev/null || true
retrieve NKPC-000001 > /dev/null || die "it does not take up again"
stop
expect 2 "raise that limit" prlimit --nofile=40 "$DEPONED" run "$ARCHIVE"

step "files that may not grow: a large one is refused, small ones go on"
limited --fsize=8000000
fresh 20000000 huge.bin
expect 1 "archive.full" deposit huge.bin
deposit_after; retrieve NKPC-000002 > /dev/null
stop

step "little memory: a request may fail, the daemon goes on"
start
for i in $(seq 40); do fresh 120000 "more-$i.bin"; done
prlimit --pid "$DAEMON_PID" --data=$((($(awk '/^VmData/ {print $2}' "/proc/$DAEMON_PID/status") + 1024) * 1024)):
got=0; deposit more-*.bin > said 2>&1 || got=$?
[ $got != 0 ] || die "there was memory for all, so this tells nothing"
tail -n 1 said
for _ in 1 2 3; do retrieve NKPC-000001 NKPC-000002 > said 2>&1 || tail -n 1 said; done
if kill -0 "$DAEMON_PID" 2> /dev/null; then
  prlimit --pid "$DAEMON_PID" --data=unlimited: 
  deposit more-*.bin > /dev/null || die "there is memory again, and nothing is taken"
fi
if kill -0 "$DAEMON_PID" 2> /dev/null; then
  stop
else
  got=0; wait "$DAEMON_PID" || got=$?
  DAEMON_PID=
  [ $got = 1 ] && grep -qF "stopping at once" daemon.log || die "it ended with $got, and does not say why"
  echo "   it stopped at once; the next start is the normal one"
fi
start
retrieve NKPC-000001 NKPC-000002 > /dev/null || die "nothing can be retrieved"
cmp kept-large.bin out/NKPC-000002-large.bin || die "what is kept does not come"
stop
"$DEPONED" verify "$ARCHIVE" > verified 2>&1 || { cat verified; die "the archive does not verify after all this"; }
echo "no_room: refused, said so, and went on"
