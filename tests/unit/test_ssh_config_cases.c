/* Each way in which ssh_config names a host leads hdeploy to it. */
#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sshd.h"

#include "cmd/connect.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	struct sshd *server, *bastion;
	struct hd_connector c;
	const char *file;
};

static int
setup(void **state)
{
	static const char *const plain[] = { "-t", "ed25519", NULL };
	struct fixture *f = hd_alloc(sizeof(*f));
	struct hd_err err = { 0 };

	*state = f;
	f->server = sshd_start("127.0.0.1");
	f->bastion = sshd_start("127.0.0.1");
	if (f->server == NULL)
		return 0;
	sshd_key(f->bastion, "other", plain);
	f->file = sshd_path(f->server, "ssh_config");
	assert_hd_ok(hd_connector_init(&f->c, &err), &err);
	hd_connector_home(&f->c, f->bastion->dir); /* has no .ssh */
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	if (f->server != NULL)
		hd_connector_done(&f->c);
	sshd_stop(f->server);
	sshd_stop(f->bastion);
	free(f);
	return 0;
}

/* In the lines, @H is the server's address, @P its port, @U the user, @K the
 * key, @W the known_hosts file, @F the folder; @h ... the same of the bastion.
 */
static const char *
fill(struct fixture *f, const char *lines)
{
	HD_AUTO_STR out = HD_STR_INIT(64 * 1024);

	for (const char *p = lines; *p != '\0'; p++) {
		bool upper = p[0] == '@' && p[1] >= 'A' && p[1] <= 'Z';
		const struct sshd *d = upper ? f->server : f->bastion;

		if (*p != '@') {
			hd_str_addn(&out, p, 1);
			continue;
		}
		switch (*++p | 32) {
		case 'h':
			hd_str_add(&out, d->address);
			break;
		case 'p':
			hd_str_addf(&out, "%u", d->port);
			break;
		case 'u':
			hd_str_add(&out, d->user);
			break;
		case 'k':
			hd_str_add(&out, d->identities[0]);
			break;
		case 'w':
			hd_str_add(&out, d->known_hosts[0]);
			break;
		case 'f':
			hd_str_add(&out, d->dir);
			break;
		default:
			fail();
		}
	}
	return hd_arena_strdup(&f->server->arena, out.ptr);
}

#define WAY                                                                    \
	" HostName @H\n Port @P\n User @U\n IdentityFile @K\n"                 \
	" UserKnownHostsFile @W\n IdentityAgent none\n"
#define BASTION                                                                \
	"Host bastion\n HostName @h\n Port @p\n User @u\n IdentityFile @k\n"   \
	" UserKnownHostsFile @w\n IdentityAgent none\n"

static const struct row {
	const char *name;
	const char *lines;
	const char *known;       /* replaces known_hosts; NULL: usual */
	const char *included;    /* content of @F/more */
	bool own_key, own_known; /* deploy.ini names these */
	int bastions;            /* connections to the bastion */
} rows[] = {
	{ .name = "Host", .lines = "Host web1\n" WAY },
	{ .name = "HostName, User and Port",
	    .lines = "Host web1\n HostName @H\n User @U\n Port @P\n",
	    .own_key = true,
	    .own_known = true },
	{ .name = "IdentityFile",
	    .lines = "Host web1\n HostName @H\n Port @P\n User @U\n"
		     " IdentityFile @f/other\n IdentityFile @F/none\n"
		     " IdentityFile @K\n",
	    .own_known = true },
	{ .name = "HostKeyAlias",
	    .lines = "Host web1\n HostKeyAlias the-alias\n" WAY,
	    .known = "the-alias " },
	{ .name = "UserKnownHostsFile",
	    .lines = "Host web1\n" WAY " UserKnownHostsFile @F/none\n" },
	{ .name = "ProxyJump",
	    .lines = BASTION "Host web1\n ProxyJump bastion\n" WAY,
	    .bastions = 1 },
	{ .name = "ProxyCommand",
	    .lines = BASTION "Host web1\n ProxyCommand ssh -F @F/ssh_config "
			     "-W '[%h]:%p' bastion\n" WAY,
	    .bastions = 1 },
	{ .name = "Include",
	    .lines = "Include @F/more\n",
	    .included = "Host web1\n" WAY },
	{ .name = "Match",
	    .lines = "Match host web1 exec \"test %n = web1\"\n" WAY
		     "Host *\n Port 1\n" },
};

static int
reach(struct fixture *f, const struct row *row, struct hd_err *err)
{
	const char *key = f->server->identities[0];
	const struct hd_host host = {
		.name = "web1",
		.env_name = "test",
		.address = "web1",
		.ssh_config = f->file,
		.identities = { &key, row->own_key, row->own_key },
		.known_hosts =
		    row->own_known ? f->server->known_hosts[0] : NULL,
		.connect_timeout = 30000,
	};
	const struct hd_exec x = {
		.script = "exit 7", .len = 6, .deadline_ms = 30000
	};
	struct hd_transport *t = NULL;
	int status = 0;

	if (hd_connect(&f->c, &host, false, &t, err) < 0)
		return -1;
	assert_hd_ok(hd_tp_exec(t, &x, &status, err), err);
	assert_int_equal(status, 7);
	assert_string_equal(t->user, f->server->user);
	hd_tp_close(t);
	return 0;
}

/* A client reads a file once: each row gets a client of its own. */
static void
renew(struct fixture *f)
{
	struct hd_err err = { 0 };

	hd_connector_done(&f->c);
	assert_hd_ok(hd_connector_init(&f->c, &err), &err);
	hd_connector_home(&f->c, f->bastion->dir);
}

static void
every_case_of_ssh_config_reaches_the_host(void **state)
{
	struct fixture *f = *state;

	if (f->server == NULL || access("/usr/bin/ssh", X_OK) < 0)
		skip();
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct row *row = &rows[i];
		int before = sshd_count(f->bastion);
		struct hd_err err = { 0 };

		files_write(f->file, fill(f, row->lines));
		sshd_know(
		    f->server, hd_arena_fmt(&f->server->arena, "%s%s\n",
				   row->known != NULL ? row->known : "%s ",
				   sshd_public(f->server, "host")));
		if (row->included != NULL)
			files_write(sshd_path(f->server, "more"),
			    fill(f, row->included));
		renew(f);
		if (reach(f, row, &err) < 0)
			fail_msg("%s: %s", row->name, err.msg);
		assert_int_equal(
		    sshd_count(f->bastion) - before, row->bastions);
	}
}

static void
a_wrong_line_is_an_error_that_names_the_host(void **state)
{
	struct fixture *f = *state;
	const struct row row = { .name = "wrong" };
	struct hd_err err = { 0 };

	if (f->server == NULL || access("/usr/bin/ssh", X_OK) < 0)
		skip();
	renew(f);
	files_write(f->file, "Host web1\n Prot 22\n");
	assert_hd_fails(reach(f, &row, &err), &err, HD_ELOCAL);
	assert_string_equal(err.msg,
	    hd_arena_fmt(&f->server->arena,
		"ssh_config, for web1: %s: line 2: Bad configuration option: "
		"prot",
		f->file));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_of_ssh_config_reaches_the_host),
		cmocka_unit_test(a_wrong_line_is_an_error_that_names_the_host),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
