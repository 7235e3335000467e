#include "transport/ssh_connect.h"

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "transport/tcp.h"

#include <stdlib.h>

enum { FIRST_NAP_MS = 200, LONGEST_NAP_MS = 2000 };

/* A random time from ms / 2 to ms, so that clients dropped together do not
 * return together. */
static unsigned
jitter(unsigned ms)
{
	char hex[5];

	hd_random_hex(hex, 2);
	return ms / 2 + (unsigned)strtoul(hex, NULL, 16) % (ms / 2 + 1);
}

int
ssh_connect(struct hd_ssh *s, const struct hd_ssh_opts *o,
    const char *host_keys, struct hd_err *err)
{
	const struct hd_until until = { s->end, s->limit_ms, s->stage };
	unsigned nap = FIRST_NAP_MS;
	bool early = false;

	for (;;) {
		if (hd_tcp_connect(&s->fd, o->address, o->port, &until, err) <
		    0)
			return -1;
		if (ssh_session_start(s, host_keys, &early, err) == 0)
			return 0;
		if (!early || hd_clock_left(s->end) <= (int)nap)
			return hd_err_prefix(
			    err, "%s port %u", o->address, o->port);
		ssh_session_stop(s);
		hd_clock_rest(jitter(nap), s->stage);
		nap = nap * 2 < LONGEST_NAP_MS ? nap * 2 : LONGEST_NAP_MS;
	}
}
