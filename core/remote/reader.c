#include "core/remote/reader.h"

#include "core/remote/call.h"
#include "core/remote/refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char begin_mark[] = "hdeploy-begin ";
static const char next_mark[] = "hdeploy-next";
static const char end_mark[] = "hdeploy-end ";
static const char errors_mark[] = "hdeploy-errors "; /* begins and ends */

/* The rest of the line after mark and nonce; NULL: it has not both. */
static const char *
after_mark(const struct hd_reader *r, const char *mark)
{
	size_t nmark = strlen(mark), nnonce = strlen(r->nonce);

	if (strncmp(r->line, mark, nmark) != 0 ||
	    strncmp(r->line + nmark, r->nonce, nnonce) != 0)
		return NULL;
	return r->line + nmark + nnonce;
}

static void
take_end(struct hd_reader *r, const char *text)
{
	char *end;
	long status = strtol(text, &end, 10);

	if (end == text || *end != '\0' || status < 0 || status > 255)
		r->bad = "its end line has no status";
	else if (status == 0 && r->more > 0)
		r->bad = "the answer of a script is missing";
	r->now->status = (int)status;
	r->state = HD_READER_AFTER;
	r->complete = true;
}

static void
take_fact(struct hd_reader *r)
{
	size_t n = strspn(r->line, "abcdefghijklmnopqrstuvwxyz0123456789_");
	struct hd_pair *pair;

	if (n == 0 || r->line[n] != ' ' || strlen(r->line) != r->len) {
		r->bad = "a line is not \"key value\"";
		return;
	}
	r->total += r->len;
	if (r->total > HD_READER_MAX) {
		r->bad = "it is larger than 4 MiB";
		return;
	}
	pair = HD_PUSH(&r->reply->arena, &r->now->facts);
	pair->name = hd_arena_strndup(&r->reply->arena, r->line, n);
	pair->value = hd_arena_strdup(&r->reply->arena, r->line + n + 1);
}

static void
begin(struct hd_reader *r)
{
	r->state = HD_READER_INSIDE;
	r->now = r->reply;
}

/* The script succeeded: the answer of the next follows. */
static void
take_next(struct hd_reader *r)
{
	if (r->more == 0) {
		r->bad = "it has more answers than there were scripts";
		return;
	}
	if (r->more == r->question && r->call != NULL && r->call->asked != NULL)
		r->call->asked(r->call->ctx);
	r->more--;
	r->now->then = hd_arena_alloc(&r->reply->arena, sizeof(*r->now));
	r->now = r->now->then;
	*r->now = (struct hd_reply){ .errors = "" };
}

static void
take_line(struct hd_reader *r)
{
	const char *rest;

	r->line[r->len] = '\0';
	if (r->state == HD_READER_BEFORE) {
		rest = after_mark(r, begin_mark);
		if (rest != NULL && *rest == '\0')
			begin(r);
		else
			hd_refusal_line(r->noise, sizeof(r->noise), r->line);
	} else if (r->state == HD_READER_INSIDE && r->len > 0) {
		rest = after_mark(r, end_mark);
		if (rest != NULL)
			take_end(r, rest);
		else if (strcmp(r->line, next_mark) == 0)
			take_next(r);
		else if (r->bad == NULL && after_mark(r, errors_mark) == NULL)
			take_fact(r); /* that mark: the streams are one */
	}
}

static void
pass(struct hd_reader *r, const char *text, size_t len)
{
	if (r->out != NULL && len > 0)
		r->out(r->ctx, HD_STDOUT, text, len);
}

/* A piece of a line. A line that goes to out need not fit into r->line. */
static void
take_piece(struct hd_reader *r, const char *text, size_t len)
{
	size_t room = sizeof(r->line) - 1 - r->len;

	if (r->passing) {
		pass(r, text, len);
		return;
	}
	if (room > len)
		room = len;
	memcpy(r->line + r->len, text, room);
	r->len += room;
	if (r->state != HD_READER_INSIDE)
		return;
	if (r->len >= 2 && memcmp(r->line, "| ", 2) == 0) {
		r->passing = true;
		pass(r, r->line + 2, r->len - 2);
		pass(r, text + room, len - room);
	} else if (room < len) {
		r->bad = "a line is longer than 4 KiB";
	}
}

static void
take_stdout(struct hd_reader *r, const char *text, size_t len)
{
	while (len > 0) {
		const char *newline = memchr(text, '\n', len);
		size_t n = newline != NULL ? (size_t)(newline - text) : len;

		take_piece(r, text, n);
		if (newline == NULL)
			return;
		if (r->passing)
			pass(r, "\n", 1);
		else
			take_line(r);
		r->passing = false;
		r->len = 0;
		r->line[0] = '\0';
		text += n + 1;
		len -= n + 1;
	}
}

/* The line of the mark in r->errors; NULL: it is not there, or not whole. */
static char *
find_errors_mark(struct hd_reader *r, const char **after)
{
	size_t n = strlen(errors_mark), nnonce = strlen(r->nonce);
	char *at = r->errors;

	for (; (at = strstr(at, errors_mark)) != NULL; at += n) {
		if (strncmp(at + n, r->nonce, nnonce) != 0 ||
		    at[n + nnonce] != '\n')
			continue;
		*after = at + n + nnonce + 1;
		return at;
	}
	return NULL;
}

/* Drops messages before the first mark and after the second: the login shell
 * wrote them. */
static void
drop_noise(struct hd_reader *r)
{
	const char *after;
	char *mark;

	while (r->errors_state != HD_READER_AFTER &&
	       (mark = find_errors_mark(r, &after)) != NULL) {
		if (r->errors_state == HD_READER_BEFORE) {
			r->errors_state = HD_READER_INSIDE;
			memmove(r->errors, after, strlen(after) + 1);
		} else {
			r->errors_state = HD_READER_AFTER;
			mark -= mark > r->errors; /* its line break */
			*mark = '\0';
		}
		r->nerrors = strlen(r->errors);
	}
}

/* Takes a piece of at most half the room, so that no mark is pushed out unseen.
 */
static void
take_errors(struct hd_reader *r, const char *text, size_t len)
{
	size_t max = sizeof(r->errors) - 1;
	size_t keep = r->nerrors + len > max ? max - len : r->nerrors;

	memmove(r->errors, r->errors + r->nerrors - keep, keep);
	r->nerrors = keep;
	for (size_t i = 0; i < len; i++)
		r->errors[r->nerrors++] = text[i] != '\0' ? text[i] : '?';
	r->errors[r->nerrors] = '\0';
	drop_noise(r);
}

static void
take_stderr(struct hd_reader *r, const char *text, size_t len)
{
	size_t max = sizeof(r->errors) / 2;

	while (len > 0 && r->errors_state != HD_READER_AFTER) {
		size_t n = len < max ? len : max;

		take_errors(r, text, n);
		text += n;
		len -= n;
	}
}

void
hd_reader_take(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	struct hd_reader *r = ctx;

	if (stream == HD_STDOUT)
		take_stdout(r, text, len);
	else
		take_stderr(r, text, len);
}

static void
add_errors(struct hd_reader *r, struct hd_refusal *why)
{
	char *save = NULL;
	char *text = hd_arena_strdup(&r->reply->arena, r->errors);

	for (char *line = strtok_r(text, "\r\n", &save); line != NULL;
	     line = strtok_r(NULL, "\r\n", &save))
		hd_refusal_line(why->errors, sizeof(why->errors), line);
}

int
hd_reader_end(struct hd_reader *r, int exit_status, struct hd_err *err)
{
	struct hd_refusal why = { .began = r->state != HD_READER_BEFORE,
		.exit_status = exit_status };

	hd_reply_last(r->reply)->errors =
	    hd_arena_strndup(&r->reply->arena, r->errors, strlen(r->errors));
	if (r->bad != NULL)
		return hd_err_set(err, HD_EREMOTE,
		    "the host's answer is malformed: %s", r->bad);
	if (r->state == HD_READER_AFTER)
		return 0;
	if (r->state == HD_READER_BEFORE && r->len > 0)
		take_line(r); /* without a newline */
	if (!why.began)
		memcpy(why.printed, r->noise, sizeof(why.printed));
	add_errors(r, &why);
	return hd_refusal_set(&why, err);
}
