#ifndef HD_TEST_FILES_H
#define HD_TEST_FILES_H

#include "core/base/str.h"
#include "transport/transport.h"

/* A new private folder under TMPDIR, or /tmp; removed with everything in it. */
void files_folder(char path[static 64]);
void files_remove(const char *folder);

/* An unnamed file of this size; its bytes do not repeat soon. */
int files_random(size_t size);
/* Whether both files have the same bytes. */
bool files_equal(int fd, const char *path);
void files_write(const char *path, const char *text);
/* The content of the file; the caller frees it. */
char *files_text(const char *path);

/* Runs a program without a shell and waits for it; fails the test unless its
 * exit status is 0. */
void files_run(const char *const *argv);

/* Output of a script, for hd_output_fn. */
struct output {
	struct hd_str out, err;
	size_t nout, nerr; /* including bytes that did not fit */
};
#define OUTPUT_INIT                                                            \
	{                                                                      \
		.out = HD_STR_INIT(65536), .err = HD_STR_INIT(65536)           \
	}
void output_take(
    void *ctx, enum hd_stream stream, const char *text, size_t len);
void output_done(struct output *o);
#define AUTO_OUTPUT HD_CLEANUP(output_done) struct output

/* A service on 127.0.0.1 in its own process: answers each connection with
 * "you said: " and the first bytes that it reads, then closes it. Returns its
 * pid. */
int echo_start(unsigned *port);
void echo_stop(int pid);

/* A listening socket on 127.0.0.1 that never answers. */
int silent_listener(unsigned *port);

#endif
