#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/files.h"

#include <stdlib.h>
#include <unistd.h>

int
ssh_fixture_setup(void **state)
{
	struct ssh_fixture *f = hd_alloc(sizeof(*f));
	int rc = sshd_setup((void **)&f->d);

	files_folder(f->folder);
	*state = f;
	return rc;
}

int
ssh_fixture_teardown(void **state)
{
	struct ssh_fixture *f = *state;

	sshd_stop(f->d);
	files_remove(f->folder);
	free(f);
	return 0;
}

int
ssh_fixture_connect(void **state)
{
	struct ssh_fixture *f = *state;

	if (f->d != NULL)
		ssh_fixture_reconnect(f, "");
	return 0;
}

int
ssh_fixture_disconnect(void **state)
{
	struct ssh_fixture *f = *state;

	hd_tp_close(f->t);
	f->t = NULL;
	return 0;
}

void
ssh_fixture_reconnect(struct ssh_fixture *f, const char *lines)
{
	hd_tp_close(f->t);
	sshd_config(f->d, "host", lines);
	f->t = sshd_open(f->d);
}

void
ssh_fixture_nobody(struct ssh_fixture *f)
{
	struct hd_ssh_opts opts = sshd_opts(f->d);
	struct hd_err err = { 0 };

	if (geteuid() != 0 || access("/usr/bin/sudo", X_OK) < 0)
		skip();
	hd_tp_close(f->t);
	f->t = NULL;
	opts.run_as = "nobody";
	assert_hd_ok(hd_ssh_open(&f->t, &opts, &err), &err);
}
