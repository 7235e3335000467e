#include "core/inventory/types.h"

#include "core/base/name.h"
#include "core/inventory/health.h"
#include "core/inventory/host_line.h"
#include "core/base/text.h"

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

static int
choose(size_t *out, const struct hd_value *v, struct hd_err *err)
{
	const char *const *names = v->key->type->choices;
	const char *near;
	size_t i = 0;

	while (names[i] != NULL && strcmp(names[i], v->text) != 0)
		i++;
	*out = i;
	if (names[i] != NULL)
		return 0;
	near = hd_name_nearest(v->text, names, i);
	if (near == NULL)
		return hd_type_refuse(v, v->text, err);
	return hd_err_set(err, HD_ECONFIG,
	    "\"%s\" is not %s; did you mean \"%s\"?", v->text,
	    v->key->type->rule, near);
}

static int
set_choice(void *field, const struct hd_value *v, struct hd_err *err)
{
	const char **name = field;
	size_t i;

	if (choose(&i, v, err) < 0)
		return -1;
	*name = v->key->type->choices[i];
	return 0;
}

static int
set_enum(void *field, const struct hd_value *v, struct hd_err *err)
{
	unsigned n;
	size_t i;

	_Static_assert(sizeof(enum hd_connection) == sizeof(n) &&
			   sizeof(enum hd_mode) == sizeof(n) &&
			   sizeof(enum hd_old_processes) == sizeof(n) &&
			   sizeof(enum hd_unsupervised) == sizeof(n) &&
			   sizeof(enum hd_relup_by) == sizeof(n) &&
			   sizeof(enum hd_appup_by) == sizeof(n) &&
			   sizeof(enum hd_on_failure) == sizeof(n),
	    "enums are stored as unsigned");
	if (choose(&i, v, err) < 0)
		return -1;
	n = (unsigned)i;
	memcpy(field, &n, sizeof(n));
	return 0;
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
add_pins(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_strs *list = field;
	const char *at = v->text;

	for (;;) {
		size_t n;
		const char *pin;

		at += strspn(at, " \t");
		n = strcspn(at, ", \t");
		pin = hd_arena_strndup(v->arena, at, n);
		if (!pin_valid(pin))
			return hd_type_refuse(v, pin, err);
		*HD_PUSH(v->arena, list) = pin;
		at += n + strspn(at + n, " \t");
		if (*at == '\0')
			return 0;
		if (*at++ != ',')
			return hd_type_refuse(v, v->text, err);
	}
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

/* Adds the words of a comma-separated list. */
static int
add_linked(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_strs *list = field;
	const char *at = v->text;

	for (;;) {
		size_t n;
		const char *name;

		at += strspn(at, " \t");
		n = strcspn(at, ", \t");
		name = hd_arena_strndup(v->arena, at, n);
		if (!below_valid(name))
			return hd_type_refuse(v, name, err);
		*HD_PUSH(v->arena, list) = name;
		at += n + strspn(at + n, " \t");
		if (*at == '\0')
			return 0;
		if (*at++ != ',')
			return hd_type_refuse(v, v->text, err);
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

const char *const hd_driver_names[] = {
	[HD_DRIVER_RELX] = "relx",
	[HD_DRIVER_DISTILLERY] = "distillery",
	[HD_DRIVER_MIX] = "mix",
	[HD_DRIVER_CASTLE] = "castle",
	[HD_DRIVER_SCRIPT] = "script",
	[HD_DRIVER_APP] = "app",
	[HD_DRIVERS] = NULL,
};
static const char *const managers[] = { "system", "user", NULL };
static const char *const key_policies[] = { "strict", "accept-new", NULL };
static const char *const connections[] = {
	[HD_CONN_SSH] = "ssh",
	[HD_CONN_LOCAL] = "local",
	NULL,
};
static const char *const on_failure[] = {
	[HD_ON_FAILURE_STOP] = "stop",
	[HD_ON_FAILURE_ROLLBACK] = "rollback",
	[HD_ON_FAILURE_CONTINUE] = "continue",
	NULL,
};
static const char *const unreachable[] = {
	[HD_UNREACHABLE_REFUSE] = "refuse",
	[HD_UNREACHABLE_SKIP] = "skip",
	NULL,
};
static const char *const modes[] = {
	[HD_MODE_HOT] = "hot",
	[HD_MODE_COLD] = "cold",
	[HD_MODE_AUTO] = "auto",
	[HD_MODE_RELOAD] = "reload",
	NULL,
};
static const char *const undos[] = {
	[HD_MODE_HOT] = "hot",
	[HD_MODE_COLD] = "cold",
	NULL,
};
static const char *const old_processes[] = {
	[HD_OLD_REFUSE] = "refuse",
	[HD_OLD_KILL] = "kill",
	[HD_OLD_WAIT] = "wait",
	NULL,
};
static const char *const unsupervised[] = {
	[HD_UNSUPERVISED_REFUSE] = "refuse",
	[HD_UNSUPERVISED_WARN] = "warn",
	NULL,
};
static const char *const relups[] = {
	[HD_RELUP_CHECK] = "check",
	[HD_RELUP_AUTO] = "auto",
	NULL,
};
static const char *const appups[] = {
	[HD_APPUP_DRAFT] = "draft",
	[HD_APPUP_AUTO] = "auto",
	NULL,
};
static const char *const commits[] = {
	[HD_COMMIT_DRIVER] = "driver",
	[HD_COMMIT_AFTER_SOAK] = "after_soak",
	NULL,
};

static const char *const confirms[] = {
	[HD_CONFIRM_NONE] = "none",
	[HD_CONFIRM_NEW_CONNECTION] = "new_connection",
	NULL,
};

const struct hd_type hd_type_app = {
	.set = set_text,
	.valid = hd_program_valid,
	.rule = "a name: a letter or digit first, then letters, digits, _ "
		"and -, at most 64",
};
const struct hd_type hd_type_driver = {
	.set = set_choice,
	.choices = hd_driver_names,
	.rule = "a known driver (relx, distillery, mix, castle, script, app)",
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
const struct hd_type hd_type_connection = {
	.set = set_enum,
	.choices = connections,
	.rule = "ssh or local",
};
const struct hd_type hd_type_mode = {
	.set = set_enum,
	.choices = modes,
	.rule = "hot, cold, auto or reload",
};
const struct hd_type hd_type_commit = {
	.set = set_enum,
	.choices = commits,
	.rule = "driver or after_soak",
};
const struct hd_type hd_type_confirm = {
	.set = set_enum,
	.choices = confirms,
	.rule = "none or new_connection",
};
const struct hd_type hd_type_undo = {
	.set = set_enum,
	.choices = undos,
	.rule = "hot or cold",
};
const struct hd_type hd_type_old_processes = {
	.set = set_enum,
	.choices = old_processes,
	.rule = "refuse, kill or wait",
};
const struct hd_type hd_type_unsupervised = {
	.set = set_enum,
	.choices = unsupervised,
	.rule = "refuse or warn",
};
const struct hd_type hd_type_relup = {
	.set = set_enum,
	.choices = relups,
	.rule = "check or auto",
};
const struct hd_type hd_type_appup = {
	.set = set_enum,
	.choices = appups,
	.rule = "draft or auto",
};
const struct hd_type hd_type_pins = {
	.set = add_pins,
	.list = true,
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
	.set = add_linked,
	.list = true,
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
const struct hd_type hd_type_manager = {
	.set = set_choice,
	.choices = managers,
	.rule = "system or user",
};
const struct hd_type hd_type_key_policy = {
	.set = set_choice,
	.choices = key_policies,
	.rule = "strict or accept-new",
};
const struct hd_type hd_type_health = {
	.set = add_health,
	.list = true,
};
const struct hd_type hd_type_host = {
	.set = check_host,
};
const struct hd_type hd_type_on_failure = {
	.set = set_enum,
	.choices = on_failure,
	.rule = "stop, rollback or continue",
};
const struct hd_type hd_type_unreachable = {
	.set = set_enum,
	.choices = unreachable,
	.rule = "refuse or skip",
};
