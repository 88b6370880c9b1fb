# Depositing: sealed, sent, written durably and receipted, against a backup into a new local repository.

new_repository() {
  rm -rf repository
  restic -q --no-cache -r repository init > /dev/null
}
backup() { restic -q --no-cache -r repository backup --compression off "$@"; }

# deposited NUMBER FILE: the receipt of the newest deposits proves this file.
deposited() {
  d investigator verify "homes/investigator/depone/archives/nk/receipts/$(printf 'NKPC-%06d' "$1").receipt.json" "$2" > /dev/null \
    || die "the receipt does not prove what was deposited"
}

row_submit_one() {
  need restic
  fresh_archive
  local run
  for run in $(seq "$RUNS"); do
    forget_deposits
    settle
    our investigator submit input/one.bin --case NKPC --kind video "${CONSENT[@]}"
    new_repository
    settle
    theirs wrote restic -q --no-cache -r repository backup --compression off input/one.bin
  done
  daemon_peak
  deposited "$RUNS" input/one.bin
  result submit_one "submit $ONE_TEXT (one file)" "restic backup" 0.8
}

row_submit_many() {
  need restic
  fresh_archive
  local run
  for run in $(seq "$RUNS"); do
    forget_deposits
    settle
    our investigator submit input/many --case NKPC --kind document "${CONSENT[@]}"
    new_repository
    settle
    theirs wrote restic -q --no-cache -r repository backup --compression off input/many
  done
  daemon_peak
  [ "$(find homes/investigator -name '*.receipt.json' | wc -l)" = $((RUNS * MANY)) ] || die "receipts are missing"
  deposited 1 "$(find input/many -type f | sort | head -n 1)"
  result submit_many "submit $MANY files of 4 KiB, each signed and receipted" "restic backup" 1.0
}
