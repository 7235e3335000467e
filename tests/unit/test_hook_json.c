/* The stdin of hooks on this machine. */
#include "tests/support/cmocka_all.h"

#include "core/base/json.h"
#include "core/rollout/hook_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct hd_hook after_host = { .name = HD_HOOK_AFTER_HOST };

struct world {
	struct hd_env env;
	struct hd_run run;
	struct hd_host host;
	struct hd_site *sites;
	struct hd_site **list;
	size_t n;
};

static void
world_init(struct world *w, size_t n)
{
	*w = (struct world){ .env.name = "prod",
		.host = { .name = "web1", .address = "10.0.0.1" },
		.n = n };
	w->run = (struct hd_run){ .env = &w->env,
		.command = "upgrade prod 0.2.0",
		.who = "ann@here",
		.id = "abc" };
	w->sites = hd_alloc((n + 1) * sizeof(*w->sites));
	w->list = hd_alloc((n + 1) * sizeof(*w->list));
	for (size_t i = 0; i < n; i++) {
		hd_site_init(&w->sites[i], &w->run, &w->host);
		w->list[i] = &w->sites[i];
	}
}

static void
world_done(struct world *w)
{
	for (size_t i = 0; i < w->n; i++)
		hd_site_done(&w->sites[i]);
	free(w->sites);
	free(w->list);
}

static struct hd_json *
write_and_parse(const struct world *w, struct hd_str *text)
{
	const struct hd_hook_context context = {
		.host = "web1", .wave = 2, .sites = w->list, .nsites = w->n
	};
	struct hd_json *o;

	hd_hook_json(text, &w->run, &after_host, &context);
	assert_false(text->failed);
	assert_int_equal(text->ptr[text->len - 1], '\n');
	o = hd_json_parse(text->ptr);
	assert_non_null(o);
	return o;
}

static void
they_have_the_run_so_far_with_the_most_serious_status(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(HD_HOOK_JSON_MAX);
	struct hd_json *o;
	struct world w;

	(void)state;
	world_init(&w, 3);
	w.sites[0].begun = true;
	hd_site_end(&w.sites[1], HD_RES_UNDONE, HD_EREMOTE, "sick\033[2J");
	o = write_and_parse(&w, &text);
	assert_string_equal(hd_json_get(o, "step"), "hook after_host");
	assert_string_equal(hd_json_get(o, "env"), "prod");
	assert_string_equal(hd_json_get(o, "command"), "upgrade prod 0.2.0");
	assert_string_equal(hd_json_get(o, "run"), "abc");
	assert_string_equal(hd_json_get(o, "host"), "web1");
	assert_int_equal(hd_json_get_int(o, "wave"), 2);
	assert_int_equal(hd_json_get_int(o, "status"), HD_STATUS_FAILED);
	assert_null(hd_json_get(o, "job"));
	assert_int_equal(hd_json_get_int(o, "left_out"), 0);
	assert_non_null(strstr(
	    text.ptr, "\"hosts\":[{\"host\":\"web1\",\"result\":\"ok\""));
	assert_non_null(strstr(text.ptr, "\"result\":\"undone\""));
	assert_non_null(strstr(text.ptr, "\"result\":\"planned\""));
	assert_non_null(strstr(text.ptr, "\"address\":\"10.0.0.1\""));
	assert_null(strchr(text.ptr, '\033'));
	hd_json_free(o);
	world_done(&w);
}

/* Every character of these texts is six in JSON. */
static void
hosts_that_do_not_fit_are_counted(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(HD_HOOK_JSON_MAX);
	char long_text[2000];
	struct hd_json *o;
	struct world w;
	int64_t left_out;

	(void)state;
	memset(long_text, '\001', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	world_init(&w, 200);
	for (size_t i = 0; i < w.n; i++)
		hd_site_end(&w.sites[i], HD_RES_FAILED, HD_EREMOTE, long_text);
	o = write_and_parse(&w, &text);
	left_out = hd_json_get_int(o, "left_out");
	assert_in_range(left_out, 100, 125);
	assert_int_equal(hd_json_get_int(o, "status"), HD_STATUS_FAILED);
	hd_json_free(o);
	world_done(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    they_have_the_run_so_far_with_the_most_serious_status),
		cmocka_unit_test(hosts_that_do_not_fit_are_counted),
	};

	return cmocka_run_group_tests_name("hook_json", tests, NULL, NULL);
}
