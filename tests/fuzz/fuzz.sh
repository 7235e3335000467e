#!/bin/sh
# fuzz.sh FOLDER SECONDS [TARGET...]: runs each target (all by default).
# FOLDER contains the fuzzer. New inputs go to FOLDER/corpus/TARGET, inputs that
# break a target to FOLDER/found. Fix a fault and add its input to
# tests/fuzz/corpus/TARGET.
set -eu
folder=$1 time=$2
shift 2
# shellcheck disable=SC2046 # names of targets have no spaces
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
	echo "fuzz: failed:$failed; see $folder/found and $folder/TARGET.log"
	exit 1
}
