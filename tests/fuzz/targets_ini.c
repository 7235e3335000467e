/* Parsers of local input: deploy.ini, the command line, a project. */
#include "tests/fuzz/targets.h"

#include "cmd/options.h"
#include "cmd/project.h"
#include "core/base/alloc.h"
#include "core/base/name.h"
#include "core/inventory/answer.h"
#include "core/inventory/load.h"
#include "core/inventory/range.h"
#include "core/inventory/srv.h"

#include <stdlib.h>
#include <string.h>

static void
check_env(const struct hd_env *env, const char *limit)
{
	const struct hd_host **hosts;
	struct hd_err err;
	size_t n;

	FUZZ_EXPECT(env->hosts.n > 0 || env->sources.n > 0);
	FUZZ_EXPECT(env->parallel > 0);
	for (size_t k = 0; k < env->hosts.n; k++) {
		const struct hd_host *h = &env->hosts.v[k];

		FUZZ_EXPECT(h->name[0] != '-' && h->path[0] == '/');
		FUZZ_EXPECT(h->address[0] != '-' && h->port <= 65535);
		FUZZ_EXPECT(strstr(h->path, "/../") == NULL);
		FUZZ_EXPECT(strchr(h->path, '\n') == NULL);
	}
	if (hd_inventory_select(&hosts, &n, env, limit, &err) == 0) {
		FUZZ_EXPECT(n > 0 && n <= env->hosts.n);
		free(hosts);
	}
}

static void
check_problems(const struct hd_problems *problems)
{
	for (size_t i = 0; i < problems->n; i++) {
		FUZZ_EXPECT(strchr(problems->v[i].text, '\n') == NULL);
		FUZZ_EXPECT(strchr(problems->v[i].text, '\x1b') == NULL);
	}
}

static void
read_inventory(const char *text, size_t n, const char *limit)
{
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;

	if (hd_inventory_parse(&inv, text, n, &problems) == 0) {
		for (size_t i = 0; i < inv->envs.n; i++)
			check_env(&inv->envs.v[i], limit);
		hd_inventory_free(inv);
	} else {
		FUZZ_EXPECT(problems.n > 0 && inv == NULL);
	}
	check_problems(&problems);
	hd_problems_done(&problems);
}

void
fuzz_inventory(const uint8_t *data, size_t n)
{
	char limit[32] = { 0 };

	memcpy(limit, data, n < sizeof(limit) ? n : sizeof(limit) - 1);
	read_inventory((const char *)data, n, limit);
}

void
fuzz_limit(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024 * 1024);
	char *save = NULL,
	     *limit = hd_arena_strndup(&arena, (const char *)data, n);
	char *hosts = limit + strcspn(limit, "\n");

	if (*hosts != '\0')
		*hosts++ = '\0';
	hd_str_add(&text,
	    "[app]\nname = a\nrelease = r\n[defaults]\npath = /srv/a\n[e]\n");
	for (char *line = strtok_r(hosts, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		hd_str_addf(&text, "host = %s\n", line);
	read_inventory(text.ptr, text.len, limit);
}

static void
check_answered(const struct hd_answer_lines *lines)
{
	HD_AUTO_ARENA arena = { 0 };

	for (size_t i = 0; i < lines->n; i++) {
		const struct hd_host_line *h = &lines->v[i].hosts;
		const char *name = hd_range_word(&h->name, &arena, 0);

		FUZZ_EXPECT(h->name.count == h->address.count);
		FUZZ_EXPECT(name[0] != '-' && strpbrk(name, "/\n ") == NULL);
		FUZZ_EXPECT(h->port <= 65535);
	}
}

void
fuzz_hosts(const uint8_t *data, size_t n)
{
	static const struct hd_host_source source = {
		.kind = HD_SOURCE_COMMAND, .text = "x", .line = 7
	};
	const char *text = (const char *)data;
	const struct hd_answer answer = { .line = 7, .text = text, .n = n };
	struct hd_answer_lines lines = { 0 };
	struct hd_problems problems = { 0 };
	HD_AUTO_ARENA arena = { 0 };

	hd_answer_read(&lines, &arena, &source, &answer, &problems);
	FUZZ_EXPECT(lines.bad == (problems.n > 0));
	FUZZ_EXPECT(hd_answer_says_something(text, n) ==
		    (lines.n > 0 || problems.n > 0));
	check_answered(&lines);
	check_problems(&problems);
	hd_problems_done(&problems);
}

/* No answer of a name server names anything but hosts and ports. */
void
fuzz_srv(const uint8_t *data, size_t n)
{
	static const struct hd_host_source source = {
		.kind = HD_SOURCE_SRV, .text = "_ssh._tcp.example", .line = 7
	};
	HD_AUTO_STR text = HD_STR_INIT(1024 * 1024);
	struct hd_answer_lines lines = { 0 };
	struct hd_problems problems = { 0 };
	struct hd_answer answer = { .line = 7 };
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };

	if (hd_srv_read(&text, source.text, data, n, &err) < 0) {
		FUZZ_EXPECT(err.code == HD_ELOCAL && err.msg[0] != '\0');
		return;
	}
	answer.text = text.ptr;
	answer.n = text.len;
	hd_answer_read(&lines, &arena, &source, &answer, &problems);
	FUZZ_EXPECT(lines.n > 0 && problems.n == 0);
	check_answered(&lines);
	for (size_t i = 0; i < lines.n; i++)
		FUZZ_EXPECT(lines.v[i].hosts.name.count == 1);
	hd_problems_done(&problems);
}

void
fuzz_range(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	const char *text = hd_arena_strndup(&arena, (const char *)data, n);
	struct hd_range r;
	struct hd_err err;

	if (hd_range_parse(&r, &arena, text, &err) < 0)
		return;
	FUZZ_EXPECT(r.count > 0 && r.count <= HD_RANGE_MAX);
	FUZZ_EXPECT(strpbrk(hd_range_word(&r, &arena, 0), "[]") == NULL);
	FUZZ_EXPECT(strlen(hd_range_word(&r, &arena, r.count - 1)) <= n);
}

void
fuzz_options(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_strs argv = { 0 };
	char *save = NULL,
	     *text = hd_arena_strndup(&arena, (const char *)data, n);
	struct hd_options o;
	struct hd_err err = { 0 };

	*HD_PUSH(&arena, &argv) = "hdeploy";
	for (char *word = strtok_r(text, "\n", &save); word != NULL;
	     word = strtok_r(NULL, "\n", &save))
		*HD_PUSH(&arena, &argv) = word;
	*HD_PUSH(&arena, &argv) = NULL;
	if (hd_options_parse(&o, (int)argv.n - 1, argv.v, &err) == 0) {
		FUZZ_EXPECT(o.file != NULL && o.words.n < argv.n);
		FUZZ_EXPECT(hd_options_allowed(&o, "status", &err) == 0 ||
			    err.code == HD_EUSAGE);
	} else {
		FUZZ_EXPECT(err.code == HD_EUSAGE);
	}
	hd_options_done(&o);
}

/* The deploy.ini that init writes must be valid for any project. */
static void
check_project(const struct hd_project *p)
{
	HD_AUTO_STR ini = HD_STR_INIT(64 * 1024 * 1024);
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv = NULL;

	hd_project_write(p, &ini);
	FUZZ_EXPECT(p->name == NULL || hd_program_valid(p->name));
	FUZZ_EXPECT(!ini.failed &&
		    hd_inventory_parse(&inv, ini.ptr, ini.len, &problems) == 0);
	hd_inventory_free(inv);
	hd_problems_done(&problems);
}

void
fuzz_project(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	const char *text = hd_arena_strndup(&arena, (const char *)data, n);
	struct hd_sources sources[HD_SOURCES + 1] = { 0 };

	for (size_t i = 0; i < HD_SOURCES; i++)
		sources[i].text[i] = text;
	sources[HD_SOURCES].text[HD_SOURCE_MIX] = text;
	sources[HD_SOURCES].text[HD_SOURCE_DISTILLERY] = text;
	for (size_t i = 0; i < HD_COUNT(sources); i++) {
		struct hd_project p;

		hd_project_read(&p, &sources[i], &arena);
		check_project(&p);
	}
}
