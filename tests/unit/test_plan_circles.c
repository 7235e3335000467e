/* Advice: whatever a host looks like, the command that a refusal or `status`
 * names is another one than the one that was refused, and leads on: it, or one
 * that its own refusal names, has steps to do. */
#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/inventory/advice.h"
#include "core/plan/examine.h"
#include "core/plan/plan.h"

#include <stdio.h>
#include <string.h>

static const struct hd_app relx = { .name = "hotcode", .driver = "relx" };
static const struct hd_host host = { .name = "web1", .env_name = "prod" };

#define REC(v) "records " v " id sha yes yes\n"
#define APP(v) "vm_apps hotcode " v " 1\nvm_libraries hotcode " v "\n"
#define UP(list) "vm_state up\nvm_pid 7\nvm_creation 1\n" list
#define PAST(id, cmd, from, to, more)                                          \
	"history {\"id\":\"" id "\",\"command\":\"" cmd "\",\"from\":\"" from  \
	"\",\"to\":\"" to "\",\"result\":\"ok\"" more "}\n"
#define CHANGE(cmd, from, to, going)                                           \
	"journal {\"id\":\"0123456789abcdef\",\"command\":\"" cmd              \
	"\",\"from\":\"" from "\",\"to\":\"" to "\",\"going\":\"" going        \
	"\"}\n"

/* A host is one of each. */
static const char *const boots[] = {
	"unpacked 0.1.0\nunpacked 0.2.0\n",
	"boot 0.1.0\nscript_boot 0.1.0\n",
	"boot 0.2.0\nscript_boot 0.2.0\n",
	"boot 0.2.0\nscript_boot 0.1.0\n",
	"boot 0.1.0\nscript_boot 0.1.0\nswitching 0.2.0 0.1.0\n",
};
static const char *const nodes[] = {
	"vm_state down\n",
	"vm_state unreachable\nvm_why process 7 gave no answer\n",
	UP("vm_releases 0.1.0 permanent\n" APP("0.1.0")),
	UP("vm_releases 0.1.0 permanent\nvm_apps hotcode 0.1.0 1\n"),
	UP("vm_releases 0.2.0 permanent\nvm_releases 0.1.0 old\n" APP("0.2.0")),
	UP("vm_releases 0.2.0 current\nvm_releases 0.1.0 permanent\n" APP(
	    "0.2.0")),
	UP("vm_releases 0.3.0 permanent\n" APP("0.3.0")),
	UP("vm_releases 0.2.0 permanent\nvm_apps hotcode 0.1.0 1\n"
	   "vm_libraries hotcode 0.2.0\n"),
	UP("vm_blocked a:b\nvm_apps hotcode 0.1.0 1\nvm_apps sasl 4.2 1\n"),
};
static const char *const records[] = {
	"",
	REC("0.1.0"),
	REC("0.1.0") REC("0.2.0"),
	REC("0.1.0") REC("0.2.0") "relup 0.2.0 up 0.1.0 plain -\n"
				  "relup 0.2.0 down 0.1.0 plain -\n",
};
static const char *const pasts[] = {
	"",
	PAST("a", "upgrade", "0.1.0", "0.2.0", ""),
	PAST("a", "upgrade", "0.1.0", "0.2.0", "")
	    PAST("b", "rollback", "0.2.0", "0.1.0", ",\"undoes\":\"a\""),
	CHANGE("upgrade", "0.1.0", "0.2.0", "forward"),
	CHANGE("upgrade", "0.1.0", "0.2.0", "back"),
	CHANGE("rollback", "0.2.0", "0.1.0", "forward"),
};

enum { COMMAND = 160, DEPTH = 4 };

/* One that an advice can name, and its goal; of others the end is not known
 * here: what they take is not on the host. */
static const struct {
	const char *name;
	enum hd_goal_kind kind;
} goals[] = {
	{ "upgrade", HD_GOAL_UPGRADE },
	{ "rollback", HD_GOAL_ROLLBACK },
	{ "start", HD_GOAL_START },
	{ "stop", HD_GOAL_STOP },
	{ "restart", HD_GOAL_RESTART },
	{ "resume", HD_GOAL_RESUME },
	{ "prune", HD_GOAL_PRUNE },
	{ "repair", HD_GOAL_REPAIR },
};

struct step {
	char command[COMMAND];
	char name[16], version[16], from[16];
	struct hd_goal goal;
	bool known;
};

/* "hdeploy upgrade prod 0.2.0 --cold --limit web1" */
static void
parse(struct step *s)
{
	const char *p = s->command;
	int n = 0;

	s->version[0] = '\0';
	s->goal = (struct hd_goal){ .kind = HD_GOAL_STATUS };
	s->known = false;
	if (sscanf(p, "hdeploy %15s prod %n", s->name, &n) != 1 || n == 0)
		fail_msg("not a whole command: %s", p);
	if (strstr(p, "--limit web1") == NULL && strstr(p, "--from") == NULL)
		fail_msg("not for this host alone: %s", p);
	if (p[n] != '-')
		(void)!sscanf(p + n, "%15s", s->version);
	for (size_t i = 0; i < HD_COUNT(goals); i++) {
		if (strcmp(goals[i].name, s->name) != 0)
			continue;
		s->known = true;
		s->goal.kind = goals[i].kind;
	}
	s->goal.version = s->version[0] != '\0' ? s->version : NULL;
	s->from[0] = '\0';
	p = strstr(p, "--from ");
	if (p != NULL && sscanf(p, "--from %15s", s->from) == 1)
		s->goal.from = s->from;
	p = s->command;
	s->goal.sick = "no disk"; /* of an upgrade's concern alone */
	s->goal.force_unhealthy = strstr(p, " --force-unhealthy") != NULL;
	s->goal.cold = strstr(p, " --cold") != NULL;
}

/* The next command between backticks; false if there is none. */
static bool
next(const char **text, struct step *s)
{
	const char *p = strstr(*text, "`hdeploy "), *end;

	if (p == NULL)
		return false;
	end = strchr(++p, '`');
	assert_non_null(end);
	assert_true((size_t)(end - p) < sizeof(s->command));
	snprintf(s->command, sizeof(s->command), "%.*s", (int)(end - p), p);
	*text = end + 1;
	parse(s);
	return true;
}

static bool leads_on(const struct hd_facts *f, const struct step *path,
    size_t depth, const char *text);

/* Whether this one has something to do, or names one that has. */
static bool
helps(const struct hd_facts *f, struct step *path, size_t depth)
{
	struct step *s = &path[depth];
	struct hd_plan plan;

	if (!s->known)
		return true;
	for (size_t i = 0; i < depth; i++) {
		if (strcmp(path[i].command, s->command) == 0)
			return false; /* a circle */
	}
	hd_plan_make(&plan, &relx, &host, &s->goal, f);
	if (plan.verdict == HD_PLAN_NOTHING && s->goal.from != NULL)
		return true; /* leaves this host out */
	return plan.verdict == HD_PLAN_STEPS ||
	       (plan.verdict == HD_PLAN_REFUSED && depth + 1 < DEPTH &&
		   strstr(plan.reason, "`hdeploy ") != NULL &&
		   leads_on(f, path, depth + 1, plan.reason));
}

/* Whether one of the commands that text names does. */
static bool
leads_on(const struct hd_facts *f, const struct step *path, size_t depth,
    const char *text)
{
	struct step own[DEPTH];
	bool on = false;

	memcpy(own, path, depth * sizeof(*path));
	while (!on && next(&text, &own[depth]))
		on = helps(f, own, depth);
	return on;
}

static struct hd_facts *
host_facts(const size_t *i)
{
	HD_AUTO_STR text = HD_STR_INIT(8192);

	hd_str_add(&text,
	    "user deploy\nsystem Linux\nmachine x86_64\nroot_exists yes\n");
	hd_str_add(&text, "disk_free 1000000\n");
	hd_str_addf(&text, "%s%s%s%s", boots[i[0]], nodes[i[1]], records[i[2]],
	    pasts[i[3]]);
	return facts_from_text(text.ptr);
}

static size_t
check_goal(const struct hd_facts *f, const char *command, const char *more)
{
	HD_AUTO_ARENA words = { 0 };
	struct step path[DEPTH];
	struct hd_plan plan;

	snprintf(path[0].command, sizeof(path[0].command), "%s",
	    hd_advice(&words, &host, command, more));
	parse(&path[0]);
	hd_plan_make(&plan, &relx, &host, &path[0].goal, f);
	if (plan.verdict != HD_PLAN_REFUSED ||
	    strstr(plan.reason, "`hdeploy ") == NULL)
		return 0;
	if (!leads_on(f, path, 1, plan.reason))
		fail_msg("%s: its advice leads nowhere: %s", path[0].command,
		    plan.reason);
	return 1;
}

static size_t
check_host(const struct hd_facts *f)
{
	static const struct {
		const char *command, *more;
	} typed[] = {
		{ "upgrade", "0.1.0" },
		{ "upgrade", "0.2.0" },
		{ "upgrade", "0.2.0 --cold" },
		{ "rollback", NULL },
		{ "rollback", "--cold" },
		{ "rollback", "0.1.0" },
		{ "start", NULL },
		{ "stop", NULL },
		{ "restart", NULL },
		{ "resume", NULL },
		{ "resume", "--cold" },
		{ "prune", NULL },
		{ "repair", NULL },
	};
	HD_AUTO_STR why = HD_STR_INIT(2048);
	struct step none[DEPTH];
	size_t n = 0;

	for (size_t i = 0; i < HD_COUNT(typed); i++)
		n += check_goal(f, typed[i].command, typed[i].more);
	/* where it does not answer a person is to look first */
	if (!hd_examine(&relx, &host, f, &why) &&
	    f->vm.state != HD_VM_UNREACHABLE &&
	    strstr(why.ptr, "`hdeploy ") != NULL &&
	    !leads_on(f, none, 0, why.ptr))
		fail_msg("status: its advice leads nowhere: %s", why.ptr);
	return n;
}

static void
no_advice_leads_in_a_circle_or_nowhere(void **state)
{
	size_t i[4], refusals = 0;

	(void)state;
	for (i[0] = 0; i[0] < HD_COUNT(boots); i[0]++)
		for (i[1] = 0; i[1] < HD_COUNT(nodes); i[1]++)
			for (i[2] = 0; i[2] < HD_COUNT(records); i[2]++)
				for (i[3] = 0; i[3] < HD_COUNT(pasts); i[3]++) {
					struct hd_facts *f = host_facts(i);

					refusals += check_host(f);
					hd_facts_free(f);
				}
	assert_true(refusals > 1000); /* else nothing was tried */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_advice_leads_in_a_circle_or_nowhere),
	};

	return cmocka_run_group_tests_name("plan_circles", tests, NULL, NULL);
}
