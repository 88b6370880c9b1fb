#!/usr/bin/env bash
# docs/FIRST-HOUR.md: its commands are run as they stand there, on a terminal, and must print what the page shows, apart
# from keys, ids and times. --write prints the page with what they print now.
HERE=$(dirname "$(readlink -f "$0")")
PAGE=$HERE/../../docs/FIRST-HOUR.md
. "$HERE/lib.sh"

mkdir bin
ln -s "$DEPONE" bin/depone
ln -s "$DEPONED" bin/deponed
export PATH=$ROOT/bin:$PATH
ARCHIVE=$ROOT/archive
PORT=$(free_port)
echo "what the witness said" > interview.txt

# on_terminal NAME COMMAND: runs it on a terminal of its own as NAME, answers what it asks; its output without colours.
on_terminal() {
  local asked=0 now tty
  mkdir -p "homes/$1"
  rm -f keys shown && mkfifo keys && : > shown
  env -u XDG_DATA_HOME HOME="$ROOT/homes/$1" script -qefc "stty cols 200; $2" /dev/null < keys > shown 2>&1 &
  tty=$!
  exec 9> keys
  while kill -0 $tty 2> /dev/null; do
    now=$({ grep -oE 'assphrase: |Once more: |\[y/N\] ' shown || true; } | wc -l)
    if [ "$now" -gt $asked ]; then
      asked=$((asked + 1))
      sleep 0.1  # until echo is off
      case $(grep -oE 'assphrase: |Once more: |\[y/N\] ' shown | sed -n ${asked}p) in
        "[y/N] ") echo y >&9 ;;
        *) echo "the words that only $1 knows" >&9 ;;
      esac
    fi
    sleep 0.02
  done
  wait $tty || true
  exec 9>&-
  sed -e 's/\r//g' -e 's/\x1b\[[0-9;]*m//g' shown
}

# What differs from run to run, made alike. Passphrases are not echoed.
alike() {
  sed -E -e 's/[0-9a-f]{64}/HEX/g' -e 's/(ev|case|act)_[a-z2-7]{26}/\1_ID/g' -e 's/20[0-9-]{8}T[0-9:.]{12}Z/TIME/g' \
    -e 's/\b([a-z]{3,8} ){11}[a-z]{3,8}\b/WORDS/g' -e "s/127\.0\.0\.1:[0-9]+/ADDRESS/g" -e 's/ +$//' -e 's/^y$//' -e '/^$/d' \
    -e 's/process [0-9]+/process N/g' -e 's/(connections +[0-9]+ of) [0-9]+/\1 N/' -e 's/[0-9.]+ (B|KiB|MiB)\b/SIZE/g' -e "s|$ROOT/homes/[a-z0-9-]*|~|g"
}

: > page
: > expected
command=
flush() {  # compares what the last command printed with what the page shows
  [ -n "$command" ] || return 0
  cat printed >> page
  if [ "${WRITE:-}" = "" ]; then
    alike < printed > is
    alike < expected > should
    diff should is > difference || { cat difference; die "the page shows something else than: $command"; }
  fi
  command=
  : > expected
}

run() {  # run NAME COMMAND
  local typed=${2//8443/$PORT}
  case $typed in
    *" &")
      "$DEPONED" run "$ARCHIVE" > printed 2>&1 &
      DAEMON_PID=$!
      for _ in $(seq 100); do "$DEPONED" status "$ARCHIVE" > /dev/null 2>&1 && break; sleep 0.1; done
      : > printed
      ;;
    *) on_terminal "$1" "$typed" > printed ;;
  esac
  # The page shows places as its reader would see them.
  sed -i -e "s|$ROOT/homes/$1/|~/|g" -e "s|$ROOT/||g" -e "s|:$PORT|:8443|g" printed
}

[ "${1:-}" != --write ] || WRITE=yes
inside=no
while IFS= read -r line; do
  case $line in
    '```console') inside=yes; echo "$line" >> page ;;
    '```') [ $inside = no ] || flush; inside=no; echo "$line" >> page ;;
    *)
      if [ $inside = yes ] && [[ $line =~ ^([a-z0-9-]+)\$\ (.*)$ ]]; then
        flush
        command=$line
        echo "$line" >> page
        [ "${WRITE:-}" = yes ] || step "$line"
        run "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
      elif [ $inside = yes ]; then
        echo "$line" >> expected
      else
        echo "$line" >> page
      fi
      ;;
  esac
done < "$PAGE"
if [ "${WRITE:-}" = yes ]; then cat page; exit 0; fi
[ "$(grep -c '^[a-z0-9-]*\$ ' "$PAGE")" -ge 20 ] || die "the page has lost its commands"
[ -s evidence/NKPC-000001-interview.txt ] && cmp evidence/NKPC-000001-interview.txt interview.txt
echo "first_hour: the page is true"
