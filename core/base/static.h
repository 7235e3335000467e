#ifndef HD_STATIC_H
#define HD_STATIC_H

/*
 * For a static binary (make static), which must load no shared object: one of
 * another libc would crash it. glibc would load the modules that
 * /etc/nsswitch.conf names; after this call it finds hosts in /etc/hosts and
 * DNS, and users in /etc/passwd. In other builds this does nothing. Call it
 * before anything looks up a host or user.
 */
void hd_static_init(void);

#endif
