#!/usr/bin/env bash
# Every row of packaging/bench runs, and what it measures comes out right. What it takes is of no account here.
set -euo pipefail
: "${DEPONE_SOURCE:?the sources}"
"$DEPONE_SOURCE/packaging/bench" --quick
