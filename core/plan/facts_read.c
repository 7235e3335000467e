/* Reads the reply of remote/facts.sh, line by line. */
#include "core/plan/facts_row.h"

#include "core/base/index.h"

#include <string.h>

/* The state of reading a reply, line by line. */
struct reading {
	struct hd_facts *f;
	const struct hd_fact_row *row; /* of the current line */
	char *left; /* the rest of its value, modified; NULL: none */
	struct hd_index records; /* 1 + the place of each version */
	size_t nindexed;
};

/* Cuts off the next word; NULL if none is left. */
static char *
next_word(struct reading *r)
{
	char *word = r->left;

	if (word == NULL)
		return NULL;
	word += strspn(word, " ");
	r->left = strchr(word, ' ');
	if (r->left != NULL)
		*r->left++ = '\0';
	return word[0] != '\0' ? word : NULL;
}

static char *
next(struct reading *r, const struct hd_fact_column *c)
{
	char *rest = r->left;

	if (!c->rest)
		return next_word(r);
	r->left = NULL;
	return rest;
}

/* Reads the rest of the line by its columns, into the members at these offsets
 * from into. */
static bool
take_columns(struct reading *r, void *into)
{
	for (size_t i = 0; i < HD_FACT_COLUMNS; i++) {
		const struct hd_fact_column *c = &r->row->columns[i];
		struct hd_fact_word w = { .arena = &r->f->arena,
			.yes = c->yes };

		if (c->take == NULL)
			break;
		w.text = next(r, c);
		if (w.text == NULL || !c->take(&w, (char *)into + c->at))
			return false;
	}
	return next_word(r) == NULL;
}

/* The record of version; NULL if there is none. */
static struct hd_record *
record(struct reading *r, const char *version)
{
	struct hd_facts *f = r->f;
	size_t place;

	for (; r->nindexed < f->records.n; r->nindexed++) {
		size_t *at = hd_index_at(
		    &r->records, &f->arena, f->records.v[r->nindexed].version);

		if (*at == 0)
			*at = r->nindexed + 1;
	}
	place = hd_index_get(&r->records, version);
	return place > 0 ? &f->records.v[place - 1] : NULL;
}

/* Adds an entry to the record of each version of "a,b,c". */
static bool
take_into_each(struct reading *r, char *versions)
{
	void *entry = hd_arena_alloc(&r->f->arena, r->row->size);
	char *save = NULL;

	if (!take_columns(r, entry))
		return false;
	for (char *version = strtok_r(versions, ",", &save); version != NULL;
	     version = strtok_r(NULL, ",", &save)) {
		struct hd_record *to = record(r, version);

		if (to != NULL)
			memcpy(hd_fact_push(&r->f->arena,
				   (char *)to + r->row->list, r->row->size),
			    entry, r->row->size);
		else if (!r->row->lenient)
			return false;
	}
	return true;
}

static bool
take_of_record(struct reading *r)
{
	char *versions = next_word(r);
	struct hd_record *to;

	if (versions == NULL)
		return false;
	if (r->row->size > 0)
		return take_into_each(r, versions);
	to = record(r, versions);
	return to != NULL ? take_columns(r, to) : r->row->lenient;
}

static bool
take_line(struct reading *r, const struct hd_fact_row *row, char *value)
{
	void *list = (char *)r->f + row->list;

	r->row = row;
	r->left = value;
	if (row->of_record)
		return take_of_record(r);
	return take_columns(r,
	    row->size > 0 ? hd_fact_push(&r->f->arena, list, row->size) : r->f);
}

static int
take_all(struct reading *r, const struct hd_pairs *reply, struct hd_err *err)
{
	bool has_vm_state = false; /* vm_state was in the reply */

	for (size_t i = 0; i < reply->n; i++) {
		const struct hd_pair *line = &reply->v[i];
		const struct hd_fact_row *row = hd_fact_row_find(line->name);
		HD_AUTO_FREE char *value = hd_strdup(line->value);

		if (row == NULL)
			continue; /* a message for people */
		if (!take_line(r, row, value))
			return hd_err_set(err, HD_EREMOTE,
			    "the host sent facts that make no sense: \"%s "
			    "%.200s\"",
			    line->name, line->value);
		has_vm_state =
		    has_vm_state || strcmp(row->key, "vm_state") == 0;
	}
	if (!has_vm_state)
		return hd_err_set(err, HD_EREMOTE,
		    "the host did not report whether the node runs");
	return 0;
}

int
hd_facts_read(
    struct hd_facts **out, const struct hd_pairs *reply, struct hd_err *err)
{
	struct hd_facts *f = hd_alloc(sizeof(*f));
	struct reading r = { .f = f };
	int rc = take_all(&r, reply, err);

	if (rc < 0)
		hd_facts_free(f);
	else
		*out = f;
	return rc;
}
