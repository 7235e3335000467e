#include "tests/support/cmocka_all.h"
#include "tests/support/ssh_fixture.h"
#include "tests/support/files.h"

#include <stdlib.h>
#include <string.h>

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

int
ssh_fixture_run(struct hd_transport *t, const char *script, unsigned ms,
    struct output *o, int *status, struct hd_err *err)
{
	struct hd_exec x = { script, strlen(script), ms, output_take, o,
		false };

	*status = 99;
	return hd_tp_exec(t, &x, status, err);
}
