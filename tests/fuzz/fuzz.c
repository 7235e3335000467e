/*
 * For libFuzzer (make fuzz): FUZZ_TARGET names the target. The unit test
 * test_fuzz_replay runs all targets on the stored files, without clang.
 */
#include "tests/fuzz/targets.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct fuzz_target *target;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ_TARGET");

	(void)argc;
	(void)argv;
	target = name != NULL ? fuzz_target_named(name) : NULL;
	if (target != NULL)
		return 0;
	fprintf(stderr, "FUZZ_TARGET is not the name of a target:");
	for (size_t i = 0; fuzz_target(i) != NULL; i++)
		fprintf(stderr, " %s", fuzz_target(i)->name);
	fprintf(stderr, "\n");
	exit(2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	target->run(data, n);
	return 0;
}
