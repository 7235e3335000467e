#include "core/remote/refusal.h"

#include "core/base/attr.h"
#include "core/base/str.h"
#include "core/remote/remote.h"

#include <stdio.h>
#include <string.h>

/* The words of sshd (session.c: do_child), nologin(8) and bash(1). */
static const struct {
	const char *words, *cause;
} causes[] = {
	{ "This service allows sftp connections only.",
	    "the server allows only SFTP for this user (internal-sftp as "
	    "ForceCommand, or as command= in authorized_keys)" },
	{ "This account is currently not available.",
	    "this user's login shell is nologin" },
	{ "exec: restricted",
	    "this user's login shell is restricted, as rbash is, "
	    "and cannot run /bin/sh" },
};

static const char *
cause_of(const struct hd_refusal *r)
{
	for (size_t i = 0; !r->began && i < HD_COUNT(causes); i++)
		if (strstr(r->printed, causes[i].words) != NULL ||
		    strstr(r->errors, causes[i].words) != NULL)
			return causes[i].cause;
	return NULL;
}

void
hd_refusal_line(char *text, size_t max, const char *line)
{
	size_t first = strcspn(text, "\n");

	if (*line == '\0')
		return;
	if (first == 0)
		snprintf(text, max / 2, "%s", line);
	else
		snprintf(text + first, max - first, "\n%s", line);
}

/* One line, printable ASCII. */
static void
add_words(struct hd_str *out, const char *before, const char *text)
{
	if (*text == '\0')
		return;
	hd_str_add(out, before);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\n')
			hd_str_add(out, "; ");
		else
			hd_str_addf(out, "%c",
			    c >= 0x7f ? '?'
			    : c < ' ' ? ' '
				      : c);
	}
}

static void
add_status(struct hd_str *out, int status)
{
	if (status < 0)
		hd_str_add(out, " (no exit status)");
	else
		hd_str_addf(out, " (exit status %d)", status);
}

int
hd_refusal_set(const struct hd_refusal *r, struct hd_err *err)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);
	const char *cause = cause_of(r);

	hd_str_add(&out, r->began
			     ? "the shell on the host ended before the script"
			     : HD_NOT_RUN);
	add_status(&out, r->exit_status);
	if (cause != NULL)
		hd_str_addf(&out, ": %s", cause);
	add_words(&out, cause != NULL ? "; it said: " : ": ", r->errors);
	add_words(&out, "; it printed: ", r->printed);
	if (r->errors[0] == '\0' && r->printed[0] == '\0')
		hd_str_add(&out, " and printed nothing");
	return hd_err_set(err, HD_EREMOTE, "%s", out.ptr);
}
