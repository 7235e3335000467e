#ifndef HD_TEST_AGENT_H
#define HD_TEST_AGENT_H

#include <sys/types.h>

/* A real ssh-agent at this path, for ssh-add too, until agent_stop(). */
pid_t agent_start(const char *path);
/* Also one that is stopped by SIGSTOP. */
void agent_stop(pid_t pid);

/* Adds a private key, with the certificate that is beside it. */
void agent_add(const char *path);

#endif
