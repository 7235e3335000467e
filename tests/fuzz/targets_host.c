/* Parsers of text from and about hosts, and its display. */
#include "tests/fuzz/targets.h"

#include "cmd/sanitize.h"
#include "core/base/json.h"
#include "core/inventory/inventory.h"
#include "core/plan/facts.h"
#include "core/plan/plan_private.h"
#include "core/plan/ship.h"
#include "core/plan/stored.h"
#include "core/plan/verify.h"
#include "core/remote/reader.h"
#include "transport/known_hosts/known_hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 64 * 1024 * 1024, SHOWN = 200 };

void
fuzz_known_hosts(const uint8_t *data, size_t n)
{
	static const struct {
		const char *host;
		unsigned port;
	} hosts[] = { { "web1.example.com", 22 }, { "127.0.0.1", 2222 } };
	struct hd_known_file *f =
	    hd_known_file_of("known_hosts", (const char *)data, n);

	for (size_t i = 0; i < HD_COUNT(hosts); i++) {
		HD_AUTO_KNOWN_HOSTS k;
		struct hd_known_elsewhere at;
		const struct hd_known_key *which;
		const unsigned char none[] = "none";

		hd_known_hosts_init(&k, hosts[i].host, hosts[i].port);
		hd_known_hosts_look(&k, f);
		(void)hd_known_hosts_has(&k, "ssh-ed25519");
		for (size_t j = 0; j < k.keys.n && j < 3; j++) {
			const struct hd_known_key *key = &k.keys.v[j];
			enum hd_known known = hd_known_hosts_check(
			    &k, key->blob, key->len, &which);

			FUZZ_EXPECT(key->type[0] != '\0' && key->line > 0);
			FUZZ_EXPECT(key->kind == HD_KNOWN_AUTHORITY ||
				    key->portless || known == HD_KNOWN_MATCH ||
				    known == HD_KNOWN_REVOKED);
		}
		FUZZ_EXPECT(hd_known_hosts_check(&k, none, sizeof(none),
				&which) != HD_KNOWN_MATCH);
		hd_known_hosts_elsewhere(&at, &k, f, none, sizeof(none));
		free(at.names);
	}
	hd_known_file_free(f);
}

static void
count_output(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	size_t *sum = ctx;

	(void)stream;
	for (size_t i = 0; i < len; i++)
		*sum += (unsigned char)text[i];
}

void
fuzz_answer(const uint8_t *data, size_t n)
{
	struct hd_reply reply = { 0 };
	struct hd_reader *r = hd_alloc(sizeof(*r));
	enum hd_stream stream = n > 0 && data[0] & 0x80 ? HD_STDERR : HD_STDOUT;
	size_t sum = 0, piece = n > 0 ? data[0] & 0x7f : 0;
	struct hd_err err = { 0 };

	*r = (struct hd_reader){ .nonce = "0123456789abcdef",
		.reply = &reply,
		.out = count_output,
		.ctx = &sum };
	for (size_t at = 1; at < n;) {
		size_t len = piece > 0 && piece < n - at ? piece : n - at;

		hd_reader_take(r, stream, (const char *)data + at, len);
		at += len;
	}
	if (hd_reader_end(r, 0, &err) == 0)
		FUZZ_EXPECT(reply.status >= 0 && reply.status <= 255);
	else
		FUZZ_EXPECT(err.code == HD_EREMOTE);
	for (size_t i = 0; i < reply.facts.n; i++)
		FUZZ_EXPECT(reply.facts.v[i].name[0] != '\0' &&
			    strchr(reply.facts.v[i].value, '\n') == NULL);
	FUZZ_EXPECT(reply.errors != NULL);
	hd_arena_done(&reply.arena);
	free(r);
}

/* Each plan has steps or a refusal with a reason. */
static void
check_plans(const struct hd_facts *f)
{
	static const struct hd_app app = { .name = "hotcode",
		.driver = "relx" };
	static const struct hd_host host = {
		.name = "web1", .path = "/srv/h", .env_name = "prod"
	};

	for (size_t i = 0; i < HD_GOALS; i++) {
		const struct hd_goal goal = { .kind = (enum hd_goal_kind)i,
			.version = "0.2.0",
			.failed = "0.1.0",
			.command = "true" };
		struct hd_plan plan;

		if (i == HD_GOAL_PUSH || i == HD_GOAL_DEPLOY)
			continue; /* need an artifact */
		hd_plan_make(&plan, &app, &host, &goal, f);
		FUZZ_EXPECT(plan.verdict == HD_PLAN_STEPS ? plan.n > 0
							  : plan.reason[0]);
	}
}

static void
check_facts(const struct hd_facts *f)
{
	HD_AUTO_STR reason = HD_STR_INIT(TEXT_MAX);
	const char *running = hd_facts_running(f);
	const struct hd_expect x = { .version = running ? running : "0.2.0",
		.hot = true,
		.before = &f->vm };
	enum hd_actual_mode mode;

	(void)hd_facts_boots(f);
	(void)hd_facts_change(f);
	(void)hd_past_last(f);
	if (running != NULL)
		FUZZ_EXPECT(
		    hd_facts_status(f, running) != NULL || f->vm.word != NULL);
	if (f->records.n > 0)
		FUZZ_EXPECT(
		    hd_facts_record(f, f->records.v[0].version) != NULL);
	if (hd_past_standing(f, NULL) != NULL)
		FUZZ_EXPECT(hd_past_standing(f, NULL)->undoes == NULL);
	FUZZ_EXPECT(hd_verify(&x, f, &mode, &reason) || reason.len > 0);
	check_plans(f);
}

void
fuzz_facts(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_pairs said = { 0 };
	char *save = NULL,
	     *text = hd_arena_strndup(&arena, (const char *)data, n);
	struct hd_facts *f;
	struct hd_err err = { 0 };

	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		char *space = strchr(line, ' ');

		if (space == NULL)
			continue;
		*space = '\0';
		*HD_PUSH(&arena, &said) = (struct hd_pair){ line, space + 1 };
	}
	if (hd_facts_read(&f, &said, &err) == 0) {
		check_facts(f);
		hd_facts_free(f);
	} else {
		FUZZ_EXPECT(err.code == HD_EREMOTE);
	}
}

void
fuzz_stored(const uint8_t *data, size_t n)
{
	struct hd_problems problems = { 0 };
	struct hd_err err = { 0 };
	struct hd_stored *s;

	if (hd_stored_read(
		&s, "saved", (const char *)data, n, &problems, &err) < 0) {
		FUZZ_EXPECT(err.code == HD_ECONFIG);
		hd_problems_done(&problems);
		return;
	}
	for (size_t i = 0; i < s->inventory->envs.v[0].hosts.n; i++) {
		const struct hd_host *host =
		    &s->inventory->envs.v[0].hosts.v[i];
		const struct hd_pairs *said = hd_stored_said(s, host);
		struct hd_facts *f;

		if (said == NULL)
			continue;
		FUZZ_EXPECT(hd_facts_read(&f, said, &err) == 0);
		check_facts(f);
		hd_facts_free(f);
	}
	hd_problems_done(&problems);
	hd_stored_free(s);
}

/* Some parts that a host is asked for. */
static void
add_parts(struct hd_ship *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct hd_ship_part p = { .length = 100 };

		p.offset = 100 * i;
		snprintf(p.digest, sizeof(p.digest), "%016zx", i);
		*HD_PUSH(&s->arena, &s->parts) = p;
		*HD_PUSH(&s->arena, &s->wanted) = i;
	}
	s->files[HD_SHIP_TARBALL].size = 100 * n;
}

void
fuzz_ship(const uint8_t *data, size_t n)
{
	struct hd_ship s = { .texts = HD_STR_INIT(1) };
	HD_AUTO_STR recipe = HD_STR_INIT(64 * 1024);
	char *rest = hd_arena_strndup(&s.arena, (const char *)data, n), *line;

	add_parts(&s, 3);
	while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
		struct hd_err err = { 0 };

		FUZZ_EXPECT(hd_ship_answer(&s, line, &err) == 0 ||
			    err.code == HD_EREMOTE);
	}
	hd_ship_choose(&s, false);
	hd_ship_recipe(&s, &recipe);
	FUZZ_EXPECT(recipe.len > 0 && !recipe.failed);
	FUZZ_EXPECT(hd_ship_bytes(&s) <= s.files[HD_SHIP_TARBALL].size);
	hd_ship_done(&s);
}

void
fuzz_history(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	char *save = NULL,
	     *text = hd_arena_strndup(&arena, (const char *)data, n);

	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		HD_AUTO_STR first = HD_STR_INIT(TEXT_MAX);
		HD_AUTO_STR again = HD_STR_INIT(TEXT_MAX);
		struct hd_past past;

		if (!hd_past_read(&past, &arena, line))
			continue;
		hd_past_write(&past, &first);
		FUZZ_EXPECT(hd_past_read(&past, &arena, first.ptr));
		hd_past_write(&past, &again);
		FUZZ_EXPECT(strcmp(first.ptr, again.ptr) == 0);
	}
}

void
fuzz_json(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR line = HD_STR_INIT(TEXT_MAX);
	const char *text = hd_arena_strndup(&arena, (const char *)data, n);
	struct hd_json *o = hd_json_parse(text);

	(void)(o != NULL && hd_json_get(o, "id") != NULL);
	hd_json_free(o);
	o = hd_json_new();
	hd_json_text(o, "text", text);
	hd_json_dump(o, &line);
	hd_json_free(o);
	FUZZ_EXPECT(!line.failed && strpbrk(line.ptr, "\n\x1b") == NULL);
	o = hd_json_parse(line.ptr);
	FUZZ_EXPECT(o != NULL);
	hd_json_free(o);
}

void
fuzz_sanitize(const uint8_t *data, size_t n)
{
	HD_AUTO_STR all = HD_STR_INIT(TEXT_MAX);
	HD_AUTO_STR part = HD_STR_INIT(SHOWN + HD_SANITIZE_NOTE);

	hd_sanitize(&all, (const char *)data, n, TEXT_MAX / 2);
	hd_sanitize(&part, (const char *)data, n, SHOWN);
	FUZZ_EXPECT(!all.failed && !part.failed);
	for (size_t i = 0; i < all.len; i++)
		FUZZ_EXPECT(
		    ((unsigned char)all.ptr[i] >= ' ' && all.ptr[i] != 0x7f) ||
		    all.ptr[i] == '\t');
}
