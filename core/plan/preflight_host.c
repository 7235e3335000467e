/* Findings about the host itself. */
#include "core/plan/finding_private.h"

#include "core/base/str.h"
#include "core/inventory/advice.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CLOCK_OFF = 120 }; /* seconds; less can be the delay of the question */

const char *
hd_tell_refusal(const struct hd_look *l)
{
	return l->facts->refusal;
}

const char *
hd_tell_tools(const struct hd_look *l)
{
	const struct hd_strs *tools = &l->facts->missing;
	HD_AUTO_STR names = HD_STR_INIT(1024);

	for (size_t i = 0; i < tools->n; i++)
		hd_str_addf(&names, "%s%s", i > 0 ? ", " : "", tools->v[i]);
	if (tools->n == 0)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the host lacks %s: install %s on the host",
	    names.failed ? "many tools" : names.ptr,
	    tools->n > 1 ? "them" : "it");
}

const char *
hd_tell_operation(const struct hd_look *l)
{
	if (l->facts->unfinished == NULL)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "an earlier operation still runs on the host (%s): wait until it "
	    "ends, then try again",
	    l->facts->unfinished);
}

const char *
hd_tell_lock(const struct hd_look *look)
{
	const struct hd_facts *f = look->facts;

	if (f->lock == NULL)
		return NULL;
	return hd_arena_fmt(look->arena,
	    "another run works on this host (%s): wait until it ends, or use "
	    "--wait",
	    f->lock);
}

/* Whether a push would have to upload and unpack the artifact of the goal. */
static bool
ships(const struct hd_look *l)
{
	const struct hd_artifact *a = l->goal->artifact;
	const struct hd_record *known;

	if (a == NULL)
		return false;
	known = hd_facts_record(l->facts, a->version);
	return known == NULL || known->lost != NULL ||
	       known->identity == NULL ||
	       strcmp(known->identity, a->identity) != 0;
}

/* The bytes that a push needs: the tarball, room for logs and RELEASES, and the
 * larger of two things that are never there together: the unpacked files in
 * whole blocks, and the upload, from which the host puts the tarball together
 * or which it copies to continue it. */
static uint64_t
bytes_needed(const struct hd_artifact *a)
{
	enum { BLOCK = 4096, ROOM = 4 * 1024 * 1024 };
	uint64_t files = a->unpacked + a->entries.n * BLOCK;

	return a->size + (files > a->size ? files : a->size) + ROOM;
}

static bool
can_prune(const struct hd_look *l)
{
	const struct hd_goal prune = { .kind = HD_GOAL_PRUNE };
	struct hd_plan plan;

	hd_plan_make(&plan, l->app, l->host, &prune, l->facts);
	return plan.verdict == HD_PLAN_STEPS;
}

/* How to make room. */
static const char *
room(const struct hd_look *l)
{
	if (!can_prune(l))
		return "free some space on the host";
	return hd_arena_fmt(l->arena, "`%s` removes old versions",
	    hd_advice(l->arena, l->host, "prune", NULL));
}

const char *
hd_tell_disk(const struct hd_look *l)
{
	const struct hd_artifact *a = l->goal->artifact;

	if (!ships(l) || l->facts->disk_free >= bytes_needed(a))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "not enough disk: %s needs %" PRIu64 " MiB, %" PRIu64
	    " MiB are free: %s",
	    a->version, (bytes_needed(a) >> 20) + 1, l->facts->disk_free >> 20,
	    room(l));
}

const char *
hd_tell_inodes(const struct hd_look *l)
{
	enum { ROOM = 200 }; /* folders, records, logs */
	const struct hd_artifact *a = l->goal->artifact;
	const char *text = l->facts->inodes_free;
	unsigned long long unused;

	if (!ships(l) || text == NULL)
		return NULL;
	unused = strtoull(text, NULL, 10);
	if (unused >= a->entries.n + ROOM)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "not enough inodes: %s has %zu files, and the file system can take "
	    "%llu more: %s",
	    a->version, a->entries.n, unused, room(l));
}

/* Whether the root is mounted with this option. */
static bool
mounted_with(const struct hd_facts *f, const char *option)
{
	size_t n = strlen(option);
	const char *p = f->mounted_options;

	for (; p != NULL && *p != '\0'; p += strspn(p, ",")) {
		size_t len = strcspn(p, ",");

		if (len == n && strncmp(p, option, n) == 0)
			return true;
		p += len;
	}
	return false;
}

/* driver = script runs the commands of deploy.ini, which may be elsewhere. */
const char *
hd_tell_noexec(const struct hd_look *l)
{
	bool elsewhere = hd_command_given(l->host, "running") ||
			 (l->driver->commands_only && !l->driver->plain);

	if (elsewhere || !mounted_with(l->facts, "noexec"))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s is on a file system that is mounted with noexec, so no program "
	    "of the release can run: mount it with exec, or choose another path",
	    l->host->path);
}

const char *
hd_tell_nfs(const struct hd_look *l)
{
	const char *type = l->facts->mounted;

	if (type == NULL ||
	    (strncmp(type, "nfs", 3) != 0 && strcmp(type, "cifs") != 0 &&
		strcmp(type, "smb3") != 0))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%s is on a network file system (%s): the node fails when that "
	    "server does, and all hosts that share the root change at once: "
	    "use a local disk",
	    l->host->path, type);
}

const char *
hd_tell_clock(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	bool ahead = f->clock_ahead > 0;
	int64_t off = ahead ? f->clock_ahead : f->clock_behind;

	if (off < CLOCK_OFF)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the clock of the host is %" PRId64 " s %s that of this machine: "
	    "times in the history are wrong, and certificates can be refused: "
	    "synchronize it (NTP)",
	    off, ahead ? "ahead of" : "behind");
}

const char *
hd_tell_selinux(const struct hd_look *l)
{
	if (!l->facts->selinux)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "SELinux is enforcing: if the node cannot read, write or connect, "
	    "look for denials with `ausearch -m avc -ts recent` on the host");
}

/* Only sudo gives a session over SSH a terminal. */
const char *
hd_tell_pty(const struct hd_look *l)
{
	if (!l->facts->pty || l->host->run_as == NULL ||
	    l->host->connection != HD_CONN_SSH)
		return NULL;
	return "sudo runs commands in a pseudo-terminal (use_pty or log_output "
	       "in sudoers): their output can change, and background processes "
	       "that they start can end with them: `Defaults:USER !use_pty` "
	       "turns that off";
}

/* Whether hdeploy would start the VM in its own session. */
static bool
starts(const struct hd_look *l)
{
	const struct hd_goal *goal = l->goal;

	if (l->host->service != NULL || l->facts->vm.unit != NULL ||
	    l->driver->commands_only || hd_command_given(l->host, "start"))
		return false;
	switch (goal->kind) {
	case HD_GOAL_START:
	case HD_GOAL_RESTART:
		return true;
	case HD_GOAL_UPGRADE:
	case HD_GOAL_ROLLBACK:
	case HD_GOAL_RESUME:
	case HD_GOAL_DEPLOY:
		return hd_look_cold(l) || l->facts->vm.state == HD_VM_DOWN;
	default:
		return false;
	}
}

const char *
hd_tell_logout_node(const struct hd_look *l)
{
	if (!l->facts->logout_ends || !starts(l))
		return NULL;
	return hd_arena_fmt(l->arena,
	    "systemd-logind ends all processes of %s at logout "
	    "(KillUserProcesses=yes), so the node would end when hdeploy "
	    "disconnects: start it with a unit, `service = NAME.service` in "
	    "deploy.ini, or set KillUserProcesses=no in "
	    "/etc/systemd/logind.conf",
	    l->facts->user != NULL ? l->facts->user : "the user");
}

const char *
hd_tell_logout_runs(const struct hd_look *l)
{
	if (!l->facts->logout_ends || starts(l))
		return NULL;
	return "systemd-logind ends all processes of a user at logout "
	       "(KillUserProcesses=yes): a change that loses its connection is "
	       "cut off, and a soak is not watched; set KillUserProcesses=no in "
	       "/etc/systemd/logind.conf";
}

/* The first health check that needs a connection through SSH; NULL: none. */
static const struct hd_health *
tunnelled(const struct hd_host *host)
{
	for (size_t i = 0; i < host->health.n; i++)
		if (host->health.v[i].kind != HD_HEALTH_COMMAND)
			return &host->health.v[i];
	return NULL;
}

const char *
hd_tell_tunnel(const struct hd_look *l)
{
	const struct hd_health *check = tunnelled(l->host);
	bool checks =
	    l->goal->kind != HD_GOAL_REPAIR && l->goal->kind != HD_GOAL_PUSH;

	if (!l->facts->no_tunnel || check == NULL || !checks)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the SSH server forbids forwarding, which the health check \"%s\" "
	    "needs: allow it (AllowTcpForwarding and PermitOpen in "
	    "sshd_config, options in authorized_keys), or use a health check "
	    "that runs a command",
	    check->text);
}
