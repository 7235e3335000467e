#ifndef HD_SSH_LANES_H
#define HD_SSH_LANES_H

#include "transport/ssh_session.h"

struct ssh_lane;

/*
 * The lanes of a connection (s->lanes), for one upload at a time. libssh2 opens
 * one channel at a time, so each lane costs a round trip; the lanes that are
 * open already work meanwhile. On a far link the first lanes are opened while
 * a script runs that an upload probably follows.
 */

/* How many lanes make the upload u fastest: 1 to SSH_LANES_MAX. */
size_t ssh_lanes_wanted(const struct hd_ssh *s, const struct hd_upload *u);
/* How many requests of each lane may wait for their answers at a time. */
size_t ssh_lanes_pace(const struct hd_ssh *s);
/* Makes the next step towards the lanes of u, without waiting, if it pays to
 * open them before it is known whether u follows. -1: the connection is lost.
 */
int ssh_lanes_expect(
    struct hd_ssh *s, const struct hd_upload *u, struct hd_err *err) HD_CHECK;
/* Adds one lane, and waits for its channel; -1 if the server refuses it. */
int ssh_lanes_first(struct hd_ssh *s, struct hd_err *err) HD_CHECK;
/* Makes the next step towards s->lanes.want lanes without waiting. If the
 * server refuses one, want is the number of the others. */
int ssh_lanes_more(struct hd_ssh *s, struct hd_err *err) HD_CHECK;
/* Forgets the lanes that the server refused before they had a file. */
void ssh_lanes_clean(struct hd_ssh *s);
/* Before another channel is opened: waits for an answer that is due. -1 if the
 * connection is lost. */
int ssh_lanes_settle(struct hd_ssh *s, struct hd_err *err) HD_CHECK;
/* Closes all lanes. sound: each had no file, or has stored and closed its file;
 * then this does not wait for the answer of a server that allows that. Can
 * change the limits of the call. -1: the connection is lost. */
int ssh_lanes_close(struct hd_ssh *s, bool sound, struct hd_err *err) HD_CHECK;
/* Frees the memory of the lanes, without their channels: the connection is
 * closed. */
void ssh_lanes_forget(struct hd_ssh *s);

#endif
