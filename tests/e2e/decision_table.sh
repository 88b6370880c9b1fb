#!/usr/bin/env bash
# The decision table (tests/decisions/table.txt): everybody asks for everything, over TLS, and gets what stands there.
# What is hidden from somebody is answered as what is absent, in the same words and the same time.
# --write: writes the table as it is now.
. "$(dirname "$0")/hostile_archive.sh"

found_empty_archive
step "everybody asks for everything; what is hidden is answered as what is absent"
hostile decisions table.txt || die "who may not see an item can learn that it exists"
same table.txt
[ "$(grep -c . table.txt)" -ge 1000 ] || die "the table has lost its rows"
unharmed
echo "decision_table: $(grep -c . table.txt) lines, as they stand"
