#!/bin/sh
# A sanitizer report is noticed even if a program loses the exit status.
sanitized=$(cd "$(dirname "$0")/../support" && pwd)/sanitized.sh
. "$(dirname "$0")/lib.sh"

cat >leak.c <<'END'
#include <stdlib.h>
int main(void)
{
	static void *volatile p;
	p = malloc(8);
	p = NULL;
	return 0;
}
END
"${CC:-cc}" -g -fsanitize=address -o leak leak.c 2>/dev/null || {
	echo 'needs a compiler with AddressSanitizer'
	exit 77
}

run_sanitized() { # COMMAND...
	status=0
	sh "$sanitized" "$@" >out 2>err </dev/null || status=$?
}

# shellcheck disable=SC2016 # the inner shell expands it
{
	run_sanitized sh -c './leak || :'
	expect_status 'a leak with a lost status' 1
	expect 'the report is shown' grep -q 'LeakSanitizer' err
	run_sanitized sh -c './leak; exit 77'
	expect_status 'a leak in a skipped test' 1
	run_sanitized sh -c './leak; exit 5'
	expect_status 'a leak in a failed test' 5
	run_sanitized sh -c 'echo "$1"; exit 3' sh 'two words'
	expect_status 'no report' 3
	expect_line 'arguments arrive' out 'two words'
	run_sanitized true
	expect_status 'success' 0
}
finish
