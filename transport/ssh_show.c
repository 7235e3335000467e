/* Reads the host key that a server shows, without logging in. */
#include "transport/ssh.h"

#include "transport/ssh_connect.h"
#include "transport/ssh_handshake.h"
#include "transport/ssh_hostkey.h"

static int
look(struct hd_ssh *s, const struct hd_ssh_opts *o, struct hd_host_key *out,
    struct hd_err *err)
{
	struct ssh_hostkey *h = NULL;
	int rc = ssh_hostkey_new(&h, o, err);

	if (rc == 0)
		rc = ssh_hostkey_ask_cert(h, s, err);
	if (rc == 0)
		rc = ssh_connect(s, o, ssh_hostkey_algorithms(h), err);
	if (rc == 0)
		rc = ssh_hostkey_show(h, s, out, err);
	ssh_hostkey_free(h);
	return rc;
}

int
hd_ssh_host_key(
    struct hd_host_key *out, const struct hd_ssh_opts *o, struct hd_err *err)
{
	struct hd_ssh s = { .fd = -1, .stage = HD_CANCEL_SOON };
	int rc = look(&s, o, out, err);

	ssh_session_stop(&s);
	if (rc < 0 && err->code == HD_ETIMEOUT)
		err->code = HD_ECONNECT;
	return rc;
}
