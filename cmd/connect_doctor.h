#ifndef HD_CONNECT_DOCTOR_H
#define HD_CONNECT_DOCTOR_H

#include "cmd/connect_options.h"
#include "cmd/doctor.h"
#include "core/base/index.h"
#include "transport/ssh_agent.h"

/* An agent that some host uses. */
struct hd_doctor_agent {
	const char *path;
	bool open;
	struct ssh_agent agent;
	struct ssh_agent_keys keys;
};

/* The part of hdeploy doctor that needs the transport. Each key and agent is
 * reported once, when a host first uses it. */
struct hd_doctor_keys {
	struct hd_doctor *d;
	struct hd_connector connector;
	HD_LIST(struct hd_doctor_agent *) agents;
	struct hd_index agent_places; /* 1 + place of each path */
	struct hd_index seen;         /* keys */
};

/* Reports the agent and the keys of this login. Returns whether any of them, or
 * a password, can log in. */
bool hd_doctor_login(
    struct hd_doctor_keys *k, const struct hd_ssh_login *login);
void hd_doctor_keys_done(struct hd_doctor_keys *k);

#endif
