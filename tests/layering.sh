#!/usr/bin/env bash
# Includes run one way, and files stay short enough to have one reason to exist. Prints each offence, with file and line.
# --self-test: shows that it can fail.
set -euo pipefail

# A folder, and the folders that it may include from (a prefix; the folder itself always).
rules='
system:
crypto/log: system crypto
crypto: system
protocol/record: system crypto
protocol/api: system crypto protocol/record
protocol/transport: system crypto
policy: system crypto protocol/record
daemon/store: system crypto protocol/record policy
daemon/ledger: system crypto protocol/record policy daemon/store
daemon/service: system crypto protocol policy daemon/store daemon/ledger
daemon/net: system crypto protocol policy daemon/store daemon/ledger daemon/service
daemon: system crypto protocol policy daemon
client/lib: system crypto protocol policy
client: system crypto protocol policy client/lib
'
# A header from outside, and where alone it may stand.
outside='
<sodium.h> crypto/
<sqlite3.h> daemon/store/
<boost/beast protocol/transport/http_tls.cpp
<boost/asio/ssl protocol/transport/http_tls.cpp
<openssl/ssl.h> protocol/transport/
'

lines_max=400
# All that instantiates Beast over TLS stands in one file, because compiling it takes half a minute.
longer='protocol/transport/http_tls.cpp'

check() {  # check ROOT: prints offences; 1 if there are any
  local bad=0 file folder allowed line number included prefix ok
  cd "$1"
  while read -r file; do
    while IFS=: read -r folder allowed; do
      [ -n "$folder" ] || continue
      case $file in "$folder"/*) break ;; esac
    done <<< "$rules"
    while IFS=: read -r number line; do
      included=${line#*\"}; included=${included%%\"*}
      ok=no
      case $included in "$folder"/*) ok=yes ;; esac
      for prefix in $allowed; do case $included in "$prefix"/*) ok=yes ;; esac; done
      # crypto itself knows nothing of the log that is built on it
      if [ "$folder" = crypto ]; then case $included in crypto/log/*) ok=no ;; esac; fi
      [ $ok = yes ] || { echo "$file:$number: $folder may not include \"$included\""; bad=1; }
    done < <(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$file" || true)
    while read -r header place; do
      [ -n "$header" ] || continue
      case $file in "$place"*) continue ;; esac
      ! grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*$header" "$file" | sed "s|^|$file:|; s|\$|  (may stand in $place alone)|" | grep . || bad=1
    done <<< "$outside"
    # GCC 12 miscompiles a co_await on the right of these (CONTRIBUTING.md)
    ! grep -nE '(&&|\|\|)[^;{})]*co_await' "$file" | grep -v '//.*co_await' | sed "s|^|$file:|" | grep . || bad=1
    number=$(wc -l < "$file")
    case " $longer " in *" $file "*) ;; *)
      [ "$number" -le $lines_max ] || { echo "$file:$lines_max: $number lines; split it by reason"; bad=1; } ;;
    esac
  done < <(find system crypto protocol policy daemon client -name '*.h' -o -name '*.cpp' | sort)
  return $bad
}

if [ "${1:-}" = --self-test ]; then
  tree=$(mktemp -d); trap 'rm -rf "$tree"' EXIT
  mkdir -p "$tree"/{system,crypto/log,protocol,policy,daemon/store,client/lib}
  echo '#include "crypto/hash.h"' > "$tree/system/a.h"
  echo '#include "crypto/log/note.h"' > "$tree/crypto/a.h"
  echo '#include "daemon/store/database.h"' > "$tree/client/lib/a.cpp"
  echo '#include <sqlite3.h>' > "$tree/policy/a.cpp"
  echo 'if (a && !co_await b()) return;' > "$tree/daemon/store/a.cpp"
  echo '  #  include "policy/rules.h"' > "$tree/crypto/b.h"
  echo '  x = a || f(co_await b());' > "$tree/daemon/store/b.cpp"
  yes '// a line' | head -n 401 > "$tree/policy/long.h" || true
  printf '#include "system/file.h"\nif (a && b) co_await c();\n' > "$tree/crypto/right.h"
  found=$(check "$tree" || true)
  for file in system/a.h:1 crypto/a.h:1 crypto/b.h:1 client/lib/a.cpp:1 policy/a.cpp:1 policy/long.h:400 daemon/store/a.cpp:1 \
    daemon/store/b.cpp:1; do
    grep -q "^$file:" <<< "$found" || { echo "not found: $file"; exit 1; }
  done
  ! grep -q right.h <<< "$found" || { echo "a right include was refused"; exit 1; }
  echo "each kind of offence is found"
  exit 0
fi
check "$(dirname "$0")/.." && echo "all includes run one way"
