/* Old code runs on if the instructions of a relup leave out a module: systools
 * makes such a relup, and release_handler installs it, without an error. */
#include "core/plan/modules.h"
#include "core/plan/proof_private.h"

#include "core/artifact/way.h"
#include "core/base/index.h"

#include <string.h>

enum { NAMES_SHOWN = 5 };

/* The lib of protocols with all their implementations, which hdeploy or the
 * release itself loads without an instruction. */
#define MERGED "consolidated"

static const struct hd_artifact *
artifact_of(const struct hd_planning *p, const char *version)
{
	const struct hd_artifact *a = p->goal->artifact;

	return a != NULL && hd_same(a->version, version) ? a : NULL;
}

static const struct hd_relup_entry *
find_entry(const struct hd_relup *relup, bool down, const char *other)
{
	for (size_t i = 0; relup != NULL && i < relup->n; i++)
		if (relup->v[i].down == down &&
		    hd_same(relup->v[i].from, other))
			return &relup->v[i];
	return NULL;
}

/* The effects that the host reported of the entry of r. */
static void
read_effects(struct hd_way *way, struct hd_planning *p,
    const struct hd_record *r, const char *other)
{
	for (size_t i = 0; i < r->effects.n; i++) {
		const struct hd_effect *e = &r->effects.v[i];

		if (e->down != way->entry.down || !hd_same(e->from, other))
			continue;
		way->known = true;
		hd_effect_read(
		    &way->entry.instructions, p->words, e->module, e->letters);
	}
}

/* Whether the relup of version leads up from, or down to, the other one. */
static bool
take_way(struct hd_way *out, struct hd_planning *p, const char *version,
    bool down, const char *other)
{
	const struct hd_artifact *a = artifact_of(p, version);
	const struct hd_record *r = hd_facts_record(p->facts, version);
	const struct hd_relup *relup = a != NULL   ? &a->relup
				       : r != NULL ? &r->relup
						   : NULL;
	const struct hd_relup_entry *e = find_entry(relup, down, other);

	if (e == NULL)
		return false;
	*out = (struct hd_way){ .entry = *e, .found = true, .known = a };
	if (a == NULL) {
		out->entry.instructions = (struct hd_instructions){ 0 };
		read_effects(out, p, r, other);
	}
	return true;
}

void
hd_proof_way(
    struct hd_way *out, struct hd_planning *p, const char *from, const char *to)
{
	*out = (struct hd_way){ 0 };
	if (!take_way(out, p, to, false, from))
		take_way(out, p, from, true, to);
}

/* The code of one version. A record lists only modules that can differ. */
struct code {
	const struct hd_module *v;
	size_t n;
	const struct hd_pairs *libs;
	bool known;
	struct hd_index places; /* name -> 1 + place */
};

static struct code
code_of(const struct hd_planning *p, const char *version)
{
	const struct hd_artifact *a = artifact_of(p, version);
	const struct hd_record *r = hd_facts_record(p->facts, version);

	if (a != NULL)
		return (struct code){ .v = a->modules.v,
			.n = a->modules.n,
			.libs = &a->libs,
			.known = a->modules.n > 0 };
	if (r == NULL)
		return (struct code){ 0 };
	return (struct code){ .v = r->modules.v,
		.n = r->modules.n,
		.libs = &r->libs,
		.known = r->known };
}

/* Two versions while they are compared. */
struct comparing {
	struct hd_arena *arena;
	struct code from, to;
	struct hd_index shared; /* libraries with the same content in both */
	struct hd_index exempt; /* modules that need no instruction */
};

static void
find_shared(struct comparing *c)
{
	struct hd_index digests = { 0 };
	const struct hd_pairs *a = c->from.libs, *b = c->to.libs;

	for (size_t i = 0; i < a->n; i++)
		*hd_index_at(&digests, c->arena, a->v[i].name) = i + 1;
	for (size_t i = 0; i < b->n; i++) {
		size_t place = hd_index_get(&digests, b->v[i].name);

		if (place > 0 && hd_same(a->v[place - 1].value, b->v[i].value))
			*hd_index_at(&c->shared, c->arena, b->v[i].name) = 1;
	}
}

static void
find_places(struct comparing *c, struct code *code)
{
	for (size_t i = 0; i < code->n; i++) {
		const struct hd_module *m = &code->v[i];
		const char *name = hd_module_word(c->arena, m->name);

		if (strcmp(m->lib, MERGED) == 0)
			*hd_index_at(&c->exempt, c->arena, name) = 1;
		else if (hd_index_get(&c->shared, m->lib) == 0)
			*hd_index_at(&code->places, c->arena, name) = i + 1;
	}
}

/* The other version of the module; NULL: it has none. */
static const struct hd_module *
other_of(const struct comparing *c, const struct code *other,
    const struct hd_module *m)
{
	size_t place =
	    hd_index_get(&other->places, hd_module_word(c->arena, m->name));

	return place > 0 ? &other->v[place - 1] : NULL;
}

/* Whether it is module i of code that counts under its name. */
static bool
counts(const struct comparing *c, const struct code *code, size_t i)
{
	const char *name = hd_module_word(c->arena, code->v[i].name);

	return strcmp(code->v[i].lib, MERGED) != 0 &&
	       hd_index_get(&code->places, name) == i + 1 &&
	       hd_index_get(&c->exempt, name) == 0;
}

/* An artifact has the raw names in its relup, a record the words. */
static enum hd_treatment
treatment_of(const struct hd_treatments *does, const struct hd_module *m,
    const char *word)
{
	enum hd_treatment raw = hd_treatment(does, m->name)->is;

	return raw != HD_TREAT_NONE ? raw : hd_treatment(does, word)->is;
}

/* on_call: interactive mode, where the first call of a module loads it: then
 * only modules of the running version are known to be loaded. */
struct loading {
	bool on_call, from_runs;
};

static void
find_gaps(struct hd_gaps *out, const struct comparing *c,
    const struct hd_treatments *does, struct loading loading)
{
	for (size_t i = 0; i < c->to.n; i++) {
		const struct hd_module *m = &c->to.v[i], *was;
		const char *name = hd_module_word(c->arena, m->name);

		if (!counts(c, &c->to, i) ||
		    treatment_of(does, m, name) == HD_TREAT_LOAD)
			continue;
		was = other_of(c, &c->from, m);
		if (was == NULL ? !loading.on_call
				: strcmp(was->digest, m->digest) != 0)
			*HD_PUSH(c->arena, &out->load) = name;
	}
	for (size_t i = 0; i < c->from.n; i++) {
		const struct hd_module *m = &c->from.v[i];
		const char *name = hd_module_word(c->arena, m->name);

		if ((loading.from_runs || !loading.on_call) &&
		    counts(c, &c->from, i) && other_of(c, &c->to, m) == NULL &&
		    treatment_of(does, m, name) != HD_TREAT_REMOVE)
			*HD_PUSH(c->arena, &out->remove) = name;
	}
}

/* A module that is not loaded has no old code. */
static void
exempt_unloaded(struct comparing *c, const struct hd_facts *f)
{
	for (size_t i = 0; i < f->vm.unloaded.n; i++) {
		const char *name = f->vm.unloaded.v[i];

		if (hd_index_get(&c->from.places, name) > 0)
			*hd_index_at(&c->exempt, c->arena, name) = 1;
	}
}

static void
compare(struct hd_gaps *out, struct hd_planning *p, const struct hd_way *way,
    struct comparing *c, bool from_runs)
{
	struct hd_treatments does;

	find_shared(c);
	find_places(c, &c->from);
	find_places(c, &c->to);
	if (p->facts->vm.probed)
		exempt_unloaded(c, p->facts);
	hd_treatments_read(&does, &way->entry);
	find_gaps(out, c, &does,
	    (struct loading){ p->facts->vm.interactive, from_runs });
	hd_treatments_done(&does);
}

void
hd_proof_gaps(struct hd_gaps *out, struct hd_planning *p,
    const struct hd_way *way, const char *from, const char *to)
{
	struct comparing c = { .arena = p->words,
		.from = code_of(p, from),
		.to = code_of(p, to) };

	*out = (struct hd_gaps){ .known =
				     c.from.known && c.to.known && way->known };
	out->unknown = !c.from.known ? from : to;
	if (out->known)
		compare(
		    out, p, way, &c, hd_same(hd_facts_running(p->facts), from));
}

bool
hd_proof_has_gaps(const struct hd_gaps *gaps)
{
	return gaps->known && gaps->load.n + gaps->remove.n > 0;
}

bool
hd_proof_applies(const struct hd_way *way)
{
	const struct hd_instructions *all = &way->entry.instructions;

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].kind == HD_APPLY &&
		    (hd_same(all->v[i].name, "-") ||
			strncmp(all->v[i].name, "code:", 5) == 0))
			return true;
	return false;
}

static void
add_names(struct hd_str *out, const char *verb, const struct hd_strs *names)
{
	for (size_t i = 0; i < names->n && i < NAMES_SHOWN; i++)
		hd_str_addf(out, "%s%.64s", i == 0 ? verb : ", ", names->v[i]);
	if (names->n > NAMES_SHOWN)
		hd_str_addf(out, " and %zu more", names->n - NAMES_SHOWN);
}

void
hd_proof_add_gaps(struct hd_str *out, const struct hd_gaps *gaps)
{
	add_names(out, "loads ", &gaps->load);
	add_names(
	    out, gaps->load.n > 0 ? " or removes " : "removes ", &gaps->remove);
}
