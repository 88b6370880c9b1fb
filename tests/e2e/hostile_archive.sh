# For tests by hostile_member: an archive with a custodian and nobody else. In memory where that is possible, so that
# the disk's noise does not hide what the daemon's own time would tell.
: "${HOSTILE_MEMBER:?the hostile_member program}"
DECISIONS=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../decisions
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

found_empty_archive() {
  PORT=$(free_port)
  person custodian custodian
  "$DEPONED" init "$ARCHIVE" --custodian custodian.card --origin archive.example/nk --listen "127.0.0.1:$PORT" --key-file "$ROOT/archive.key" > /dev/null
  start
}
hostile() { "$HOSTILE_MEMBER" "$1" "$ARCHIVE/archive.card" "$ROOT/homes/custodian" "$ROOT/custodian.key" "$ROOT/$2"; }

# same NAME: what was printed to $ROOT/NAME is tests/decisions/NAME; with --write, it is that from now on.
same() {
  local kept=$DECISIONS/$1
  if [ "${WRITE:-}" = yes ]; then cp "$ROOT/$1" "$kept"; echo "written: tests/decisions/$1"; return; fi
  diff -U2 --label kept --label now "$kept" "$ROOT/$1" > difference || { cat difference; die "tests/decisions/$1 says something else (--write writes it anew)"; }
}
[ "${1:-}" != --write ] || WRITE=yes

# The archive is none the worse for it: it answers, its log holds, and so does every object.
unharmed() {
  "$DEPONED" status "$ARCHIVE" > /dev/null || die "the daemon is gone"
  person auditor archivist
  d custodian join "$ARCHIVE/archive.card" > /dev/null
  d auditor join "$ARCHIVE/archive.card" > /dev/null
  d custodian member enrol auditor.card --role archivist > /dev/null
  expect 0 "intact" d auditor audit --again --objects
  stop
  "$DEPONED" verify "$ARCHIVE" > verified 2>&1 || { cat verified; die "the archive does not verify after all this"; }
  ! grep -E "\[(error|critical)\]" daemon.log || die "the daemon met something that it did not expect"
}
