#ifndef HD_ELF_H
#define HD_ELF_H

#include "core/base/alloc.h"

#include <stdbool.h>
#include <stddef.h>

enum { HD_LOADER_MAX = 64 };

/* What a program needs on a Linux host. */
struct hd_elf {
	unsigned machine;           /* e_machine, elf(5) */
	char loader[HD_LOADER_MAX]; /* path of its dynamic loader; "": none */
	unsigned glibc[2];        /* the oldest that suffices, "2.38" as 2, 38;
				     0, 0: unknown */
	unsigned glibcxx[3];      /* of libstdc++: "3.4.29"; all 0: unknown */
	struct hd_strs libraries; /* DT_NEEDED: "libz.so.1" */
	const char *runpath;      /* DT_RUNPATH or DT_RPATH; NULL: none */
};

/*
 * Reads a program or shared library by libelf. It may be forged: reads only
 * inside p, in time linear in n at most. False if it is not one. A field that
 * is damaged, missing, or contains odd characters stays empty.
 */
bool hd_elf_read(
    struct hd_elf *out, struct hd_arena *arena, const void *p, size_t n);

/* Adds the needs of another program: the first machine, loader and runpath, the
 * highest versions, all libraries. Copies into arena. */
void hd_elf_merge(
    struct hd_elf *out, struct hd_arena *arena, const struct hd_elf *other);

/* The usual name of a machine; NULL if unknown. */
const char *hd_elf_machine(unsigned machine);
/* Whether a host with this `uname -m` can run programs for machine; true if
 * either is unknown. */
bool hd_elf_runs_on(unsigned machine, const char *uname);

#endif
