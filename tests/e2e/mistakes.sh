#!/usr/bin/env bash
# Mistakes are mended in the open: what was said is corrected and kept, what lies in the wrong case is shared into the
# right one, and nothing is undone in silence.
. "$(dirname "$0")/lib.sh"

found_archive
person second lawyer; d second join "$ARCHIVE/archive.card" > /dev/null; d custodian member enrol second.card --role lawyer > /dev/null
d custodian case open --prefix TORT --title "Torture" --reader second --single-reader > /dev/null
marker=MARKER-$RANDOM$RANDOM
echo "words of a witness $marker" > a.txt
d investigator submit a.txt --case NKPC --kind testimony --title "Interveiw $marker" --narrative "one" --summary "a gaurd" --crime RS7.1.f --date 2014-03-02 \
  --language ko --country PRK --source-role testifier --source-knowledge eyewitness "${CONSENT[@]}" > /dev/null

step "who may correct, and what"
expect 4 "nothing of that name" d second describe NKPC-000001 --reason mistake --summary x
expect 4 "only they correct it" d archivist describe NKPC-000001 --reason mistake --summary x
expect 2 "that is what is said of it now" d lawyer describe NKPC-000001 --reason mistake --summary "a gaurd"
expect 2 "mistake, more_known" d lawyer describe NKPC-000001 --reason because --summary x
expect 2 "cannot be corrected" d lawyer describe NKPC-000001 --reason mistake --kind photo
expect 2 "RS7.1.f" d lawyer describe NKPC-000001 --reason mistake --crime RS7.1.ff
expect 2 "did you mean 'crimes'" d lawyer describe NKPC-000001 --reason mistake --clear crime
expect 4 "may narrow the consent" d lawyer describe NKPC-000001 --reason more_known --recipient icc_otp --recipient un_ohchr
expect 4 "may narrow the consent" d lawyer describe NKPC-000001 --reason mistake --sensitivity open

step "its submitter corrects what the archive reads, and finds it by the new words"
expect 0 "a gaurd' -> 'a guard" d investigator describe NKPC-000001 --reason mistake --summary "a guard" --crime RS7.1.e
d lawyer find guard --json | jq -e 'length == 1 and .[0].crimes == ["RS7.1.e"]' > /dev/null || die "not found by its new summary"
d lawyer find gaurd --json | jq -e 'length == 0' > /dev/null || die "found by its old summary"
d lawyer find --crime RS7.1.f --json | jq -e 'length == 0' > /dev/null || die "found by its old crime"
d lawyer show NKPC-000001 --json | jq -e '.summary == "a guard" and .described > 0' > /dev/null

step "a reader corrects the title, which only readers see; the content stays what it was"
expect 4 "sealed to the case's readers" d investigator describe NKPC-000001 --reason mistake --title x
d lawyer describe NKPC-000001 --reason mistake --title "Interview $marker" --date 2014-03-05 --json | jq -e '.changed == 2' > /dev/null || die "other than title and day changed"
restart
d lawyer retrieve NKPC-000001 -o out --purpose documentation --internal --json > got.json
jq -e --arg t "Interview $marker" '.[0].title == $t and .[0].narrative == ["one"]' got.json > /dev/null || { cat got.json; die "the new title is not there"; }
cmp a.txt out/NKPC-000001-a.txt
d lawyer show NKPC-000001 --json | jq -e '.summary == "a guard"' > /dev/null || die "a correction of the manifest lost the summary"

step "what was said under seal before is kept, and shown to who can open it"
d lawyer retrieve NKPC-000001 --manifest --earlier --purpose documentation --internal --json > earlier.json
jq -e --arg old "Interveiw $marker" --arg new "Interview $marker" '.[0].manifests | length == 2 and .[0].title == $old and .[0].actor == "investigator"
  and .[1].title == $new and .[1].actor == "lawyer" and ([.[1].changed[].field] | sort) == ["time_exact", "title"]' earlier.json > /dev/null || { cat earlier.json; die "the earlier manifest is not told"; }
expect 0 "title: 'Interveiw $marker' -> 'Interview $marker'" d lawyer retrieve NKPC-000001 --manifest --earlier --purpose documentation --internal
expect 0 "now Chongjin" d lawyer describe NKPC-000001 --reason more_known --place "now Chongjin"
expect 0 "now Chongjin" d lawyer retrieve NKPC-000001 --manifest --purpose documentation --internal

step "a narrower consent binds at once, also what was derived"
echo "in English $marker" > t.txt
expect 2 "go together" d lawyer submit t.txt --case NKPC --kind document --derived-from NKPC-000001 "${CONSENT[@]}"
expect 4 "may not be freer" d lawyer submit t.txt --case NKPC --kind document --derived-from NKPC-000001 --relation translation --sensitivity open "${CONSENT[@]}"
d lawyer submit t.txt --case NKPC --kind document --derived-from NKPC-000001 --relation translation --relation-language en "${CONSENT[@]}" > /dev/null
d lawyer retrieve NKPC-000001 NKPC-000002 -o ok --purpose international_prosecution --recipient icc_otp > /dev/null
d lawyer describe NKPC-000001 --reason protection --purpose documentation --sensitivity secret > /dev/null
expect 4 "outside the consent" d lawyer retrieve NKPC-000001 -o not --purpose international_prosecution --recipient icc_otp
expect 4 "outside the consent" d lawyer retrieve NKPC-000002 -o not --purpose international_prosecution --recipient icc_otp
d lawyer show NKPC-000001 --json | jq -e '.sensitivity == "secret"' > /dev/null
d lawyer find --json | jq -e '.[0].sensitivity == "secret"' > /dev/null

step "what was said before is kept, and shown to whom it concerns"
d lawyer history NKPC-000001 > history.txt
grep -q "described it anew (mistake): catalogue.crimes.0: 'RS7.1.f' -> 'RS7.1.e'; catalogue.summary: 'a gaurd' -> 'a guard'" history.txt || { cat history.txt; die "the history does not say what changed"; }
grep -q "(mistake): the manifest" history.txt && grep -q "(protection): consent.purposes" history.txt && grep -q "sensitivity: secret" history.txt || { cat history.txt; die "the history lacks a correction"; }
d archivist history NKPC-000001 > archivist.txt
grep -q "described it anew (mistake): what the case's readers see of it" archivist.txt && ! grep -q "guard" archivist.txt || { cat archivist.txt; die "an archivist sees too much, or too little"; }

step "two who correct at once: the second is told"
# Both looked at the same description; the archive takes the first.
{ code=0; d lawyer describe NKPC-000001 --reason mistake --tag one > /dev/null 2>&1 || code=$?; echo $code > first.code; } & first=$!
got=0; d lawyer describe NKPC-000001 --reason mistake --tag two > said 2>&1 || got=$?
wait $first
case "$(cat first.code) $got" in "0 0" | "0 4" | "4 0") ;; *) cat said; die "exits $(cat first.code) and $got" ;; esac

step "into the wrong case, said in the open, and shared into the right one"
echo "of another matter $marker" > b.txt
d investigator submit b.txt --case NKPC --kind document --title "b" --summary "torture" "${CONSENT[@]}" > /dev/null
expect 4 "nothing of that name" d second show NKPC-000003
expect 4 "nothing of that name" d second share NKPC-000003 --into TORT
expect 2 "there are:" d lawyer share NKPC-000003 --into NOPE
expect 0 "said in the open" d lawyer share NKPC-000003 --into TORT --wrong-case
expect 4 "in that case already" d lawyer share NKPC-000003 --into TORT
d second find --case TORT --json | jq -e 'length == 1 and .[0].ref == "NKPC-000003"' > /dev/null || die "not found in the further case"
d second retrieve NKPC-000003 -o shared --purpose documentation --internal > /dev/null
cmp b.txt shared/NKPC-000003-b.txt
d lawyer retrieve NKPC-000003 -o own --purpose documentation --internal > /dev/null
expect 4 "nothing of that name" d second show NKPC-000001
expect 4 "outside the consent" d second retrieve NKPC-000003 -o not --purpose media --recipient icc_otp
d second history NKPC-000003 > second.txt
grep -q "lawyer shared it into TORT" second.txt && grep -q "(wrong_case)" second.txt || { cat second.txt; die "the share is not in the history"; }
d second describe NKPC-000003 --reason more_known --title "b, page two" > /dev/null
d lawyer retrieve NKPC-000003 --manifest --purpose translation --internal --json | jq -e '.[0].title == "b, page two"' > /dev/null || die "the first case's reader does not get the new manifest"
d second share NKPC-000003 --into NKPC > said 2>&1 && die "shared back into the case that it came from"

step "a wrong enrolment is revoked"
d custodian member revoke second --reason enrolled_in_error > /dev/null
expect 4 "revoked" d second retrieve NKPC-000003 -o late --purpose documentation --internal

step "all of it holds"
d archivist audit --again --objects --json | jq -e '.result == "intact"' > /dev/null || die "the audit found something"
stop
"$DEPONED" verify "$ARCHIVE" --json > verify.json || { cat verify.json; die "the archive does not verify"; }
! grep -rqF "$marker" "$ARCHIVE" "$ROOT/daemon.log" || die "a marker is in the archive's folder or log"
echo "mistakes: all of it"
