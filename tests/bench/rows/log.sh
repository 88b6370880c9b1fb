# What grows with the log: an archive of many items, made once by bench_fill through the writer.

filled_archive() {
  if [ ! -d filled ]; then
    rm -rf archive homes
    cp -a founded/archive founded/homes .
    echo "   filling an archive with $ITEMS items"
    "$BENCH_PROGRAMS/bench_fill" archive archive.key homes/investigator NKPC "$ITEMS" > filled.json || die "it cannot be filled"
    echo "   $(jq -r '"\(.seconds) s, \(.per_second) acts/s, \(.per_group) a group, \(.bytes_per_item) bytes an item"' filled.json)"
    mkdir filled
  else
    rm -rf archive homes
    mv filled/archive filled/homes .
  fi
}
keep_filled() { [ -z "$DAEMON_PID" ] || stop; mv archive homes filled/; }

# The audit reads the entries of a stretch of the log, and then their acts; it says how long it took for each. What is
# measured against the limit is all but the acts: chain, tree, checkpoint, and the rules about each subject and act.
row_audit_log() {
  filled_archive
  start
  local run rate acts log_ms act_ms=()
  rate=$("$BENCH_PROGRAMS/bench_verify_rate")
  for run in $(seq "$LOG_RUNS"); do
    our archivist audit --again --json
    acts=$(jq .acts said)
    [ "$acts" -ge "$ITEMS" ] || die "the audit saw $acts acts"
    log_ms=$(jq .log_ms said)
    act_ms+=("$(jq .act_ms said)")
    echo "   $(jq -n "${OURS[-1]} / 1e6") s: $log_ms ms without the acts, ${act_ms[-1]} ms for $acts acts and signatures"
    OURS[-1]=$((log_ms * 1000))
    PEERS+=(10000000)
  done
  daemon_peak
  keep_filled
  result audit_log "audit of a log of $ITEMS entries: chain, tree, checkpoint" limit 1 \
    "beside it acts and signatures: $(IFS=,; jq -n "[${act_ms[*]}] | sort | .[length / 2 | floor] / 1000") s for $acts; verifying them alone at $rate/s would be $(jq -n "$acts / $rate | round") s of one core"
}

row_start() {
  filled_archive
  local run
  for run in $(seq "$RUNS"); do
    timed_start
    OURS+=("$TOOK")
    PEERS+=(2000000)
    daemon_peak
    stop
  done
  keep_filled
  result start "start on $ITEMS items, until it listens" limit 1
}

row_find() {
  filled_archive
  start
  local run asked
  [ "$(d lawyer find --crime RS7.1.f --json | jq '[.. | .ref? // empty] | length')" -gt 0 ] || die "nothing is found"
  for run in $(seq "$RUNS"); do
    asked=$("$BENCH_PROGRAMS/bench_ask" homes/lawyer "/v1/items?crime=RS7.1.f&limit=100" 20) || die "it does not answer"
    OURS+=("$(jq '.ms * 1000 | round' <<< "$asked")")
    PEERS+=(20000)
  done
  daemon_peak
  keep_filled
  result find "find by crime among $ITEMS items, the daemon's answer" limit 1 "$(jq -r '"\(.bytes) bytes"' <<< "$asked")"
}
