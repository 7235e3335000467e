#include "tests/support/cmocka_all.h"

#include "core/artifact/demands.h"

#include <stdio.h>

static struct hd_program
program(const char *path, unsigned machine, unsigned glibc)
{
	return (struct hd_program){
		.path = path,
		.needs = { .machine = machine, .glibc = { 2, glibc } },
	};
}

static void
the_needs_of_all_programs_are_listed_once(void **state)
{
	static const char *vm[] = { "libz.so.1", "libc.so.6" };
	static const char *nif[] = { "libown.so", "libc.so.6", "libssl.so.3" };
	struct hd_artifact a = { .version = "0.1.0" };
	struct hd_demands demands = { 0 };
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR text = HD_STR_INIT(4096);
	struct hd_program programs[] = {
		program("erts-13/bin/beam.smp", 62, 28),
		program("lib/a-1/priv/libown.so", 62, 34),
		program("lib/a-1/priv/nif.so", 183, 17),
		program("lib/a-1/priv/odd.so", 65000, 0),
	};

	(void)state;
	snprintf(programs[0].needs.loader, HD_LOADER_MAX, "/lib/ld.so");
	programs[0].needs.libraries = (struct hd_strs){ vm, 2, 2 };
	programs[2].needs.libraries = (struct hd_strs){ nif, 3, 3 };
	programs[1].needs.glibcxx[0] = 3;
	programs[1].needs.glibcxx[1] = 4;
	programs[0].needs.glibcxx[0] = 3;
	programs[0].needs.glibcxx[1] = 4;
	programs[0].needs.glibcxx[2] = 9;
	a.programs.v = programs;
	a.programs.n = HD_COUNT(programs);
	hd_demands_list(&demands, &arena, &a);
	for (size_t i = 0; i < demands.n; i++)
		hd_str_addf(&text, "%s %s|%s\n", demands.v[i].name,
		    demands.v[i].value, demands.v[i].path);
	assert_string_equal(text.ptr,
	    "machine x86_64|erts-13/bin/beam.smp\n"
	    "machine aarch64|lib/a-1/priv/nif.so\n"
	    "machine ELF machine 65000|lib/a-1/priv/odd.so\n"
	    "loader /lib/ld.so|erts-13/bin/beam.smp\n"
	    "GLIBC 2.34|lib/a-1/priv/libown.so\n"
	    "GLIBCXX 3.4.9|erts-13/bin/beam.smp\n"
	    "libc.so.6 |erts-13/bin/beam.smp\n"
	    "libssl.so.3 |lib/a-1/priv/nif.so\n"
	    "libz.so.1 |erts-13/bin/beam.smp\n");
}

static void
a_release_without_programs_needs_nothing(void **state)
{
	struct hd_artifact a = { .version = "0.1.0" };
	struct hd_demands demands = { 0 };
	HD_AUTO_ARENA arena = { 0 };

	(void)state;
	hd_demands_list(&demands, &arena, &a);
	assert_int_equal(demands.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_needs_of_all_programs_are_listed_once),
		cmocka_unit_test(a_release_without_programs_needs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
