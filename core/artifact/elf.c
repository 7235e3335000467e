#include "core/artifact/elf.h"

#include "core/base/attr.h"

#include <ctype.h>
#include <errno.h>
#include <gelf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* No linker makes more. libelf converts version tables of the other byte order
 * in time that is quadratic in their size. */
enum {
	SEGMENTS_MAX = 64,
	DYNAMIC_MAX = 1024,
	VERSIONS_MAX = 4096,
	VERSIONS_ROOM = 64 * 1024,
	NAME_MAX_LEN = 256
};

struct image {
	const unsigned char *p;
	size_t n;
	Elf *elf;
	struct hd_arena *arena;
};

static bool
find_segment(const struct image *m, uint32_t type, GElf_Phdr *out)
{
	size_t n = 0;

	if (elf_getphdrnum(m->elf, &n) < 0)
		return false;
	for (size_t i = 0; i < n && i < SEGMENTS_MAX; i++)
		if (gelf_getphdr(m->elf, (int)i, out) != NULL &&
		    out->p_type == type)
			return true;
	return false;
}

/* The offset in the file of a loaded address; the file's size if the address
 * is not loaded from the file. */
static uint64_t
offset_of(const struct image *m, uint64_t address)
{
	GElf_Phdr s;
	size_t n = 0;

	if (elf_getphdrnum(m->elf, &n) < 0)
		return m->n;
	for (size_t i = 0; i < n && i < SEGMENTS_MAX; i++)
		if (gelf_getphdr(m->elf, (int)i, &s) != NULL &&
		    s.p_type == PT_LOAD && address >= s.p_vaddr &&
		    address - s.p_vaddr < s.p_filesz)
			return s.p_offset + (address - s.p_vaddr);
	return m->n;
}

/* The part of the file at offset at, of at most max bytes, as type; NULL if it
 * is empty. */
static Elf_Data *
part(const struct image *m, uint64_t at, size_t max, Elf_Type type)
{
	size_t room = at < m->n ? m->n - (size_t)at : 0;

	if (room == 0)
		return NULL;
	return elf_getdata_rawchunk(
	    m->elf, (int64_t)at, room < max ? room : max, type);
}

/* The text at offset at; "" if it has no end within max bytes, or a character
 * that is neither alphanumeric nor one of more: such names are shown and
 * compared. */
static const char *
text(const struct image *m, uint64_t at, size_t max, const char *more)
{
	size_t room = at < m->n ? m->n - (size_t)at : 0;
	const char *out;

	if (room > max)
		room = max;
	if (room == 0 || memchr(m->p + at, '\0', room) == NULL)
		return "";
	out = (const char *)m->p + at;
	for (const char *p = out; *p != '\0'; p++)
		if ((unsigned char)*p > 127 ||
		    (!isalnum((unsigned char)*p) && strchr(more, *p) == NULL))
			return "";
	return out;
}

static void
read_loader(struct hd_elf *out, const struct image *m)
{
	GElf_Phdr s;
	const char *path;

	if (!find_segment(m, PT_INTERP, &s))
		return;
	path = text(m, s.p_offset, HD_LOADER_MAX, "/._+-");
	if (path[0] == '/')
		memcpy(out->loader, path, strlen(path) + 1);
}

/* Raises the n numbers of have to those of need. */
static void
raise_to(unsigned *have, const unsigned *need, size_t n)
{
	size_t i = 0;

	while (i < n && need[i] == have[i])
		i++;
	if (i < n && need[i] > have[i])
		memcpy(have, need, n * sizeof(*have));
}

/* Reads "2.2.5" of "GLIBC_2.2.5" into the first n numbers of out, at least two.
 * Other names have no version. */
static bool
take_version(unsigned *out, size_t n, const char *name, const char *start)
{
	const char *at = name + strlen(start);
	size_t i = 0;

	if (strncmp(name, start, strlen(start)) != 0)
		return false;
	memset(out, 0, n * sizeof(*out));
	while (i < n && isdigit((unsigned char)*at)) {
		char *end;
		unsigned long number = strtoul(at, &end, 10);

		if (number > 999)
			return false;
		out[i++] = (unsigned)number;
		at = *end == '.' ? end + 1 : end;
	}
	return i >= 2;
}

static void
read_version(struct hd_elf *out, const char *name)
{
	static const unsigned relr[] = { 2, 36 };
	unsigned need[3];

	if (strcmp(name, "GLIBC_ABI_DT_RELR") == 0)
		raise_to(out->glibc, relr, HD_COUNT(out->glibc));
	if (take_version(need, HD_COUNT(out->glibc), name, "GLIBC_"))
		raise_to(out->glibc, need, HD_COUNT(out->glibc));
	if (take_version(need, HD_COUNT(out->glibcxx), name, "GLIBCXX_"))
		raise_to(out->glibcxx, need, HD_COUNT(out->glibcxx));
}

/* A list of libraries, each with a list of the versions needed of it. Entries
 * of both lists contain the distance to the next one. */
static void
read_versions(
    struct hd_elf *out, const struct image *m, uint64_t at, uint64_t strings)
{
	Elf_Data *d = part(m, at, VERSIONS_ROOM, ELF_T_VNEED);
	unsigned left = VERSIONS_MAX;
	GElf_Verneed of;
	int lib = 0;

	while (
	    d != NULL && left-- > 0 && gelf_getverneed(d, lib, &of) != NULL) {
		int one = lib + (int)(of.vn_aux % VERSIONS_ROOM);
		GElf_Vernaux v;

		while (left-- > 0 && gelf_getvernaux(d, one, &v) != NULL) {
			if ((v.vna_flags & VER_FLG_WEAK) == 0)
				read_version(out, text(m, strings + v.vna_name,
						      NAME_MAX_LEN, "._"));
			if (v.vna_next == 0 || v.vna_next > VERSIONS_ROOM)
				break;
			one += (int)v.vna_next;
		}
		if (of.vn_next == 0 || of.vn_next > VERSIONS_ROOM)
			return;
		lib += (int)of.vn_next;
	}
}

static bool
has_library(const struct hd_elf *e, const char *name)
{
	for (size_t i = 0; i < e->libraries.n; i++)
		if (strcmp(e->libraries.v[i], name) == 0)
			return true;
	return false;
}

static void
add_library(struct hd_elf *out, struct hd_arena *arena, const char *name)
{
	if (name[0] != '\0' && out->libraries.n < SEGMENTS_MAX &&
	    !has_library(out, name))
		*HD_PUSH(arena, &out->libraries) = hd_arena_strdup(arena, name);
}

/* Names of libraries and folders: offsets in the strings. */
static void
read_names(
    struct hd_elf *out, const struct image *m, Elf_Data *d, uint64_t strings)
{
	GElf_Dyn one;

	for (int i = 0; gelf_getdyn(d, i, &one) != NULL && one.d_tag != DT_NULL;
	     i++) {
		uint64_t at = strings + one.d_un.d_val;
		const char *path;

		if (one.d_tag == DT_NEEDED)
			add_library(
			    out, m->arena, text(m, at, NAME_MAX_LEN, "/._+-"));
		if (one.d_tag != DT_RUNPATH && one.d_tag != DT_RPATH)
			continue;
		path = text(m, at, NAME_MAX_LEN, "/._+-:${}");
		if (path[0] != '\0')
			out->runpath = hd_arena_strdup(m->arena, path);
	}
}

static void
read_dynamic(struct hd_elf *out, const struct image *m)
{
	uint64_t strings = 0, versions = 0;
	GElf_Phdr s;
	GElf_Dyn one;
	Elf_Data *d;

	if (!find_segment(m, PT_DYNAMIC, &s))
		return;
	d = part(m, s.p_offset,
	    s.p_filesz < DYNAMIC_MAX * sizeof(Elf64_Dyn)
		? s.p_filesz
		: DYNAMIC_MAX * sizeof(Elf64_Dyn),
	    ELF_T_DYN);
	if (d == NULL)
		return;
	for (int i = 0; gelf_getdyn(d, i, &one) != NULL && one.d_tag != DT_NULL;
	     i++) {
		if (one.d_tag == DT_STRTAB)
			strings = offset_of(m, one.d_un.d_ptr);
		else if (one.d_tag == DT_VERNEED)
			versions = offset_of(m, one.d_un.d_ptr);
	}
	if (strings == 0)
		return;
	read_names(out, m, d, strings);
	if (versions != 0)
		read_versions(out, m, versions, strings);
}

/* Whether the header is whole and of a program or shared library. */
static bool
read_header(struct hd_elf *out, const struct image *m)
{
	GElf_Ehdr e;

	if (elf_kind(m->elf) != ELF_K_ELF || gelf_getehdr(m->elf, &e) == NULL ||
	    e.e_type == ET_REL || e.e_type == ET_CORE)
		return false;
	out->machine = e.e_machine;
	return true;
}

bool
hd_elf_read(struct hd_elf *out, struct hd_arena *arena, const void *p, size_t n)
{
	struct image m = { .p = p, .n = n, .arena = arena };
	bool good;

	*out = (struct hd_elf){ 0 };
	if (n < SELFMAG || memcmp(p, ELFMAG, SELFMAG) != 0)
		return false;
	elf_version(EV_CURRENT);
	errno = 0;
	m.elf = elf_memory((char *)(uintptr_t)p, n); /* which only reads */
	if (m.elf == NULL && errno == ENOMEM)
		hd_alloc_failed();
	good = m.elf != NULL && read_header(out, &m);
	if (good) {
		read_loader(out, &m);
		read_dynamic(out, &m);
	}
	elf_end(m.elf);
	return good;
}

void
hd_elf_merge(
    struct hd_elf *out, struct hd_arena *arena, const struct hd_elf *other)
{
	if (out->machine == 0)
		out->machine = other->machine;
	if (out->loader[0] == '\0')
		memcpy(out->loader, other->loader, sizeof(out->loader));
	raise_to(out->glibc, other->glibc, HD_COUNT(out->glibc));
	raise_to(out->glibcxx, other->glibcxx, HD_COUNT(out->glibcxx));
	for (size_t i = 0; i < other->libraries.n; i++)
		add_library(out, arena, other->libraries.v[i]);
	if (out->runpath == NULL && other->runpath != NULL)
		out->runpath = hd_arena_strdup(arena, other->runpath);
}

/* hosts: the values of `uname -m` where such programs run. */
static const struct {
	unsigned machine;
	const char *name, *hosts;
} machines[] = {
	{ 62, "x86_64", " x86_64 " },
	{ 3, "i386", " x86_64 i386 i486 i586 i686 " },
	{ 183, "aarch64", " aarch64 " },
	{ 40, "arm", " aarch64 arm armv5tel armv6l armv7l armv8l " },
	{ 21, "ppc64", " ppc64 ppc64le " },
	{ 22, "s390x", " s390x " },
	{ 243, "riscv", " riscv64 riscv32 " },
};

const char *
hd_elf_machine(unsigned machine)
{
	for (size_t i = 0; i < HD_COUNT(machines); i++)
		if (machines[i].machine == machine)
			return machines[i].name;
	return NULL;
}

/* Whether uname is one of the words of hosts. */
static bool
listed(const char *hosts, const char *uname)
{
	size_t n = strlen(uname);

	for (const char *p = hosts; n > 0 && (p = strstr(p, uname)) != NULL;
	     p++)
		if (p[-1] == ' ' && p[n] == ' ')
			return true;
	return false;
}

bool
hd_elf_runs_on(unsigned machine, const char *uname)
{
	bool known = false, runs = false;

	for (size_t i = 0; i < HD_COUNT(machines); i++) {
		bool here = listed(machines[i].hosts, uname);

		known |= here;
		runs |= here && machines[i].machine == machine;
	}
	return runs || !known || hd_elf_machine(machine) == NULL;
}
