#include "core/rollout/store.h"

#include "core/artifact/artifact.h"
#include "core/base/child.h"
#include "core/base/first.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/base/url.h"
#include "core/rollout/operate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The time limit of a download: SLOWEST bytes per millisecond, and MORE_MS. */
enum { SLOWEST = 16, MORE_MS = 60 * 1000 };

/* A command that has run. */
struct printed {
	struct printed *next;
	const char *command;
	char *url; /* hd_secret_alloc() memory; NULL: it failed */
};

struct hd_store {
	pthread_mutex_t lock; /* held while a command runs */
	struct printed *first;
};

struct hd_store *
hd_store_new(void)
{
	struct hd_store *store = hd_alloc(sizeof(*store));

	pthread_mutex_init(&store->lock, NULL);
	return store;
}

void
hd_store_free(struct hd_store *store)
{
	while (store->first != NULL) {
		struct printed *one = store->first;

		store->first = one->next;
		hd_secret_free(one->url);
		free(one);
	}
	pthread_mutex_destroy(&store->lock);
	free(store);
}

bool
hd_store_has(const struct hd_host *host)
{
	if (host->artifact_url != NULL &&
	    strcmp(host->artifact_url, HD_NO_ARTIFACT_URL) == 0)
		return false;
	return host->artifact_url != NULL || host->artifact_url_command != NULL;
}

static int
run_command(char **url, const struct hd_site *s, struct hd_err *err)
{
	const struct hd_artifact *a = s->goal.artifact;
	HD_AUTO_SECRET char *text = hd_secret_alloc(HD_URL_MAX + 1);
	struct hd_first line = { .text = text, .max = HD_URL_MAX };
	char size[24];
	const struct hd_pair set[] = {
		{ "HDEPLOY_APP", s->run->app->name },
		{ "HDEPLOY_ENV", s->run->env->name },
		{ "HDEPLOY_VERSION", a->version },
		{ "HDEPLOY_SHA256", a->sha256 },
		{ "HDEPLOY_SIZE", size },
	};
	const struct hd_child child = { .command =
					    s->host->artifact_url_command,
		.set = set,
		.nset = HD_COUNT(set),
		.timeout_ms = s->run->env->hook_timeout,
		.ends = HD_CANCEL_SOON,
		.secret = true,
		.out = hd_first_add,
		.ctx = &line };

	snprintf(size, sizeof(size), "%" PRIu64, a->size);
	if (hd_child_run(&child, err) < 0)
		return hd_err_prefix(err, "artifact_url_command");
	if (!hd_first_end(&line) || !hd_url_valid(text))
		return hd_err_set(err, HD_ELOCAL,
		    "artifact_url_command: the first line of its output is not "
		    "a URL of at most %d bytes (command: %s)",
		    HD_URL_MAX, child.command);
	*url = text;
	text = NULL;
	return 0;
}

/* The entry of the host's command, which runs if no host has needed it yet.
 * NULL, with err, after an interruption. */
static const struct printed *
printed_by(const struct hd_site *s, struct hd_err *err)
{
	struct hd_store *store = s->run->store;
	const char *command = s->host->artifact_url_command;
	struct printed *one = store->first;
	char *url = NULL;

	while (one != NULL && strcmp(one->command, command) != 0)
		one = one->next;
	if (one != NULL)
		return one;
	if (run_command(&url, s, err) < 0) {
		if (err->code == HD_ECANCELED)
			return NULL;
		hd_emitf(s->run->sink, HD_EV_NOTE, NULL,
		    "%s; hosts get the tarball over SSH instead", err->msg);
	}
	one = hd_alloc(sizeof(*one));
	*one = (struct printed){ store->first, command, url };
	store->first = one;
	return one;
}

/* "+" is the only character of a version that needs an escape: many stores read
 * it as a space. */
static const char *
expand(const struct hd_site *s, struct hd_arena *arena)
{
	const struct hd_artifact *a = s->goal.artifact;
	const char *url = s->host->artifact_url;

	url = hd_text_replace(arena, url, "{app}", s->run->app->name);
	url = hd_text_replace(arena, url, "{version}",
	    hd_text_replace(arena, a->version, "+", "%2B"));
	return hd_text_replace(arena, url, "{sha256}", a->sha256);
}

/* Sets *url, perhaps in arena. Returns 1 if the command failed. */
static int
find_url(const char **url, const struct hd_site *s, struct hd_arena *arena,
    struct hd_err *err)
{
	const struct printed *one;

	if (s->host->artifact_url_command == NULL) {
		*url = expand(s, arena);
		return 0;
	}
	pthread_mutex_lock(&s->run->store->lock);
	one = printed_by(s, err);
	pthread_mutex_unlock(&s->run->store->lock);
	if (one == NULL)
		return -1;
	*url = one->url;
	return one->url != NULL ? 0 : 1;
}

static unsigned
longest(const struct hd_site *s)
{
	uint64_t ms = s->goal.artifact->size / SLOWEST + MORE_MS +
		      s->host->upload_timeout;

	return ms < UINT32_MAX / 2 ? (unsigned)ms : UINT32_MAX / 2;
}

static int
download(struct hd_site *s, const char *url, struct hd_arena *arena,
    struct hd_err *err)
{
	struct hd_call call = hd_site_call(s, "download", longest(s));
	const struct hd_artifact *a = s->goal.artifact;
	struct hd_pairs env = { 0 };
	bool secret =
	    s->host->artifact_url_command != NULL || hd_url_secret(url);

	for (size_t i = 0; i < s->host->env.n; i++)
		*HD_PUSH(arena, &env) = s->host->env.v[i];
	*HD_PUSH(arena, &env) = (struct hd_pair){ "HDEPLOY_ARTIFACT_URL", url };
	call.env = &env;
	hd_call_set(&call, "version", a->version);
	hd_call_set(&call, "size", hd_arena_fmt(arena, "%" PRIu64, a->size));
	hd_call_set(&call, "sha256", a->sha256);
	hd_call_set(&call, "stall",
	    hd_arena_fmt(arena, "%u", (s->host->upload_timeout + 999) / 1000));
	hd_call_set(&call, "secret", secret ? "yes" : NULL);
	return hd_site_operate(s, hd_steps[HD_STEP_SHIP].name, &call, err);
}

int
hd_store_fetch(struct hd_site *s, struct hd_err *err)
{
	HD_AUTO_ARENA arena = { 0 };
	const char *url;
	int rc = find_url(&url, s, &arena, err);

	if (rc == 0)
		rc = download(s, url, &arena, err);
	if (rc < 0 && err->code == HD_EREMOTE) {
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
		    "tarball not fetched from artifact_url%s: %s; it goes over "
		    "SSH instead",
		    s->host->artifact_url_command != NULL ? "_command" : "",
		    err->msg);
		rc = 1;
	}
	if (rc > 0)
		*err = (struct hd_err){ 0 };
	return rc;
}
