#include "cmd/report.h"

#include "cmd/screen_summary.h"
#include "core/base/index.h"

#include <stdint.h>
#include <string.h>

/* The cases of one suite and how many of them ended in which way. */
struct suite {
	struct hd_str cases;
	size_t tests, failures, errors, skipped;
	int64_t ms;
};

enum { SUITE_MAX = 64 * 1024 * 1024 };

/* Length and code point of the character at p; text is valid UTF-8. */
static size_t
next_code(const char *p, uint32_t *code)
{
	const unsigned char *c = (const unsigned char *)p;
	size_t len = c[0] < 0xc0 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;

	*code = len == 1 ? c[0] : c[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (p[i] == '\0')
			return i;
		*code = *code << 6 | (c[i] & 0x3fu);
	}
	return len;
}

/* XML 1.0, production 2. */
static bool
is_xml_char(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' ||
	       (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
	       (c >= 0x10000 && c <= 0x10ffff);
}

/* Escapes blanks other than spaces too: in a value of an attribute they would
 * become spaces. */
static void
add_text(struct hd_str *out, const char *text)
{
	uint32_t code;

	for (size_t len; *text != '\0'; text += len) {
		len = next_code(text, &code);
		if (!is_xml_char(code))
			hd_str_add(out, "\xef\xbf\xbd");
		else if (strchr("<>&\"'\t\r\n", *text) != NULL)
			hd_str_addf(out, "&#%u;", (unsigned)code);
		else
			hd_str_addn(out, text, len);
	}
}

static void
add_attribute(struct hd_str *out, const char *name, const char *value)
{
	hd_str_addf(out, " %s=\"", name);
	add_text(out, value);
	hd_str_add(out, "\"");
}

static void
add_time(struct hd_str *out, int64_t ms)
{
	hd_str_addf(out, " time=\"%lld.%03d\"", (long long)(ms / 1000),
	    (int)(ms % 1000));
}

enum outcome { PASSED, SKIPPED, FAILED, ERROR };

static void
count(struct suite *s, enum outcome outcome)
{
	s->tests++;
	s->skipped += outcome == SKIPPED;
	s->failures += outcome == FAILED;
	s->errors += outcome == ERROR;
}

/* type: of a failure, in one word. text can be NULL. */
static void
add_case(struct suite *s, const char *class, const char *name, int64_t ms,
    enum outcome outcome, const char *type, const char *text)
{
	static const char *const elements[] = { "system-out", "skipped",
		"failure", "error" };
	const char *element = elements[outcome];
	struct hd_str *out = &s->cases;

	count(s, outcome);
	hd_str_add(out, "    <testcase");
	add_attribute(out, "classname", class);
	add_attribute(out, "name", name);
	add_time(out, ms);
	if (outcome == PASSED && text == NULL) {
		hd_str_add(out, "/>\n");
		return;
	}
	hd_str_addf(out, ">\n      <%s", element);
	if (outcome != PASSED)
		add_attribute(out, "message", text != NULL ? text : type);
	if (outcome == FAILED || outcome == ERROR)
		add_attribute(out, "type", type);
	hd_str_add(out, ">");
	if (text != NULL)
		add_text(out, text);
	hd_str_addf(out, "</%s>\n    </testcase>\n", element);
}

/* "verify", "verify (2)": systems drop a case that has the name of another. */
static const char *
unique(struct hd_arena *a, struct hd_index *seen, const char *name)
{
	size_t n = ++*hd_index_at(seen, a, name);

	return n > 1 ? hd_arena_fmt(a, "%s (%zu)", name, n) : name;
}

static void
add_tried(struct suite *s, const struct hd_log_host *h, const char *class)
{
	static const char *const types[] = {
		[HD_LOG_STEP] = "step",
		[HD_LOG_HEALTH] = "health",
		[HD_LOG_FINDING] = "finding",
		[HD_LOG_PROOF] = "verdict",
	};
	HD_AUTO_ARENA a = { 0 };
	struct hd_index seen = { 0 };

	for (size_t i = 0; i < h->n; i++) {
		const struct hd_log_case *c = &h->v[i];
		const char *name = unique(&a, &seen, c->name);

		if (c->open)
			add_case(s, class, name, 0, ERROR, "unfinished",
			    "the run ended during this step");
		else
			add_case(s, class, name, c->ms,
			    c->failed ? FAILED : PASSED, types[c->kind],
			    c->text);
	}
}

static const enum outcome outcomes[] = {
	[HD_OUTCOME_GOOD] = PASSED,
	[HD_OUTCOME_LEFT_OUT] = SKIPPED,
	[HD_OUTCOME_FAILED] = FAILED,
};

static void
end_suite(
    struct hd_str *out, struct suite *s, const char *name, const char *began)
{
	hd_str_add(out, "  <testsuite");
	add_attribute(out, "name", name);
	hd_str_addf(out,
	    " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
	    s->tests, s->failures, s->errors, s->skipped);
	add_time(out, s->ms);
	hd_str_addf(out, " timestamp=\"%.19s\">\n", began);
	hd_str_addn(out, s->cases.ptr, s->cases.len);
	hd_str_add(out, "  </testsuite>\n");
	if (s->cases.failed)
		out->failed = true;
	hd_str_done(&s->cases);
}

static void
add_total(struct suite *all, const struct suite *s)
{
	all->tests += s->tests;
	all->failures += s->failures;
	all->errors += s->errors;
	all->skipped += s->skipped;
}

static void
add_host(struct hd_str *out, struct suite *all, struct hd_run_log *l,
    const struct hd_report *r)
{
	struct suite s = { .cases = HD_STR_INIT(SUITE_MAX), .ms = r->ms };

	add_case(&s, r->host, l->title != NULL ? l->title : "hdeploy", r->ms,
	    outcomes[hd_report_outcome(r->result)], r->result, r->text);
	add_tried(&s, hd_run_log_host(l, r->host), r->host);
	add_total(all, &s);
	end_suite(out, &s, r->host, l->began);
}

/* The run as a whole, and what was done on this machine. */
static void
add_run(struct hd_str *out, struct suite *all, struct hd_run_log *l)
{
	struct suite s = { .cases = HD_STR_INIT(SUITE_MAX), .ms = all->ms };
	const char *title = l->title != NULL ? l->title : "hdeploy";
	int status = l->summary.status;

	if (!l->ended)
		add_case(&s, "hdeploy", title, 0, ERROR, "unfinished",
		    "the run has not ended, or it was killed");
	else
		add_case(&s, "hdeploy", title, s.ms,
		    status != 0 ? FAILED : PASSED, hd_report_word(l),
		    status != 0 ? hd_summary_verdict(&l->summary) : NULL);
	for (size_t i = 0; i < l->errors.n; i++) {
		const struct hd_log_error *e = &l->errors.v[i];
		const char *kind = e->warning ? "warning" : "error";
		HD_AUTO_ARENA a = { 0 };

		add_case(&s, "hdeploy", hd_arena_fmt(&a, "%s %zu", kind, i + 1),
		    0, e->warning ? SKIPPED : ERROR, kind, e->text);
	}
	add_tried(&s, hd_run_log_host(l, NULL), "hdeploy");
	add_total(all, &s);
	end_suite(out, &s, "hdeploy", l->began);
}

void
hd_report_junit(struct hd_str *out, struct hd_run_log *l)
{
	struct suite all = { .ms = l->ended ? l->ended_ms - l->began_ms : 0 };
	HD_AUTO_STR suites = HD_STR_INIT(out->max);

	add_run(&suites, &all, l);
	for (size_t i = 0; i < l->summary.nreports; i++)
		add_host(&suites, &all, l, &l->summary.reports[i]);
	hd_str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			"<testsuites");
	add_attribute(out, "name", l->title != NULL ? l->title : "hdeploy");
	hd_str_addf(out,
	    " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
	    all.tests, all.failures, all.errors, all.skipped);
	add_time(out, all.ms);
	hd_str_add(out, ">\n");
	hd_str_addn(out, suites.ptr, suites.len);
	out->failed = out->failed || suites.failed;
	hd_str_add(out, "</testsuites>\n");
}
