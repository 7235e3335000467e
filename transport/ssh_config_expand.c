#include "transport/ssh_config_expand.h"

#include "core/base/str.h"

#include <stdlib.h>
#include <string.h>

enum { VALUE_MAX = 64 * 1024 };

/* NULL if the token is unknown. */
static const char *
token(const struct ssh_config_values *v, char letter)
{
	const struct hd_ssh_config *c = v->config;
	const struct hd_ssh_tokens *t = v->tokens;
	const char *hash =
	    v->hash != NULL && v->hash[0] == '/' ? v->hash + 1 : NULL;
	const char *jump = c->proxy_jump != NULL ? c->proxy_jump : "";
	const char *key = c->alias != NULL ? c->alias : t->host;
	const struct {
		char letter;
		const char *value;
	} all[] = {
		{ '%', "%" },
		{ 'C', hash },
		{ 'd', t->home },
		{ 'h', c->hostname },
		{ 'i', t->uid },
		{ 'j', jump },
		{ 'k', key },
		{ 'L', v->machine },
		{ 'l', t->machine },
		{ 'n', t->host },
		{ 'p', v->port },
		{ 'r', c->user },
		{ 'u', t->local_user },
	};

	for (size_t i = 0; i < HD_COUNT(all); i++)
		if (all[i].letter == letter)
			return all[i].value;
	return NULL;
}

static int
add_token(const struct ssh_config_values *v, struct hd_str *out,
    const char *option, char letter, const char *allowed, struct hd_err *err)
{
	const char *value = strchr(allowed, letter) != NULL && letter != '\0'
				? token(v, letter)
				: NULL;

	if (value == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "%s of ssh_config: ssh does not know %%%c there", option,
		    letter >= ' ' && letter <= '~' ? letter : '?');
	hd_str_add(out, value);
	return 0;
}

static int
add_variable(struct hd_str *out, const char *option, const char *name, size_t n,
    struct hd_err *err)
{
	char text[128];
	const char *value = NULL;

	if (n < sizeof(text)) {
		memcpy(text, name, n);
		text[n] = '\0';
		value = getenv(text);
	}
	if (value == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "%s of ssh_config: the environment variable %.*s is not "
		    "set",
		    option, (int)(n < 100 ? n : 100), name);
	hd_str_add(out, value);
	return 0;
}

/* Replaces tokens and, in names of files, ${VARIABLE}. */
static int
expand(const struct ssh_config_values *v, const char **text, const char *option,
    const char *allowed, bool variables, struct hd_err *err)
{
	HD_AUTO_STR out = HD_STR_INIT(VALUE_MAX);
	const char *p = *text, *end;
	int rc = 0;

	while (*p != '\0' && rc == 0) {
		if (*p == '%') {
			rc = add_token(v, &out, option, p[1], allowed, err);
			p += p[1] != '\0' ? 2 : 1;
		} else if (variables && strncmp(p, "${", 2) == 0 &&
			   (end = strchr(p, '}')) != NULL) {
			rc = add_variable(
			    &out, option, p + 2, (size_t)(end - p) - 2, err);
			p = end + 1;
		} else {
			hd_str_addn(&out, p++, 1);
		}
	}
	if (rc == 0)
		rc = hd_str_check(&out, err);
	if (rc == 0)
		*text = hd_arena_strdup(v->arena, out.ptr);
	return rc;
}

int
ssh_config_expand_file(const struct ssh_config_values *v, const char **text,
    const char *option, struct hd_err *err)
{
	return expand(v, text, option, "%CdhijkLlnpru", true, err);
}

int
ssh_config_expand_command(const struct ssh_config_values *v, const char **text,
    const char *option, struct hd_err *err)
{
	return expand(v, text, option, "%hknpr", false, err);
}
