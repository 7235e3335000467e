#include "transport/ssh.h"

#include <libssh2.h>

/* In a file of its own, because test_connect replaces the client. */
const char *
hd_ssh_library(void)
{
	return libssh2_version(0);
}
