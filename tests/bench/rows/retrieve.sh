# Retrieving: asked for on the record, every commitment checked, against reading the same bytes out of a repository.

prepare_retrieval() {  # prepare_retrieval PATH KIND: deposited, and in a repository
  need restic
  fresh_archive
  d investigator submit "$1" --case NKPC --kind "$2" "${CONSENT[@]}" > /dev/null 2>&1
  new_repository
  backup "$1"
}

row_retrieve_one() {
  prepare_retrieval input/one.bin video
  local run
  for run in $(seq "$RUNS"); do
    rm -rf out copy
    settle
    our lawyer retrieve NKPC-000001 -o out --purpose documentation --internal
    settle
    theirs wrote sh -c "restic -q --no-cache -r repository dump latest /input/one.bin > copy"
    cmp input/one.bin out/NKPC-000001-one.bin || die "what was retrieved is not what was deposited"
    cmp input/one.bin copy || die "what restic dumped is not what it was given"
  done
  daemon_peak
  result retrieve_one "retrieve $ONE_TEXT, verified" "restic dump" 1.2
}

row_retrieve_many() {
  prepare_retrieval input/many document
  local run items file
  mapfile -t items < <(seq -f 'NKPC-%06.0f' "$MANY")
  for run in $(seq "$RUNS"); do
    rm -rf out copy
    settle
    our lawyer retrieve "${items[@]}" -o out --purpose documentation --internal
    settle
    theirs wrote restic -q --no-cache -r repository restore latest --target copy
    [ "$(find out -type f | wc -l)" = "$MANY" ] || die "files are missing of what was retrieved"
    for file in out/*; do cmp "$file" "input/many/${file#out/NKPC-??????-}" || die "what was retrieved differs"; done
    diff -rq input/many copy/input/many || die "what restic restored differs"
  done
  daemon_peak
  result retrieve_many "retrieve $MANY files of 4 KiB in one command" "restic restore" 1.5
}
