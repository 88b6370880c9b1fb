#!/usr/bin/env bash
# The decision table (tests/decisions/table.txt): everybody asks for everything, over TLS, and gets what stands there.
# What is hidden from somebody is answered as what is absent, in the same words and the same time.
# --write: writes the table as it is now.
. "$(dirname "$0")/hostile_archive.sh"

found_empty_archive
step "everybody asks for everything; what is hidden is answered as what is absent"
learns=no
hostile decisions table.txt || learns=yes
[ -s table.txt ] || die "the table was not made"
same table.txt
[ $learns = no ] || die "who may not see an item can learn that it exists"
[ "$(grep -c . table.txt)" -ge 1000 ] || die "the table has lost its rows"
unharmed
echo "decision_table: $(grep -c . table.txt) lines, as they stand"
