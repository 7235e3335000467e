/* What steps need: a command of deploy.ini, or a node that can be found. */
#include "core/plan/plan_private.h"

bool
hd_command_given(const struct hd_host *host, const char *name)
{
	for (size_t i = 0; i < host->commands.n; i++) {
		if (hd_same(host->commands.v[i].name, name))
			return true;
	}
	return false;
}

/* Whether deploy.ini has the command, or systemd does the same. */
static bool
is_available(const struct hd_host *host, const char *name)
{
	if (hd_command_given(host, name) ||
	    (host->pid_file != NULL && hd_same(name, "stop")))
		return true;
	return host->service != NULL &&
	       (hd_same(name, "start") || hd_same(name, "stop") ||
		   hd_same(name, "reload"));
}

/* Whether a step of the plan finds the node by its name. A stop counts only if
 * stop is set. */
static bool
finds_node(const struct hd_planning *p, bool stop)
{
	for (size_t i = 0; i < p->out->n; i++) {
		enum hd_step_kind kind = p->out->steps[i].kind;
		const char *command = hd_steps[kind].finds_node;

		if (command != NULL && (stop || kind != HD_STEP_STOP) &&
		    !is_available(p->host, command))
			return true;
	}
	return false;
}

static void
refuse_changed(struct hd_planning *p, const struct hd_variable *changed)
{
	if (changed->was != NULL && changed->now != NULL)
		hd_refuse(p,
		    "the node was started with %s=%s, and deploy.ini or its "
		    "env_file now sets %s: bin/%s would not find the node; "
		    "set %s back to change the running node",
		    changed->name, changed->was, changed->now, p->app->name,
		    changed->name);
	else
		hd_refuse(p,
		    "the node was started with another %s than deploy.ini or "
		    "its env_file now sets: bin/%s would not find the node; "
		    "set %s back to change the running node",
		    changed->name, p->app->name, changed->name);
}

/* Whether the plan would fail to connect to the node by name. A stop does not
 * need that: it only asks a port. */
static bool
is_stray(const struct hd_planning *p)
{
	return p->facts->vm.stray != NULL && finds_node(p, false) &&
	       p->goal->kind != HD_GOAL_UNDO;
}

bool
hd_require_node(struct hd_planning *p)
{
	const struct hd_vm *vm = &p->facts->vm;

	if (p->driver->commands_only)
		return true;
	if (vm->changed.n > 0 && finds_node(p, true))
		refuse_changed(p, &vm->changed.v[0]);
	else if (is_stray(p))
		hd_refuse(p,
		    "%s, the host part of the node's name, cannot be "
		    "resolved on the host, and bin/%s finds the node by its "
		    "name: add it to /etc/hosts on the host",
		    vm->stray, p->app->name);
	else
		return true;
	return false;
}

static const char *
missing_command(const struct hd_host *host, enum hd_step_kind kind)
{
	const char *const *needs = hd_steps[kind].needs;

	for (size_t i = 0; i < HD_STEP_NEEDS && needs[i] != NULL; i++) {
		if (!is_available(host, needs[i]))
			return needs[i];
	}
	return NULL;
}

static bool
require_command(struct hd_planning *p, enum hd_step_kind kind)
{
	const char *name =
	    p->driver->commands_only ? missing_command(p->host, kind) : NULL;

	if (name == NULL)
		return true;
	hd_refuse(p,
	    "%s needs command.%s in deploy.ini: driver %s only runs the "
	    "commands given there",
	    hd_steps[kind].name, name, p->app->driver);
	return false;
}

bool
hd_require_install_command(struct hd_planning *p)
{
	if (p->host->commit != HD_COMMIT_AFTER_SOAK)
		return require_command(p, HD_STEP_INSTALL);
	hd_refuse(p,
	    "commit = after_soak does not work with driver %s: "
	    "command.upgrade makes a version permanent at once",
	    p->app->driver);
	return false;
}

bool
hd_require_commands(struct hd_planning *p)
{
	for (size_t i = 0; i < p->out->n; i++) {
		const struct hd_step *s = &p->out->steps[i];

		if (!require_command(p, s->kind))
			return false;
		if (s->kind != HD_STEP_SWITCH ||
		    !hd_command_given(p->host, "boots"))
			continue;
		hd_refuse(p,
		    "command.boots names the version that boots, and only "
		    "command.upgrade can change it: an upgrade by stop and "
		    "start is not possible");
		return false;
	}
	return true;
}

bool
hd_require_plain(struct hd_planning *p)
{
	const struct hd_plan *plan = p->out;

	if (p->facts->unlinked != NULL && (hd_plan_has(plan, HD_STEP_PLACE) ||
					      hd_plan_has(plan, HD_STEP_STAGE)))
		hd_refuse(p,
		    "linked_files: %s does not exist on the host: create it "
		    "there, or remove it from linked_files",
		    p->facts->unlinked);
	else if (p->facts->no_reload && hd_plan_has(plan, HD_STEP_RELOAD))
		hd_refuse(p,
		    "%s has no ExecReload=, and upgrade = reload needs it: "
		    "--cold restarts the unit instead",
		    p->host->service);
	else
		return true;
	return false;
}
