#include "tests/support/cmocka_all.h"

#include "core/inventory/health.h"
#include "core/rollout/http.h"

#include <string.h>

static const struct row {
	const char *text;
	struct hd_health want;
} rows[] = {
	{ "command true", { .command = "true" } },
	{ "command a expect b expect c  d",
	    { .command = "a expect b", .contains = "c  d" } },
	{ "tcp db:5432",
	    { .kind = HD_HEALTH_TCP, .address = "db", .port = 5432 } },
	{ "tcp [::1]:1",
	    { .kind = HD_HEALTH_TCP, .address = "::1", .port = 1 } },
	{ "http 127.0.0.1:4000",
	    { HD_HEALTH_HTTP, NULL, NULL, "127.0.0.1", 4000, "/", 200, NULL } },
	{ "http [::1]:4000/a?b=c:1 expect 204",
	    { HD_HEALTH_HTTP, NULL, NULL, "::1", 4000, "/a?b=c:1", 204,
		NULL } },
	{ "http h:80/x expect 200 contains all is well",
	    { HD_HEALTH_HTTP, NULL, NULL, "h", 80, "/x", 200, "all is well" } },
	{ "http h:80/x contains ok",
	    { HD_HEALTH_HTTP, NULL, NULL, "h", 80, "/x", 200, "ok" } },
};

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
every_kind_of_check_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_ARENA a = { 0 };
		const struct hd_health *w = &rows[i].want;
		struct hd_err err = { 0 };
		struct hd_health h;
		bool listed;

		assert_hd_ok(
		    hd_health_parse(&h, &listed, &a, rows[i].text, &err), &err);
		assert_true(listed);
		if (h.kind != w->kind || !same(h.command, w->command) ||
		    !same(h.address, w->address) || h.port != w->port ||
		    !same(h.path, w->path) || h.code != w->code ||
		    !same(h.contains, w->contains) ||
		    !same(h.text, rows[i].text))
			fail_msg("%s", rows[i].text);
	}
}

static void
the_vm_is_always_asked_and_never_listed(void **state)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_err err = { 0 };
	struct hd_health h;
	bool listed = true;

	(void)state;
	assert_hd_ok(hd_health_parse(&h, &listed, &a, "vm", &err), &err);
	assert_false(listed);
}

static void
a_request_names_the_host_as_http_wants_it(void **state)
{
	HD_AUTO_STR text = HD_STR_INIT(1024);

	(void)state;
	hd_http_request(&text, "::1", 80, "/x");
	assert_non_null(strstr(text.ptr, "GET /x HTTP/1.0\r\n"));
	assert_non_null(strstr(text.ptr, "\r\nHost: [::1]:80\r\n"));
	assert_string_equal(text.ptr + text.len - 4, "\r\n\r\n");
}

static void
the_status_is_read_or_it_is_no_answer(void **state)
{
	static const struct {
		const char *text;
		unsigned status;
		const char *body;
	} answers[] = {
		{ "HTTP/1.1 204 No Content\r\nA: b\r\n\r\nhello", 204,
		    "hello" },
		{ "HTTP/1.0 500", 500, "" },
		{ "HTTP/1.1 2x0 OK\r\n\r\n", 0, "" },
		{ "HTTP/2 200 OK\r\n\r\nx", 0, "x" },
		{ "SSH-2.0-x\r\n", 0, "" },
		{ "", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(answers); i++) {
		HD_AUTO_STR text = HD_STR_INIT(1024);
		const char *body;

		hd_str_add(&text, answers[i].text);
		assert_int_equal(
		    hd_http_status(&text, &body), answers[i].status);
		assert_string_equal(body, answers[i].body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_check_is_read),
		cmocka_unit_test(the_vm_is_always_asked_and_never_listed),
		cmocka_unit_test(a_request_names_the_host_as_http_wants_it),
		cmocka_unit_test(the_status_is_read_or_it_is_no_answer),
	};

	return cmocka_run_group_tests_name("health", tests, NULL, NULL);
}
