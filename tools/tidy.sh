#!/usr/bin/env bash
# clang-tidy over the sources of the rooms and the program, by .clang-tidy; needs build/compile_commands.json.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files 'src/*.cpp' 'apps/*.cpp' | grep -v '_test\.cpp$' |
  xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build --quiet
