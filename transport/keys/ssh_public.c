#include "transport/keys/ssh_public.h"

#include "core/base/alloc.h"
#include "core/base/digest.h"

#include <stdlib.h>
#include <string.h>

#define BLANK " \t"

/* One line of n bytes. */
static bool
read_line(struct hd_bytes *out, const char *line, size_t n)
{
	HD_AUTO_FREE unsigned char *raw = NULL;
	size_t type = strcspn(line, BLANK "\r\n"), gap, base64;
	struct hd_wire w;
	struct hd_bytes name;
	long len;

	gap = strspn(line + type, BLANK);
	base64 = strcspn(line + type + gap, BLANK "\r\n");
	if (gap == 0 || base64 == 0 || type + gap + base64 > n)
		return false;
	raw = hd_alloc(base64);
	len = hd_base64_decode(line + type + gap, base64, raw, base64);
	if (len <= 0)
		return false;
	w = hd_wire_of((struct hd_bytes){ raw, (size_t)len });
	name = hd_wire_string(&w);
	if (name.n != type || memcmp(name.p, line, type) != 0)
		return false;
	*out = (struct hd_bytes){ raw, (size_t)len };
	raw = NULL;
	return true;
}

bool
ssh_public_read(struct hd_bytes *out, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		size_t indent = strspn(text, BLANK);

		if (*text != '#' && indent < n &&
		    read_line(out, text + indent, n - indent))
			return true;
		text += n + (text[n] == '\n');
	}
	return false;
}
