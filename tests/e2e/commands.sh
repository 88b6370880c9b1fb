#!/usr/bin/env bash
# The first hour: help, suggestions, completions, several identities, a new computer, and what an item may be called.
. "$(dirname "$0")/lib.sh"

step "docs/COMMANDS.md is what the program says of itself"
"$DEPONE" help --markdown | diff - "$DEPONE_SOURCE/docs/COMMANDS.md" ||
  die "run: depone help --markdown > docs/COMMANDS.md"
for command in $("$DEPONE" help --markdown | sed -n 's/^## depone \(.*\)/\1/p' | tr ' ' +); do
  "$DEPONE" ${command//+/ } --help | grep -q '^  depone ' || die "no example in the help of ${command//+/ }"
done

step "topics, and words that are nearly right"
for topic in consent roles receipts; do [ "$("$DEPONE" help $topic | wc -l)" -gt 8 ] || die "nothing on $topic"; done
expect 2 "did you mean 'consent'" "$DEPONE" help consnet
expect 2 "did you mean 'retrieve'" "$DEPONE" retreive NKPC-000001
expect 2 "did you mean 'grant'" "$DEPONE" case gratn NKPC lee
expect 2 "required" "$DEPONE" case

step "completions"
"$DEPONE" completion bash > completion.bash
complete_line() { (. ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _depone; echo "${COMPREPLY[*]}"); }
[ "$(complete_line depone retr)" = retrieve ] || die "retr: $(complete_line depone retr)"
[ "$(complete_line depone case "")" = "open grant list card" ] || die "case: $(complete_line depone case "")"
[ "$(complete_line depone case open --pre)" = --prefix ] || die "--pre: $(complete_line depone case open --pre)"
[ "$(complete_line depone help con)" = consent ] || die "help con: $(complete_line depone help con)"
touch interview.pdf
[ "$(complete_line depone submit inter)" = interview.pdf ] || die "files are not completed"
for shell in zsh fish; do
  "$DEPONE" completion $shell > completion.$shell
  grep -q retrieve completion.$shell || die "$shell"
  ! command -v $shell > /dev/null || $shell -n completion.$shell
done
expect 2 "bash, zsh, fish" "$DEPONE" completion tcsh

found_archive

step "an item by its number without zeros, and by the file that was deposited"
echo "what was said" > interview.txt
d investigator submit interview.txt --case NKPC --kind testimony "${CONSENT[@]}" > /dev/null 2>&1
id=$(d investigator show NKPC-1 --json | jq -r .item)
for name in NKPC-000001 NKPC-1 interview.txt "$id" "${id:0:12}" "${id:0:9}"; do
  d investigator show $name --json | jq -e '.ref == "NKPC-000001"' > /dev/null || die "not found as $name"
  expect 0 "deposited it as NKPC-000001" d investigator history $name
done
expect 4 "not_found" d investigator show "${id:0:8}"
other=x; [ "${id:11:1}" != x ] || other=y
expect 4 "not_found" d investigator show "${id:0:11}$other"
expect 4 "not_found" d custodian history "${id:0:5}aaaaaaa"
echo other > other.txt
expect 2 "were not deposited from here" d investigator show other.txt
expect 2 "were not deposited from here" d lawyer show interview.txt

step "several identities of one person have profiles of their own"
d investigator --identity second --key-file second.key init --handle second > /dev/null
d investigator --identity second card --json | jq -e '.handle == "second"' > /dev/null
d investigator card --json | jq -e '.handle == "investigator"' > /dev/null
expect 2 "no archive was joined yet" d investigator --identity second status
expect 2 "small letters" d investigator --identity ../second card

step "an identity on a new computer: who it is, its archives, its pins and its receipts"
say() { printf '%s\n' "$1"; }
d investigator identity export moved.identity --new-passphrase-fd 3 3< <(say "a long way to carry it") > /dev/null
expect 1 "exists already" d investigator identity export moved.identity --new-passphrase-fd 3 3< <(say "a long way to carry it")
expect 7 "passphrase" d elsewhere identity import moved.identity --passphrase-fd 3 3< <(say "another way to say it")
[ ! -e homes/elsewhere/depone/identity.json ] || die "something was written"
d elsewhere identity import moved.identity --passphrase-fd 3 3< <(say "a long way to carry it") > /dev/null
d elsewhere --passphrase-fd 3 show NKPC-1 3< <(say "a long way to carry it") > /dev/null
cmp homes/{investigator,elsewhere}/depone/archives/nk/receipts/NKPC-000001.receipt.json
cmp homes/{investigator,elsewhere}/depone/archives/nk/pin
expect 1 "there is an identity in" d elsewhere identity import moved.identity --passphrase-fd 3 3< <(say "a long way to carry it")

step "another passphrase, then a key file: what opened it before opens it no more"
d elsewhere passphrase --passphrase-fd 3 --new-passphrase-fd 4 3< <(say "a long way to carry it") 4< <(say "at home from now on") > /dev/null
expect 7 "passphrase" d elsewhere status --passphrase-fd 3 3< <(say "a long way to carry it")
d elsewhere status --passphrase-fd 3 3< <(say "at home from now on") > /dev/null
expect 2 "at least 12 characters" d elsewhere passphrase --passphrase-fd 3 --new-passphrase-fd 4 3< <(say "at home from now on") 4< <(say short)
d elsewhere passphrase --new-key-file elsewhere.key --passphrase-fd 3 3< <(say "at home from now on") > /dev/null
d elsewhere status > /dev/null
expect 7 "key file" d elsewhere status --passphrase-fd 3 3< <(say "at home from now on")

echo "commands: all of it"
