#!/usr/bin/env bash
# 1 GiB in and out with key files: neither program needs more than 64 MiB.
. "$(dirname "$0")/lib.sh"
limit_kib=$((64 * 1024))
size=${DEPONE_MEMORY_BYTES:-1073741824}
found_archive
head -c "$size" /dev/urandom > content.bin

peak() {  # peak NAME COMMAND…: runs it and prints the peak of its memory
  local name=$1 kib; shift
  /usr/bin/time -f %M -o peak.txt "$@" > /dev/null
  kib=$(tail -n 1 peak.txt)
  echo "$name: $kib KiB"
  [ "$kib" -le $limit_kib ] || die "$name needs $kib KiB, more than $limit_kib"
}
export XDG_DATA_HOME
XDG_DATA_HOME=$ROOT/homes/investigator peak "depone submit" "$DEPONE" submit content.bin --case NKPC --kind video "${CONSENT[@]}"
XDG_DATA_HOME=$ROOT/homes/lawyer peak "depone retrieve" "$DEPONE" retrieve NKPC-000001 -o out --purpose documentation --internal
cmp content.bin out/NKPC-000001-content.bin
kib=$(awk '/VmHWM/ {print $2}' "/proc/$DAEMON_PID/status")
echo "deponed: $kib KiB"
[ "$kib" -le $limit_kib ] || die "deponed needs $kib KiB, more than $limit_kib"
