#include "core/plan/modules.h"

#include "core/base/index.h"

#include <string.h>

/* The letters, one bit each, in the order in which they are written. */
enum {
	LOAD = 1 << 0,
	REMOVE = 1 << 1,
	BEFORE = 1 << 2,
	AFTER = 1 << 3,
	PURGE = 1 << 4,
	SUSPEND = 1 << 5,
	CHANGE = 1 << 6,
	STOP = 1 << 7,
	APPLY = 1 << 8,
};
static const char letters[] = "lrbapsctx";

static const struct {
	unsigned bit;
	enum hd_instruction_kind kind;
} kinds[] = {
	{ LOAD, HD_LOAD },
	{ REMOVE, HD_REMOVE },
	{ PURGE, HD_PURGE },
	{ SUSPEND, HD_SUSPEND },
	{ CHANGE, HD_CODE_CHANGE },
	{ STOP, HD_STOP_PROCESSES },
	{ APPLY, HD_APPLY },
};

#define ANY_MODULE "-"

static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || strchr("._@+~-", c) != NULL;
}

const char *
hd_module_word(struct hd_arena *arena, const char *name)
{
	static const char hex[] = "0123456789ABCDEF";
	const unsigned char *from = (const unsigned char *)name;
	char *word, *to;
	size_t n = 0;

	while (name[n] != '\0' && is_plain(from[n]))
		n++;
	if (name[n] == '\0')
		return name;
	word = to = hd_arena_alloc(arena, 3 * strlen(name) + 1);
	for (; *from != '\0'; from++) {
		if (is_plain(*from)) {
			*to++ = (char)*from;
			continue;
		}
		*to++ = '%';
		*to++ = hex[*from >> 4];
		*to++ = hex[*from & 15];
	}
	return word;
}

/* What the instructions of one relup entry do to each module. */
struct effects {
	struct hd_arena arena;
	struct hd_index places; /* module -> 1 + place in v */
	struct effect {
		const char *module;
		unsigned bits;
	} * v;
	size_t n, cap;
};

static struct effect *
effect_on(struct effects *e, const char *module)
{
	size_t *place = hd_index_at(&e->places, &e->arena, module);

	if (*place == 0) {
		HD_PUSH(&e->arena, e)->module = module;
		*place = e->n;
	}
	return &e->v[*place - 1];
}

/* An apply of the code server can load any module. */
static bool
loads_code(const struct hd_instruction *one)
{
	return one->kind == HD_APPLY &&
	       strncmp(one->name, "code:", strlen("code:")) == 0;
}

static void
add(struct effects *e, const struct hd_instruction *one)
{
	unsigned bit = 0;
	struct effect *on;

	for (size_t i = 0; i < HD_COUNT(kinds); i++)
		if (kinds[i].kind == one->kind)
			bit = kinds[i].bit;
	if (bit == 0 || one->name == NULL || (bit == APPLY && !loads_code(one)))
		return;
	on = effect_on(e, bit == APPLY ? ANY_MODULE : one->name);
	if (bit == LOAD || bit == REMOVE)
		on->bits &= ~(unsigned)(LOAD | REMOVE);
	on->bits |= bit | (one->brutal_before ? BEFORE : 0) |
		    (one->brutal_after ? AFTER : 0);
}

static void
write_effects(struct hd_str *out, const struct hd_relup_entry *entry)
{
	struct effects e = { 0 };

	for (size_t i = 0; i < entry->instructions.n; i++)
		add(&e, &entry->instructions.v[i]);
	for (size_t i = 0; i < e.n; i++) {
		hd_str_addf(
		    out, "does %s ", hd_module_word(&e.arena, e.v[i].module));
		for (size_t k = 0; letters[k] != '\0'; k++)
			if ((e.v[i].bits & 1u << k) != 0)
				hd_str_addn(out, &letters[k], 1);
		hd_str_add(out, "\n");
	}
	hd_arena_done(&e.arena);
}

static void
write_ways(struct hd_str *out, const struct hd_relup *relup)
{
	for (size_t i = 0; i < relup->n; i++) {
		const struct hd_relup_entry *entry = &relup->v[i];

		hd_str_addf(out, "way %s %s\n", entry->down ? "down" : "up",
		    entry->from);
		write_effects(out, entry);
	}
}

void
hd_modules_write(const struct hd_artifact *a, struct hd_str *out)
{
	HD_AUTO_ARENA arena = { 0 };

	for (size_t i = 0; i < a->modules.n; i++) {
		const struct hd_module *m = &a->modules.v[i];

		hd_str_addf(out, "module %s %s %s\n", m->lib,
		    hd_module_word(&arena, m->name), m->digest);
	}
	write_ways(out, &a->relup);
}

void
hd_modules_ask(const struct hd_artifact *a, struct hd_str *out)
{
	for (size_t i = 0; i < a->libs.n; i++)
		hd_str_addf(
		    out, "lib %s %s\n", a->libs.v[i].name, a->libs.v[i].value);
	write_ways(out, &a->relup);
}

void
hd_effect_read(struct hd_instructions *out, struct hd_arena *arena,
    const char *module, const char *text)
{
	unsigned bits = 0;

	for (; *text != '\0'; text++) {
		const char *at = strchr(letters, *text);

		bits |= at != NULL ? 1u << (at - letters) : 0;
	}
	for (size_t i = 0; i < HD_COUNT(kinds); i++)
		if ((bits & kinds[i].bit) != 0)
			*HD_PUSH(arena, out) = (struct hd_instruction){
				.kind = kinds[i].kind,
				.name = module,
				.brutal_before = (bits & BEFORE) != 0,
				.brutal_after = (bits & AFTER) != 0,
			};
}
