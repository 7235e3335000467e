#include "cmd/options.h"

#include "cmd/command.h"
#include "core/base/clock.h"
#include "core/base/name.h"
#include "core/inventory/inventory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	NUMBER_MAX = 1024,
	WAIT_MAX_MS = 24 * 60 * 60 * 1000,
	WATCH_MIN_MS = 1000,
	WATCH_MAX_MS = 5 * 60 * 1000,
};

static int
set_flag(void *field, const char *text)
{
	(void)text;
	*(bool *)field = true;
	return 0;
}

static int
set_text(void *field, const char *text)
{
	*(const char **)field = text;
	return 0;
}

static int
set_number(void *field, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || n < 1 ||
	    n > NUMBER_MAX)
		return -1;
	*(unsigned *)field = (unsigned)n;
	return 0;
}

static int
set_ms(void *field, const char *text, unsigned min, unsigned max)
{
	unsigned long ms;

	if (!hd_duration_parse(&ms, text) || ms < min || ms > max)
		return -1;
	*(unsigned *)field = (unsigned)ms;
	return 0;
}

static int
set_wait(void *field, const char *text)
{
	return set_ms(field, text, 0, WAIT_MAX_MS);
}

static int
set_interval(void *field, const char *text)
{
	return set_ms(field, text, WATCH_MIN_MS, WATCH_MAX_MS);
}

#define RULED(name, rule) offsetof(struct hd_options, name), rule
#define FIELD(name) RULED(name, NULL)

/* In place of the names: every command with HD_CHANGES_HOSTS. */
#define CHANGING "commands that change hosts"

static const struct hd_option table[] = {
	{ 'f', "file", "FILE", NULL, "read FILE instead of deploy.ini",
	    set_text, FIELD(file) },
	{ 0, "limit", "HOSTS", NULL, "only these hosts: web1,web[3-5],db*,!db2",
	    set_text, FIELD(limit) },
	{ 0, "dry-run", NULL, NULL, "show the plan and change no host",
	    set_flag, FIELD(dry_run) },
	{ 0, "json", NULL, NULL,
	    "events as JSON lines on stdout, text on stderr", set_flag,
	    FIELD(json) },
	{ 'v', "verbose", NULL, NULL,
	    "also show the output of hosts, and times", set_flag,
	    FIELD(verbose) },
	{ 'q', "quiet", NULL, NULL, "show only errors and the summary",
	    set_flag, FIELD(quiet) },
	{ 0, "plain", NULL, NULL,
	    "plain lines, as in a pipe, even on a terminal", set_flag,
	    FIELD(plain) },
	{ 0, "wide", NULL, NULL,
	    "a row for each host, even if there are more than 20", set_flag,
	    FIELD(wide) },
	{ 0, "junit", "FILE", NULL,
	    "also write the result as JUnit XML, for test reports", set_text,
	    FIELD(junit) },
	{ 0, "report-dotenv", "FILE", NULL,
	    "also write RESULT=, STATUS= and counts to FILE", set_text,
	    FIELD(dotenv) },
	{ 0, "timeline", "FILE", NULL,
	    "also write a page with the steps over time, HTML", set_text,
	    FIELD(timeline) },
	{ 0, "parallel", "N", NULL, "work on at most N hosts at once (1-1024)",
	    set_number, RULED(parallel, "a number from 1 to 1024") },
	{ 0, "wait", "TIME", NULL, "wait up to TIME (5m) for other runs to end",
	    set_wait, RULED(wait, "a time such as 30s or 5m, at most 24h") },
	{ 'h', "help", NULL, NULL, "show help on hdeploy or on a command",
	    set_flag, FIELD(help) },
	{ 0, "version", NULL, NULL, "show the version of hdeploy", set_flag,
	    FIELD(version) },
	{ 0, "man", NULL, "help",
	    "show hdeploy(1), deploy.ini(5) or hdeploy-events(7)", set_flag,
	    FIELD(man) },
	{ 0, "from", "VERSION", "rollback",
	    "roll back only the hosts that run VERSION", set_text,
	    FIELD(from) },
	{ 0, "hot", NULL,
	    "build, push, deploy, upgrade, rollback, resume, check, "
	    "explain",
	    "hot or not at all; overrides deploy.ini", set_flag, FIELD(hot) },
	{ 0, "cold", NULL,
	    "build, push, deploy, upgrade, rollback, resume, check, "
	    "explain",
	    "cold, by stop and start; overrides deploy.ini", set_flag,
	    FIELD(cold) },
	{ 0, "replace", NULL, "build, push, deploy, trust",
	    "replace a pushed version; trust: a recorded key", set_flag,
	    FIELD(replace) },
	{ 0, "force-unhealthy", NULL, "deploy, upgrade",
	    "proceed even if the running version is unhealthy", set_flag,
	    FIELD(force_unhealthy) },
	{ 0, "skip-unreachable", NULL, CHANGING,
	    "set aside hosts that cannot be reached or locked", set_flag,
	    FIELD(skip_unreachable) },
	{ 0, "build", NULL, "check", "run the build first, as push does",
	    set_flag, FIELD(build) },
	{ 0, "yes", NULL, CHANGING,
	    "do not ask for confirmation (confirm_env, repair)", set_flag,
	    FIELD(yes) },
	{ 0, "watch", "INTERVAL", "status",
	    "ask again every INTERVAL (5s), until Ctrl-C", set_interval,
	    RULED(watch, "a time from 1s to 5m") },
	{ 0, "deep", NULL, "status, check",
	    "read all files of releases, and the kept tarballs", set_flag,
	    FIELD(deep) },
	{ 0, "count", "N", "history", "number of changes shown per host (20)",
	    set_number, RULED(count, "a number from 1 to 1024") },
	{ 'n', "lines", "N", "logs", "number of lines shown per host (50)",
	    set_number, RULED(lines, "a number from 1 to 1024") },
	{ 0, "follow", NULL, "logs", "also show new lines, until Ctrl-C",
	    set_flag, FIELD(follow) },
	{ 0, "into", "DIR", "fetch",
	    "folder for the tarball; default: the current one", set_text,
	    FIELD(into) },
	{ 0, "html", NULL, "history",
	    "also write an HTML page, to stdout or to FILE of -o", set_flag,
	    FIELD(html) },
	{ 'o', "output", "FILE", "history, timeline", "write the page to FILE",
	    set_text, FIELD(output) },
	{ 0, "save", "FILE", "status, check",
	    "also write the answers of the hosts to FILE", set_text,
	    FIELD(save) },
	{ 0, "facts", "FILE",
	    "start, stop, restart, upgrade, rollback, resume, status, check, "
	    "repair, prune",
	    "plan from FILE of status --save; connect to no host", set_text,
	    FIELD(facts) },
	{ 0, "accept", "SHA256:...", "trust",
	    "fingerprints to record without confirmation", set_text,
	    FIELD(accept) },
};

_Static_assert(HD_COUNT(table) <= 64, "struct hd_options.given has 64 bits");

static bool
changes_hosts(const char *command)
{
	size_t i = 0;

	while (hd_commands[i] != NULL &&
	       strcmp(hd_commands[i]->name, command) != 0)
		i++;
	return hd_commands[i] != NULL &&
	       (hd_commands[i]->flags & HD_CHANGES_HOSTS) != 0;
}

bool
hd_option_of(const struct hd_option *row, const char *command)
{
	size_t n = strlen(command);
	const char *p = row->only;

	if (p != NULL && strcmp(p, CHANGING) == 0)
		return changes_hosts(command);
	while (p != NULL &&
	       (strncmp(p, command, n) != 0 || (p[n] != ',' && p[n] != '\0'))) {
		p = strchr(p, ' ');
		p = p != NULL ? p + 1 : NULL;
	}
	return p != NULL;
}

const struct hd_option *
hd_options_row(size_t i)
{
	return i < HD_COUNT(table) ? &table[i] : NULL;
}

/* The state of reading argv. */
struct reader {
	const char *const *next; /* ends with NULL */
	struct hd_options *o;
	struct hd_err *err;
	bool failed;
};

/* Keeps only the first error: later ones may result from it. */
#define FAIL(r, ...)                                                           \
	do {                                                                   \
		if (!(r)->failed)                                              \
			hd_err_set((r)->err, HD_EUSAGE, __VA_ARGS__);          \
		(r)->failed = true;                                            \
	} while (0)

static void
take(struct reader *r, const struct hd_option *row, const char *value)
{
	uint64_t bit = (uint64_t)1 << (row - table);

	if (row->value != NULL && (value == NULL || *value == '\0')) {
		FAIL(r, "--%s needs %s", row->name, row->value);
		return;
	}
	if (row->value != NULL && (r->o->given & bit) != 0) {
		FAIL(r, "--%s is given twice", row->name);
		return;
	}
	r->o->given |= bit;
	if (row->set((char *)r->o + row->field, value) != 0)
		FAIL(r, "--%s: \"%s\" is not %s", row->name, value, row->rule);
}

/* The next word as a value. A word that begins with "-" is probably an option
 * after a forgotten value; --file=-x passes such a value. */
static const char *
next_value(struct reader *r)
{
	if (*r->next == NULL || (*r->next)[0] == '-')
		return NULL;
	return *r->next++;
}

static void
unknown(struct reader *r, const char *word, size_t n)
{
	const char *names[HD_COUNT(table)];
	char name[64] = "";
	const char *near;

	for (size_t i = 0; i < HD_COUNT(table); i++)
		names[i] = table[i].name;
	if (n < sizeof(name))
		memcpy(name, word + 2, n - 2);
	near = hd_name_nearest(name, names, HD_COUNT(table));
	if (near != NULL)
		FAIL(r, "unknown option \"%.*s\"; did you mean \"--%s\"?",
		    (int)n, word, near);
	else
		FAIL(r, "unknown option \"%.*s\"", (int)n, word);
}

static void
read_long(struct reader *r, const char *word)
{
	size_t n = strcspn(word, "=");

	for (size_t i = 0; i < HD_COUNT(table); i++) {
		const struct hd_option *row = &table[i];

		if (strlen(row->name) != n - 2 ||
		    memcmp(row->name, word + 2, n - 2) != 0)
			continue;
		if (word[n] == '=' && row->value == NULL)
			FAIL(r, "--%s takes no value", row->name);
		else if (word[n] == '=')
			take(r, row, word + n + 1);
		else
			take(r, row, row->value ? next_value(r) : NULL);
		return;
	}
	unknown(r, word, n);
}

/* "-vf FILE" and "-fFILE" work as usual. */
static void
read_short(struct reader *r, const char *word)
{
	for (const char *p = word + 1; *p != '\0'; p++) {
		const struct hd_option *row = NULL;

		for (size_t i = 0; i < HD_COUNT(table); i++) {
			if (table[i].letter == *p)
				row = &table[i];
		}
		if (row == NULL) {
			FAIL(r, "unknown option \"-%c\"", *p);
			return;
		}
		if (row->value != NULL) {
			take(r, row, p[1] != '\0' ? p + 1 : next_value(r));
			return;
		}
		take(r, row, NULL);
	}
}

static void
add_word(struct reader *r, const char *word)
{
	*HD_PUSH(&r->o->arena, &r->o->words) = word;
}

static void
exclude(struct reader *r)
{
	const struct hd_options *o = r->o;
	const struct {
		const char *a, *b;
		bool both;
	} pairs[] = {
		{ "hot", "cold", o->hot && o->cold },
		{ "facts", "save", o->facts != NULL && o->save != NULL },
		{ "quiet", "verbose", o->quiet && o->verbose },
		{ "watch", "facts", o->watch > 0 && o->facts != NULL },
		{ "watch", "save", o->watch > 0 && o->save != NULL },
		{ "watch", "deep", o->watch > 0 && o->deep },
	};

	for (size_t i = 0; i < HD_COUNT(pairs); i++)
		if (pairs[i].both)
			FAIL(r, "--%s and --%s exclude each other", pairs[i].a,
			    pairs[i].b);
}

int
hd_options_parse(
    struct hd_options *o, int argc, const char *const *argv, struct hd_err *err)
{
	struct reader r = { .next = argv + (argc > 0), .o = o, .err = err };

	*o = (struct hd_options){ .file = HD_INVENTORY_FILE };
	while (*r.next != NULL) {
		const char *word = *r.next++;

		if (strcmp(word, "--") == 0)
			break;
		if (word[0] == '-' && word[1] == '-')
			read_long(&r, word);
		else if (word[0] == '-' && word[1] != '\0')
			read_short(&r, word);
		else
			add_word(&r, word);
	}
	while (*r.next != NULL)
		add_word(&r, *r.next++);
	exclude(&r);
	return r.failed ? -1 : 0;
}

void
hd_options_done(struct hd_options *o)
{
	hd_arena_done(&o->arena);
	*o = (struct hd_options){ 0 };
}

int
hd_options_allowed(
    const struct hd_options *o, const char *command, struct hd_err *err)
{
	for (size_t i = 0; i < HD_COUNT(table); i++) {
		const char *only = table[i].only;

		if ((o->given & (uint64_t)1 << i) != 0 && only != NULL &&
		    !hd_option_of(&table[i], command))
			return hd_err_set(err, HD_EUSAGE,
			    "--%s is an option of %s, not of %s", table[i].name,
			    only, command);
	}
	return 0;
}
