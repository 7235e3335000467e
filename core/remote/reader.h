#ifndef HD_READER_H
#define HD_READER_H

#include "core/remote/reply.h"
#include "transport/transport.h"

#include <stdbool.h>

/*
 * Reads a script's answer piece by piece. Whatever the host sends, it uses
 * little more memory than HD_READER_MAX bytes.
 */
enum { HD_READER_LINE = 4096, HD_READER_MAX = 4 * 1024 * 1024 };

enum hd_reader_state { HD_READER_BEFORE, HD_READER_INSIDE, HD_READER_AFTER };

struct hd_reader {
	const char *nonce;
	struct hd_reply *reply;     /* of the first script */
	size_t more;                /* scripts that can still answer after it */
	size_t question;            /* the last of these answer call->asks */
	const struct hd_call *call; /* of the operation; NULL: no question */
	hd_output_fn *out; /* gets the lines that begin with "| ", without
			      that prefix; may be NULL */
	void *ctx;

	enum hd_reader_state state;
	struct hd_reply *now; /* the answer that is being read */
	bool complete;        /* the end line has come */
	const char *bad;      /* why the answer is malformed; NULL: it is not */
	bool passing;         /* inside a line that goes to out */
	char line[HD_READER_LINE];
	size_t len;
	size_t total;
	char noise[512]; /* first and last line before the begin line */
	enum hd_reader_state errors_state;
	char errors[2048]; /* the last bytes of stderr, those of the script if
			      it began */
	size_t nerrors;
};

/* An hd_output_fn; ctx is a struct hd_reader. */
void hd_reader_take(
    void *ctx, enum hd_stream stream, const char *text, size_t len);

/* Call after the last piece. Fills errors of the last reply. HD_EREMOTE if the
 * answer is malformed or has no end line; exit_status, from the transport, goes
 * into that message. */
int hd_reader_end(
    struct hd_reader *r, int exit_status, struct hd_err *err) HD_CHECK;

#endif
