#include "tests/support/cmocka_all.h"
#include "tests/support/remote_case.h"

#include <stdio.h>
#include <string.h>

/* parts, prepare and receive: what a host has, and how it puts files together.
 */

/* Shell functions. keep VERSION TARBALL: a version that was pushed, with that
 * text as its tarball and a manifest of one line. sum FILE: its SHA-256. */
#define KEEP                                                                   \
	"sum() { sha256sum <\"$1\" | cut -c1-64; }; "                          \
	"keep() { n=$root/.hdeploy/releases/$1; t=$root/.hdeploy/tarballs; "   \
	"mkdir -p $n $t; printf \"$2\" >$t/$1.tar.gz; "                        \
	"echo manifest-$1 >$n/manifest; echo \"$3\" >$n/number; "              \
	"{ echo sha256 $(sum $t/$1.tar.gz); "                                  \
	"echo size $(($(wc -c <$t/$1.tar.gz))); "                              \
	"echo manifest $(sum $n/manifest); } >$n/record; "                     \
	"{ echo tarball 0 4 aaaaaaaaaaaaaaaa; "                                \
	"echo tarball 4 4 bbbbbbbbbbbbbbbb; "                                  \
	"echo manifest 0 10 cccccccccccccccc; } >$n/chunks; }; "               \
	"mkdir -p $root/.hdeploy/releases/2.0 $root/.hdeploy/tarballs "        \
	"$root/releases/2.0; "                                                 \
	"chmod -R go-rwx $root; "

/* The answers with this key, joined by "; ". */
static void
expect(const struct hd_case *c, const char *key, const char *wanted)
{
	HD_AUTO_STR found = HD_STR_INIT(64 * 1024);

	for (size_t i = 0; i < c->reply.facts.n; i++) {
		const struct hd_pair *line = &c->reply.facts.v[i];

		if (strcmp(line->name, key) == 0)
			hd_str_addf(&found, "%s%s", found.len > 0 ? "; " : "",
			    line->value);
	}
	assert_string_equal(found.ptr, wanted);
}

/* Asks about version 2.0 with identity new. */
static void
ask(struct hd_case *c, const char *parts)
{
	hd_case_args(c, "identity", "new", "parts", parts, NULL);
	assert_int_equal(hd_case_ask(c, "parts", "2.0"), 0);
}

static void
prepare(struct hd_case *c, const char *id)
{
	hd_case_args(c, "block", "4", NULL);
	assert_int_equal(hd_case_operate(c, id, "prepare", "2.0"), 0);
}

static void
the_host_names_the_parts_that_kept_versions_have(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, KEEP "keep 1.0 headtail 1; keep 1.1 headtail 2");
		ask(c, "bbbbbbbbbbbbbbbb\ndddddddddddddddd\n"
		       "cccccccccccccccc\nbbbbbbbbbbbbbbbb");
		/* of the newest, also for a part that occurs twice */
		expect(c, "have",
		    "1 1.1 tarball 5; 4 1.1 tarball 5; 3 1.1 manifest 1");
		ask(c, NULL);
		expect(c, "have", "");
		expect(c, "broken", "");
	}
}

/* Its connection may still write to it. */
static void
an_upload_that_has_only_begun_is_not_written_to_again(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_sh(
		    c, KEEP ": >$root/.hdeploy/releases/2.0/upload.part");
		ask(c, NULL);
		expect(c, "broken", "yes");
		prepare(c, "a");
		hd_case_sh(
		    c, "[ ! -e root/.hdeploy/releases/2.0/upload.part ]");
	}
}

static void
a_host_that_has_the_very_version_names_no_parts(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, KEEP "keep 1.0 headtail 1; keep 2.0 headtail 2; "
				   "echo x >$n/upload.part; "
				   "sed -i '1i identity new' $n/record");
		ask(c, "bbbbbbbbbbbbbbbb");
		expect(c, "have", "");
		expect(c, "broken", "");
		/* another build of it, or one without its tarball */
		hd_case_sh(c, "cd root/.hdeploy; rm tarballs/2.0.tar.gz");
		ask(c, "bbbbbbbbbbbbbbbb");
		expect(c, "have", "1 1.0 tarball 5");
		expect(c, "broken", "yes");
	}
}

static void
a_question_for_parts_changes_nothing(void **state)
{
	EACH_SHELL(c, state)
	{
		ask(c, "bbbbbbbbbbbbbbbb"); /* there is no root */
		hd_case_sh(c, "[ ! -e root ]; mkdir -m 700 root");
		ask(c, "bbbbbbbbbbbbbbbb");
		hd_case_sh(c, "rmdir root");
		hd_case_sh(c, KEEP "keep 1.0 headtail 1; chmod 755 "
				   "$root/.hdeploy");
		ask(c, "bbbbbbbbbbbbbbbb"); /* not trusted */
		expect(c, "have", "");
	}
}

static const char *const unfit[] = {
	"rm $n/chunks",
	"rm $n/record",
	"sed -i /^size/d $n/record",
	"rm $t/1.0.tar.gz",
	"printf x >>$t/1.0.tar.gz",
	"rm $n/chunks; mkdir $n/chunks",
	"echo 'tarball x 4 aaaaaaaaaaaaaaaa' >$n/chunks",
	"echo '../x 1 4 aaaaaaaaaaaaaaaa' >$n/chunks",
	"echo 'tarball -4 4 aaaaaaaaaaaaaaaa' >$n/chunks",
	"echo 'tarball 999999999999999 4 aaaaaaaaaaaaaaaa' >$n/chunks",
	"rm $t/1.0.tar.gz; mkfifo $t/1.0.tar.gz",
	"mv $n $root/.hdeploy/releases/-x",
};

/* Such as one that an older hdeploy pushed, or that is damaged. */
static void
a_version_without_a_whole_record_has_no_parts(void **state)
{
	char line[4096];

	EACH_SHELL(c, state)
	{
		for (size_t i = 0; i < HD_COUNT(unfit); i++) {
			snprintf(line, sizeof(line),
			    KEEP
			    "rm -rf $root/.hdeploy/releases/* "
			    "$root/.hdeploy/tarballs/*; keep 1.0 headtail 1; %s",
			    unfit[i]);
			hd_case_sh(c, line);
			ask(c, "aaaaaaaaaaaaaaaa");
			expect(c, "have", "");
		}
	}
}

#define UPLOAD ".hdeploy/releases/2.0/upload.part"

static void
an_upload_that_broke_off_is_described_by_its_blocks(void **state)
{
	EACH_SHELL(c, state)
	{
		HD_AUTO_STR wanted = HD_STR_INIT(1024);

		hd_case_sh(c, KEEP "printf abcdefghij >$root/" UPLOAD);
		ask(c, NULL);
		expect(c, "broken", "yes");
		prepare(c, "a");
		expect(c, "part", "10");
		hd_str_addf(&wanted, "%s; ",
		    hd_case_line(c, "printf abcd | sha256sum | cut -c1-64"));
		hd_str_addf(&wanted, "%s; ",
		    hd_case_line(c, "printf efgh | sha256sum | cut -c1-64"));
		hd_str_add(&wanted,
		    hd_case_line(c, "printf ij | sha256sum | cut -c1-64"));
		expect(c, "block", wanted.ptr);
		assert_string_equal(
		    hd_case_line(c, "cat root/" UPLOAD), "abcdefghij");
	}
}

/* The process of a frozen connection can wake up at any time. */
static void
late_writes_of_an_earlier_connection_do_not_reach_the_upload(void **state)
{
	EACH_SHELL(c, state)
	{
		FILE *writer;
		char path[256];

		hd_case_sh(c, KEEP);
		snprintf(path, sizeof(path), "%s/" UPLOAD, c->root);
		writer = fopen(path, "w");
		assert_non_null(writer);
		assert_int_equal(fputs("abcdefgh", writer) >= 0, 1);
		assert_int_equal(fflush(writer), 0);
		prepare(c, "a");
		rewind(writer);
		assert_int_equal(fputs("XXXXXXXXXXXX", writer) >= 0, 1);
		assert_int_equal(fclose(writer), 0);
		assert_string_equal(
		    hd_case_line(c, "cat root/" UPLOAD), "abcdefgh");
	}
}

/* A shell variable of the receive's argument. */
static const char *
sum(struct hd_case *c, const char *text)
{
	char line[256];

	snprintf(
	    line, sizeof(line), "printf '%s' | sha256sum | cut -c1-64", text);
	return hd_case_line(c, line);
}

struct pushed {
	const char *tarball, *manifest, *chunks, *upload, *recipe, *data;
};

static int
receive(struct hd_case *c, const char *id, const struct pushed *p)
{
	char size[24], line[256];
	HD_AUTO_STR sums = HD_STR_INIT(1024);

	snprintf(size, sizeof(size), "%zu", strlen(p->tarball));
	if (p->data == NULL) {
		snprintf(line, sizeof(line), "printf '%s' >$root/" UPLOAD,
		    p->upload);
		hd_case_sh(c, line);
	}
	hd_str_addf(&sums, "tarball %s\n", sum(c, p->tarball));
	hd_str_addf(&sums, "manifest %s\n", sum(c, p->manifest));
	hd_str_addf(&sums, "chunks %s\n", sum(c, p->chunks));
	hd_case_args(c, "size", size, "identity", "e", "sums", sums.ptr,
	    "recipe", p->recipe, "notes", "lib x-1 y\n", "data", p->data, NULL);
	return hd_case_operate(c, id, "receive", "2.0");
}

#define assert_content(c, file, text)                                          \
	assert_string_equal(                                                   \
	    hd_case_line(c, "cat root/.hdeploy/" file " 2>/dev/null"), text)

static const struct pushed whole = {
	"tarballtext",
	"manifesttext\\n",
	"chunkstext\\n",
	"tarballtextmanifesttext\\nchunkstext\\n",
	"tarball upload 1 11\nmanifest upload 12 13\nchunks upload 25 11\n",
	NULL,
};

static void
a_whole_tarball_is_not_copied(void **state)
{
	EACH_SHELL(c, state)
	{
		HD_AUTO_ARENA words = { 0 };
		const char *inode;

		hd_case_sh(c, KEEP ": >$root/" UPLOAD);
		inode = hd_arena_strdup(
		    &words, hd_case_line(c, "stat -c %i root/" UPLOAD));
		assert_int_equal(receive(c, "a", &whole), 0);
		assert_content(c, "tarballs/2.0.tar.gz", "tarballtext");
		assert_content(c, "releases/2.0/manifest", "manifesttext");
		assert_content(c, "releases/2.0/chunks", "chunkstext");
		assert_string_equal(
		    hd_case_line(
			c, "stat -c %i root/.hdeploy/tarballs/2.0.tar.gz"),
		    inode);
		assert_string_equal(
		    hd_case_line(c, "tail -n 1 root/.hdeploy/releases/2.0/"
				    "record"),
		    "lib x-1 y");
		assert_string_equal(
		    hd_case_line(c, "ls root/.hdeploy/releases/2.0 | tr "
				    "'\\n' ' '"),
		    "chunks manifest number record ");
	}
}

static const struct pushed delta = {
	"headNEWtail",
	"manifest-1.0\\nnew\\n",
	"chunkstext\\n",
	"NEWnew\\nchunkstext\\n",
	"tarball 1.0/tarball 1 4\n"
	"tarball upload 1 3\n"
	"tarball 1.1/tarball 5 4\n"
	"manifest 1.0/manifest 1 13\n"
	"manifest upload 4 4\n"
	"chunks upload 8 11\n",
	NULL,
};

static void
a_tarball_is_put_together_from_kept_versions(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, KEEP "keep 1.0 headXXXX 1; keep 1.1 XXXXtail 2");
		assert_int_equal(receive(c, "a", &delta), 0);
		assert_content(c, "tarballs/2.0.tar.gz", "headNEWtail");
		assert_string_equal(
		    hd_case_line(
			c, "tr '\\n' ' ' <root/.hdeploy/releases/2.0/manifest"),
		    "manifest-1.0 new ");
		assert_content(c, "releases/2.0/number", "3");
		assert_string_equal(
		    hd_case_line(c, "ls root/.hdeploy/releases/2.0 | tr "
				    "'\\n' ' '"),
		    "chunks manifest number record ");
		assert_string_equal(
		    hd_case_line(c, "ls -l root/releases/2.0/hotcode.tar.gz | "
				    "cut -c1-10"),
		    "-rw-r--r--");
	}
}

/* A small one; mksh would show it to other users. */
static void
an_upload_can_be_a_part_of_the_script(void **state)
{
	EACH_SHELL(c, state)
	{
		HD_AUTO_ARENA words = { 0 };
		struct pushed inside = delta;

		hd_case_sh(c, KEEP "keep 1.0 headXXXX 1; keep 1.1 XXXXtail 2");
		ask(c, NULL);
		if (strcmp(hd_case_said(c, "unpacks"), "yes") != 0) {
			assert_string_equal(
			    hd_case_shells[c - (struct hd_case *)*state],
			    "mksh");
			continue;
		}
		inside.data = hd_arena_strdup(&words,
		    hd_case_line(c, "printf 'NEWnew\nchunkstext\n' | gzip | "
				    "base64 | tr -d '\n'"));
		assert_int_equal(receive(c, "a", &inside), 0);
		assert_content(c, "tarballs/2.0.tar.gz", "headNEWtail");
		assert_string_equal(
		    hd_case_line(
			c, "tr '\\n' ' ' <root/.hdeploy/releases/2.0/manifest"),
		    "manifest-1.0 new ");
		/* text that cannot be unpacked fails like a damaged upload */
		inside.data = "H4sI";
		assert_int_equal(receive(c, "b", &inside), 1);
		expect(c, "whole", "");
		assert_content(c, "tarballs/2.0.tar.gz", "headNEWtail");
	}
}

/* Digests of parts prove nothing: only that of the whole tarball does. */
static void
a_kept_tarball_that_was_changed_is_named_and_removed(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_sh(c,
		    KEEP "keep 1.0 headXXXX 1; keep 1.1 XXXXtail 2; "
			 "printf hEadXXXX >$t/1.0.tar.gz; "
			 "echo old >$root/.hdeploy/releases/2.0/record");
		assert_int_equal(receive(c, "a", &delta), 1);
		expect(c, "whole", "yes");
		expect(c, "damaged", "1.0/tarball");
		assert_content(c, "tarballs/1.0.tar.gz", "");
		assert_content(c, "tarballs/1.1.tar.gz", "XXXXtail");
		assert_content(c, "releases/2.0/record", "old");
		assert_string_equal(
		    hd_case_line(c, "ls root/.hdeploy/releases/2.0"), "record");
		/* and then everything is sent */
		assert_int_equal(receive(c, "b", &whole), 0);
		assert_content(c, "tarballs/2.0.tar.gz", "tarballtext");
	}
}

static void
a_recipe_that_leads_to_other_files_blames_only_the_lists(void **state)
{
	struct pushed wrong = delta;

	wrong.recipe = "tarball 1.0/tarball 2 4\ntarball upload 1 3\n"
		       "tarball 1.1/tarball 5 4\nmanifest 1.0/manifest 1 13\n"
		       "manifest upload 4 4\nchunks upload 8 11\n";
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, KEEP "keep 1.0 headXXXX 1; keep 1.1 XXXXtail 2");
		assert_int_equal(receive(c, "a", &wrong), 1);
		expect(c, "whole", "yes");
		expect(c, "damaged", "");
		assert_content(c, "tarballs/1.0.tar.gz", "headXXXX");
		/* the next push must not end in the same way */
		assert_string_equal(
		    hd_case_line(c, "find root/.hdeploy -name chunks | wc "
				    "-l"),
		    "0");
	}
}

/* A full disk stays full otherwise. */
static void
a_push_that_cannot_be_written_leaves_only_its_upload(void **state)
{
	struct pushed wrong = delta;

	wrong.recipe = "tarball 1.0/tarball 1 4\nno/such upload 1 11\n";
	EACH_SHELL(c, state)
	{
		hd_case_sh(c, KEEP "keep 1.0 headXXXX 1");
		assert_int_equal(receive(c, "a", &wrong), 1);
		assert_non_null(
		    strstr(hd_case_said(c, "failed"), "cannot be written to"));
		expect(c, "whole", "");
		assert_string_equal(
		    hd_case_line(c, "ls root/.hdeploy/releases/2.0"),
		    "upload.part");
	}
}

/* Nothing else would help. */
static void
a_whole_upload_that_is_not_right_is_not_asked_for_again(void **state)
{
	struct pushed wrong = whole;

	wrong.upload = "tArballtextmanifesttext\\nchunkstext\\n";
	EACH_SHELL(c, state)
	{
		hd_case_sh(
		    c, KEEP "echo old >$root/.hdeploy/releases/2.0/record");
		assert_int_equal(receive(c, "a", &wrong), 1);
		expect(c, "whole", "");
		assert_non_null(strstr(hd_case_said(c, "failed"),
		    "tarball differs from the file sent"));
		assert_content(c, "releases/2.0/record", "old");
		assert_string_equal(
		    hd_case_line(c, "ls root/.hdeploy/releases/2.0"), "record");
	}
}

static void
a_tarball_that_the_host_fetched_is_taken(void **state)
{
	static const struct pushed fetched = { "tarballtext", "manifesttext\\n",
		"chunkstext\\n", "manifesttext\\nchunkstext\\n",
		"manifest upload 1 13\nchunks upload 14 11\n", NULL };

	EACH_SHELL(c, state)
	{
		hd_case_sh(c, KEEP "printf tarballtext "
				   ">$root/.hdeploy/releases/2.0/tarball.part");
		assert_int_equal(receive(c, "a", &fetched), 0);
		assert_content(c, "tarballs/2.0.tar.gz", "tarballtext");
		hd_case_sh(c, "printf tArballtext "
			      ">$root/.hdeploy/releases/2.0/tarball.part");
		assert_int_equal(receive(c, "b", &fetched), 1);
		expect(c, "whole", "yes");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_EACH(
		    an_upload_that_has_only_begun_is_not_written_to_again),
		TEST_EACH(the_host_names_the_parts_that_kept_versions_have),
		TEST_EACH(a_host_that_has_the_very_version_names_no_parts),
		TEST_EACH(a_question_for_parts_changes_nothing),
		TEST_EACH(a_version_without_a_whole_record_has_no_parts),
		TEST_EACH(an_upload_that_broke_off_is_described_by_its_blocks),
		TEST_EACH(
		    late_writes_of_an_earlier_connection_do_not_reach_the_upload),
		TEST_EACH(a_whole_tarball_is_not_copied),
		TEST_EACH(a_tarball_is_put_together_from_kept_versions),
		TEST_EACH(an_upload_can_be_a_part_of_the_script),
		TEST_EACH(a_kept_tarball_that_was_changed_is_named_and_removed),
		TEST_EACH(
		    a_recipe_that_leads_to_other_files_blames_only_the_lists),
		TEST_EACH(a_push_that_cannot_be_written_leaves_only_its_upload),
		TEST_EACH(
		    a_whole_upload_that_is_not_right_is_not_asked_for_again),
		TEST_EACH(a_tarball_that_the_host_fetched_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
