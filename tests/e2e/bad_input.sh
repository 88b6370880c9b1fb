#!/usr/bin/env bash
# What a user can do wrong: one clear sentence, the documented exit code, nothing half-written.
. "$(dirname "$0")/lib.sh"

step "before there is anything"
expect 7 "depone init" d nobody status
expect 6 "not a whole receipt" d nobody verify /etc/hostname
expect 1 "not an archive" "$DEPONED" run "$ROOT"
expect 2 "" "$DEPONE" frobnicate
expect 2 "" "$DEPONE" init
expect 0 "Example" "$DEPONE" submit --help

found_archive
echo "words" > a.txt

step "init twice, in either program"
expect 1 "nothing was changed" d lawyer init --handle again
expect 1 "nothing was changed" "$DEPONED" init "$ARCHIVE" --custodian custodian.card --origin other.example --listen 127.0.0.1:1 --key-file archive.key

step "a founding that fails leaves nothing behind"
expect 2 "an origin is a name" "$DEPONED" init half --custodian custodian.card --origin "two words" --listen 127.0.0.1:1 --key-file archive.key
[ ! -e half/archive.keys ] && [ ! -e half/archive.db ] || die "half an archive was left"

step "a second daemon on the same folder"
expect 1 "a deponed is running" "$DEPONED" run "$ARCHIVE"
expect 1 "a deponed is running" "$DEPONED" verify "$ARCHIVE"

step "who is not enrolled"
person stranger investigator
d stranger join "$ARCHIVE/archive.card" > /dev/null
expect 4 "not enrolled" d stranger status
expect 4 "not enrolled" d stranger submit a.txt --case NKPC --kind other "${CONSENT[@]}"

step "roles"
expect 4 "none of this member's roles" d lawyer member enrol stranger.card --role lawyer
expect 4 "none of this member's roles" d archivist case open --prefix ARCH --title x --reader lawyer --single-reader
expect 2 "one person alone would hold the key" d custodian case open --prefix ARCH --title x --reader lawyer --reader lawyer
expect 4 "may hold such a grant" d custodian case open --prefix ARCH --title x --reader archivist --single-reader
expect 4 "last custodian" d custodian member revoke custodian --reason left
expect 4 "already enrolled" d custodian member enrol lawyer.card --role analyst
expect 4 "capital letters" d custodian case open --prefix nkpc --title x --reader lawyer --single-reader
expect 4 "choose one of its own" d custodian case open --prefix NKPC --title x --reader lawyer --single-reader

step "words that are not known name the nearest"
expect 2 "did you mean 'lawyer'" d custodian member revoke lawer --reason left
expect 2 "RS7.1.f" d investigator submit a.txt --case NKPC --kind other --crime RS7.1.ff "${CONSENT[@]}"
expect 2 "did you mean 'testimony'" d investigator submit a.txt --case NKPC --kind testimoney "${CONSENT[@]}"
expect 2 "did you mean 'prk4-18'" d lawyer find --recommendation prk4-188
expect 2 "there are: NKPC" d investigator submit a.txt --case NOPE --kind other "${CONSENT[@]}"
expect 2 "is no purpose" d lawyer retrieve NKPC-000001 --purpose fun --internal
expect 2 "either --recipient, or --internal" d lawyer retrieve NKPC-000001 --purpose documentation

step "what must be said"
expect 2 "kind (--kind)" d investigator submit a.txt --case NKPC "${CONSENT[@]}"
expect 2 "--consent-basis" d investigator submit a.txt --case NKPC --kind other
printf 'titel = "x"\n' > a.txt.depone.toml
expect 2 "did you mean 'title'" d investigator submit a.txt --case NKPC --kind other "${CONSENT[@]}"
rm a.txt.depone.toml
expect 1 "there is no file" d investigator submit gone.txt --case NKPC --kind other "${CONSENT[@]}"
mkdir -p void
expect 2 "no file to submit" d investigator submit void --case NKPC --kind other "${CONSENT[@]}"
expect 0 "readable by" d investigator submit a.txt --case NKPC --kind other --dry-run "${CONSENT[@]}"
d lawyer find --json | jq -e 'length == 0' > /dev/null || die "a dry run deposited something"

step "part of a batch"
mkdir batch; for i in 1 2 3; do echo "$i" > batch/$i; done
d investigator submit batch/2 --case NKPC --kind other "${CONSENT[@]}" > /dev/null
expect 0 "deposited already" d investigator submit batch --case NKPC --kind other "${CONSENT[@]}"

step "what is not there, or may not be seen, is answered alike"
expect 4 "nothing of that name" d lawyer show NKPC-000099
expect 4 "nothing of that name" d lawyer show ev_aaaaaaaaaaaaaaaaaaaaaaaaaa
expect 4 "nothing of that name" d lawyer history nonsense
person other investigator; d other join "$ARCHIVE/archive.card" > /dev/null; d custodian member enrol other.card --role investigator > /dev/null
d other show NKPC-000001 > hidden.txt 2>&1 || true
d other show NKPC-000099 > missing.txt 2>&1 || true
cmp hidden.txt missing.txt || die "who may not see an item learns that it exists"

step "consent that wants the source asked first"
d investigator submit a.txt --case NKPC --kind other --consent-basis informed --purpose documentation --recipient icc_otp --json > asked.json
expect 4 "asked to be contacted" d lawyer retrieve "$(jq -r '.[0].ref' asked.json)" --purpose documentation --recipient icc_otp

step "several archives, and none chosen"
"$DEPONED" init second --custodian custodian.card --origin second.example/xx --listen 127.0.0.1:1 --key-file archive.key > /dev/null
d lawyer join second/archive.card > /dev/null
expect 2 "nk, xx" d lawyer status
d lawyer --archive nk status > /dev/null
expect 2 "there are: nk, xx" d lawyer --archive zz status
expect 5 "cannot reach" d lawyer --archive xx status
expect 1 "joined already" d lawyer join second/archive.card --name yy

step "a server that is not the archive"
expect 6 "not the archive that was joined" d lawyer --archive xx --address "127.0.0.1:$PORT" status

step "passphrases"
exec 7< <(printf 'correct horse battery\n'); XDG_DATA_HOME=$ROOT/homes/word "$DEPONE" --passphrase-fd 7 init --handle word > /dev/null; exec 7<&-
exec 7< <(printf 'correct horse battery\n'); XDG_DATA_HOME=$ROOT/homes/word "$DEPONE" --passphrase-fd 7 join "$ARCHIVE/archive.card" > /dev/null; exec 7<&-
exec 7< <(printf 'another horse battery\n'); got=0; XDG_DATA_HOME=$ROOT/homes/word "$DEPONE" --passphrase-fd 7 status > said 2>&1 || got=$?; exec 7<&-
[ $got = 7 ] && grep -q "passphrase is wrong" said || { cat said; die "a wrong passphrase: exit $got"; }
expect 2 "no terminal" setsid -w env XDG_DATA_HOME="$ROOT/homes/word" "$DEPONE" status
exec 7< <(printf 'short\n'); got=0; XDG_DATA_HOME=$ROOT/homes/tiny "$DEPONE" --passphrase-fd 7 init --handle tiny > said 2>&1 || got=$?; exec 7<&-
[ $got = 2 ] && grep -q "at least 12" said || die "a short passphrase was taken"
[ ! -e homes/tiny/depone/identity.json ] || die "a half-made identity was left"
chmod 644 lawyer.key
expect 7 "chmod 600" d lawyer --archive nk status
chmod 600 lawyer.key

step "configuration: an unknown key, a wrong value"
stop
cp "$ARCHIVE/config.toml" config.toml
sed -i 's/^idle_seconds/idle_secnods/' "$ARCHIVE/config.toml"
expect 1 "did you mean 'net.idle_seconds'" "$DEPONED" run "$ARCHIVE"
sed 's/^idle_seconds = .*/idle_seconds = "long"/' config.toml > "$ARCHIVE/config.toml"
expect 1 "a whole number" "$DEPONED" run "$ARCHIVE"
cp config.toml "$ARCHIVE/config.toml"
start

step "cards and identities that were changed"
sed 's/payloadType/payloadTypf/' stranger.card > bad.card
expect 1 "depone:" d custodian member enrol bad.card --role investigator
cp "$ARCHIVE/archive.card" bad.archive; flip bad.archive 300
got=0; d stranger join bad.archive --name bad > said 2>&1 || got=$?
[ $got != 0 ] || die "a changed archive card was joined"
sed -i 's/"keys":"....../"keys":"AAAAAA/' homes/stranger/depone/identity.json
expect 7 "restore it from a copy" d stranger status

step "after all this the log holds, refusals included"
expect 0 "intact" d archivist audit --again --objects

step "log at the most verbose level: no content, no names, no search words"
stop; sed -i 's/^level = .*/level = "debug"/' "$ARCHIVE/config.toml"; start
d lawyer --archive nk find Zaubertrank --json > /dev/null
stop
! grep -qi "zaubertrank\|investigator\|documentation" daemon.log || { grep -ni "zaubertrank\|investigator\|documentation" daemon.log; die "the log says too much"; }
"$DEPONED" verify "$ARCHIVE" > /dev/null || die "the archive does not verify after all this"
echo "bad_input: all of it"
