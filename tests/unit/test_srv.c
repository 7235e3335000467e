/* hosts = srv NAME, against a name server on loopback. */
#define _DEFAULT_SOURCE /* types of resolv.h */
#include "tests/support/cmocka_all.h"

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/inventory/inventory.h"
#include "core/inventory/load.h"
#include "core/inventory/srv.h"
#include "tests/support/dns.h"

#include <stdio.h>
#include <stdlib.h>

#define NAME "_ssh._tcp.example.com"

static int
setup(void **state)
{
	struct dns *d = hd_alloc(sizeof(*d));

	dns_start(d);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	dns_stop(*state);
	free(*state);
	return 0;
}

static void
assert_answer(const char *want)
{
	HD_AUTO_STR out = HD_STR_INIT(1024 * 1024);
	struct hd_err err;

	assert_hd_ok(hd_srv_ask(&out, NAME, HD_CANCEL_SOON, &err), &err);
	assert_string_equal(out.ptr, want);
}

static void
assert_error(const char *want)
{
	HD_AUTO_STR out = HD_STR_INIT(1024 * 1024);
	struct hd_err err;

	assert_hd_fails(
	    hd_srv_ask(&out, NAME, HD_CANCEL_SOON, &err), &err, HD_ELOCAL);
	assert_hd_says(&err, want);
	assert_string_equal(out.ptr, "");
}

static void
records_come_by_priority_weight_name_and_port(void **state)
{
	struct dns *d = *state;

	dns_srv(d, 10, 5, 22, "web2.example.com");
	dns_srv(d, 10, 5, 22, "web1.example.com");
	dns_srv(d, 10, 9, 22, "heavy.example.com");
	dns_srv(d, 5, 0, 2222, "first.example.com");
	dns_srv(d, 5, 0, 22, "first.example.com");
	assert_answer("first.example.com:22\nfirst.example.com:2222\n"
		      "heavy.example.com:22\nweb1.example.com:22\n"
		      "web2.example.com:22\n");
	assert_int_equal(d->over_tcp, 0);
}

static void
compressed_names_are_expanded(void **state)
{
	dns_srv(*state, 1, 1, 22, "web1>");
	dns_srv(*state, 1, 1, 22, "a.b>");
	assert_answer("a.b.example.com:22\nweb1.example.com:22\n");
}

static void
names_have_no_case_and_come_once(void **state)
{
	dns_srv(*state, 1, 1, 22, "Web1.Example.COM");
	dns_srv(*state, 9, 1, 22, "web1>");
	assert_answer("web1.example.com:22\n");
}

static void
a_long_answer_comes_over_tcp(void **state)
{
	HD_AUTO_STR want = HD_STR_INIT(1024 * 1024);
	struct dns *d = *state;
	char name[32];

	for (unsigned i = 1000; i < 2000; i++) {
		snprintf(name, sizeof(name), "web%u>", i);
		dns_srv(d, 1, 1, 22, name);
		hd_str_addf(&want, "web%u.example.com:22\n", i);
	}
	assert_answer(want.ptr);
	assert_int_equal(d->over_tcp, 1);
}

static void
no_record_is_an_error(void **state)
{
	struct dns *d = *state;

	assert_error("there are no SRV records of " NAME);
	d->rcode = 3;
	assert_error("there are no SRV records of " NAME);
	d->rcode = 2; /* SERVFAIL */
	assert_error("cannot find the SRV records of " NAME);
}

static void
no_search_domain_is_added(void **state)
{
	struct dns *d = *state;

	d->rcode = 3;
	assert_int_equal(setenv("LOCALDOMAIN", "evil.example", 1), 0);
	dns_use(d);
	assert_error("there are no SRV records of " NAME);
	assert_int_equal(unsetenv("LOCALDOMAIN"), 0);
	assert_int_equal(d->over_udp, 1);
}

static void
the_root_means_that_the_service_is_not_offered(void **state)
{
	dns_srv(*state, 0, 0, 0, "");
	assert_error("has the target \".\": the service is not offered");
}

static void
a_target_must_be_a_host_name(void **state)
{
	static const char *const bad[] = { "-oProxyCommand=x", "a b",
		"web[1-9999]", "a/b", "a@b", "a:b", "a\nb", "1.2.3", "\x1b[31m",
		"\xff" };

	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		struct dns *d = *state;

		dns_clear(d);
		dns_srv(d, 1, 1, 22, "good.example");
		dns_srv(d, 1, 1, 22, bad[i]);
		assert_error("which are not a host name and a port");
	}
}

static void
a_port_is_not_zero(void **state)
{
	dns_srv(*state, 1, 1, 0, "web1>");
	assert_error("the port 0");
}

static void
a_malformed_answer_is_refused(void **state)
{
	static const unsigned char itself[] = { 0xc0, 57 };
	static const unsigned char outside[] = { 0xff, 0xff };
	static const unsigned char cut[] = { 9, 'a' };
	struct dns *d = *state;

	/* 12 of the header, 27 of the question, 18 of the record's head */
	dns_raw(d, itself, sizeof(itself));
	assert_error("malformed");
	dns_clear(d);
	dns_raw(d, outside, sizeof(outside));
	assert_error("malformed");
	dns_clear(d);
	dns_raw(d, cut, sizeof(cut));
	assert_error("malformed");
	dns_clear(d);
	d->count = 3; /* that are not there */
	assert_error("malformed");
}

static void
an_interruption_ends_the_wait(void **state)
{
	struct dns *d = *state;
	HD_AUTO_STR out = HD_STR_INIT(1024);
	int64_t begun = hd_clock_ms();
	struct hd_err err;

	d->silent = true;
	hd_cancel_request();
	assert_hd_fails(
	    hd_srv_ask(&out, NAME, HD_CANCEL_SOON, &err), &err, HD_ECANCELED);
	assert_in_range(hd_clock_ms() - begun, 0, 2500);
}

static void
records_become_hosts_of_the_environment(void **state)
{
	static const char text[] = "[app]\nname = a\nrelease = r\n[prod]\n"
				   "path = /srv/a\nhosts = srv " NAME "\n";
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;
	const struct hd_host *h;
	struct hd_err err;

	dns_srv(*state, 1, 1, 2222, "web2>");
	dns_srv(*state, 1, 1, 22, "web1>");
	assert_int_equal(
	    hd_inventory_parse(&inv, text, strlen(text), &problems), 0);
	assert_hd_ok(
	    hd_inventory_ask(inv, &inv->envs.v[0].sources.v[0], &err), &err);
	assert_hd_ok(hd_inventory_add_answers(inv, &problems, &err), &err);
	assert_int_equal(inv->envs.v[0].hosts.n, 2);
	h = inv->envs.v[0].hosts.v;
	assert_string_equal(h[0].name, "web1.example.com");
	assert_string_equal(h[0].address, "web1.example.com");
	assert_int_equal(h[0].port, 22);
	assert_int_equal(h[1].port, 2222);
	assert_string_equal(h[1].place, "record 2 of " NAME);
	hd_inventory_free(inv);
	hd_problems_done(&problems);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(records_come_by_priority_weight_name_and_port),
		TEST(compressed_names_are_expanded),
		TEST(names_have_no_case_and_come_once),
		TEST(a_long_answer_comes_over_tcp), TEST(no_record_is_an_error),
		TEST(no_search_domain_is_added),
		TEST(the_root_means_that_the_service_is_not_offered),
		TEST(a_target_must_be_a_host_name), TEST(a_port_is_not_zero),
		TEST(a_malformed_answer_is_refused),
		TEST(records_become_hosts_of_the_environment),
		TEST(an_interruption_ends_the_wait), /* last: it cannot be
							taken back */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
