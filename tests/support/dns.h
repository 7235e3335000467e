#ifndef HD_TEST_DNS_H
#define HD_TEST_DNS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

/*
 * A name server on a loopback port, over UDP and TCP, that gives one answer to
 * every question. dns_use() makes it the name server of this thread (_res).
 */
struct dns {
	pthread_mutex_t lock;         /* of records and n */
	unsigned char records[60000]; /* the answer section */
	size_t n;

	/* set by the test */
	atomic_uint count;  /* of records */
	atomic_uint rcode;  /* 3: NXDOMAIN */
	atomic_bool silent; /* answers nothing */

	/* of the server */
	int udp, tcp, end[2];
	unsigned port;
	atomic_uint over_udp, over_tcp; /* questions so far */
	pthread_t thread;
};

void dns_start(struct dns *d);
void dns_use(const struct dns *d);
void dns_stop(struct dns *d);
/* Removes all records. */
void dns_clear(struct dns *d);

/* Adds an SRV record for the name in the question. target: labels separated by
 * dots; with a final ">" the rest of the name is that of the question after its
 * second label, compressed. */
void dns_srv(struct dns *d, unsigned priority, unsigned weight, unsigned port,
    const char *target);
/* Adds an SRV record with this rdata after the three numbers (all 1). */
void dns_raw(struct dns *d, const void *target, size_t n);

#endif
