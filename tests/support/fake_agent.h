#ifndef HD_TEST_FAKE_AGENT_H
#define HD_TEST_FAKE_AGENT_H

#include "core/base/str.h"

#include <stdatomic.h>

/*
 * An ssh-agent in a thread, for answers that a real one does not give. It reads
 * each request; answer() appends what goes over the socket, the length
 * included. Without an answer the connection stays open and silent.
 */
struct fake_agent {
	void (*answer)(struct fake_agent *a, const unsigned char *request,
	    size_t n, struct hd_str *out);
	void *ctx;
	atomic_int signs; /* requests for a signature */
	/* private */
	unsigned long thread;
	int listener;
	atomic_int over;
};

void fake_agent_start(struct fake_agent *a, const char *path);
void fake_agent_stop(struct fake_agent *a);

/* Appends a message: its length, then these n bytes. */
void fake_agent_say(struct hd_str *out, const void *p, size_t n);

#endif
