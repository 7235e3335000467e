#include "transport/ssh_secret.h"

#include "core/base/child.h"
#include "core/base/first.h"
#include "core/base/secret.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_LEN = 1024, COMMAND_MS = 60000 };

struct ssh_secret {
	struct ssh_secret *next;
	char *name;
	char *text;
};

void
ssh_secrets_give(struct ssh_secrets *s, const char *name, const char *text)
{
	struct ssh_secret *one = hd_alloc(sizeof(*one));

	one->name = hd_strdup(name);
	one->text = hd_secret_copy(text, strlen(text));
	one->next = s->first;
	s->first = one;
}

void
ssh_secrets_done(struct ssh_secrets *s)
{
	while (s->first != NULL) {
		struct ssh_secret *one = s->first;

		s->first = one->next;
		hd_secret_free(one->text);
		free(one->name);
		free(one);
	}
}

const char *
ssh_secret_given(const struct ssh_secrets *s, const char *name)
{
	for (const struct ssh_secret *one = s->first; one != NULL;
	     one = one->next)
		if (strcmp(one->name, name) == 0)
			return one->text;
	return NULL;
}

static int
check(struct hd_first *line, struct hd_err *err)
{
	if (!hd_first_end(line))
		return hd_err_set(err, HD_ELOCAL,
		    "its first line is longer than %d bytes", LINE_MAX_LEN);
	if (line->text[0] == '\0')
		return hd_err_set(err, HD_ELOCAL, "it printed no first line");
	return 0;
}

int
ssh_secret_command(char **out, const char *what, const char *command,
    const struct hd_pair *set, size_t nset, enum hd_cancel stage,
    struct hd_err *err)
{
	HD_AUTO_SECRET char *text = hd_secret_alloc(LINE_MAX_LEN + 1);
	struct hd_first line = { .text = text, .max = LINE_MAX_LEN };
	const struct hd_child child = { .command = command,
		.set = set,
		.nset = nset,
		.timeout_ms = COMMAND_MS,
		.ends = stage,
		.secret = true,
		.out = hd_first_add,
		.ctx = &line };

	if (hd_child_run(&child, err) < 0 || check(&line, err) < 0)
		return hd_err_prefix(err, "%s", what);
	*out = text;
	text = NULL;
	return 0;
}
