#!/usr/bin/env bash
# The real daemon, whose n-th fsync, fdatasync, pwrite64 or rename (of each thread) the system refuses: whenever that
# is, it stops or refuses, no byte of a retrieval leaves that the log does not tell of, and what was told before holds.
# FAULTS=all: every n with both errors; else some, with one each.
. "$(dirname "$0")/lib.sh"
FAULTS=${FAULTS:-some}

strace -o /dev/null true 2> /dev/null || { echo "strace_faults: nothing can be traced here"; exit 0; }
found_archive
deposit() { d investigator submit "$@" --case NKPC --kind document "${CONSENT[@]}"; }
echo first > first.txt
deposit first.txt > printed 2> /dev/null
head -c 300000 /dev/urandom > large.bin
stop
delivered=0 tries=0 fired=0 stopped=0

# Starts the daemon with this fault; false where it ended while starting.
start_faulty() {
  strace -D -f -qq -o trace -e "trace=$1" -e "inject=$1:error=$2:when=$3" "$DEPONED" run "$ARCHIVE" > faulty.log 2>&1 &
  DAEMON_PID=$!
  for _ in $(seq 200); do
    "$DEPONED" status "$ARCHIVE" > /dev/null 2>&1 && return
    kill -0 "$DAEMON_PID" 2> /dev/null || return
    sleep 0.05
  done
  die "$1 $2 $3: neither up nor down"
}
alive() { kill -0 "$DAEMON_PID" 2> /dev/null; }

# one CALL ERROR N: 1 where the call did not come to an n-th time.
one() {
  local code=0
  tries=$((tries + 1))
  start_faulty "$@"
  if alive; then
    echo "small $tries" > "small-$tries.txt"
    echo "$tries" >> large.bin
    rm -rf out
    { deposit "small-$tries.txt" && deposit large.bin && d lawyer retrieve NKPC-000001 -o out --purpose documentation --internal; } >> printed 2> /dev/null || true
    [ -z "$(ls -A out 2> /dev/null)" ] || delivered=$((delivered + 1))
  fi
  if grep -q INJECTED trace; then
    case $1 in fsync | fdatasync) for _ in $(seq 40); do alive || break; sleep 0.05; done ;; esac
    if alive; then
      case $1 in fsync | fdatasync) die "$*: a failed $1, and the daemon goes on" ;; esac
    else
      stopped=$((stopped + 1))
    fi
  fi
  kill "$DAEMON_PID" 2> /dev/null || true
  wait "$DAEMON_PID" || code=$?
  DAEMON_PID=
  [ $code -le 1 ] || { tail faulty.log; die "$*: it ended with $code"; }
  grep -q INJECTED trace || return 1
  fired=$((fired + 1))
  expect 0 "intact" "$DEPONED" verify "$ARCHIVE"
  start
  d lawyer find --case NKPC --json | jq -r '.[].ref' | sort > known
  grep -o '^NKPC-[0-9]*' printed | sort -u > told
  [ -z "$(comm -23 told known)" ] || { comm -23 told known; die "$*: a receipt was printed, and the item is not there"; }
  d lawyer history NKPC-000001 > said
  [ "$(grep -c 'lawyer retrieved it' said)" -ge $delivered ] || { cat said; die "$*: $delivered left, and fewer are told of"; }
  stop
}

for call in fsync fdatasync pwrite64 rename; do
  numbers=$(seq 60)
  [ $FAULTS = all ] || case $call in
    fsync | fdatasync) numbers="1 2 3 4 5 6 8" ;;
    pwrite64) numbers="1 2 3 5 8 13 21 34 55" ;;
    rename) numbers="1 2 3" ;;
  esac
  for n in $numbers; do
    errors=EIO
    [ $((n % 2)) = 1 ] || errors=ENOSPC
    [ $FAULTS != all ] || errors="EIO ENOSPC"
    for error in $errors; do one $call $error "$n" || break 2; done
  done
  step "$call: until now $fired faults, the daemon stopped at $stopped"
done
[ $fired -ge 12 ] || die "only $fired faults came about"
start
all_receipts_hold
echo "strace_faults: $fired faults, $stopped stops, nothing lost"
