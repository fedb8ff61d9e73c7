#!/usr/bin/env bash
# Lays out all C++ sources by .clang-format; with --check, names those that differ and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
clang_format=$(command -v clang-format-19 || command -v clang-format)
mapfile -t files < <(git ls-files '*.h' '*.cpp')
if [ "${1:-}" = --check ]; then
  "$clang_format" --dry-run --Werror "${files[@]}"
else
  "$clang_format" -i "${files[@]}"
fi
