/* Who runs hdeploy, and where: the part of struct hd_connector that is read
 * from the system and the environment. */
#include "cmd/ask.h"
#include "cmd/connect.h"

#include "core/base/digest.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* An environment variable; NULL if it is unset or empty. */
static const char *
from_env(struct hd_connector *c, const char *name)
{
	const char *value = getenv(name);

	if (value == NULL || *value == '\0')
		return NULL;
	return hd_arena_strdup(&c->arena, value);
}

enum { LINE_MAX_BYTES = 512 };

/* The same, but NULL unless it is short and free of control characters: hosts
 * write it into locks and the history. */
static const char *
line_from_env(struct hd_connector *c, const char *name)
{
	const char *value = from_env(c, name);
	size_t n = value != NULL ? strlen(value) : 0;

	if (n == 0 || n > LINE_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == '\177')
			return NULL;
	return value;
}

static void
find_identities(struct hd_connector *c)
{
	static const char *const names[] = { "id_ed25519", "id_ecdsa",
		"id_rsa" };

	for (size_t i = 0; i < HD_COUNT(names); i++) {
		const char *path =
		    hd_arena_fmt(&c->arena, "%s/.ssh/%s", c->home, names[i]);

		if (access(path, R_OK) == 0)
			*HD_PUSH(&c->arena, &c->identities) = path;
	}
}

/* GitHub, Gitea and Forgejo set only parts. The latter two number the runs of
 * each repository in their URLs. */
static const char *
find_run_of_actions(struct hd_connector *c)
{
	bool numbered = line_from_env(c, "GITEA_ACTIONS") != NULL ||
			line_from_env(c, "FORGEJO_ACTIONS") != NULL;
	const char *server = line_from_env(c, "GITHUB_SERVER_URL");
	const char *repository = line_from_env(c, "GITHUB_REPOSITORY");
	const char *run =
	    line_from_env(c, numbered ? "GITHUB_RUN_NUMBER" : "GITHUB_RUN_ID");

	if (server == NULL || repository == NULL || run == NULL)
		return NULL;
	return hd_arena_fmt(
	    &c->arena, "%s/%s/actions/runs/%s", server, repository, run);
}

/* The id of the project, because its name can have blanks. */
static const char *
find_build_of_azure(struct hd_connector *c)
{
	const char *server = line_from_env(c, "SYSTEM_COLLECTIONURI");
	const char *project = line_from_env(c, "SYSTEM_TEAMPROJECTID");
	const char *build = line_from_env(c, "BUILD_BUILDID");

	if (server == NULL || project == NULL || build == NULL)
		return NULL;
	return hd_arena_fmt(&c->arena, "%s%s%s/_build/results?buildId=%s",
	    server, server[strlen(server) - 1] == '/' ? "" : "/", project,
	    build);
}

/* The URL of the CI job. */
static const char *
find_job(struct hd_connector *c)
{
	static const char *const names[] = {
		"CI_JOB_URL",          /* GitLab */
		"BUILD_URL",           /* Jenkins */
		"BUILDKITE_BUILD_URL", /* Buildkite */
		"CIRCLE_BUILD_URL",    /* CircleCI */
		"CI_STEP_URL",         /* Woodpecker */
		"CI_PIPELINE_URL",     /* Woodpecker, older */
	};
	const char *job;

	for (size_t i = 0; i < HD_COUNT(names); i++) {
		job = line_from_env(c, names[i]);
		if (job != NULL)
			return job;
	}
	job = find_run_of_actions(c);
	return job != NULL ? job : find_build_of_azure(c);
}

/*
 * ssh takes the home folder and the name from passwd and ignores the
 * environment; hdeploy must find the same keys and known hosts. In a container
 * the user may have no entry: only then HOME and USER count.
 */
static void
find_user(struct hd_connector *c)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwuid(getuid());
	if (pw == NULL && errno == ENOMEM)
		hd_alloc_failed(); /* not the same as a missing entry */
	if (pw == NULL) {
		c->home = from_env(c, "HOME");
		c->user = line_from_env(c, "USER");
		return;
	}
	c->home = hd_arena_strdup(&c->arena, pw->pw_dir);
	c->user = hd_arena_strdup(&c->arena, pw->pw_name);
}

void
hd_connector_home(struct hd_connector *c, const char *home)
{
	c->home = home;
	c->identities.n = c->user_known.n = 0;
	if (home == NULL)
		return;
	find_identities(c);
	*HD_PUSH(&c->arena, &c->user_known) =
	    hd_arena_fmt(&c->arena, "%s/.ssh/known_hosts", home);
	*HD_PUSH(&c->arena, &c->user_known) =
	    hd_arena_fmt(&c->arena, "%s/.ssh/known_hosts2", home);
}

int
hd_connector_init(struct hd_connector *c, struct hd_err *err)
{
	struct utsname machine;

	*c = (struct hd_connector){ 0 };
	find_user(c);
	c->agent = from_env(c, "SSH_AUTH_SOCK");
	c->job = find_job(c);
	hd_random_hex(c->token, sizeof(c->token) / 2);
	hd_random_hex(c->run, sizeof(c->run) / 2);
	if (c->user == NULL)
		return hd_err_set(err, HD_ELOCAL,
		    "uid %ld has no passwd entry: set USER, and HOME to the "
		    "folder with .ssh",
		    (long)getuid());
	c->who = hd_arena_fmt(&c->arena, "%s@%s", c->user,
	    uname(&machine) == 0 ? machine.nodename : "unknown");
	hd_connector_home(c, c->home);
	*HD_PUSH(&c->arena, &c->global_known) = "/etc/ssh/ssh_known_hosts";
	*HD_PUSH(&c->arena, &c->global_known) = "/etc/ssh/ssh_known_hosts2";
	return hd_ssh_client_new(&c->ssh, err);
}

static int
ask_secret(void *ctx, const char *question, char **out, struct hd_err *err)
{
	const struct hd_secrets *secrets = ctx;

	return hd_ask_secret(secrets->view, question, out, err);
}

void
hd_connector_secrets(struct hd_connector *c, struct hd_secrets *secrets)
{
	for (const struct hd_secret *s = secrets->first; s != NULL; s = s->next)
		if (s->text != NULL)
			hd_ssh_client_give(c->ssh, s->name, s->text);
	if (hd_ask_secret_possible())
		hd_ssh_client_ask(c->ssh, ask_secret, secrets);
}

void
hd_connector_hurry(struct hd_connector *c, const struct hd_env *env)
{
	c->env = env;
	c->answered =
	    hd_arena_alloc(&c->arena, env->hosts.n * sizeof(*c->answered));
}

void
hd_connector_done(struct hd_connector *c)
{
	hd_ssh_client_free(c->ssh);
	hd_arena_done(&c->arena);
	*c = (struct hd_connector){ 0 };
}
