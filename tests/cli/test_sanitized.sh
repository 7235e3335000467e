#!/bin/sh
# That what a sanitizer reports is noticed, whoever loses the exit status.
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

# shellcheck disable=SC2016 # for that shell
{
	run_sanitized sh -c './leak || :'
	expect_status 'a leak whose status is lost' 1
	expect 'it is shown' grep -q 'LeakSanitizer' err
	run_sanitized sh -c './leak; exit 77'
	expect_status 'a leak in what is skipped' 1
	run_sanitized sh -c './leak; exit 5'
	expect_status 'a leak in what fails' 5
	run_sanitized sh -c 'echo "$1"; exit 3' sh 'two words'
	expect_status 'no report' 3
	expect_line 'arguments arrive' out 'two words'
	run_sanitized true
	expect_status 'all is well' 0
}
finish
