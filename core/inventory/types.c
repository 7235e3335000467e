#include "core/inventory/types.h"

#include "core/base/name.h"
#include "core/base/text.h"
#include "core/inventory/health.h"
#include "core/inventory/host_line.h"

#include <string.h>

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum { PIN_LEN = 43, UNIT_MAX = 255 };

int
hd_type_refuse(const struct hd_value *v, const char *text, struct hd_err *err)
{
	return hd_err_set(
	    err, HD_ECONFIG, "\"%s\" is not %s", text, v->key->type->rule);
}

static int
set_text(void *field, const struct hd_value *v, struct hd_err *err)
{
	const char **text = field;

	if (v->key->type->valid != NULL && !v->key->type->valid(v->text))
		return hd_type_refuse(v, v->text, err);
	*text = v->text;
	return 0;
}

static int
add_text(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_strs *list = field;
	const char *text = NULL;

	if (set_text(&text, v, err) < 0)
		return -1;
	*HD_PUSH(v->arena, list) = text;
	return 0;
}

int
hd_type_add_words(struct hd_strs *list, const struct hd_value *v,
    hd_word_check *check, struct hd_err *err)
{
	const char *at = v->text;

	for (;;) {
		size_t n;
		const char *word;

		at += strspn(at, " \t");
		n = strcspn(at, ", \t");
		word = hd_arena_strndup(v->arena, at, n);
		if (check(v, word, err) < 0)
			return -1;
		*HD_PUSH(v->arena, list) = word;
		at += n + strspn(at + n, " \t");
		if (*at == '\0')
			return 0;
		if (*at++ != ',')
			return hd_type_refuse(v, v->text, err);
	}
}

static int
check_valid(const struct hd_value *v, const char *word, struct hd_err *err)
{
	return v->key->type->valid(word) ? 0 : hd_type_refuse(v, word, err);
}

static int
add_words(void *field, const struct hd_value *v, struct hd_err *err)
{
	return hd_type_add_words(field, v, check_valid, err);
}

static bool
pin_valid(const char *text)
{
	static const char start[] = "SHA256:";

	if (strncmp(text, start, sizeof(start) - 1) != 0)
		return false;
	text += sizeof(start) - 1;
	return strlen(text) == PIN_LEN &&
	       strspn(text, LETTERS DIGITS "+/") == PIN_LEN;
}

static int
add_health(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_host *host =
	    (struct hd_host *)(void *)((char *)field -
				       offsetof(struct hd_host, health));
	struct hd_health h;
	bool listed;

	if (hd_health_parse(&h, &listed, v->arena, v->text, err) < 0)
		return -1;
	if (listed)
		*HD_PUSH(v->arena, &host->health) = h;
	return 0;
}

static int
check_host(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_host_line line;

	(void)field;
	return hd_host_parse(&line, v->arena, v->text, err);
}

/* A relative path that is safe in a script, in a pattern and in a list. */
static bool
below_valid(const char *text)
{
	size_t n;

	if (strspn(text, LETTERS DIGITS "._+~@/-") != strlen(text))
		return false;
	for (;; text += n + 1) {
		n = strcspn(text, "/");
		if (n == 0 || text[0] == '-' || text[0] == '~' ||
		    (n == 1 && text[0] == '.') ||
		    (n == 2 && text[0] == '.' && text[1] == '.'))
			return false;
		if (text[n] == '\0')
			return true;
	}
}

/* A variable, or a descriptor besides stdin, stdout and stderr. */
static bool
secret_valid(const char *text)
{
	if (strncmp(text, "fd:", 3) != 0)
		return hd_variable_valid(text);
	text += 3;
	return strlen(text) <= 3 && text[0] != '\0' && text[0] != '0' &&
	       strspn(text, DIGITS) == strlen(text) &&
	       (text[1] != '\0' || text[0] > '2');
}

static bool
unit_valid(const char *text)
{
	static const char end[] = ".service";
	size_t n = strlen(text);

	return n <= UNIT_MAX && n >= sizeof(end) &&
	       strcmp(text + n - (sizeof(end) - 1), end) == 0 &&
	       strchr("-.@", text[0]) == NULL &&
	       strspn(text, LETTERS DIGITS ":_.\\@-") == n;
}

static bool
release_valid(const char *text)
{
	return hd_text_braces(text, "{version}");
}

/* Allows only one spelling of each path, so that equal roots compare equal. */
static bool
path_valid(const char *text)
{
	if (text[0] != '/' || !hd_text_braces(text, "{host}") ||
	    strchr(text, '\t') != NULL)
		return false;
	while (*text == '/') {
		size_t n = strcspn(++text, "/");

		if (n == 0 || (n == 1 && text[0] == '.') ||
		    (n == 2 && text[0] == '.' && text[1] == '.'))
			return false;
		text += n;
	}
	return true;
}

static bool
pid_file_valid(const char *text)
{
	return text[0] == '/' ? path_valid(text) : below_valid(text);
}

const struct hd_type hd_type_app = {
	.set = set_text,
	.valid = hd_program_valid,
	.rule = "a name: a letter or digit first, then letters, digits, _ "
		"and -, at most 64",
};
const struct hd_type hd_type_text = {
	.set = set_text, .may_be_quoted = true, /* for a shell */
};
const struct hd_type hd_type_release = {
	.set = set_text,
	.valid = release_valid,
	.rule = "a release: {version} is the only word allowed in braces",
};
const struct hd_type hd_type_version = {
	.set = set_text,
	.valid = hd_version_valid,
	.rule = "a version: letters, digits and . _ + ~ -, a letter or digit "
		"first, at most 128",
};
const struct hd_type hd_type_user = {
	.set = set_text,
	.valid = hd_user_valid,
	.rule = HD_USER_RULE,
};
const struct hd_type hd_type_login = {
	.set = set_text,
	.valid = hd_login_valid,
	.rule = HD_LOGIN_RULE,
};
const struct hd_type hd_type_path = {
	.set = set_text,
	.valid = path_valid,
	.rule = "an absolute path such as /srv/NAME (no .., no //, no "
		"trailing /, no braces except {host})",
};
const struct hd_type hd_type_pins = {
	.set = add_words,
	.list = true,
	.valid = pin_valid,
	.rule = "a fingerprint as ssh-keygen -l prints it: SHA256: and 43 "
		"characters; separate several by commas",
};
const struct hd_type hd_type_file = { .set = set_text };
const struct hd_type hd_type_files = { .set = add_text, .list = true };
const struct hd_type hd_type_secrets = {
	.set = add_text,
	.list = true,
	.valid = secret_valid,
	.rule = "the name of an environment variable, or fd:N for descriptor "
		"N, which is 3 to 999",
};
const struct hd_type hd_type_linked = {
	.set = add_words,
	.list = true,
	.valid = below_valid,
	.rule = "a path below shared/, such as log or config/app.yml: letters, "
		"digits and . _ + @ -; separate several by commas",
};
const struct hd_type hd_type_pid_file = {
	.set = set_text,
	.valid = pid_file_valid,
	.rule = "a path below the root, such as app.pid, or an absolute path",
};
const struct hd_type hd_type_unit = {
	.set = set_text,
	.valid = unit_valid,
	.rule = "a unit such as NAME.service: letters, digits and : _ . \\ @ -",
};
const struct hd_type hd_type_health = {
	.set = add_health,
	.list = true,
};
const struct hd_type hd_type_host = {
	.set = check_host,
};
