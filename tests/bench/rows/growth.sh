# One archive that grows: what each thing costs at a hundredth, a tenth and all of ITEMS. No goals: a picture. It is left
# for the rows about the log.

row_growth() {
  need gnuplot
  rm -rf archive homes
  cp -a founded/archive founded/homes .
  local size had=0 rate ref run find verify started bytes
  echo "# items  acts/s  retrieve ms  find ms  start s  verify s  bytes/item" > growth.txt
  for size in $((ITEMS / 100)) $((ITEMS / 10)) "$ITEMS"; do
    echo "   $size items"
    "$BENCH_PROGRAMS/bench_fill" archive archive.key homes/investigator NKPC $((size - had)) > filled.json \
      || die "it cannot be filled"
    had=$size
    bytes=$(($(du -sb archive | cut -f1) / size))
    timed "$DEPONED" verify archive
    verify=$(jq -n "$TOOK / 1e6")
    timed_start
    started=$(jq -n "$TOOK / 1e6")
    rate=$("$BENCH_PROGRAMS/bench_load" homes/investigator NKPC $((ACTS / 4)) | jq .per_second) || die "the load was not taken"
    ref=$(d investigator submit input/many/file-00000.bin --case NKPC --kind document "${CONSENT[@]}" --again --json | jq -r '.[0].ref')
    OURS=()
    for run in $(seq "$RUNS"); do
      our lawyer retrieve "$ref" -o out --purpose documentation --internal --force
    done
    cmp -s out/"$ref"-* input/many/file-00000.bin || die "what is retrieved is not what was submitted"
    find=$("$BENCH_PROGRAMS/bench_ask" homes/lawyer "/v1/items?crime=RS7.1.f&limit=100" 20) || die "it does not answer"
    stop
    jq -nr --argjson ours "[$(IFS=,; echo "${OURS[*]}")]" --argjson find "$find" \
      "[$size, $rate, (\$ours | sort | .[length / 2 | floor] / 1000), \$find.ms, $started, $verify, $bytes] | @tsv" >> growth.txt
  done
  rm -rf filled
  mkdir filled
  mv archive homes filled/
  column -t growth.txt | sed 's/^/   /'
  gnuplot -e "picture='growth.svg'" "$here/tests/bench/growth.gnuplot"
  [ -s growth.svg ] || die "gnuplot drew nothing"
  if [ -n "$picture" ]; then cp growth.svg "$picture"; fi
}
