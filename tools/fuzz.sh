#!/usr/bin/env bash
# Builds the fuzzers with clang and runs each for a short while (MELIAN_FUZZ_SECONDS, 20 unless set).
set -euo pipefail
cd "$(dirname "$0")/.."
tools/install_dependencies.sh clang-19 libclang-rt-19-dev
cmake --preset fuzz
cmake --build build-fuzz --target fuzzers -j "$(nproc)"
for fuzzer in build-fuzz/fuzz_*; do
  [ -x "$fuzzer" ] && [ -f "$fuzzer" ] || continue
  corpus="build-fuzz/corpus_$(basename "$fuzzer")"
  mkdir -p "$corpus"
  seeds=()
  [ -d "tests/fuzz/$(basename "$fuzzer" | sed 's/^fuzz_//')_seeds" ] && seeds+=("tests/fuzz/$(basename "$fuzzer" | sed 's/^fuzz_//')_seeds")
  echo "$(basename "$fuzzer")"
  "$fuzzer" -max_total_time="${MELIAN_FUZZ_SECONDS:-20}" -timeout=5 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 "$corpus" "${seeds[@]}"
done
