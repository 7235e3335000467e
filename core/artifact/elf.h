#ifndef HD_ELF_H
#define HD_ELF_H

#include <stdbool.h>
#include <stddef.h>

enum { HD_LOADER_MAX = 64 };

/* What a program asks of the Linux that it is to run on. */
struct hd_elf {
	unsigned machine;           /* as ELF numbers them */
	char loader[HD_LOADER_MAX]; /* path of what loads it; "": none */
	unsigned glibc[2]; /* newest version that it needs, "2.38" as 2, 38;
			      0, 0: none known */
};

/*
 * Reads a program that another may have made up: nothing outside of p, in time
 * that grows with n at most. False if it is no ELF program; what is damaged
 * further inside, or not where it is expected, is left out.
 */
bool hd_elf_read(struct hd_elf *out, const void *p, size_t n);

/* Adds what another program of the same runtime asks for. */
void hd_elf_merge(struct hd_elf *out, const struct hd_elf *other);

/* As people call it; NULL if it is none of those that are known. */
const char *hd_elf_machine(unsigned machine);
/* Whether a host that `uname -m` calls so may run it: true where that is not
 * known. */
bool hd_elf_runs_on(unsigned machine, const char *uname);

#endif
