#ifndef HD_FUZZ_TARGETS_H
#define HD_FUZZ_TARGETS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Every parser of what hdeploy did not write itself, as a function of bytes
 * that abort()s if something does not hold that must hold for any bytes. Used
 * by the fuzzer (fuzz.c), by the replay of the corpora and by the test that
 * measures their work.
 */
struct fuzz_target {
	const char *name; /* also its folder below tests/fuzz/corpus/ */
	void (*run)(const uint8_t *data, size_t n);
	const char *bytes; /* some that mean something to it */
};

/* Target i, or NULL past the last. */
const struct fuzz_target *fuzz_target(size_t i);
const struct fuzz_target *fuzz_target_named(const char *name); /* or NULL */

/* abort()s, after saying where, unless truth holds. */
#define FUZZ_EXPECT(truth) fuzz_expect(truth, #truth, __FILE__, __LINE__)
void fuzz_expect(int truth, const char *text, const char *file, int line);

/* The targets of each area. */
void fuzz_inventory(const uint8_t *data, size_t n); /* deploy.ini */
/* A --limit in the first line, a host in each of the others. */
void fuzz_limit(const uint8_t *data, size_t n);
void fuzz_range(const uint8_t *data, size_t n);
void fuzz_options(const uint8_t *data, size_t n); /* a word each line */
void fuzz_project(const uint8_t *data, size_t n);

void fuzz_term(const uint8_t *data, size_t n);
void fuzz_rel(const uint8_t *data, size_t n);
void fuzz_start_data(const uint8_t *data, size_t n);
void fuzz_relup(const uint8_t *data, size_t n);
void fuzz_beam(const uint8_t *data, size_t n);
void fuzz_elf(const uint8_t *data, size_t n); /* a program of the runtime */
void fuzz_names(const uint8_t *data, size_t n);
void fuzz_gzip(const uint8_t *data, size_t n); /* a .tar.gz */
void fuzz_tar(const uint8_t *data, size_t n);  /* what is inside of it */

void fuzz_known_hosts(const uint8_t *data, size_t n);
/* What a script's connection brings; the first byte says in pieces of which
 * size, 0x80: on stderr. */
void fuzz_answer(const uint8_t *data, size_t n);
void fuzz_facts(const uint8_t *data, size_t n); /* "key value" lines */
void fuzz_history(const uint8_t *data, size_t n);
void fuzz_json(const uint8_t *data, size_t n);
void fuzz_sanitize(const uint8_t *data, size_t n);

#endif
