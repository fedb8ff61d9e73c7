#!/usr/bin/env bash
# Builds the fuzzers with clang and runs each for a short while. From the environment:
#   MELIAN_FUZZ_SECONDS  for each target (20 unless set)
#   MELIAN_FUZZ_TARGETS  names such as "events nfg" (all unless set)
#   MELIAN_FUZZ_RECORD   1: add what was run to docs/fuzz.csv and to the table of docs/fuzzing.md
# An input that breaks a law is left in build-fuzz/ and named; all other targets are run all the same.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds="${MELIAN_FUZZ_SECONDS:-20}"
tools/install_dependencies.sh clang-19 libclang-rt-19-dev
cmake --preset fuzz
read -ra targets <<<"${MELIAN_FUZZ_TARGETS:-$(basename -s .cpp tests/fuzz/*.cpp | tr '\n' ' ')}"
cmake --build build-fuzz --target "${targets[@]/#/fuzz_}" -j "$(nproc)"
broken=()
for target in "${targets[@]}"; do
  corpus="build-fuzz/corpus_$target"
  mkdir -p "$corpus"
  seeds=()
  [ -d "tests/fuzz/${target}_seeds" ] && seeds+=("tests/fuzz/${target}_seeds")
  log="build-fuzz/$target.log"
  echo "$target"
  "build-fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
    -print_final_stats=1 -artifact_prefix="build-fuzz/$target-" "$corpus" "${seeds[@]}" >"$log" 2>&1 || broken+=("$target")
  executed="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)"
  echo "  ${executed:-0} executions"
  if [ "${MELIAN_FUZZ_RECORD:-0}" = 1 ] && [ -n "$executed" ]; then
    tools/fuzz_page.py --add "$target" "$executed" "$seconds"
  fi
done
for target in "${broken[@]}"; do
  echo "$target: an input broke a law, crashed or took too long:" >&2
  grep -v '^stat::' "build-fuzz/$target.log" | tail -40 >&2
done
[ "${#broken[@]}" = 0 ]
