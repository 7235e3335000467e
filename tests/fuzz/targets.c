#include "tests/fuzz/targets.h"

#include "core/base/attr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET(what, bytes_)                                                   \
	{                                                                      \
		.name = #what, .run = fuzz_##what, .bytes = bytes_             \
	}

static const struct fuzz_target targets[] = {
	TARGET(inventory, "\n[]=:;# {-9\xff"),
	TARGET(limit, "\n,!*?[]-9 "),
	TARGET(hosts, "\n\r #=@:[]-9host\xff"),
	TARGET(srv, "\1\3\x0c\x21\x80\xc0\xff"),
	TARGET(range, "[]-09"),
	TARGET(options, "\n-=f9"),
	TARGET(project, "\"#%{}[]:,\\\n"),
	TARGET(term, "\n\"'\\$%<>{}[],.|#=a9\xff"),
	TARGET(rel, "\n\"'\\{}[],.%a"),
	TARGET(start_data, "\n\r .9"),
	TARGET(relup, "\n\"'\\{}[],.%a"),
	TARGET(beam, "\1\7\x80\xff"),
	TARGET(elf, "\1\2\x10\x7f\xff"),
	TARGET(hide, "\n\"'<>{}[]|,.#=-:/@?a9"),
	TARGET(vm_args, "\n \"'\\#+-@${}9"),
	TARGET(names, "/.\\\n\x7f"),
	TARGET(gzip, "\1\x1f\x8b\xff"),
	TARGET(tar, "\1/. 07xL\xff"),
	TARGET(preface, "\n\1\4\24\25,\xff"),
	TARGET(known_hosts, "\n ,|*?!@#[]:=\xff"),
	TARGET(key, "\n\r\\-= A/+09ssh"),
	TARGET(agent, "\1\4\x0c\x0e\xff"),
	TARGET(cert, "\1\4\x20\xff"),
	TARGET(sftp, "\1\2\x65\x66\xff"),
	TARGET(ssh_config, "\n %~$/{}hn0\xff"),
	TARGET(answer, "\n| hde0\x80\xff"),
	TARGET(facts, "\n -,.0{\xff"),
	TARGET(stored, "\n []=:#,.0{\xff"),
	TARGET(ship, "\n 01/.-tarbl\xff"),
	TARGET(history, "\n\"{}:,\\u0\xff"),
	TARGET(json, "\"{}:,\\u0\xff"),
	TARGET(sanitize, "\x1b[]P\\\a\x9b\x9c\xc2\xe2\xff"),
};

const struct fuzz_target *
fuzz_target(size_t i)
{
	return i < HD_COUNT(targets) ? &targets[i] : NULL;
}

const struct fuzz_target *
fuzz_target_named(const char *name)
{
	for (size_t i = 0; i < HD_COUNT(targets); i++)
		if (strcmp(targets[i].name, name) == 0)
			return &targets[i];
	return NULL;
}

void
fuzz_expect(int truth, const char *text, const char *file, int line)
{
	if (truth)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
	abort();
}
