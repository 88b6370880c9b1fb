#!/usr/bin/env bash
# Many at once, each limit by itself and all as they are by default: who takes too much is told so or cut, and the others
# go on as before.
. "$(dirname "$0")/hostile_archive.sh"
: "${CROWD:?the crowd program}"

found_empty_archive
stop
cp -a "$ARCHIVE" founded
crowd() { "$CROWD" "$ARCHIVE/archive.card" "$ROOT/homes/custodian" "$ROOT/custodian.key" "$@" || die "crowd $*"; }
verified() { "$DEPONED" verify "$ARCHIVE" > said 2>&1 || { cat said; die "the archive does not verify after that"; }; }
# set_up KEY=VALUE…: the daemon with these settings, all others as by default.
set_up() {
  local setting
  [ -z "$DAEMON_PID" ] || stop
  cp founded/config.toml "$ARCHIVE/config.toml"
  for setting in "$@"; do
    grep -q "^${setting%%=*} = " "$ARCHIVE/config.toml" || die "there is no setting ${setting%%=*}"
    sed -i "s/^${setting%%=*} = [0-9]*/${setting%%=*} = ${setting#*=}/" "$ARCHIVE/config.toml"
  done
  start
}
# with KEY=VALUE…: the same, on an archive as it was founded.
with() {
  [ -z "$DAEMON_PID" ] || { stop; verified; }
  rm -rf "$ARCHIVE"
  cp -a founded "$ARCHIVE"
  set_up "$@"
}
archive_state() { "$DEPONED" status "$ARCHIVE" --json | jq "$1"; }

step "a member's connections"
with connections_per_member_max=10
crowd connections 10
[ "$(archive_state .turned_away)" -ge 1 ] || die "the status does not count who was turned away"

step "connections in all: who says nothing makes room for who does"
with connections_max=40
crowd newcomers 40

step "handshakes a second: what is more is cut before it costs anything"
with handshakes_per_address_per_second=4 connections_max=1000
crowd newcomers 40

step "a member's entries a minute, searches and refused acts included"
with entries_per_minute_per_member=60
crowd entries 60
[ "$(archive_state .too_often)" -ge 1 ] || die "the status does not count who asked too much"

step "who is slow on purpose is cut; a bad line is not"
with handshake_seconds=2 head_seconds=2 progress_seconds=3 idle_seconds=60
crowd slow 4096

step "1,000 idle and 100 slow connections leave honest work as fast as it was"
with handshakes_per_address_per_second=1000  # all come from this one
crowd latency 1000 100 60

step "200 members submit at once"
with
crowd fairness 200 6

step "unfinished uploads: of one member, and of all"
with unfinished_bytes_per_member_max=100000 unfinished_bytes_max=150000
person investigator investigator
d custodian join "$ARCHIVE/archive.card" > /dev/null
d investigator join "$ARCHIVE/archive.card" > /dev/null
d custodian member enrol investigator.card --role investigator > /dev/null
d custodian case open --prefix NKPC --title "a case" --reader investigator --single-reader > /dev/null
head -c 200000 /dev/urandom > large.bin
expect 1 "upload.quota" d investigator submit large.bin --case NKPC --kind document "${CONSENT[@]}"

step "a client that is told to come later does so by itself"
set_up entries_per_minute_per_member=1200
mkdir small
for i in $(seq 1500); do echo "$i" > "small/$i.txt"; done
begun=$SECONDS
d investigator submit small --case NKPC --kind document "${CONSENT[@]}" > said 2>&1 || { tail said; die "it gives up"; }
[ "$(grep -c '^NKPC-' said)" = 1500 ] || die "$(grep -c '^NKPC-' said) of 1500 were deposited"
[ $((SECONDS - begun)) -ge 3 ] || die "it did not have to wait, so this tells nothing"
[ "$(archive_state .too_often)" -ge 1 ] || die "it was not told to come later, so this tells nothing"
set_up

unharmed
echo "many_at_once: whoever takes too much takes it from nobody"
