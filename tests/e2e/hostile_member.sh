#!/usr/bin/env bash
# The list of bad input (tests/decisions/bad_input.txt): an enrolled member sends over TLS what no client of ours would,
# gets what stands there, and leaves the archive as sound as it was.
# --write: writes the list as it is now.
. "$(dirname "$0")/hostile_archive.sh"

found_empty_archive
step "a member sends whatever bytes"
hostile list bad_input.txt || die "the list did not come to its end"
same bad_input.txt
[ "$(grep -c '^[^#]' bad_input.txt)" -ge 150 ] || die "the list has lost its cases"
unharmed
echo "hostile_member: $(grep -c '^[^#]' bad_input.txt) cases, as they stand"
