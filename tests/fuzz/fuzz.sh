#!/bin/sh
# fuzz.sh FOLDER SECONDS [TARGET...]: each target (all of them) for so long.
# FOLDER has the fuzzer, and keeps what it finds: new inputs in corpus/TARGET,
# and what breaks a target in found/. A fault is mended with its input in
# tests/fuzz/corpus/TARGET.
set -eu
folder=$1 time=$2
shift 2
# shellcheck disable=SC2046 # their names are words
[ $# -gt 0 ] || set -- $(ls tests/fuzz/corpus)
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=1"
mkdir -p "$folder/found"
failed=
for target; do
	mkdir -p "$folder/corpus/$target"
	echo "  fuzz $target for $time s"
	FUZZ_TARGET=$target "$folder/fuzzer" -max_total_time="$time" \
	    -timeout=10 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 \
	    -artifact_prefix="$folder/found/$target-" \
	    "$folder/corpus/$target" "tests/fuzz/corpus/$target" \
	    >"$folder/$target.log" 2>&1 || failed="$failed $target"
	grep -a -e 'ERROR: ' -e 'does not hold' -e 'SUMMARY: ' \
	    -e 'number_of_executed' "$folder/$target.log" || :
done
[ -z "$failed" ] || {
	echo "fuzz: see $folder/found and $folder/TARGET.log:$failed"
	exit 1
}
