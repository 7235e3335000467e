#include "core/artifact/elf.h"

#include "core/base/attr.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* elf(5). Not every system that can build hdeploy has <elf.h>. */
enum { PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3 };
enum { DT_STRTAB = 5, VER_WEAK = 2 };
static const uint64_t DT_VERNEED = 0x6ffffffe;

/* No linker makes more. */
enum { SEGMENTS_MAX = 64, DYNAMIC_MAX = 1024, VERSIONS_MAX = 4096 };

struct image {
	const unsigned char *p;
	size_t n;
	bool wide, big; /* 64 bits; the highest byte first */
	uint64_t segments, segment_size;
	unsigned segment_count;
};

struct segment {
	uint64_t type, offset, address, size; /* size: in the file */
};

/* The number of this many bytes at offset at; 0 beyond the end. */
static uint64_t
number(const struct image *m, uint64_t at, unsigned bytes)
{
	uint64_t out = 0;

	if (at > m->n || bytes > m->n - at)
		return 0;
	for (unsigned i = 0; i < bytes; i++)
		out |= (uint64_t)m->p[at + i]
		       << 8 * (m->big ? bytes - 1 - i : i);
	return out;
}

/* A number as wide as an address: at base + narrow if 32 bits, else at base +
 * wide. */
static uint64_t
word(const struct image *m, uint64_t base, unsigned narrow, unsigned wide)
{
	return m->wide ? number(m, base + wide, 8)
		       : number(m, base + narrow, 4);
}

static struct segment
segment(const struct image *m, unsigned i)
{
	uint64_t at = m->segments + i * m->segment_size;

	return (struct segment){
		.type = number(m, at, 4),
		.offset = word(m, at, 4, 8),
		.address = word(m, at, 8, 16),
		.size = word(m, at, 16, 32),
	};
}

static bool
find_segment(const struct image *m, uint64_t type, struct segment *out)
{
	for (unsigned i = 0; i < m->segment_count; i++) {
		*out = segment(m, i);
		if (out->type == type)
			return true;
	}
	return false;
}

/* The offset in the file of a loaded address; the file's size if the address
 * is not loaded from the file. */
static uint64_t
offset_of(const struct image *m, uint64_t address)
{
	for (unsigned i = 0; i < m->segment_count; i++) {
		struct segment s = segment(m, i);

		if (s.type == PT_LOAD && address >= s.address &&
		    address - s.address < s.size)
			return s.offset + (address - s.address);
	}
	return m->n;
}

/* The text at offset at; "" if it has no end within max bytes. */
static const char *
text(const struct image *m, uint64_t at, size_t max)
{
	size_t room = at < m->n ? m->n - at : 0;

	if (room > max)
		room = max;
	if (room == 0 || memchr(m->p + at, '\0', room) == NULL)
		return "";
	return (const char *)m->p + at;
}

static void
read_loader(struct hd_elf *out, const struct image *m)
{
	struct segment s;
	const char *path;

	if (!find_segment(m, PT_INTERP, &s))
		return;
	path = text(m, s.offset, HD_LOADER_MAX);
	if (path[0] == '/' &&
	    strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789/._+-") == strlen(path))
		memcpy(out->loader, path, strlen(path) + 1);
}

static void
need_glibc(struct hd_elf *out, unsigned long major, unsigned long minor)
{
	if (major > 99 || minor > 999 ||
	    (major < out->glibc[0] ||
		(major == out->glibc[0] && minor < out->glibc[1])))
		return;
	out->glibc[0] = (unsigned)major;
	out->glibc[1] = (unsigned)minor;
}

/* "GLIBC_2.38", "GLIBC_2.2.5"; other names have no version. */
static void
read_version(struct hd_elf *out, const char *name)
{
	static const char start[] = "GLIBC_";
	char *end;
	unsigned long major;

	if (strcmp(name, "GLIBC_ABI_DT_RELR") == 0)
		need_glibc(out, 2, 36);
	if (strncmp(name, start, sizeof(start) - 1) != 0)
		return;
	major = strtoul(name + sizeof(start) - 1, &end, 10);
	if (end[0] == '.' && end[1] >= '0' && end[1] <= '9')
		need_glibc(out, major, strtoul(end + 1, NULL, 10));
}

/* A list of libraries, each with a list of the versions needed of it. Entries
 * of both lists contain the distance to the next one. */
static void
read_versions(
    struct hd_elf *out, const struct image *m, uint64_t at, uint64_t strings)
{
	unsigned left = VERSIONS_MAX;
	uint64_t step = 1;

	for (; step != 0 && at < m->n && left > 0; at += step, left--) {
		uint64_t one = at + number(m, at + 8, 4), next = 1;

		for (; next != 0 && one < m->n && left > 0;
		     one += next, left--) {
			if ((number(m, one + 4, 2) & VER_WEAK) == 0)
				read_version(out,
				    text(m, strings + number(m, one + 8, 4),
					32));
			next = number(m, one + 12, 4);
		}
		step = number(m, at + 12, 4);
	}
}

static void
read_dynamic(struct hd_elf *out, const struct image *m)
{
	uint64_t strings = 0, versions = 0, size = m->wide ? 16 : 8;
	struct segment s;

	if (!find_segment(m, PT_DYNAMIC, &s))
		return;
	for (unsigned i = 0; i < DYNAMIC_MAX && i < s.size / size; i++) {
		uint64_t at = s.offset + i * size, tag = word(m, at, 0, 0);

		if (tag == 0)
			break;
		if (tag == DT_STRTAB)
			strings = offset_of(m, word(m, at, 4, 8));
		else if (tag == DT_VERNEED)
			versions = offset_of(m, word(m, at, 4, 8));
	}
	if (strings != 0 && versions != 0)
		read_versions(out, m, versions, strings);
}

bool
hd_elf_read(struct hd_elf *out, const void *p, size_t n)
{
	struct image m = { .p = p, .n = n };

	*out = (struct hd_elf){ 0 };
	if (n < 52 || memcmp(p, "\177ELF", 4) != 0 || m.p[4] < 1 ||
	    m.p[4] > 2 || m.p[5] < 1 || m.p[5] > 2)
		return false;
	m.wide = m.p[4] == 2;
	m.big = m.p[5] == 2;
	out->machine = (unsigned)number(&m, 18, 2);
	m.segments = word(&m, 0, 28, 32);
	m.segment_size = number(&m, m.wide ? 54 : 42, 2);
	m.segment_count = (unsigned)number(&m, m.wide ? 56 : 44, 2);
	if (m.segment_count > SEGMENTS_MAX || m.segments > n ||
	    m.segment_size < (m.wide ? 56 : 32))
		return true;
	read_loader(out, &m);
	read_dynamic(out, &m);
	return true;
}

void
hd_elf_merge(struct hd_elf *out, const struct hd_elf *other)
{
	if (out->machine == 0)
		out->machine = other->machine;
	if (out->loader[0] == '\0')
		memcpy(out->loader, other->loader, sizeof(out->loader));
	need_glibc(out, other->glibc[0], other->glibc[1]);
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
