/*
 * For libFuzzer:
 *
 *	clang -std=c11 -D_POSIX_C_SOURCE=200809L -I. -g -O1 \
 *	    -fsanitize=fuzzer,address,undefined -o build/fuzz_inventory \
 *	    tests/fuzz/fuzz_inventory.c core/inventory/[a-z]*.c \
 *	    core/base/{alloc,err,fs,name,str}.c -linih
 *	build/fuzz_inventory -max_len=4096 build/corpus
 *tests/fuzz/corpus/inventory
 *
 * The unit test inventory_replay runs the same target on the stored files.
 */
#include "tests/fuzz/inventory_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_inventory(data, n);
	return 0;
}
