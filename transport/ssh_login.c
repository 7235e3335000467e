#include "transport/ssh_login.h"

#include "transport/quote.h"

#include <string.h>

/* A shorter time was no wait for a person. */
enum { WAIT_MS = 1000 };

const char *
ssh_login_name(struct ssh_login *l, const struct ssh_offer *o)
{
	char quoted[160] = "";

	hd_quote(quoted, sizeof(quoted), o->name, strlen(o->name));
	return hd_arena_fmt(&l->arena, "%s%s", o->kind, quoted);
}

bool
ssh_login_takes(const char *methods, const char *method)
{
	size_t n = strlen(method);

	for (const char *p = methods; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, ",");

		if (len == n && strncmp(p, method, n) == 0)
			return true;
		p += len + (p[len] == ',');
	}
	return false;
}

void
ssh_login_give_back(struct ssh_login *l, int64_t start)
{
	int64_t took = hd_clock_ms() - start;

	l->s->end += took;
	l->s->waited = l->s->waited || took >= WAIT_MS;
}

static void
keep_banner(struct ssh_login *l)
{
	char *text = NULL;

	if (libssh2_userauth_banner(l->s->session, &text) == 0 && text != NULL)
		hd_quote(l->banner, sizeof(l->banner), text, strlen(text));
}

enum ssh_verdict
ssh_login_ask(struct ssh_login *l, struct hd_err *err)
{
	LIBSSH2_SESSION *session = l->s->session;
	const int64_t began = hd_clock_ms();
	const char *list;

	do
		list = ssh_methods(l->s, l->o->user);
	while (
	    list == NULL && ssh_again(l->s, libssh2_session_last_errno(session),
				"authentication", err));
	if (list == NULL && libssh2_userauth_authenticated(session))
		return SSH_AUTH_DONE;
	if (list == NULL)
		return l->s->broken ? SSH_AUTH_FAILED : SSH_AUTH_LOST;
	l->methods = hd_arena_strdup(&l->arena, list);
	if (l->first == NULL) {
		/* for the service and for the list */
		ssh_note_trip(l->s, (hd_clock_ms() - began) / 2);
		l->first = l->methods;
		keep_banner(l);
	}
	return SSH_AUTH_STEP;
}
