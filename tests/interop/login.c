/*
 * login DEPLOY.INI FOLDER BYTES: logs in to the only host of environment
 * "cell", as hdeploy does, and tries every action over that connection. Prints
 * "ok ACTION" or "failed ACTION REASON" for each. FOLDER is on both machines,
 * which are one; BYTES is the size of the upload. Scripts end with exit and a
 * newline, as core's do: not every server passes on the end of stdin.
 */
#include "tests/support/cmocka_all.h"
#include "tests/support/transport_case.h"

#include "cmd/connect.h"
#include "core/base/fs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FLOOD = 1024 * 1024 };

struct cell {
	struct hd_transport *t;
	const char *folder;
	size_t size; /* of the upload */
};

typedef int action_fn(struct cell *c, struct hd_err *err);

static int
differ(struct hd_err *err, const char *text, long got)
{
	return hd_err_set(err, HD_EREMOTE, "%s: %ld", text, got);
}

static int
try_status(struct cell *c, struct hd_err *err)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	int status;

	if (run_script(c->t, "echo out; echo err >&2; exit 7\n", LONG_MS, &o,
		&status, err) < 0)
		return -1;
	if (strstr(o.out.ptr, "out") == NULL ||
	    o.nout + o.nerr != strlen("out\nerr\n"))
		return differ(err, "bytes of output", (long)(o.nout + o.nerr));
	return status == 7 ? 0 : differ(err, "exit status", status);
}

/* More than a channel's window, so it must be read while the script runs. */
static int
try_flood(struct cell *c, struct hd_err *err)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	int status;

	if (run_script(c->t,
		"dd if=/dev/zero bs=4096 count=256 >&2 2>/dev/null; exit 3\n",
		LONG_MS, &o, &status, err) < 0)
		return -1;
	if (o.nout + o.nerr != FLOOD)
		return differ(err, "bytes on stderr", (long)(o.nout + o.nerr));
	return status == 3 ? 0 : differ(err, "exit status", status);
}

static int
upload(struct cell *c, const char *path, size_t size, struct hd_err *err)
{
	HD_AUTO_FD fd = files_random(size);

	if (upload_file(c->t, fd, size, path, err) < 0)
		return -1;
	return files_equal(fd, path) ? 0 : differ(err, "the file differs", 0);
}

static const char *
path_of(struct cell *c, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", c->folder, name);
	return path;
}

static int
try_upload(struct cell *c, struct hd_err *err)
{
	int rc = upload(c, path_of(c, "upload"), c->size, err);

	(void)unlink(path_of(c, "upload"));
	return rc;
}

/* As core replaces a file: upload beside it, then mv. */
static int
try_rename(struct cell *c, struct hd_err *err)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	char script[1200];
	int status;

	files_write(path_of(c, "new"), "old\n");
	if (upload(c, path_of(c, "new.part"), 1000, err) < 0)
		return -1;
	snprintf(script, sizeof(script),
	    "cd '%s' && mv new.part new && wc -c <new; exit\n", c->folder);
	if (run_script(c->t, script, LONG_MS, &o, &status, err) < 0)
		return -1;
	return status == 0 && atoi(o.out.ptr) == 1000
		   ? 0
		   : differ(err, "exit status", status);
}

static int
ask(struct cell *c, unsigned port, struct hd_err *err)
{
	AUTO_OUTPUT o = OUTPUT_INIT;
	struct hd_tunnel x = { .address = "127.0.0.1",
		.port = port,
		.request = "hello",
		.len = 5,
		.max = 100,
		.deadline_ms = LONG_MS,
		.out = output_take,
		.ctx = &o };

	if (hd_tp_tunnel(c->t, &x, err) < 0)
		return -1;
	return strcmp(o.out.ptr, "you said: hello") == 0
		   ? 0
		   : differ(err, "bytes of answer", (long)o.nout);
}

static int
try_tunnel(struct cell *c, struct hd_err *err)
{
	unsigned port;
	int echo = echo_start(&port);
	int rc = ask(c, port, err);

	echo_stop(echo);
	return rc;
}

static const struct {
	const char *name;
	action_fn *run;
} actions[] = {
	{ "exec", try_status },
	{ "flood", try_flood },
	{ "upload", try_upload },
	{ "rename", try_rename },
	{ "tunnel", try_tunnel },
};

static void
print(const char *action, int rc, const struct hd_err *err)
{
	if (rc == 0)
		printf("ok %s\n", action);
	else
		printf("failed %s %s\n", action, err->msg);
}

/* After a lost connection only close may be called, so the rest fails with its
 * reason. */
static void
try_all(struct cell *c)
{
	struct hd_err err = { 0 };
	bool lost = false;

	for (size_t i = 0; i < HD_COUNT(actions); i++) {
		int rc = lost ? -1 : actions[i].run(c, &err);

		lost = lost || (rc < 0 && (err.code == HD_ECONNECT ||
					      err.code == HD_ETIMEOUT));
		print(actions[i].name, rc, &err);
	}
}

static void
report(const struct hd_problems *problems)
{
	for (size_t i = 0; i < problems->n; i++)
		fprintf(stderr, "line %u: %s\n", problems->v[i].line,
		    problems->v[i].text);
}

static int
find_host(struct hd_inventory **inv, const struct hd_host **out,
    const char *file, struct hd_err *err)
{
	struct hd_problems problems = { 0 };
	const struct hd_env *env = NULL;
	int rc = hd_inventory_load(inv, file, &problems, err);

	report(&problems);
	hd_problems_done(&problems);
	if (rc < 0 || hd_inventory_env(&env, *inv, "cell", err) < 0)
		return -1;
	*out = &env->hosts.v[0];
	return 0;
}

int
main(int argc, char **argv)
{
	struct hd_inventory *inv = NULL;
	struct hd_connector connector;
	struct hd_secrets secrets = { 0 };
	const struct hd_host *host;
	struct cell c = { 0 };
	struct hd_err err = { 0 };
	int rc;

	if (argc != 4)
		return 2;
	c.folder = argv[2];
	c.size = (size_t)strtoull(argv[3], NULL, 10);
	if (find_host(&inv, &host, argv[1], &err) < 0 ||
	    hd_connector_init(&connector, &err) < 0) {
		fprintf(stderr, "login: %s\n", err.msg);
		return 2;
	}
	hd_secrets_take(&secrets, HD_SSH_PASSPHRASE);
	hd_secrets_take_all(&secrets, inv);
	hd_connector_secrets(&connector, &secrets);
	rc = hd_connect(&connector, host, false, &c.t, &err);
	if (rc == 0)
		try_all(&c);
	for (size_t i = 0; rc < 0 && i < HD_COUNT(actions); i++)
		print(actions[i].name, rc, &err);
	hd_tp_close(c.t);
	hd_connector_done(&connector);
	hd_secrets_done(&secrets);
	hd_inventory_free(inv);
	return 0;
}
