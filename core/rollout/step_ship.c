/* Uploads what the host lacks of a tarball and its texts; the host verifies
 * them. */
#include "core/rollout/step.h"

#include "core/base/name.h"
#include "core/inventory/advice.h"
#include "core/rollout/operate.h"
#include "core/rollout/parts.h"
#include "core/rollout/reconnect.h"
#include "core/rollout/ship.h"
#include "core/rollout/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RECIPE_MAX = 128 * 1024,
	SUMS_MAX = 1024,
	NOTES_MAX = 1024 * 1024,
	PREPARE_MS = 2 * 60 * 1000,
	UPLOADS = 3, /* without progress */
};

/* Takes over what the host has: parts in kept versions, blocks of an upload. */
static int
read_answers(struct hd_shipment *x, const struct hd_pairs *said,
    struct hd_ship_have *have, struct hd_arena *arena, struct hd_err *err)
{
	for (size_t i = 0; i < said->n; i++) {
		const struct hd_pair *f = &said->v[i];

		if (strcmp(f->name, "have") == 0 &&
		    hd_ship_answer(&x->ship, f->value, err) < 0)
			return -1;
		if (strcmp(f->name, "broken") == 0)
			have->broken = true;
		if (strcmp(f->name, "unpacks") == 0)
			x->unpacks = true;
		if (strcmp(f->name, "part") == 0)
			have->part = strtoull(f->value, NULL, 10);
		if (strcmp(f->name, "block") == 0)
			*HD_PUSH(arena, &have->digests) =
			    hd_arena_strdup(arena, f->value);
	}
	return 0;
}

/* Makes the folders of an empty root, or takes over an upload that broke off.
 */
static int
prepare(struct hd_shipment *x, struct hd_ship_have *have,
    struct hd_arena *arena, struct hd_err *err)
{
	struct hd_site *s = x->site;
	struct hd_call call = hd_site_call(s, "prepare", PREPARE_MS);
	struct hd_reply reply;
	int rc;

	have->block = hd_ship_block(&x->ship);
	hd_call_set(&call, "version", s->goal.artifact->version);
	hd_call_set(
	    &call, "block", hd_arena_fmt(arena, "%" PRIu64, have->block));
	rc = hd_site_operate_reply(
	    s, hd_steps[HD_STEP_SHIP].name, &call, &reply, err);
	if (rc == 0)
		rc = read_answers(x, &reply.facts, have, arena, err);
	hd_reply_done(&reply);
	return rc;
}

/* Asks what the host has of the version: unless whole is set, parts of it as
 * well, if the host has a record of any version. */
static int
ask(struct hd_shipment *x, bool whole, struct hd_err *err)
{
	struct hd_site *s = x->site;
	bool parts = !whole && s->before->records.n > 0;
	struct hd_parts_call c;
	struct hd_reply reply = { 0 };
	int rc = hd_parts_begin(&c, s, parts ? &x->ship : NULL, err);

	if (rc == 0)
		rc = hd_site_question(s, &c.call, &reply, err);
	if (rc == 0)
		hd_parts_keep(s, &reply);
	hd_reply_done(&reply);
	hd_parts_end(&c);
	return rc;
}

/* The host was asked with the facts, or before another attempt. */
static int
learn(struct hd_shipment *x, bool whole, struct hd_ship_have *have,
    struct hd_arena *arena, struct hd_err *err)
{
	struct hd_site *s = x->site;
	int rc;

	if (!s->parts.known && ask(x, whole, err) < 0)
		return -1;
	rc = read_answers(x, &s->parts.said, have, arena, err);
	hd_parts_forget(s);
	return rc;
}

/* Learns what the host has, and chooses the way. */
static int
choose(struct hd_shipment *x, bool whole, struct hd_ship_have *have,
    struct hd_arena *arena, struct hd_err *err)
{
	bool empty = !x->site->before->root_exists;

	hd_ship_choose_whole(&x->ship);
	if (!empty && learn(x, whole, have, arena, err) < 0)
		return -1;
	if ((empty || have->broken) && prepare(x, have, arena, err) < 0)
		return -1;
	if (!whole)
		hd_ship_choose(&x->ship, !x->no_store);
	return 0;
}

/* Has the host fetch the tarball, if that is the way. If the store fails, asks
 * and chooses again. */
static int
fetch(struct hd_shipment *x, struct hd_ship_have *have, struct hd_arena *arena,
    struct hd_err *err)
{
	int rc;

	if (x->ship.way != HD_SHIP_STORE)
		return 0;
	rc = hd_store_fetch(x->site, err);
	if (rc <= 0)
		return rc;
	x->no_store = true;
	*have = (struct hd_ship_have){ 0 };
	return choose(x, false, have, arena, err);
}

/* Sends what the host lacks. */
static int
send(struct hd_shipment *x, bool whole, struct hd_err *err)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_ship_have have = { 0 };
	int rc;

	if (choose(x, whole, &have, &arena, err) < 0 ||
	    fetch(x, &have, &arena, err) < 0)
		return -1;
	if (hd_shipment_resume(x, &have, err) < 0)
		return -1;
	if (x->from == hd_ship_bytes(&x->ship))
		return 0;
	rc = hd_shipment_pack(x, err);
	return rc != 0 ? rc : hd_shipment_upload(x, err);
}

/* Repeats send() until the upload is complete, each time on a new connection.
 * The count of attempts starts again whenever one gets further than all
 * previous ones. */
static int
send_all(struct hd_shipment *x, bool whole, struct hd_err *err)
{
	struct hd_reconnect again = { .optional = true };
	unsigned failed = 0;
	uint64_t best = 0;

	while (send(x, whole, err) < 0) {
		if (x->from > best) {
			best = x->from;
			again = (struct hd_reconnect){ .optional = true };
			failed = 0;
		}
		if (++failed == UPLOADS && hd_connection_lost(err))
			hd_site_drop(x->site);
		if (failed == UPLOADS || !hd_reconnect(&again, x->site, err))
			return -1;
	}
	return 0;
}

/* The step after this one, if it only records the push: then both are one
 * operation. Else NULL. */
static const struct hd_step *
find_record(const struct hd_attempt *a, const struct hd_step *step)
{
	const struct hd_step *end = a->plan->steps + a->plan->n;

	return step + 1 < end && step[1].kind == HD_STEP_RECORD ? step + 1
								: NULL;
}

static int
operate(struct hd_shipment *x, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err)
{
	HD_AUTO_STR line = HD_STR_INIT(HD_PAST_MAX);
	struct hd_site *s = x->site;
	struct hd_call both = *call, record;
	int rc;

	if (x->record != NULL) {
		if (hd_step_record_call(
			&record, x->attempt, x->record, &line, err) < 0)
			return -1;
		both.then = &record;
		both.release = hd_step_is_last(x->attempt, x->record);
	}
	rc = hd_site_operate_reply(
	    s, hd_steps[HD_STEP_SHIP].name, &both, reply, err);
	if (reply->then == NULL)
		return rc;
	/* If it was received and not recorded, the next step tries that again,
	 * and reports it. */
	s->recorded = rc == 0;
	*err = (struct hd_err){ 0 };
	return 0;
}

static int
receive(struct hd_shipment *x, struct hd_reply *reply, struct hd_err *err)
{
	struct hd_site *s = x->site;
	const struct hd_artifact *a = s->goal.artifact;
	struct hd_call call =
	    hd_site_call(s, "receive", s->host->upgrade_timeout);
	HD_AUTO_STR notes = HD_STR_INIT(NOTES_MAX);
	HD_AUTO_STR recipe = HD_STR_INIT(RECIPE_MAX);
	HD_AUTO_STR sums = HD_STR_INIT(SUMS_MAX);
	char size[24];

	*reply = (struct hd_reply){ 0 };
	snprintf(size, sizeof(size), "%" PRIu64, a->size);
	hd_ship_sums(&x->ship, &sums);
	hd_ship_recipe(&x->ship, &recipe);
	hd_ship_notes(a, &notes);
	if (hd_str_check(&notes, err) < 0 || hd_str_check(&recipe, err) < 0)
		return -1;
	hd_call_set(&call, "version", a->version);
	hd_call_set(&call, "size", size);
	hd_call_set(&call, "identity", a->identity);
	hd_call_set(&call, "sums", sums.ptr);
	hd_call_set(&call, "recipe", recipe.ptr);
	hd_call_set(&call, "notes", notes.ptr);
	hd_call_set(&call, "data", x->data.len > 0 ? x->data.ptr : NULL);
	return operate(x, &call, reply, err);
}

/* Reports a kept file, "VERSION/NAME", that the host found damaged and removed.
 * False if name has another form. */
static bool
report_file(const struct hd_site *s, const char *name)
{
	HD_AUTO_ARENA words = { 0 };
	size_t len = strcspn(name, "/");
	const char *version = hd_arena_strndup(&words, name, len);

	if (name[len] == '\0' || !hd_version_valid(version))
		return false;
	hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
	    "the kept %s of %s was changed since it was pushed, so hdeploy "
	    "removed it and sends all of %s; `%s` restores the file",
	    name + len + 1, version, s->goal.artifact->version,
	    hd_advice(&words, s->host, "push", version));
	return true;
}

/* Reports why everything is sent. */
static void
report_damage(struct hd_shipment *x, const struct hd_reply *reply)
{
	const struct hd_site *s = x->site;
	bool found = false;

	for (size_t i = 0; i < reply->facts.n; i++)
		if (strcmp(reply->facts.v[i].name, "damaged") == 0 &&
		    report_file(s, reply->facts.v[i].value))
			found = true;
	if (!found)
		hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
		    x->ship.way == HD_SHIP_STORE
			? "the tarball of %s changed after this host fetched "
			  "it: sending all of it"
			: "%s cannot be put together from the versions on this "
			  "host: sending all of it",
		    s->goal.artifact->version);
}

/* Whether the host asks for everything. */
static bool
wants_whole(const struct hd_reply *reply)
{
	return hd_reply_get(reply, "whole") != NULL;
}

static int
ship(struct hd_shipment *x, struct hd_err *err)
{
	struct hd_reply reply;
	bool again;
	int rc;

	if (send_all(x, false, err) < 0)
		return -1;
	rc = receive(x, &reply, err);
	again = rc < 0 && wants_whole(&reply);
	if (again)
		report_damage(x, &reply);
	hd_reply_done(&reply);
	if (!again)
		return rc;
	*err = (struct hd_err){ 0 };
	if (send_all(x, true, err) < 0)
		return -1;
	rc = receive(x, &reply, err);
	hd_reply_done(&reply);
	return rc;
}

int
hd_step_ship(const struct hd_attempt *attempt, const struct hd_step *step,
    struct hd_err *err)
{
	struct hd_site *s = attempt->site;
	struct hd_shipment x;
	int rc;

	s->sent = 0;
	rc = hd_shipment_init(&x, s, err);
	x.attempt = attempt;
	x.record = find_record(attempt, step);
	x.no_store = !hd_store_has(s->host);
	if (rc == 0)
		rc = ship(&x, err);
	s->size = x.ship.size;
	hd_shipment_done(&x);
	return rc;
}
