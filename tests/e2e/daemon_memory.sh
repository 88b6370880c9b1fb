#!/usr/bin/env bash
# What a core dump of the running daemon would hold: neither content nor title, of what was deposited, retrieved and
# audited a moment ago.
. "$(dirname "$0")/lib.sh"
: "${MEMORY_GREP:?the memory_grep program}"

found_archive
marker=Kesselflicker
large=Zwetschgenkuchen
echo "$marker-content" > short.txt
{ for _ in $(seq 20000); do echo "$large-content line"; done; } > large.txt
cat > short.txt.depone.toml <<TOML
title = "$marker-title"
narrative = ["$marker-narrative"]
place = "$marker-place"
summary = "$marker-summary"
TOML
d investigator submit short.txt large.txt --case NKPC --kind testimony "${CONSENT[@]}" > /dev/null 2>&1
d lawyer find --case NKPC "$marker-summary" > /dev/null
d lawyer retrieve NKPC-000001 NKPC-000002 -o out --purpose documentation --internal > /dev/null
cmp short.txt out/NKPC-000001-short.txt
cmp large.txt out/NKPC-000002-large.txt
d archivist audit --objects > /dev/null

secrets=("$marker-content" "$large-content" "$marker-title" "$marker-narrative" "$marker-place")
"$MEMORY_GREP" "$DAEMON_PID" "${secrets[@]}" > said || { cat said; die "the daemon's memory holds what it must not know"; }
step "the daemon's memory: $(cat said)"
[ "$(sed -n 's/^read \([0-9]*\) KiB/\1/p' said)" -gt 4000 ] || die "too little was read to mean anything"
# The search itself finds what is there.
got=0; "$MEMORY_GREP" "$DAEMON_PID" "archive.example/nk" "${secrets[@]}" > said || got=$?
[ $got = 1 ] && [ "$(grep -c found said)" = 1 ] || { cat said; die "it does not find what is there"; }

step "nor do key file and master key stand in its memory as text"
got=0; "$MEMORY_GREP" "$DAEMON_PID" "$(head -c 64 archive.key)" > said || got=$?
[ $got = 0 ] || die "the key file's text stands in the daemon's memory"

echo "daemon_memory: nothing"
