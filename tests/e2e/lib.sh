# For end-to-end tests with the real programs: one archive in a folder of its own, people with homes of their own.
# Needs DEPONE and DEPONED; ends the daemon by its process id, whatever happens.
set -euo pipefail
: "${DEPONE:?the depone program}" "${DEPONED:?the deponed program}"

ROOT=$(mktemp -d "${TMPDIR:-/tmp}/depone-e2e.XXXXXX")
ARCHIVE=$ROOT/archive
DAEMON_PID=
cd "$ROOT"

cleanup() {
  status=$?
  [ -z "$DAEMON_PID" ] || kill "$DAEMON_PID" 2> /dev/null || true
  [ -z "$DAEMON_PID" ] || wait "$DAEMON_PID" 2> /dev/null || true
  [ $status = 0 ] || { echo "--- daemon.log"; tail -n 20 "$ROOT/daemon.log" 2> /dev/null || true; }
  rm -rf "$ROOT"
  exit $status
}
trap cleanup EXIT

die() { echo "FAILED: $*" >&2; exit 1; }
step() { echo "-- $*"; }

# d WHO ARGUMENT…: depone as WHO.
d() { local who=$1; shift; XDG_DATA_HOME=$ROOT/homes/$who "$DEPONE" "$@"; }

# expect CODE SAYS COMMAND…: the command ends with this exit code and says this (a fixed string) on either stream.
expect() {
  local code=$1 says=$2 got=0; shift 2
  "$@" > "$ROOT/said" 2>&1 < /dev/null || got=$?
  [ "$got" = "$code" ] || { cat "$ROOT/said"; die "exit $got instead of $code: $*"; }
  grep -qF -- "$says" "$ROOT/said" || { cat "$ROOT/said"; die "does not say '$says': $*"; }
}

# flip FILE OFFSET: changes one bit of one byte.
flip() { local byte; byte=$(od -An -tu1 -j "$2" -N 1 "$1"); printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || { echo "$port"; return; }
  done
}

person() {  # person WHO ROLE
  d "$1" --key-file "$ROOT/$1.key" init --handle "$1" --role "$2" > /dev/null
  d "$1" card -o "$ROOT/$1.card" > /dev/null
}

start() {  # start [FOLDER]: runs the daemon and waits until it answers
  "$DEPONED" run "${1:-$ARCHIVE}" >> "$ROOT/daemon.log" 2>&1 &
  DAEMON_PID=$!
  for _ in $(seq 100); do
    "$DEPONED" status "${1:-$ARCHIVE}" > /dev/null 2>&1 && return
    kill -0 "$DAEMON_PID" 2> /dev/null || die "the daemon ended at once"
    sleep 0.1
  done
  die "the daemon does not answer"
}
stop() {
  kill "$DAEMON_PID"
  wait "$DAEMON_PID" || die "the daemon did not stop cleanly"
  DAEMON_PID=
}
restart() { stop; start; }

# An archive with a custodian, an investigator, a lawyer and an archivist, all enrolled, and the case NKPC that the
# lawyer reads.
found_archive() {
  PORT=$(free_port)
  person custodian custodian
  "$DEPONED" init "$ARCHIVE" --custodian custodian.card --origin archive.example/nk --listen "127.0.0.1:$PORT" --key-file "$ROOT/archive.key" > /dev/null
  start
  d custodian join "$ARCHIVE/archive.card" > /dev/null
  local who
  for who in investigator lawyer archivist; do
    person "$who" "$who"
    d "$who" join "$ARCHIVE/archive.card" > /dev/null
    d custodian member enrol "$who.card" --role "$who" > /dev/null
  done
  d custodian case open --prefix NKPC --title "Political prison camps" --reader lawyer --single-reader > /dev/null
}
CONSENT=(--consent-basis informed --purpose international_prosecution --purpose documentation --recipient icc_otp --recontact never)

# Every receipt that the investigator's profile holds is proved by the log, which is whole.
all_receipts_hold() {
  cp homes/investigator/depone/archives/nk/receipts/*.receipt.json homes/archivist/depone/archives/nk/receipts/
  expect 0 "intact" d archivist audit
  grep -q "checked $(ls homes/archivist/depone/archives/nk/receipts | wc -l) receipts" said || { cat said; die "not all receipts were checked"; }
}
