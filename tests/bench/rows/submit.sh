# Depositing: sealed, sent, written durably and receipted, against a backup into a new local repository.

new_repository() {
  rm -rf repository
  restic -q --no-cache -r repository init > /dev/null
}
backup() { restic -q --no-cache -r repository backup --compression off "$@"; }

# deposited FILE: the receipt that was just given for this file proves it.
deposited() {
  local ref
  ref=$(awk -v file="$(basename "$1")" '$2 == file {print $1}' said)
  d investigator verify "homes/investigator/depone/archives/nk/receipts/$ref.receipt.json" "$1" > /dev/null \
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
    deposited input/one.bin
    new_repository
    settle
    theirs wrote restic -q --no-cache -r repository backup --compression off input/one.bin
  done
  daemon_peak
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
    deposited "$(find input/many -type f | sort | tail -n 1)"
    new_repository
    settle
    theirs wrote restic -q --no-cache -r repository backup --compression off input/many
  done
  daemon_peak
  [ "$(find homes/investigator -name '*.receipt.json' | wc -l)" = $((RUNS * MANY)) ] || die "receipts are missing"
  result submit_many "submit $MANY files of 4 KiB, each signed and receipted" "restic backup" 1.0
}
