#include "core/remote/args.h"

#include <string.h>

/* One name in the line "# args:". */
struct name {
	const char *text;
	size_t len;
	bool optional;
};

/* Moves n to the next name; false at the end of the line. */
static bool
next(struct name *n)
{
	n->text += n->len;
	n->text += strspn(n->text, " ]");
	if (*n->text == '[') {
		n->optional = true;
		n->text++;
	}
	n->len = strcspn(n->text, " []");
	return n->len > 0;
}

static bool
is(const struct name *n, const char *text)
{
	return strlen(text) == n->len && memcmp(n->text, text, n->len) == 0;
}

static const char *
given(const struct hd_call *call, const struct name *n)
{
	for (size_t i = 0; i < HD_COUNT(call->args); i++)
		if (call->args[i].value != NULL && is(n, call->args[i].name))
			return call->args[i].value;
	return NULL;
}

static bool
is_stated(const struct hd_script *s, const char *name)
{
	for (struct name n = { .text = s->args }; next(&n);)
		if (is(&n, name))
			return true;
	return false;
}

int
hd_args_check(
    const struct hd_script *s, const struct hd_call *call, struct hd_err *err)
{
	for (struct name n = { .text = s->args }; next(&n);)
		if (!n.optional && given(call, &n) == NULL)
			return hd_err_set(err, HD_ELOCAL,
			    "script %s needs the argument \"%.*s\"", s->name,
			    (int)n.len, n.text);
	for (size_t i = 0; i < HD_COUNT(call->args); i++)
		if (call->args[i].value != NULL &&
		    !is_stated(s, call->args[i].name))
			return hd_err_set(err, HD_ELOCAL,
			    "script %s takes no argument \"%s\"", s->name,
			    call->args[i].name);
	return 0;
}

static void
add(struct hd_shell *sh, const char *name, size_t len, const char *value)
{
	hd_shell_lit(sh, "arg_");
	hd_str_addn(&sh->text, name, len);
	hd_shell_lit(sh, "=");
	hd_shell_arg(sh, value != NULL ? value : "");
	hd_shell_lit(sh, "\n");
}

void
hd_args_add(
    struct hd_shell *sh, const struct hd_script *s, const struct hd_call *call)
{
	add(sh, "root", strlen("root"), call->root);
	add(sh, "app", strlen("app"), call->app);
	for (struct name n = { .text = s->args }; next(&n);)
		add(sh, n.text, n.len, given(call, &n));
}
