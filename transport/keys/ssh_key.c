#include "transport/keys/ssh_key.h"

#include "core/base/alloc.h"
#include "core/base/secret.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_MAX = 600 };

struct ssh_key *
ssh_key_new(const char *name)
{
	struct ssh_key *k = hd_alloc(sizeof(*k));

	k->name = hd_strdup(name);
	k->state = SSH_KEY_UNUSABLE;
	return k;
}

static void
wipe(struct ssh_key *k)
{
	hd_secret_free(k->text);
	hd_secret_free(k->sealed);
	k->text = k->sealed = NULL;
	ssh_key_forget(&k->opened);
}

void
ssh_key_free(struct ssh_key *k)
{
	if (k == NULL)
		return;
	wipe(k);
	ssh_key_forget(&k->public);
	ssh_key_forget(&k->cert);
	free(k->name);
	free(k->why);
	free(k->cert_name);
	free(k);
}

struct hd_bytes
ssh_key_copy(struct hd_bytes b)
{
	unsigned char *p = hd_alloc(b.n);

	memcpy(p, b.p, b.n);
	return (struct hd_bytes){ p, b.n };
}

void
ssh_key_forget(struct hd_bytes *b)
{
	free((void *)(uintptr_t)b->p);
	*b = (struct hd_bytes){ NULL, 0 };
}

void
ssh_key_refuse(
    struct ssh_key *k, enum ssh_key_state state, const char *fmt, ...)
{
	char why[WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	free(k->why);
	k->why = hd_strdup(why);
	k->state = state;
	wipe(k);
}

void
ssh_key_take(struct ssh_key *to, struct ssh_key *from)
{
	to->text = from->text;
	to->len = from->len;
	to->opened = from->opened;
	from->text = NULL;
	from->opened = (struct hd_bytes){ NULL, 0 };
}

bool
ssh_key_is(const struct ssh_key *k, struct hd_bytes blob)
{
	return (k->public.n > 0 && hd_bytes_equal(k->public, blob)) ||
	       (k->cert.n > 0 && hd_bytes_equal(k->cert, blob));
}
