#!/usr/bin/env bash
# Many items in one command: portions side by side, told in the order of the names; each file whole under its name, each
# item's outcome its own.
. "$(dirname "$0")/lib.sh"

found_archive
retrieve() { d lawyer retrieve "$@" --purpose documentation --internal; }

step "300 small files, and one in the middle that does not ride along"
mkdir many
for n in $(seq -w 300); do echo "file $n" > "many/$n.txt"; done
head -c 300000 /dev/urandom > many/150.txt
d investigator submit many --case NKPC --kind document "${CONSENT[@]}" > /dev/null 2>&1
mapfile -t names < <(seq -f 'NKPC-%06.0f' 300 -1 1)
size_of_log() { d lawyer status --json | jq .log_size; }

step "all of them, backwards, some named twice in several ways"
retrieve "${names[@]}" NKPC-7 NKPC-000300 -o out --json > got.json
[ "$(jq -r '.[].ref' got.json)" = "$(printf '%s\n' "${names[@]}")" ] || die "not in the order of the names"
[ "$(find out -type f | wc -l)" = 300 ] || die "not every file once"
jq -r '.[] | "\(.sha256)  \(.file)"' got.json | sha256sum --quiet -c || die "a file is not what was deposited"
for file in out/*; do cmp -s "$file" "many/${file#out/NKPC-??????-}" || die "$file is another"; done
[ "$(find "$ROOT"/homes/lawyer/depone/archives/nk/receipts -name 'retrieve-*' | wc -l)" = 300 ] || die "not every receipt"

step "a file that is there is not replaced, and takes none of the others with it"
there=$(echo out/NKPC-000042-*)
rm -r out
mkdir out
echo mine > "$there"
expect 3 "$there exists already" retrieve "${names[@]}" -o out
[ "$(cat "$there")" = mine ] || die "it was replaced"
[ "$(find out -type f | wc -l)" = 300 ] || die "others are missing"
retrieve "${names[@]}" -o out --force > /dev/null
cmp "$there" "many/${there#out/NKPC-??????-}" || die "it was not replaced"

step "one name of nothing, and nothing is asked for"
before=$(size_of_log)
expect 4 "NKPC-000999: there is nothing of that name" retrieve "${names[@]}" NKPC-000999 -o none
[ "$(find none -type f | wc -l)" = 0 ] || die "something was retrieved"
[ $(($(size_of_log) - before)) = 3 ] || die "names are not looked up together: two looks at items and one at nothing"

step "where a whole portion is refused, the others are retrieved"
mkdir closed
for n in $(seq -w 64); do echo "closed $n" > "closed/$n.txt"; done
d investigator submit closed --case NKPC --kind document --consent-basis informed --purpose media --recipient icc_otp --recontact never > /dev/null 2>&1
mapfile -t more < <(seq -f 'NKPC-%06.0f' 1 364)
asking() { d lawyer retrieve "$@" --purpose international_prosecution --recipient icc_otp; }
expect 3 "outside the consent" asking "${more[@]}" -o some
[ "$(find some -type f | wc -l)" = 300 ] || die "not those that are granted"
asking "${more[@]}" -o again --json > some.json || [ $? = 3 ]
[ "$(jq length some.json)" = 364 ] || die "not a row for each"
expect 4 "outside the consent" asking "${more[@]:300}" -o none

step "the archive holds"
d archivist audit > /dev/null
stop
"$DEPONED" verify "$ARCHIVE" > /dev/null || die "verify"
echo "retrieve_many: all of it"
