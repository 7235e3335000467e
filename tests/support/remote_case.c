#include "tests/support/remote_case.h"

#include "tests/support/cmocka_all.h"
#include "tests/support/files.h"
#include "tests/support/sh_transport.h"

#include "core/remote/scripts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *hd_case_shells[2];
size_t hd_case_nshells;

void
hd_case_turn(void)
{
	static const char *const by_day[] = { "dash", "bash", "busybox" };
	static char names[2][16];
	static size_t turn;
	const char *named = getenv("HD_CASE_SHELLS");

	hd_case_nshells = 0;
	if (named == NULL)
		hd_case_shells[hd_case_nshells++] =
		    by_day[turn++ % HD_COUNT(by_day)];
	else if (sscanf(named, "%15s %15s", names[0], names[1]) == 2)
		while (hd_case_nshells < HD_COUNT(names)) {
			hd_case_shells[hd_case_nshells] =
			    names[hd_case_nshells];
			hd_case_nshells++;
		}
	else
		fail_msg("HD_CASE_SHELLS=%s", named);
}

void
hd_case_begin(struct hd_case *c, const char *shell)
{
	*c = (struct hd_case){ .output = HD_STR_INIT(1024 * 1024) };
	files_folder(c->folder);
	snprintf(c->root, sizeof(c->root), "%s/root", c->folder);
	assert_hd_ok(hd_sh_open(&c->host, shell, &c->err), &c->err);
	c->call = (struct hd_call){
		.driver = "relx",
		.root = c->root,
		.app = "hotcode",
		.deadline_ms = 40000,
	};
	c->reply = (struct hd_reply){ .errors = "" };
}

void
hd_case_hurry(struct hd_case *c)
{
	hd_sh_hurry(c->host);
	c->call.deadline_ms *= 10;
}

void
hd_case_end(struct hd_case *c)
{
	files_remove(c->folder);
	hd_tp_close(c->host);
	hd_reply_done(&c->reply);
	hd_str_done(&c->output);
}

int
hd_case_begin_each(void **state)
{
	static struct hd_case cases[HD_COUNT(hd_case_shells)];

	hd_case_turn();
	for (size_t i = 0; i < hd_case_nshells; i++)
		hd_case_begin(&cases[i], hd_case_shells[i]);
	*state = cases;
	return 0;
}

int
hd_case_end_each(void **state)
{
	EACH_SHELL(c, state)
	{
		hd_case_end(c);
	}
	return 0;
}

static FILE *
start_shell(struct hd_case *c, const char *line)
{
	char command[8192];
	FILE *p;

	assert_int_equal(c->folder[0], '/'); /* else it would be here */
	snprintf(command, sizeof(command), "cd %s && root=%s && { %s\n}",
	    c->folder, c->root, line);
	p = popen(command, "r");
	assert_non_null(p);
	return p;
}

void
hd_case_sh(struct hd_case *c, const char *line)
{
	FILE *p = start_shell(c, line);

	/* Reads all of it: a closed pipe would make the command fail. */
	while (getc(p) != EOF)
		;
	if (pclose(p) != 0)
		fail_msg("failed: %s", line);
}

void
hd_case_kill(struct hd_case *c, const char *pids)
{
	char line[512];

	/* a dead process has no command line */
	snprintf(line, sizeof(line),
	    "set -- %s; kill -9 \"$@\"; for p; do "
	    "while grep -qs . /proc/$p/cmdline; do sleep 0.1; done; done",
	    pids);
	hd_case_sh(c, line);
}

const char *
hd_case_line(struct hd_case *c, const char *line)
{
	static char text[1024];
	FILE *p = start_shell(c, line);

	if (fgets(text, sizeof(text), p) == NULL)
		text[0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	pclose(p);
	return text;
}

static void
collect(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	assert_int_equal(stream, HD_STDOUT);
	hd_str_addn(ctx, text, len);
}

void
hd_case_args(struct hd_case *c, ...)
{
	const char *name;
	va_list ap;

	va_start(ap, c);
	while ((name = va_arg(ap, const char *)) != NULL)
		hd_call_set(&c->call, name, va_arg(ap, const char *));
	va_end(ap);
}

static void
first_argument(char *name, size_t size, const char *script)
{
	const struct hd_script *s = hd_scripts;
	const char *text;

	while (s->name != NULL && strcmp(s->name, script) != 0)
		s++;
	assert_non_null(s->args);
	text = s->args + strspn(s->args, "[");
	snprintf(name, size, "%.*s", (int)strcspn(text, " ]"), text);
}

static void
set_call(struct hd_case *c, const char *script, const char *arg)
{
	static char first[32];

	c->call.script = script;
	first_argument(first, sizeof(first), script);
	if (arg != NULL)
		hd_call_set(&c->call, first, arg);
	hd_reply_done(&c->reply);
	hd_str_done(&c->output);
}

int
hd_case_ask(struct hd_case *c, const char *script, const char *arg)
{
	set_call(c, script, arg);
	assert_hd_ok(
	    hd_remote_ask(c->host, &c->call, &c->reply, &c->err), &c->err);
	memset(c->call.args, 0, sizeof(c->call.args));
	return c->reply.status;
}

int
hd_case_operate(
    struct hd_case *c, const char *id, const char *script, const char *arg)
{
	set_call(c, script, arg);
	assert_hd_ok(hd_remote_operate(c->host, &c->call, id, collect,
			 &c->output, &c->reply, &c->err),
	    &c->err);
	memset(c->call.args, 0, sizeof(c->call.args));
	return c->reply.status;
}

void
hd_case_set_all(
    struct hd_call *call, const struct hd_script *s, struct hd_arena *names)
{
	char *rest = hd_arena_strdup(names, s->args);

	for (const char *name; (name = strtok_r(rest, " []", &rest)) != NULL;)
		hd_call_set(call, name, "x");
}

const char *
hd_case_said(const struct hd_case *c, const char *key)
{
	const char *value = hd_reply_get(&c->reply, key);

	return value != NULL ? value : "";
}
