/* Keys whose value is one of a few words. */
#include "core/inventory/types.h"

#include "core/base/name.h"

#include <string.h>

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
			   sizeof(enum hd_commit) == sizeof(n) &&
			   sizeof(enum hd_confirm_by) == sizeof(n) &&
			   sizeof(enum hd_unreachable) == sizeof(n) &&
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

const char *const hd_driver_names[] = {
	[HD_DRIVER_RELX] = "relx",
	[HD_DRIVER_DISTILLERY] = "distillery",
	[HD_DRIVER_MIX] = "mix",
	[HD_DRIVER_CASTLE] = "castle",
	[HD_DRIVER_SCRIPT] = "script",
	[HD_DRIVER_APP] = "app",
	[HD_DRIVERS] = NULL,
};
const struct hd_type hd_type_driver = {
	.set = set_choice,
	.choices = hd_driver_names,
	.rule = "a known driver (relx, distillery, mix, castle, script, app)",
};

static const char *const managers[] = { "system", "user", NULL };
const struct hd_type hd_type_manager = {
	.set = set_choice,
	.choices = managers,
	.rule = "system or user",
};

static const char *const key_policies[] = { "strict", "accept-new", NULL };
const struct hd_type hd_type_key_policy = {
	.set = set_choice,
	.choices = key_policies,
	.rule = "strict or accept-new",
};

static const char *const connections[] = {
	[HD_CONN_SSH] = "ssh",
	[HD_CONN_LOCAL] = "local",
	NULL,
};
const struct hd_type hd_type_connection = {
	.set = set_enum,
	.choices = connections,
	.rule = "ssh or local",
};

static const char *const on_failure[] = {
	[HD_ON_FAILURE_STOP] = "stop",
	[HD_ON_FAILURE_ROLLBACK] = "rollback",
	[HD_ON_FAILURE_CONTINUE] = "continue",
	NULL,
};
const struct hd_type hd_type_on_failure = {
	.set = set_enum,
	.choices = on_failure,
	.rule = "stop, rollback or continue",
};

static const char *const unreachable[] = {
	[HD_UNREACHABLE_REFUSE] = "refuse",
	[HD_UNREACHABLE_SKIP] = "skip",
	NULL,
};
const struct hd_type hd_type_unreachable = {
	.set = set_enum,
	.choices = unreachable,
	.rule = "refuse or skip",
};

static const char *const modes[] = {
	[HD_MODE_HOT] = "hot",
	[HD_MODE_COLD] = "cold",
	[HD_MODE_AUTO] = "auto",
	[HD_MODE_RELOAD] = "reload",
	NULL,
};
const struct hd_type hd_type_mode = {
	.set = set_enum,
	.choices = modes,
	.rule = "hot, cold, auto or reload",
};

static const char *const undos[] = {
	[HD_MODE_HOT] = "hot",
	[HD_MODE_COLD] = "cold",
	NULL,
};
const struct hd_type hd_type_undo = {
	.set = set_enum,
	.choices = undos,
	.rule = "hot or cold",
};

static const char *const old_processes[] = {
	[HD_OLD_REFUSE] = "refuse",
	[HD_OLD_KILL] = "kill",
	[HD_OLD_WAIT] = "wait",
	NULL,
};
const struct hd_type hd_type_old_processes = {
	.set = set_enum,
	.choices = old_processes,
	.rule = "refuse, kill or wait",
};

static const char *const unsupervised[] = {
	[HD_UNSUPERVISED_REFUSE] = "refuse",
	[HD_UNSUPERVISED_WARN] = "warn",
	NULL,
};
const struct hd_type hd_type_unsupervised = {
	.set = set_enum,
	.choices = unsupervised,
	.rule = "refuse or warn",
};

static const char *const relups[] = {
	[HD_RELUP_CHECK] = "check",
	[HD_RELUP_AUTO] = "auto",
	NULL,
};
const struct hd_type hd_type_relup = {
	.set = set_enum,
	.choices = relups,
	.rule = "check or auto",
};

static const char *const appups[] = {
	[HD_APPUP_DRAFT] = "draft",
	[HD_APPUP_AUTO] = "auto",
	NULL,
};
const struct hd_type hd_type_appup = {
	.set = set_enum,
	.choices = appups,
	.rule = "draft or auto",
};

static const char *const commits[] = {
	[HD_COMMIT_DRIVER] = "driver",
	[HD_COMMIT_AFTER_SOAK] = "after_soak",
	NULL,
};
const struct hd_type hd_type_commit = {
	.set = set_enum,
	.choices = commits,
	.rule = "driver or after_soak",
};

static const char *const confirms[] = {
	[HD_CONFIRM_NONE] = "none",
	[HD_CONFIRM_NEW_CONNECTION] = "new_connection",
	NULL,
};
const struct hd_type hd_type_confirm = {
	.set = set_enum,
	.choices = confirms,
	.rule = "none or new_connection",
};
