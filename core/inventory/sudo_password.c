/* sudo_password = ask | command COMMAND | env NAME */
#include "core/base/name.h"
#include "core/inventory/types.h"

#include <string.h>

static bool
is_empty(const char *text)
{
	return text[0] == '\0';
}

static bool
is_command(const char *text)
{
	return text[0] != '\0';
}

static const struct {
	const char *word;
	bool (*valid)(const char *text); /* for the rest of the value */
} rows[HD_SUDO_FROMS] = {
	[HD_SUDO_ASK] = { "ask", is_empty },
	[HD_SUDO_COMMAND] = { "command", is_command },
	[HD_SUDO_ENV] = { "env", hd_variable_valid },
};

bool
hd_sudo_password_parse(struct hd_sudo_password *out, const char *text)
{
	size_t n = strcspn(text, " \t");
	const char *rest = text + n + strspn(text + n, " \t");

	for (size_t i = HD_SUDO_ASK; i < HD_COUNT(rows); i++) {
		if (strlen(rows[i].word) != n ||
		    strncmp(rows[i].word, text, n) != 0 || !rows[i].valid(rest))
			continue;
		*out = (struct hd_sudo_password){ (enum hd_sudo_from)i, rest };
		return true;
	}
	return false;
}

static int
set_sudo(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_sudo_password *out = field;

	return hd_sudo_password_parse(out, v->text)
		   ? 0
		   : hd_type_refuse(v, v->text, err);
}

const struct hd_type hd_type_sudo = {
	.set = set_sudo,
	.may_be_quoted = true, /* for a shell */
	.rule = "ask, command COMMAND (for the shell), or env NAME (an "
		"environment variable)",
};
