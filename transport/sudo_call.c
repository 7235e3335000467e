#define _GNU_SOURCE /* memmem */
#include "transport/sudo_call.h"

#include "core/base/digest.h"
#include "core/base/secret.h"
#include "transport/quote.h"

#include <stdio.h>
#include <string.h>

/* PIECE + the longest word must fit into said twice. */
enum { PIECE = HD_SUDO_SAID / 2 };

static int
reserve(struct hd_sudo_call *c, struct hd_err *err)
{
	struct hd_sudo *s = c->sudo;

	if (ssh_password_begin(&c->password, s->passwords, s->secrets, &s->of,
		c->cancel, err) < 0)
		return -1;
	c->trying = true;
	return 0;
}

static void
settle(struct hd_sudo_call *c, enum ssh_password_end how)
{
	if (c->trying)
		ssh_password_end(&c->password, c->sudo->passwords, how);
	c->trying = false;
	hd_secret_free(c->secret);
	c->secret = NULL;
}

/* A host that wanted no password need not wait for others. */
int
hd_sudo_begin(struct hd_sudo_call *c, struct hd_sudo *sudo, const char *word,
    enum hd_cancel stage, struct hd_err *err)
{
	char ready[33];

	*c = (struct hd_sudo_call){ .sudo = sudo, .cancel = stage };
	hd_random_hex(c->prompt, sizeof(c->prompt) / 2);
	hd_random_hex(ready, sizeof(ready) / 2);
	snprintf(c->ready, sizeof(c->ready), "%s\n", ready);
	snprintf(
	    c->first, sizeof(c->first), "%s %s %s", word, c->prompt, c->ready);
	return sudo->silent ? 0 : reserve(c, err);
}

static const char *
quoted(const struct hd_sudo_call *c, size_t nsaid, char text[HD_SUDO_QUOTED])
{
	static const char before[] = "; sudo said: ";
	const size_t n = sizeof(before) - 1;

	memcpy(text, before, n);
	text[n] = '\0';
	hd_quote_lines(text + n, HD_SUDO_QUOTED - n, c->said, nsaid, NULL);
	return text[n] != '\0' ? text : "";
}

const char *
hd_sudo_said(const struct hd_sudo_call *c, char text[HD_SUDO_QUOTED])
{
	return quoted(c, c->nsaid, text);
}

/* What it sends in this stage. */
static const char *
text_of(const struct hd_sudo_call *c)
{
	if (c->stage == HD_SUDO_STARTING)
		return c->first;
	return c->stage == HD_SUDO_ASKED ? c->secret : NULL;
}

void
hd_sudo_next(const struct hd_sudo_call *c, const char **p, size_t *n)
{
	const char *text = text_of(c);

	*p = text != NULL ? text + c->fed : NULL;
	*n = text != NULL ? strlen(*p) : 0;
}

void
hd_sudo_fed(struct hd_sudo_call *c, size_t n)
{
	c->fed += n;
	if (c->stage == HD_SUDO_ASKED && c->secret[c->fed] == '\0')
		c->stage = HD_SUDO_ANSWERED;
}

static int
refused(struct hd_sudo_call *c, size_t nsaid, struct hd_err *err)
{
	char text[HD_SUDO_QUOTED];

	settle(c, SSH_PASSWORD_REFUSED);
	return hd_err_set(err, HD_EAUTH,
	    "sudo did not accept the password from sudo_password; hdeploy "
	    "does not send it again%s",
	    quoted(c, nsaid, text));
}

/* After nsaid bytes of said. sudo repeats its prompt if it does not accept the
 * password. */
static int
prompted(struct hd_sudo_call *c, size_t nsaid, struct hd_err *err)
{
	size_t n;

	if (c->stage != HD_SUDO_STARTING)
		return refused(c, nsaid, err);
	if (!c->trying && reserve(c, err) < 0)
		return -1;
	c->sudo->silent = false;
	n = strlen(c->password.text);
	c->secret = hd_secret_alloc(n + 2);
	memcpy(c->secret, c->password.text, n);
	c->secret[n] = '\n';
	c->fed = 0;
	c->stage = HD_SUDO_ASKED;
	return 0;
}

static void
ready(struct hd_sudo_call *c)
{
	if (c->stage == HD_SUDO_STARTING)
		c->sudo->silent = true;
	settle(c, c->stage == HD_SUDO_ANSWERED ? SSH_PASSWORD_ACCEPTED
					       : SSH_PASSWORD_UNKNOWN);
	c->stage = HD_SUDO_READY;
}

static char *
find(struct hd_sudo_call *c, const char *word)
{
	return memmem(c->said, c->nsaid, word, strlen(word));
}

static void
drop(struct hd_sudo_call *c, size_t n)
{
	memmove(c->said, c->said + n, c->nsaid - n);
	c->nsaid -= n;
}

static void
keep(struct hd_sudo_call *c, const char *text, size_t n)
{
	if (c->nsaid + n > sizeof(c->said))
		drop(c, c->nsaid + n - sizeof(c->said));
	memcpy(c->said + c->nsaid, text, n);
	c->nsaid += n;
}

ssize_t
hd_sudo_heard(
    struct hd_sudo_call *c, const char *text, size_t n, struct hd_err *err)
{
	const size_t len = strlen(c->prompt);

	while (n > 0) {
		size_t piece = n < PIECE ? n : PIECE;
		char *at;

		keep(c, text, piece);
		text += piece;
		n -= piece;
		while ((at = find(c, c->prompt)) != NULL) {
			if (prompted(c, (size_t)(at - c->said), err) < 0)
				return -1;
			drop(c, (size_t)(at - c->said) + len);
		}
		at = find(c, c->ready);
		if (at == NULL)
			continue;
		ready(c);
		return c->said + c->nsaid - (at + strlen(c->ready)) +
		       (ssize_t)n;
	}
	return 0;
}

/* sudo says these only after it has accepted the password. */
static bool
is_denied(struct hd_sudo_call *c)
{
	return find(c, " is not in the sudoers file") != NULL ||
	       find(c, " is not allowed to ") != NULL ||
	       find(c, "I'm afraid I can't do that") != NULL;
}

int
hd_sudo_end(struct hd_sudo_call *c, bool ended, struct hd_err *err)
{
	if (!ended || c->stage != HD_SUDO_ANSWERED || is_denied(c)) {
		settle(c, SSH_PASSWORD_UNKNOWN);
		return 0;
	}
	return refused(c, c->nsaid, err);
}
