#include "transport/transport.h"

int
hd_tp_exec(struct hd_transport *t, const struct hd_exec *x, int *status,
    struct hd_err *err)
{
	return t->ops->exec(t, x, status, err);
}

int
hd_tp_upload(
    struct hd_transport *t, const struct hd_upload *u, struct hd_err *err)
{
	return t->ops->upload(t, u, err);
}

int
hd_tp_read(struct hd_transport *t, const struct hd_read *r, struct hd_err *err)
{
	return t->ops->read(t, r, err);
}

int
hd_tp_tunnel(
    struct hd_transport *t, const struct hd_tunnel *x, struct hd_err *err)
{
	return t->ops->tunnel(t, x, err);
}

void
hd_tp_close(struct hd_transport *t)
{
	if (t != NULL)
		t->ops->close(t);
}
