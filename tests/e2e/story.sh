#!/usr/bin/env bash
# The three users' stories, with a restart of the daemon between the steps, and what must be nowhere in its folder.
. "$(dirname "$0")/lib.sh"

step "an archive, its members, a case"
found_archive
restart

step "an investigator seals, signs and deposits a testimony in Korean"
marker=MARKER-$RANDOM$RANDOM-표식
printf '나는 2014년 3월에 %s 에서 보았다.\nI saw it.\n' "$marker" > 면담.txt
d investigator submit 면담.txt --case NKPC --kind testimony --title "title $marker" --narrative "narrative $marker" --summary "summary $marker guard" \
  --crime RS7.1.f --recommendation prk4-18 --language ko --date 2014-03-02 --country PRK --place "place $marker" --source-role testifier --source-knowledge eyewitness \
  "${CONSENT[@]}" --json > deposit.json
ref=$(jq -r '.[0].ref' deposit.json)
[ "$ref" = NKPC-000001 ] || die "the first item is $ref"
restart

step "the same bytes again are named, not deposited; --again deposits them"
d investigator submit 면담.txt --case NKPC --kind testimony "${CONSENT[@]}" | grep -q "deposited already" || die "deposited twice in silence"
d investigator submit 면담.txt --case NKPC --kind testimony --again "${CONSENT[@]}" --json | jq -e '.[0].ref == "NKPC-000002"' > /dev/null

step "a folder, with sidecars; two clients at once"
mkdir -p folder/inner
printf 'kind = "document"\nsensitivity = "confidential"\ncrimes = ["RS7.1.e"]\n[consent]\nbasis = "informed"\npurposes = ["documentation"]\nrecontact = "never"\n' > folder/depone.toml
for i in $(seq 20); do echo "document $i $RANDOM" > "folder/inner/doc-$i.txt"; done
printf 'title = "the seventh"\nkind = "photo"\n' > folder/inner/doc-7.txt.depone.toml
echo hidden > folder/.hidden; ln -s inner/doc-1.txt folder/link.txt
d investigator submit folder --case NKPC --receipts receipts --json > folder.json &
first=$!
head -c 3000000 /dev/urandom > big.bin
d lawyer submit big.bin --case NKPC --kind video --summary "a large one" "${CONSENT[@]}" --json > big.json
wait $first
[ "$(jq 'map(select(.outcome == "accepted")) | length' folder.json)" = 20 ] || { cat folder.json; die "not all of the folder was deposited"; }
[ "$(ls receipts | wc -l)" = 20 ] || die "a receipt is missing"
[ ! -e folder/inner/doc-1.txt.receipt.json ] || die "a receipt was left beside evidence"
big=$(jq -r '.[0].ref' big.json)
restart

step "standard input, and an empty file"
echo "from a pipe" | d investigator submit - --case NKPC --kind other "${CONSENT[@]}" --json > pipe.json
[ "$(jq -r '.[0].sha256' pipe.json)" = "$(echo "from a pipe" | sha256sum | cut -d' ' -f1)" ] || die "standard input was not deposited as it came"
! ls "$ROOT"/homes/investigator/depone | grep -q standard-input || die "a plaintext was left in the profile"
: > empty.txt
d investigator submit empty.txt --case NKPC --kind document "${CONSENT[@]}" --json > empty.json
empty=$(jq -r '.[0].ref' empty.json)

step "the lawyer finds by crime, by recommendation, by date, by words"
d lawyer find --crime RS7.1.f --json | jq -e 'length == 1 and .[0].ref == "NKPC-000001"' > /dev/null
d lawyer find --recommendation prk4-18 --json | jq -e 'length == 1' > /dev/null
d lawyer find --crime RS7.1.e --kind photo --json | jq -e 'length == 1' > /dev/null
d lawyer find --from 2014 --to 2014-12 --json | jq -e 'length == 1' > /dev/null
d lawyer find --from 2015 --json | jq -e 'length == 0' > /dev/null
d lawyer find guard "$marker" --json | jq -e 'length == 1' > /dev/null
d investigator find --json | jq -e 'length == 24' > /dev/null || die "everyone sees what they submitted"
d archivist find --json | jq -e 'length == 0' > /dev/null || die "an archivist sees the catalogue"
restart

step "retrieval: outside the consent it is refused and written down, within it the bytes come back"
expect 4 "outside the consent" d lawyer retrieve NKPC-000001 -o out --purpose media --recipient icc_otp
expect 4 "not among those" d lawyer retrieve NKPC-000001 -o out --purpose documentation --recipient un_ohchr
expect 4 "nothing of that name" d investigator retrieve "$big" -o out --purpose documentation --internal
[ ! -e out ] || [ -z "$(ls out)" ] || die "something was written although it was refused"
d lawyer retrieve NKPC-000001 "$big" "$empty" -o out --purpose international_prosecution --recipient icc_otp > /dev/null
cmp 면담.txt "out/NKPC-000001-면담.txt"
cmp big.bin "out/$big-big.bin"
cmp empty.txt "out/$empty-empty.txt"
expect 1 "exists already" d lawyer retrieve NKPC-000001 -o out --purpose documentation --internal
d lawyer retrieve NKPC-000001 -o out --force --purpose documentation --internal > /dev/null
d lawyer retrieve NKPC-000001 --manifest --purpose translation --internal --json | jq -e --arg t "title $marker" '.[0].title == $t and (.[0] | has("file") | not)' > /dev/null
restart

step "custody in words, refusals included"
d lawyer history NKPC-000001 > history.txt
grep -q "investigator deposited it" history.txt && grep -q "was refused" history.txt && grep -q "retrieved it for international_prosecution, to icc_otp" history.txt || { cat history.txt; die "the history is not whole"; }
# Who submitted it sees its whole chain, without the acts that name other items and without what was stated.
d investigator history NKPC-000001 > seen-by-submitter.txt
[ "$(grep -c ' entry ' seen-by-submitter.txt)" = "$(grep -c ' entry ' history.txt)" ] || die "the submitter sees another custody"
! grep -q icc_otp seen-by-submitter.txt || die "a reviewer saw a recipient"
d archivist history NKPC-000001 > seen-by-archivist.txt
! grep -q icc_otp seen-by-archivist.txt || die "an archivist saw a recipient"

step "receipts: offline, and fetched again"
home=$ROOT/homes/investigator/depone/archives/nk
d investigator verify "$home/receipts/NKPC-000001.receipt.json" 면담.txt | grep -q "is the one that was deposited"
expect 6 "not the file" d investigator verify "$home/receipts/NKPC-000001.receipt.json" big.bin
d investigator receipt NKPC-000001 -o lost.json > /dev/null
[ "$(jq -r .proof lost.json)" = "$(jq -r .proof "$home/receipts/NKPC-000001.receipt.json")" ] || die "the receipt is another one"
expect 6 "no opening" d investigator verify lost.json 면담.txt

step "the archivist audits, goes on from there, and can do no more"
d archivist audit --json | jq -e '.result == "intact" and .from == 0' > /dev/null
d archivist audit --json | jq -e '.result == "intact" and .from > 0' > /dev/null
d archivist audit --again --json | jq -e '.result == "intact" and .from == 0' > /dev/null
d archivist log --json --most 3 | tail -n 1 | jq -e .seq > /dev/null
expect 4 "nothing of that name" d lawyer log
expect 4 "none of this member's roles" d archivist submit big.bin --case NKPC --kind other --again "${CONSENT[@]}"

step "a granted reader reads what came before; a revoked one reads nothing more"
person second lawyer
d second join "$ARCHIVE/archive.card" > /dev/null
expect 4 "not" d second status
d custodian member enrol second.card --role lawyer > /dev/null
expect 4 "nothing of that name" d second retrieve NKPC-000001 -o out2 --purpose documentation --internal
d lawyer case grant NKPC second > /dev/null
d second retrieve NKPC-000001 -o out2 --purpose documentation --internal > /dev/null
cmp 면담.txt out2/NKPC-000001-면담.txt
d custodian member revoke second --reason left > /dev/null
expect 4 "revoked" d second status
stop

step "offline, everything verifies, and no marker is in the folder"
"$DEPONED" verify "$ARCHIVE" --json | jq -e '.result == "intact" and (.notes | length == 0)' > /dev/null
! grep -rqF "$marker" "$ARCHIVE" "$ROOT/daemon.log" || die "a marker is in the archive's folder or log"
! grep -rqF "I saw it" "$ARCHIVE" || die "content is in the archive's folder"
echo "story: all of it"
