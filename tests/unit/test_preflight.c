#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/finding.h"

#include <string.h>

/* What a host, a node and a release give rise to before a change. */

#define LINUX                                                                  \
	"user deploy\nsystem Linux\nmachine x86_64\nlibc glibc 2.36\n"         \
	"loaders /lib64/ld-linux-x86-64.so.2\nroot_exists yes\n"               \
	"disk_free 1000000\n"
#define DOWN LINUX "boot 0.1.0\nunpacked 0.1.0\nvm_state down\n"
#define UP                                                                     \
	LINUX "boot 0.1.0\nscript_boot 0.1.0\nunpacked 0.1.0\nvm_state up\n"   \
	      "vm_pid 7\nvm_creation 1\nvm_releases 0.1.0 permanent\n"         \
	      "vm_libraries hotcode 0.1.0\nvm_apps hotcode 0.1.0 -\n"

enum { X86_64 = 62, AARCH64 = 183 };
#define LOADER "/lib64/ld-linux-x86-64.so.2"

static const char *tinfo[] = { "libc.so.6", "libtinfo.so.6" };
static const char *crypto[] = { "libcrypto.so.3" };
static const char *libc[] = { "libc.so.6" };
static const char *musl_libc[] = { "libc.so" };

/* The programs of an artifact; a path that is NULL ends them. */
enum { PROGRAMS = 3 };
static const struct release {
	struct hd_program programs[PROGRAMS];
} beam = { { { "erts-13.1/bin/beam.smp",
    { X86_64, LOADER, { 2, 34 }, { 3, 4, 29 }, { tinfo, 2, 2 }, NULL } } } },
  nif = { { { "lib/nif-1.0/priv/nif.so",
      { X86_64, "", { 2, 38 }, { 0 }, { libc, 1, 1 }, NULL } } } },
  musl = { { { "erts-13.1/bin/beam.smp",
      { X86_64, "/lib/ld-musl-x86_64.so.1", { 0 }, { 0 }, { NULL, 0, 0 },
	  NULL } } } },
  musl_nif = { { { "lib/nif-1.0/priv/musl/nif.so",
      { X86_64, "", { 0 }, { 0 }, { musl_libc, 1, 1 }, NULL } } } },
  foreign_beam = { { { "erts-13.1/bin/beam.smp",
      { AARCH64, LOADER, { 2, 34 }, { 0 }, { libc, 1, 1 }, NULL } } } },
  foreign_nif = { { { "lib/nif-1.0/priv/nif.so",
      { AARCH64, "", { 2, 17 }, { 0 }, { libc, 1, 1 }, NULL } } } },
  both_nifs = { { { "lib/nif-1.0/priv/arm/nif.so",
		      { AARCH64, "", { 2, 17 }, { 0 }, { libc, 1, 1 }, NULL } },
      { "lib/nif-1.0/priv/intel/nif.so",
	  { X86_64, "", { 2, 17 }, { 0 }, { libc, 1, 1 }, NULL } } } },
  ssl = { { { "lib/crypto-5.1/priv/lib/crypto.so",
      { X86_64, "", { 2, 14 }, { 0 }, { crypto, 1, 1 }, NULL } } } },
  wx = { { { "lib/wx-2.2/priv/wxe_driver.so",
      { X86_64, "", { 2, 14 }, { 0 }, { crypto, 1, 1 }, NULL } } } };

static const struct row {
	const char *about;
	const char *facts;
	const char *finding; /* NULL: no finding at all */
	const char *says;
	enum hd_goal_kind goal;
	const struct release *release; /* PUSH */
	uint64_t size;                 /* of its tarball; 0: small */
	const char *version;
	struct hd_host host;
	bool cold;
} rows[] = {
	{ .about = "a host without problems",
	    .facts = DOWN,
	    .goal = HD_GOAL_START },
	{ .about = "a node without problems",
	    .facts = UP,
	    .goal = HD_GOAL_STATUS },
	{ .about = "a root that others can write",
	    .facts = DOWN "refusal it is not ours\n",
	    .finding = "host-refused",
	    .says = "it is not ours",
	    .goal = HD_GOAL_START },
	{ .about = "no tar",
	    .facts = DOWN "missing tar\nmissing df\n",
	    .finding = "tool-missing",
	    .says = "the host lacks tar, df: install them on the host",
	    .goal = HD_GOAL_START },
	{ .about = "an operation that runs",
	    .facts = DOWN "unfinished a1 install\n",
	    .finding = "operation-running",
	    .says = "still runs on the host (a1 install)",
	    .goal = HD_GOAL_START },
	{ .about = "another run",
	    .facts = UP "lock ci@runner\n",
	    .finding = "locked",
	    .says = "ci@runner",
	    .goal = HD_GOAL_STATUS },
	{ .about = "a runtime for musl",
	    .facts = DOWN,
	    .finding = "loader-missing",
	    .says = "the Erlang runtime of 0.2.0 needs "
		    "/lib/ld-musl-x86_64.so.1 (musl), which this host (glibc "
		    "2.36) does not have",
	    .goal = HD_GOAL_PUSH,
	    .release = &musl },
	{ .about = "all that beam.smp needs",
	    .facts = DOWN "glibcxx 3.4.30\n",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam },
	{ .about = "a beam.smp of another machine, whatever its loader",
	    .facts = DOWN,
	    .finding = "machine-foreign",
	    .says =
		"the Erlang runtime of 0.2.0 was built for aarch64, and this host "
		"is x86_64",
	    .goal = HD_GOAL_PUSH,
	    .release = &foreign_beam },
	{ .about = "a NIF of another machine",
	    .facts = DOWN,
	    .finding = "machine-foreign",
	    .says = "lib/nif-1.0/priv/nif.so of 0.2.0 was built for aarch64",
	    .goal = HD_GOAL_PUSH,
	    .release = &foreign_nif },
	{ .about = "a NIF of another machine beside one of this",
	    .facts = DOWN,
	    .goal = HD_GOAL_PUSH,
	    .release = &both_nifs },
	{ .about = "a NIF that needs a newer glibc",
	    .facts = DOWN,
	    .finding = "glibc-too-old",
	    .says =
		"lib/nif-1.0/priv/nif.so of 0.2.0 needs glibc 2.38, and this host "
		"has glibc 2.36",
	    .goal = HD_GOAL_PUSH,
	    .release = &nif },
	{ .about = "an old libstdc++",
	    .facts = DOWN "glibcxx 3.4.28\n",
	    .finding = "glibcxx-too-old",
	    .says =
		"the Erlang runtime of 0.2.0 needs libstdc++ with GLIBCXX_3.4.29, "
		"and that of this host ends with 3.4.28",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam },
	{ .about = "a libstdc++ of just that version",
	    .facts = DOWN "glibcxx 3.4.29\n",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam },
	{ .about = "no libtinfo",
	    .facts = DOWN "lacks libtinfo.so.6\n",
	    .finding = "library-missing",
	    .says = "the Erlang runtime of 0.2.0 needs the shared library "
		    "libtinfo.so.6, which this host does not have",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam },
	{ .about = "a library for musl, whose loader is its libc",
	    .facts = DOWN "lacks libc.so\n",
	    .goal = HD_GOAL_PUSH,
	    .release = &musl_nif },
	{ .about = "no libcrypto",
	    .facts = DOWN "lacks libcrypto.so.3\n",
	    .finding = "library-missing",
	    .says =
		"lib/crypto-5.1/priv/lib/crypto.so of 0.2.0 needs the shared "
		"library libcrypto.so.3",
	    .goal = HD_GOAL_PUSH,
	    .release = &ssl },
	{ .about = "no window system",
	    .facts = DOWN "lacks libcrypto.so.3\n",
	    .finding = "library-optional",
	    .says = "lib/wx-2.2/priv/wxe_driver.so of 0.2.0 needs",
	    .goal = HD_GOAL_PUSH,
	    .release = &wx },
	{ .about = "libraries elsewhere, in a container",
	    .facts = DOWN "lacks libtinfo.so.6\n",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam,
	    .host.commands = { (struct hd_pair[]){ { "running", "c" } }, 1,
		1 } },
	{ .about = "a recorded version without its library",
	    .facts = DOWN
	    "lacks libtinfo.so.6\nprograms erts-13.1/bin/beam.smp 62 " LOADER
	    " 2.34 3.4.29 libc.so.6,libtinfo.so.6\n",
	    .finding = "library-missing",
	    .says = "the Erlang runtime of 0.2.0 needs the shared library "
		    "libtinfo.so.6",
	    .goal = HD_GOAL_UPGRADE,
	    .version = "0.2.0" },
	{ .about = "a recorded version with too new a glibc",
	    .facts = DOWN "programs lib/nif-1.0/priv/nif.so 62 - 2.40 - -\n",
	    .finding = "glibc-too-old",
	    .says = "lib/nif-1.0/priv/nif.so of 0.2.0 needs glibc 2.40",
	    .goal = HD_GOAL_UPGRADE,
	    .version = "0.2.0" },
	{ .about = "a full disk",
	    .facts = DOWN "disk_free 10\n",
	    .finding = "disk-full",
	    .says =
		"not enough disk: 0.2.0 needs 5 MiB, 0 MiB are free: free some "
		"space on the host",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam },
	{ .about = "a tarball that is put together beside its upload",
	    .facts = DOWN "disk_free 20480\n",
	    .finding = "disk-full",
	    .says = "not enough disk: 0.2.0 needs 25 MiB, 20 MiB are free",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam,
	    .size = 10 * 1024 * 1024 },
	{ .about = "no inodes",
	    .facts = DOWN "inodes_free 7\n",
	    .finding = "inodes-full",
	    .says =
		"not enough inodes: 0.2.0 has 0 files, and the file system can take "
		"7 more",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam },
	{ .about = "enough inodes",
	    .facts = DOWN "inodes_free 5000\n",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam },
	{ .about = "noexec",
	    .facts = DOWN "mounted ext4 rw,noexec,relatime\n",
	    .finding = "mount-noexec",
	    .says = "/srv/h is on a file system that is mounted with noexec",
	    .goal = HD_GOAL_START },
	{ .about = "an option that only looks like it",
	    .facts = DOWN "mounted ext4 rw,noexec2,exec\n",
	    .goal = HD_GOAL_START },
	{ .about = "NFS",
	    .facts = DOWN "mounted nfs4 rw,vers=4.2\n",
	    .finding = "mount-network",
	    .says = "on a network file system (nfs4)",
	    .goal = HD_GOAL_STATUS },
	{ .about = "a start that a logout ends",
	    .facts = DOWN "logout_ends yes\n",
	    .finding = "logout-ends-node",
	    .says = "ends all processes of deploy at logout",
	    .goal = HD_GOAL_START },
	{ .about = "a cold upgrade that a logout ends",
	    .facts = UP "logout_ends yes\n",
	    .finding = "logout-ends-node",
	    .says = "so the node would end when hdeploy "
		    "disconnects",
	    .goal = HD_GOAL_UPGRADE,
	    .version = "0.2.0",
	    .cold = true },
	{ .about = "a hot upgrade that a logout cuts off",
	    .facts = UP "logout_ends yes\n",
	    .finding = "logout-ends-runs",
	    .says = "a change that loses its connection is cut off",
	    .goal = HD_GOAL_UPGRADE,
	    .version = "0.2.0" },
	{ .about = "a start by a unit",
	    .facts = DOWN "logout_ends yes\n",
	    .finding = "logout-ends-runs",
	    .says = "KillUserProcesses=yes",
	    .goal = HD_GOAL_START,
	    .host.service = "h.service" },
	{ .about = "no forwarding, which a check needs",
	    .facts = DOWN "no_tunnel yes\n",
	    .finding = "forwarding-forbidden",
	    .says = "which the health check \"tcp a:1\" needs",
	    .goal = HD_GOAL_START,
	    .host.health = { (struct hd_health[]){
				 { .kind = HD_HEALTH_TCP, .text = "tcp a:1" } },
		1, 1 } },
	{ .about = "no forwarding, and a repair, which checks no health",
	    .facts = UP "no_tunnel yes\n",
	    .goal = HD_GOAL_REPAIR,
	    .host.health = { (struct hd_health[]){
				 { .kind = HD_HEALTH_TCP, .text = "tcp a:1" } },
		1, 1 } },
	{ .about = "no forwarding, and a push, which checks no health",
	    .facts = UP "no_tunnel yes\n",
	    .goal = HD_GOAL_PUSH,
	    .host.health = { (struct hd_health[]){
				 { .kind = HD_HEALTH_TCP, .text = "tcp a:1" } },
		1, 1 } },
	{ .about = "no forwarding, and a check by command",
	    .facts = DOWN "no_tunnel yes\n",
	    .goal = HD_GOAL_START,
	    .host.health = { (struct hd_health[]){
				 { .kind = HD_HEALTH_COMMAND } },
		1, 1 } },
	{ .about = "a clock ahead",
	    .facts = UP "clock_ahead 121\n",
	    .finding = "clock-off",
	    .says =
		"the clock of the host is 121 s ahead of that of this machine",
	    .goal = HD_GOAL_STATUS },
	{ .about = "a clock behind",
	    .facts = UP "clock_behind 7200\n",
	    .finding = "clock-off",
	    .says = "7200 s behind that of this machine",
	    .goal = HD_GOAL_STATUS },
	{ .about = "a slow answer",
	    .facts = UP "clock_ahead 119\n",
	    .goal = HD_GOAL_STATUS },
	{ .about = "SELinux",
	    .facts = UP "selinux yes\n",
	    .finding = "selinux-enforcing",
	    .says = "ausearch",
	    .goal = HD_GOAL_STATUS },
	{ .about = "a terminal of sudo",
	    .facts = UP "pty yes\n",
	    .finding = "sudo-terminal",
	    .says = "use_pty",
	    .goal = HD_GOAL_STATUS,
	    .host.run_as = "app" },
	{ .about = "a terminal without sudo",
	    .facts = UP "pty yes\n",
	    .goal = HD_GOAL_STATUS },
	{ .about = "a terminal of this machine",
	    .facts = UP "pty yes\n",
	    .goal = HD_GOAL_STATUS,
	    .host = { .run_as = "app", .connection = HD_CONN_LOCAL } },
	{ .about = "TLS",
	    .facts = LINUX "vm_state unreachable\nvm_why speaks TLS\nvm_tls "
			   "inet_tls\n",
	    .finding = "node-tls",
	    .says = "(-proto_dist inet_tls)",
	    .goal = HD_GOAL_UPGRADE,
	    .version = "0.2.0" },
	{ .about = "a push beside a node with TLS",
	    .facts = LINUX
	    "vm_state unreachable\nvm_why speaks TLS\nvm_tls inet_tls\n",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam },
	{ .about = "no name",
	    .facts = LINUX "boot 0.1.0\nvm_state up\nvm_word 0.1.0\n"
			   "vm_unnamed yes\n",
	    .finding = "node-nameless",
	    .says = "RELEASE_DISTRIBUTION=none",
	    .goal = HD_GOAL_STATUS },
	{ .about = "an epmd that was restarted",
	    .facts = UP "vm_lost is not known to epmd\n",
	    .finding = "node-unknown-to-epmd",
	    .says =
		"the node is not known to epmd: other nodes cannot find it until "
		"`hdeploy restart prod --limit web1`",
	    .goal = HD_GOAL_STATUS },
	{ .about = "a name that does not resolve",
	    .facts = UP "vm_stray old.invalid\n",
	    .finding = "name-unresolved",
	    .says = "old.invalid, the host part of the node's name",
	    .goal = HD_GOAL_STATUS },
	{ .about = "a name that will not resolve",
	    .facts = DOWN "stray new.invalid\n",
	    .finding = "name-unresolved",
	    .says = "new.invalid, the host part",
	    .goal = HD_GOAL_START },
	{ .about = "a variable that only the VM has",
	    .facts = UP "unset A releases/0.2.0/sys.config.src yes\n"
			"unset B releases/0.2.0/vm.args.src yes\n",
	    .finding = "env-lost",
	    .says = "A, B are set in the running VM but not in deploy.ini, so "
		    "the configuration (releases/0.2.0/vm.args.src) would lose "
		    "them: set them there (env.NAME, env_file)",
	    .goal = HD_GOAL_UPGRADE,
	    .version = "0.2.0" },
	{ .about = "a variable that only the unit's VM has, and a cold upgrade",
	    .facts = UP "unset A releases/0.2.0/sys.config.src yes\n",
	    .goal = HD_GOAL_UPGRADE,
	    .version = "0.2.0",
	    .cold = true,
	    .host.service = "h.service" },
	{ .about = "a push that changes no configuration",
	    .facts = UP "unset A releases/0.2.0/sys.config.src yes\n",
	    .goal = HD_GOAL_PUSH,
	    .release = &beam },
	{ .about = "a repair, which makes no configuration",
	    .facts = UP "unset A releases/0.2.0/sys.config.src yes\n",
	    .goal = HD_GOAL_REPAIR },
	{ .about = "a variable that nobody has",
	    .facts = UP "unset A releases/0.2.0/sys.config.src no\n",
	    .finding = "env-unset",
	    .says =
		"the configuration (releases/0.2.0/sys.config.src) uses A, which",
	    .goal = HD_GOAL_UPGRADE,
	    .version = "0.2.0" },
	{ .about = "a unit that now allows more files",
	    .facts =
		UP "limits NPROC 100 100 unit\nlimits NOFILE 1024 65536 unit\n",
	    .finding = "limits-outdated",
	    .says =
		"the node runs with LimitNOFILE=1024, but h.service sets 65536",
	    .goal = HD_GOAL_STATUS,
	    .host.service = "h.service" },
	{ .about = "a unit without a limit",
	    .facts = UP "limits NOFILE 1024 infinity unit\n",
	    .finding = "limits-outdated",
	    .says = "sets infinity",
	    .goal = HD_GOAL_STATUS,
	    .host.service = "h.service" },
	{ .about = "a unit that now allows less",
	    .facts = UP "limits NOFILE 9000 1024 unit\n",
	    .goal = HD_GOAL_STATUS,
	    .host.service = "h.service" },
	{ .about = "a login with less than the node has",
	    .facts = UP "limits NOFILE 65536 1024 session\n",
	    .finding = "limits-lower",
	    .says = "LimitNOFILE=65536; started by hdeploy it would have 1024",
	    .goal = HD_GOAL_STATUS },
	{ .about = "a login with more",
	    .facts = UP "limits NOFILE 1024 unlimited session\n",
	    .goal = HD_GOAL_STATUS },
};

static const struct hd_app app = { .name = "hotcode", .driver = "relx" };

static struct hd_artifact
artifact_of(const struct release *r)
{
	struct hd_artifact a = {
		.version = "0.2.0", .identity = "id", .size = 100
	};

	a.programs.v = (struct hd_program *)(uintptr_t)r->programs;
	while (
	    a.programs.n < PROGRAMS && r->programs[a.programs.n].path != NULL)
		a.programs.n++;
	return a;
}

/* All names, for messages. */
static const char *
names(const struct hd_findings *found, struct hd_arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < found->n; i++)
		text = hd_arena_fmt(arena, "%s %s: %s", text, found->v[i].name,
		    found->v[i].text);
	return text;
}

static void
check(const struct row *r)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_findings found = { 0 };
	struct hd_facts *f = facts_from_text(r->facts);
	struct hd_host host = r->host;
	struct hd_artifact a = { 0 };
	struct hd_goal goal = {
		.kind = r->goal, .version = r->version, .cold = r->cold
	};

	if (r->release != NULL) {
		a = artifact_of(r->release);
		a.size = r->size != 0 ? r->size : a.size;
		goal.artifact = &a;
	}
	host.name = "web1";
	host.env_name = "prod";
	host.path = "/srv/h";
	hd_findings(&found, &arena, &app, &host, &goal, f);
	if (r->finding == NULL
		? found.n > 0
		: found.n != 1 || strcmp(found.v[0].name, r->finding) != 0 ||
		      strstr(found.v[0].text, r->says) == NULL)
		fail_msg("%s:%s", r->about, names(&found, &arena));
	hd_facts_free(f);
}

static void
each_fact_that_can_spoil_a_change_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		check(&rows[i]);
}

/* So that no row of preflight*.c is without a test. */
static void
every_preflight_finding_is_found_above(void **state)
{
	struct hd_finding one;
	size_t i = 0;

	(void)state;
	for (; hd_finding_row(i, &one); i++) {
		bool tested = false;

		for (size_t k = 0; k < HD_COUNT(rows); k++)
			tested |= rows[k].finding != NULL &&
				  strcmp(rows[k].finding, one.name) == 0;
		if (!tested)
			fail_msg("%s has no row in this test", one.name);
		if (strcmp(one.name, "limits-lower") == 0)
			break; /* the last */
	}
	assert_true(hd_finding_row(i, &one));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fact_that_can_spoil_a_change_is_found),
		cmocka_unit_test(every_preflight_finding_is_found_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
