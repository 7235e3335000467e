#include "cmd/findings.h"

#include "cmd/fold.h"
#include "cmd/reasons.h"
#include "cmd/result_words.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 2 };

/* The heaviest first. */
static const struct {
	const char *weight;
	const char *result; /* that has its colour */
} weights[] = {
	{ "stop", "refused" },
	{ "warn", "" },
	{ "note", "" },
	{ "setting", "" },
};
enum { NOTES = 2, SETTINGS = 3 };

/* The findings of one weight, as the reports of a summary: hd_reasons groups
 * those. */
struct findings {
	struct hd_report *v;
	size_t n, cap;
	bool wanted;
};

struct hd_finding_list {
	struct hd_arena arena;
	struct findings of[HD_COUNT(weights)];
};

struct hd_finding_list *
hd_finding_list_new(void)
{
	return hd_alloc(sizeof(struct hd_finding_list));
}

static void
clear(struct hd_finding_list *l)
{
	hd_arena_done(&l->arena);
	*l = (struct hd_finding_list){ 0 };
}

void
hd_finding_list_free(struct hd_finding_list *l)
{
	if (l == NULL)
		return;
	clear(l);
	free(l);
}

static const char *
copy(struct hd_finding_list *l, const char *text)
{
	return hd_arena_strdup(&l->arena, text != NULL ? text : "");
}

/* A weight that is not known counts as a note. */
static struct findings *
of_weight(struct hd_finding_list *l, const char *weight)
{
	size_t i = 0;

	while (i < NOTES &&
	       (weight == NULL || strcmp(weights[i].weight, weight) != 0))
		i++;
	return &l->of[i];
}

void
hd_finding_list_take(struct hd_finding_list *l, const struct hd_event *ev)
{
	struct findings *to = ev->kind == HD_EV_SETTING
				  ? &l->of[SETTINGS]
				  : of_weight(l, ev->weight);

	*HD_PUSH(&l->arena, to) = (struct hd_report){
		.host = copy(l, ev->host),
		.result = copy(l, ev->name),
		.text = copy(l, ev->text),
	};
	to->wanted = to->wanted || ev->wanted;
}

static void
print_one(FILE *out, const struct hd_reason *r, size_t weight,
    const struct hd_finding_show *show)
{
	const char *result = weights[weight].result;
	const char *start = hd_color_of(result, show->color);
	const char *end = hd_color_end(result, show->color);

	fprintf(out, "%s%s%s%s%s %s:", r->hosts, r->hosts[0] != '\0' ? " " : "",
	    start, weights[weight].weight, end, r->result);
	if (show->columns == 0) {
		fprintf(out, " %s\n", r->text);
		return;
	}
	fprintf(out, "\n%*s", INDENT, "");
	hd_fold(out, r->text, INDENT, INDENT, show->columns);
}

static void
print(struct findings *f, FILE *out, size_t weight,
    const struct hd_finding_show *show)
{
	const struct hd_event all = { .reports = f->v, .nreports = f->n };
	struct hd_reasons reasons;

	hd_reasons_read(&reasons, &all);
	for (size_t i = 0; i < reasons.n; i++)
		print_one(out, &reasons.v[i], weight, show);
	hd_reasons_done(&reasons);
}

void
hd_finding_list_print(
    struct hd_finding_list *l, FILE *out, const struct hd_finding_show *show)
{
	for (size_t i = 0; i < HD_COUNT(weights); i++) {
		if (i != NOTES || show->notes || l->of[i].wanted)
			print(&l->of[i], out, i, show);
	}
	clear(l);
}
