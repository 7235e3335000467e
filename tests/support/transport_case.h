#ifndef HD_TRANSPORT_CASE_H
#define HD_TRANSPORT_CASE_H

#include "tests/support/files.h"

/* Tests that every transport must pass. */
enum { LONG_MS = 30000 };

/* Runs a script; *status is 99 if exec did not set it. */
int run_script(struct hd_transport *t, const char *script, unsigned ms,
    struct output *o, int *status, struct hd_err *err);
int upload_file(struct hd_transport *t, int fd, size_t size, const char *path,
    struct hd_err *err);
int upload_over(struct hd_transport *t, unsigned channels, int fd, size_t size,
    const char *path, struct hd_err *err);

/* An upload of several pieces keeps the bytes in front of its "from", and
 * replaces the rest of a longer file. */
void assert_rest_arrives(
    struct hd_transport *t, unsigned channels, const char *path);

/* Both streams and the exit status of scripts arrive unchanged. */
void assert_exec_is_true(struct hd_transport *t);

#endif
