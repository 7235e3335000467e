#include "cmd/reasons.h"

#include "cmd/units.h"
#include "core/base/index.h"
#include "core/base/str.h"
#include "core/inventory/fold.h"

#include <stdint.h>
#include <string.h>

/* With more hosts than this: print totals; print a number, not names. */
enum { HOSTS_AT_A_GLANCE = 5, NAMES_MAX = 6, TEXT_MAX = 1024 * 1024 };

#define HOST "{host}"
#define LIMIT "--limit "
#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static bool
in_word(const char *p)
{
	return *p != '\0' && strchr(WORD, *p) != NULL;
}

/* Whether name is at p and ends there: web1, not web10 or web1.example. */
static bool
is_here(const char *p, const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || strncmp(p, name, n) != 0)
		return false;
	p += n;
	return !in_word(p) && (*p != '.' || !in_word(p + 1));
}

/* The text with each name replaced. */
static const char *
replace(
    struct hd_arena *a, const char *text, const char *name, const char *with)
{
	HD_AUTO_STR out = HD_STR_INIT(TEXT_MAX);
	bool begins = true;

	if (name == NULL || strstr(text, name) == NULL)
		return text;
	while (*text != '\0') {
		if (begins && is_here(text, name)) {
			hd_str_add(&out, with);
			text += strlen(name);
		} else {
			hd_str_addn(&out, text++, 1);
		}
		begins = !in_word(text - 1) && text[-1] != '.';
	}
	return hd_arena_strdup(a, out.ptr);
}

static const char *
without_host(struct hd_arena *a, const struct hd_report *r)
{
	return replace(a, replace(a, r->text, r->host, HOST), r->address, HOST);
}

/* The hosts of a reason while it is collected, and its text with {host}. */
struct members {
	struct hd_strs hosts;
	const char *common;
};

static const char *
fold(struct hd_arena *a, const struct hd_strs *hosts, const char *separator)
{
	HD_AUTO_STR out = HD_STR_INIT(TEXT_MAX);

	hd_names_fold(&out, hosts->v, hosts->n, "", separator);
	return hd_arena_strdup(a, out.ptr);
}

/* Quotes a range for --limit, because a shell would expand it. */
static const char *
limit_of(struct hd_arena *a, const struct hd_strs *hosts)
{
	const char *list = fold(a, hosts, ",");

	return strchr(list, '[') != NULL ? hd_arena_fmt(a, LIMIT "'%s'", list)
					 : hd_arena_fmt(a, LIMIT "%s", list);
}

static void
finish(struct hd_reasons *r, struct hd_reason *reason, const struct members *m)
{
	struct hd_arena *a = &r->arena;

	reason->n = m->hosts.n;
	reason->hosts = fold(a, &m->hosts, ", ");
	if (reason->n > 1)
		reason->text =
		    replace(a, m->common, LIMIT HOST, limit_of(a, &m->hosts));
}

void
hd_reasons_read(struct hd_reasons *r, const struct hd_event *summary)
{
	struct hd_arena *a = &r->arena;
	struct hd_index places = { 0 };
	HD_LIST(struct members) members = { 0 };

	*r = (struct hd_reasons){ 0 };
	r->of = hd_arena_alloc(a, (summary->nreports + 1) * sizeof(*r->of));
	for (size_t i = 0; i < summary->nreports; i++) {
		const struct hd_report *report = &summary->reports[i];
		const char *result = report->result ? report->result : "-";
		const char *common;
		size_t *place;

		r->of[i] = SIZE_MAX;
		if (report->text == NULL)
			continue;
		common = without_host(a, report);
		place = hd_index_at(
		    &places, a, hd_arena_fmt(a, "%s\n%s", result, common));
		if (*place == 0) {
			*HD_PUSH(a, r) =
			    (struct hd_reason){ result, report->text, NULL, 0 };
			HD_PUSH(a, &members)->common = common;
			*place = r->n;
		}
		r->of[i] = *place - 1;
		*HD_PUSH(a, &members.v[*place - 1].hosts) = report->host;
	}
	for (size_t i = 0; i < r->n; i++)
		finish(r, &r->v[i], &members.v[i]);
}

void
hd_reasons_done(struct hd_reasons *r)
{
	hd_arena_done(&r->arena);
}

/* Groups of hosts that have the same word, such as a result or a version, in
 * the order of the first host of each group. */
struct word_groups {
	struct {
		struct word_group {
			const char *word;
			struct hd_strs hosts;
		} * v;
		size_t n, cap;
	} list;
	struct hd_index places;
};

static void
add_host(struct word_groups *s, struct hd_arena *a, const char *word,
    const char *host)
{
	size_t *place = hd_index_at(&s->places, a, word);

	if (*place == 0) {
		HD_PUSH(a, &s->list)->word = word;
		*place = s->list.n;
	}
	*HD_PUSH(a, &s->list.v[*place - 1].hosts) = host;
}

const char *
hd_reasons_totals(struct hd_arena *a, const struct hd_event *summary)
{
	HD_AUTO_STR text = HD_STR_INIT(TEXT_MAX);
	struct word_groups s = { 0 };

	if (summary->nreports <= HOSTS_AT_A_GLANCE)
		return NULL;
	for (size_t i = 0; i < summary->nreports; i++) {
		const char *result = summary->reports[i].result;

		add_host(&s, a, result != NULL ? result : "-",
		    summary->reports[i].host);
	}
	hd_str_addf(&text, "%zu hosts", summary->nreports);
	for (size_t i = 0; i < s.list.n; i++)
		hd_str_addf(&text, "%s %zu %s", i > 0 ? "," : ":",
		    s.list.v[i].hosts.n, s.list.v[i].word);
	return hd_arena_strdup(a, text.ptr);
}

const char *
hd_reasons_versions(struct hd_arena *a, const struct hd_event *summary)
{
	HD_AUTO_STR text = HD_STR_INIT(TEXT_MAX);
	struct word_groups s = { 0 };

	for (size_t i = 0; i < summary->nreports; i++) {
		const struct hd_report *r = &summary->reports[i];

		if (r->after != NULL)
			add_host(&s, a, r->after, r->host);
	}
	if (s.list.n < 2)
		return NULL;
	hd_str_addf(&text, "%zu versions run", s.list.n);
	for (size_t i = 0; i < s.list.n; i++) {
		const struct hd_strs *hosts = &s.list.v[i].hosts;

		hd_str_addf(&text, "%s %s on %s", i > 0 ? ";" : ":",
		    s.list.v[i].word,
		    hosts->n > NAMES_MAX
			? hd_arena_fmt(a, "%zu hosts", hosts->n)
			: fold(a, hosts, ", "));
	}
	return hd_arena_strdup(a, text.ptr);
}

/* The totals, and the host to which the most was sent. */
struct sent {
	uint64_t sent, size, hosts;
	const struct hd_report *most;
};

static struct sent
count_sent(const struct hd_event *summary)
{
	struct sent all = { 0 };

	for (size_t i = 0; i < summary->nreports; i++) {
		const struct hd_report *r = &summary->reports[i];

		if (r->size == 0)
			continue;
		all.sent += r->sent;
		all.size += r->size;
		all.hosts++;
		if (all.most == NULL || r->sent > all.most->sent)
			all.most = r;
	}
	return all;
}

const char *
hd_reasons_sent(struct hd_arena *a, const struct hd_event *summary)
{
	const struct sent all = count_sent(summary);
	char sent[HD_UNITS_MAX], size[HD_UNITS_MAX], most[HD_UNITS_MAX];

	if (all.hosts == 0)
		return NULL;
	hd_units_bytes(sent, all.sent);
	hd_units_bytes(size, all.size);
	if (all.hosts == 1)
		return hd_arena_fmt(a, "%s of %s sent", sent, size);
	hd_units_bytes(most, all.most->sent);
	if (all.most->sent > 2 * (all.sent / all.hosts))
		return hd_arena_fmt(a,
		    "%s of %s sent to %zu hosts, %s of it to %s", sent, size,
		    (size_t)all.hosts, most, all.most->host);
	return hd_arena_fmt(a, "%s of %s sent to %zu hosts, at most %s to each",
	    sent, size, (size_t)all.hosts, most);
}
