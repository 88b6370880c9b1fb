# Acts a second, against what this machine's own cores could verify of signatures.

row_acts() {
  fresh_archive
  local run rate sent
  for run in $(seq "$RUNS"); do
    rate=$("$BENCH_PROGRAMS/bench_verify_rate")
    sent=$("$BENCH_PROGRAMS/bench_load" homes/investigator NKPC "$ACTS") || die "the load was not taken"
    OURS+=("$(jq '.seconds * 1e6 | round' <<< "$sent")")
    PEERS+=("$(jq -n "$ACTS / (0.15 * $rate) * 1e6 | round")")
    echo "   $(jq .per_second <<< "$sent") acts/s; one core verifies $rate Ed25519 signatures a second"
  done
  daemon_peak
  result acts "$ACTS submissions of 1 KiB, sealed beforehand, 64 in flight" limit 1 \
    "$(jq .per_second <<< "$sent") acts/s; 0.15 x $rate verifies/s"
}
