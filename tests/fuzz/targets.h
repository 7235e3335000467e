#ifndef HD_FUZZ_TARGETS_H
#define HD_FUZZ_TARGETS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Every parser of foreign input, as a function of bytes that abort()s if an
 * invariant does not hold. The fuzzer (fuzz.c), the replay of the corpora
 * (test_fuzz_replay.c) and the test that counts work (test_work.c) use them.
 */
struct fuzz_target {
	const char *name; /* also its folder below tests/fuzz/corpus/ */
	void (*run)(const uint8_t *data, size_t n);
	const char *bytes; /* some with a meaning for this parser */
};

/* Target i, or NULL past the last. */
const struct fuzz_target *fuzz_target(size_t i);
const struct fuzz_target *fuzz_target_named(const char *name); /* or NULL */

/* Unless truth holds, prints the place and abort()s. */
#define FUZZ_EXPECT(truth) fuzz_expect(truth, #truth, __FILE__, __LINE__)
void fuzz_expect(int truth, const char *text, const char *file, int line);

/* The targets of each area. */
void fuzz_inventory(const uint8_t *data, size_t n); /* deploy.ini */
/* The first line is a --limit, each other line a host. */
void fuzz_limit(const uint8_t *data, size_t n);
void fuzz_hosts(const uint8_t *data, size_t n); /* output of `hosts` */
void fuzz_srv(const uint8_t *data, size_t n);   /* a DNS answer */
void fuzz_range(const uint8_t *data, size_t n);
void fuzz_options(const uint8_t *data, size_t n); /* one word per line */
void fuzz_project(const uint8_t *data, size_t n);

void fuzz_term(const uint8_t *data, size_t n);
void fuzz_rel(const uint8_t *data, size_t n);
void fuzz_start_data(const uint8_t *data, size_t n);
void fuzz_relup(const uint8_t *data, size_t n);
void fuzz_beam(const uint8_t *data, size_t n);
void fuzz_elf(const uint8_t *data, size_t n);  /* a program of the runtime */
void fuzz_hide(const uint8_t *data, size_t n); /* a setting or a flag */
void fuzz_vm_args(const uint8_t *data, size_t n);
void fuzz_names(const uint8_t *data, size_t n);
void fuzz_gzip(const uint8_t *data, size_t n); /* a .tar.gz */
void fuzz_tar(const uint8_t *data, size_t n);  /* the .tar inside */

/* What a server sends before encryption. */
void fuzz_preface(const uint8_t *data, size_t n);
void fuzz_known_hosts(const uint8_t *data, size_t n);
void fuzz_key(const uint8_t *data, size_t n);   /* a private key file */
void fuzz_agent(const uint8_t *data, size_t n); /* a message of ssh-agent */
/* What an SFTP server answers. */
void fuzz_sftp(const uint8_t *data, size_t n);
void fuzz_cert(const uint8_t *data, size_t n);       /* an SSH certificate */
void fuzz_ssh_config(const uint8_t *data, size_t n); /* output of ssh -G */
/* The output of a script. The first byte is the size of the pieces; 0x80 in it:
 * on stderr. */
void fuzz_answer(const uint8_t *data, size_t n);
void fuzz_facts(const uint8_t *data, size_t n);  /* "key value" lines */
void fuzz_stored(const uint8_t *data, size_t n); /* of status --save */
/* What a host has of a shipment: lines of hd_ship_answer(). */
void fuzz_ship(const uint8_t *data, size_t n);
void fuzz_history(const uint8_t *data, size_t n);
void fuzz_json(const uint8_t *data, size_t n);
void fuzz_sanitize(const uint8_t *data, size_t n);

#endif
