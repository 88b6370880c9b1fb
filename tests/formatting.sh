#!/usr/bin/env bash
# The sources are formatted as .clang-format says. Checked with clang-format 14 alone, since versions differ.
set -euo pipefail
cd "$(dirname "$0")/.."
formatter=$(command -v clang-format-14) || { echo "clang-format 14 is not on this machine: not checked"; exit 0; }
git ls-files '*.cpp' '*.h' | xargs "$formatter" --dry-run -Werror
