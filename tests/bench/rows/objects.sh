# Reading every sealed object to check it, against hashing the same bytes.

prepare_objects() {
  need openssl
  fresh_archive
  d investigator submit input/one.bin --case NKPC --kind video "${CONSENT[@]}" > /dev/null 2>&1
  mapfile -t OBJECTS < <(find archive/objects -type f)
  [ ${#OBJECTS[@]} = 1 ] || die "one object was deposited, and ${#OBJECTS[@]} files are there"
}

row_verify_objects() {
  prepare_objects
  stop
  local run
  for run in $(seq "$RUNS"); do
    ours "$DEPONED" verify archive
    theirs read openssl dgst -sha256 "${OBJECTS[@]}"
  done
  result verify_objects "deponed verify of $ONE_TEXT in objects" "openssl dgst -sha256" 1.3
}

row_audit_objects() {
  prepare_objects
  local run
  for run in $(seq "$RUNS"); do
    our archivist audit --objects --again
    theirs read openssl dgst -sha256 "${OBJECTS[@]}"
  done
  daemon_peak
  result audit_objects "depone audit --objects of $ONE_TEXT, over the wire" "openssl dgst -sha256" 2.0
}
