#!/usr/bin/env bash
# Files that are not as they should be, on the way in and on the way out: one clear sentence, the documented exit code,
# nothing half-written, and no byte of a name that a terminal would obey.
. "$(dirname "$0")/lib.sh"

found_archive
deposit() { d investigator submit "$@" --case NKPC --kind document "${CONSENT[@]}"; }
retrieve() { d lawyer retrieve "$@" --purpose documentation --internal; }
items() { d lawyer find --case NKPC --json | jq length; }
ESC=$'\033'
PROFILE=$ROOT/homes/investigator/depone

# says_nothing_raw COMMAND…: neither stream holds an escape, in 7 or 8 bits, or an end of line inside a name.
says_nothing_raw() {
  "$@" > "$ROOT/out" 2> "$ROOT/err" < /dev/null || true
  ! LC_ALL=C grep -q -e "$ESC" -e $'\302\233' -e $'\377' -e '^lines' "$ROOT/out" "$ROOT/err" || { cat -v "$ROOT/out" "$ROOT/err"; die "printed raw by: $(printf %q "$*")"; }
}

step "names: composed and decomposed, not UTF-8, with ends of lines, dots, escapes"
mkdir names
n=0
name() { n=$((n + 1)); echo "content $n" > "names/$1"; }
name "1 한글.txt"
name "2 $(printf '\341\204\222\341\205\241\341\206\253').txt"
name "3 $(printf '\377\376').bin"
name "$(printf '4 two\nlines.txt')"
name "5 red${ESC}[31mred.txt"
name "6 $(printf 'eight\302\2332Jbits.txt')"
name "7 ..\\..\\up..%2f..%2fup"
says_nothing_raw deposit names
grep -q 'red\\x1b\[31mred' out || die "the name is not shown at all"
[ "$(items)" = 7 ] || { cat err; die "not all were deposited"; }
says_nothing_raw deposit names --json
jq -e 'map(.already) | length == 7' out > /dev/null || die "the JSON of such names is not JSON"
iconv -f UTF-8 -t UTF-8 out > /dev/null || die "the JSON of such names is not UTF-8"
jq -e '.[4].file | contains("\u001b[31m")' out > /dev/null || die "JSON does not hold the name"
says_nothing_raw deposit "gone${ESC}[31m.txt"
says_nothing_raw deposit "names/5 red${ESC}[31mred.txt" --again --kind "x${ESC}[31m"
says_nothing_raw d investigator show "names/5 red${ESC}[31mred.txt"
says_nothing_raw d investigator verify "$PROFILE/archives/nk/receipts/NKPC-000005.receipt.json" "names/5 red${ESC}[31mred.txt"
says_nothing_raw d investigator verify "names/5 red${ESC}[31mred.txt"

step "what is retrieved stands in the folder that was named, under a name that is safe"
says_nothing_raw retrieve NKPC-00000{1,2,3,4,5,6,7} -o out.d
[ "$(find out.d -type f | wc -l)" = 7 ] || die "not all were retrieved into it"
says_nothing_raw find out.d
for i in 1 2 3 4 5 6 7; do
  [ "$(cat out.d/NKPC-00000$i*)" = "content $i" ] || die "item $i is not what was deposited"
done
[ -e "out.d/NKPC-000001-1 한글.txt" ] || die "a Korean name was not kept"
says_nothing_raw retrieve NKPC-000005 -o json.d --json
jq -e '.[0].file == "json.d/NKPC-000005-5 red_[31mred.txt"' out > /dev/null || die "JSON names another file"

step "a sidecar's mistake is told without the bytes of its name"
echo 'titel = "x"' > "names/5 red${ESC}[31mred.txt.depone.toml"
says_nothing_raw deposit names
grep -q "did you mean 'title'" err || die "the mistake is not told"
rm -r names

step "a file whose length is not what it says"
before=$(items)
expect 2 "changed while it was read; nothing was submitted" deposit /proc/version
[ "$(items)" = "$before" ] || die "it was deposited all the same"

step "files that vanish, grow and shrink between listing and reading: the others are deposited"
mkdir moving
for i in 1 2 3; do echo "small $i" > moving/$i; done
head -c 300000 /dev/urandom > moving/4
head -c 300000 /dev/urandom > moving/5
mkfifo in
deposit moving - < in > said 2>&1 &
client=$!
exec 9> in  # standard input is read after the folder is listed
sleep 0.5
rm moving/2
echo more >> moving/3
truncate -s 200000 moving/4
echo more >> moving/5
echo "from standard input" >&9
exec 9>&-
got=0; wait $client || got=$?
[ $got = 3 ] || { cat said; die "exit $got instead of 3"; }
for says in "2: cannot open moving/2" "3: the file changed" "4: the file changed" "5: the file changed" "4 of 6 files were not deposited"; do
  grep -qF "$says" said || { cat said; die "does not say '$says'"; }
done
[ "$(items)" = $((before + 2)) ] || die "not the two that stood still"
[ -z "$(ls -A "$PROFILE/archives/nk/unanswered")" ] || die "something waits for an answer"
[ -z "$(find "$PROFILE" -name 'standard-input*')" ] || die "standard input was left behind"
expect 0 "deposited already" deposit moving

step "what is no file in a folder of ten thousand is counted and passed over"
mkdir many
(cd many && seq -w 10000 | split -l 1 -a 4 - f)
rm many/faaaa many/faaab
ln -s nowhere many/faaaa
mkfifo many/faaab
expect 0 "9998 files of" deposit many --dry-run
grep -q "1 links, 1 that are no files" said || { cat said; die "what was passed over is not counted"; }
expect 1 "there is no file many/faaaa" deposit many/faaaa
expect 2 "many/faaab is neither a file nor a folder" deposit many/faaab

# without_rights COMMAND…: as somebody whom modes bind.
if [ "$(id -u)" = 0 ]; then
  chmod 711 "$ROOT" homes
  without_rights() { setpriv --reuid=65534 --regid=65534 --clear-groups env XDG_DATA_HOME="$ROOT/homes/investigator" "$@"; }
  hand_over() { chown -R "$1" homes/investigator investigator.key "$2"; }
else
  without_rights() { env XDG_DATA_HOME="$ROOT/homes/investigator" "$@"; }
  hand_over() { :; }
fi

step "a file that may not be read among those that may"
mkdir mixed
for i in 1 2 3; do echo "mixed $i" > mixed/$i; done
chmod 000 mixed/2
hand_over 65534 mixed
expect 3 "2: cannot open mixed/2: Permission denied" without_rights "$DEPONE" submit mixed --case NKPC --kind document "${CONSENT[@]}"
grep -q "1 of 3 files were not deposited" said || { cat said; die "does not count them"; }
chmod 600 mixed/2
chmod 000 mixed
expect 1 "cannot read mixed: Permission denied" without_rights "$DEPONE" submit mixed --case NKPC --kind document "${CONSENT[@]}"
chmod 700 mixed
hand_over "$(id -u)" mixed
expect 0 "NKPC-" deposit mixed

step "a limit on the size of files"
head -c 3000000 /dev/urandom > big.bin
deposit big.bin > said 2> /dev/null
ref=$(grep -o '^NKPC-[0-9]*' said)
limited() { (ulimit -f 1000; retrieve "$ref" -o limited); }
expect 1 "limited/$ref-big.bin was not made" limited
[ -z "$(ls -A limited)" ] || die "half of it was left: $(ls limited)"

small=$ROOT/small
mkdir small
if ! mount -t tmpfs -o size=1m depone-e2e small 2> /dev/null; then
  echo "bad_files: all but full and read-only disks, since nothing can be mounted here"
  exit 0
fi
trap 'umount "$small" 2> /dev/null || true; cleanup' EXIT

step "a full disk while retrieving, and while receipts are written"
expect 1 "small/$ref-big.bin was not made: cannot write: No space left" retrieve "$ref" -o small
[ -z "$(ls -A small)" ] || die "half of it was left: $(ls small)"
head -c 2000000 /dev/zero > small/fill 2> /dev/null || true
echo "whose receipt has no room" > room.txt
before=$(items)
expect 1 "No space left" deposit room.txt --receipts small
rm small/fill
[ -z "$(ls -A small)" ] || die "half a receipt was left"
expect 0 "NKPC-" deposit room.txt --receipts small
[ "$(items)" = $((before + 1)) ] || die "it was deposited twice"
expect 0 "is the one that was deposited" d investigator verify small/*.receipt.json room.txt

step "a profile on a full disk: nothing is sent"
rm small/*
cp -a homes/investigator small/
head -c 2000000 /dev/zero > small/fill 2> /dev/null || true
head -c 100000 /dev/urandom > homeless.bin
before=$(items)
expect 1 "No space left" env XDG_DATA_HOME="$small/investigator" "$DEPONE" submit homeless.bin --case NKPC --kind document "${CONSENT[@]}"
[ "$(items)" = "$before" ] || die "it was sent, and nothing here knows of it"

step "a folder that cannot be written"
rm -r small/*
mount -o remount,ro small
expect 1 "cannot write small/$ref-big.bin: Read-only file system" retrieve "$ref" -o small
expect 1 "small/x.json: Read-only file system" d lawyer receipt "$ref" -o small/x.json
expect 1 "small/x.card: Read-only file system" d lawyer card -o small/x.card
echo "whose receipt has no place" > place.txt
expect 1 "Read-only file system" deposit place.txt --receipts small
expect 0 "NKPC-" deposit place.txt
expect 0 "intact" d archivist audit --again --objects
echo "bad_files: all of it"
