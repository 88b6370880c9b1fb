# How rows of packaging/bench measure, and what a row says. Behind tests/e2e/lib.sh.
#   OURS, PEERS   microseconds of each run
#   PEAK          the larger of our processes' peaks in this row, in KiB

now() { echo "${EPOCHREALTIME//[!0-9]/}"; }

# timed COMMAND…: TOOK becomes its time in microseconds, TOOK_KIB its peak. It must succeed.
timed() {
  local begun ended
  begun=$(now)
  /usr/bin/time -q -f %M -o "$ROOT/took" "$@" > "$ROOT/said" 2> "$ROOT/complained" \
    || { tail -n 5 "$ROOT/said" "$ROOT/complained" >&2; die "it ended with an error: $*"; }
  ended=$(now)
  TOOK=$((ended - begun)) TOOK_KIB=$(tail -n 1 "$ROOT/took")
}
peak() { [ "$1" -le "$PEAK" ] || PEAK=$1; }

# ours PROGRAM…: one run of ours.
ours() { timed "$@"; OURS+=("$TOOK"); peak "$TOOK_KIB"; }
# our WHO ARGUMENT…: the same of depone as WHO.
our() { local who=$1; shift; ours env XDG_DATA_HOME="$ROOT/homes/$who" "$DEPONE" "$@"; }
# theirs read|wrote COMMAND…: one run of the peer's; what it wrote is made durable on the clock, as ours is by itself.
theirs() {
  local kind=$1 took; shift
  timed "$@"
  took=$TOOK
  if [ "$kind" = wrote ]; then timed sync -f "$ROOT"; took=$((took + TOOK)); fi
  PEERS+=("$took")
}
# settle: what earlier runs left to be written is written, so that nobody pays for another's.
settle() { [ "$quick" = yes ] || sync -f "$ROOT"; }

# timed_start: starts the daemon; TOOK becomes how long it took until it listened.
timed_start() {
  local begun
  begun=$(now)
  "$DEPONED" run archive >> daemon.log 2>&1 &
  DAEMON_PID=$!
  until (exec 3<> "/dev/tcp/127.0.0.1/$PORT") 2> /dev/null; do
    kill -0 "$DAEMON_PID" 2> /dev/null || die "the daemon ended at once"
  done
  TOOK=$(($(now) - begun))
  "$DEPONED" status archive > /dev/null || die "the daemon does not answer"
}
daemon_peak() { peak "$(awk '/VmHWM/ {print $2}' "/proc/$DAEMON_PID/status")"; }

# The archive as it was founded, running.
fresh_archive() {
  rm -rf archive homes
  cp -a founded/archive founded/homes .
  # One member asks here for what many would.
  sed -i 's/^\(entries_per_minute_per_member =\) [0-9]*/\1 10000000/' archive/config.toml
  start
}
# Deposits are recognised by what the client noted of them: without it the same bytes are deposited once more.
forget_deposits() { rm -f homes/investigator/depone/archives/*/deposits; }

need() { command -v "$1" > /dev/null || die "$1 is not on this machine: packaging/setup --bench installs it"; }

# result NAME WORK PEER GOAL [NOTE]: what the row found, out of OURS, PEERS and PEAK. PEER `limit`: PEERS are a limit.
result() {
  local peer=$3
  [ "$peer" != limit ] || peer=
  jq -n --arg row "$1" --arg work "$2" --arg peer "$peer" --argjson goal "$4" --arg note "${5:-}" \
    --argjson ours "[$(IFS=,; echo "${OURS[*]}")]" --argjson peers "[$(IFS=,; echo "${PEERS[*]}")]" --argjson rss "$PEAK" '
    def median: sort | if length % 2 == 1 then .[(length - 1) / 2] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
    ([$ours, $peers] | transpose | map(.[0] / .[1])) as $ratios
    | {row: $row, work: $work, peer: (if $peer == "" then null else $peer end), ours_s: ($ours | median / 1e6),
       peer_s: ($peers | median / 1e6), ratio: ($ratios | median), spread: ($ratios | [min, max]), goal: $goal,
       rss_kib: $rss, runs: ($ours | length), note: $note}' > "$ROOT/results/$1"
}
