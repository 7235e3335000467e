#ifndef HD_VM_ARGS_H
#define HD_VM_ARGS_H

#include "core/base/alloc.h"

#include <stddef.h>

/* A word of vm.args, without its quotes. */
struct hd_vm_word {
	const char *text;
	size_t line;
};
struct hd_vm_words {
	struct hd_vm_word *v;
	size_t n, cap;
};

/* Splits text as erlexec does: at white space, with quotes, backslashes, and
 * comments from "#" to the end of the line. Stops before -extra, after which
 * nothing is an option. */
void hd_vm_words_read(struct hd_vm_words *out, struct hd_arena *arena,
    const char *text, size_t n);

/* The first option with which a VM does not start, as "line 3: ...", in arena;
 * NULL: none is known. */
const char *hd_vm_flags_problem(
    struct hd_arena *arena, const struct hd_vm_words *words);

#endif
