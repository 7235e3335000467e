/* vm.args: options for erl, one or more on a line; "#" begins a comment. */
#include "core/artifact/parts_read.h"

#include <string.h>

static void
add_lines(
    struct hd_strs *out, struct hd_arena *arena, const struct hd_text *text)
{
	const char *at = text->text, *end = at + text->len;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop != NULL ? stop : end) - at);
		const char *next = at + n + (stop != NULL);

		while (n > 0 && strchr(" \t\r", at[n - 1]) != NULL)
			n--;
		while (n > 0 && strchr(" \t", *at) != NULL)
			at++, n--;
		if (n > 0 && *at != '#')
			*HD_PUSH(arena, out) = hd_arena_strndup(arena, at, n);
		at = next;
	}
}

void
hd_vm_args_read(struct hd_artifact *a, const struct hd_scan *s)
{
	struct hd_version_text from = hd_version_text(a, s, "vm.args");

	a->vm_args_path = from.path;
	if (from.text != NULL)
		add_lines(&a->vm_args, &a->arena, from.text);
}
