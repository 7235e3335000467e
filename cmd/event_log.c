#include "cmd/event_log.h"

#include "cmd/screen_json.h"
#include "core/base/fs.h"

#include <string.h>

enum { LOG_MAX = 256 * 1024 * 1024 };

/* The first line says which program wrote the log, and in which format. */
static int
check_version(const struct hd_json *o, struct hd_err *err)
{
	const char *event = hd_json_get(o, "event");
	int64_t format = hd_json_get_int(o, "format");

	if (event == NULL || strcmp(event, "version") != 0)
		return hd_err_set(err, HD_EUSAGE,
		    "line 1 is not the version event with which a log of "
		    "hdeploy --json begins");
	if (format == HD_SCREEN_JSON_FORMAT)
		return 0;
	return hd_err_set(err, HD_EUSAGE,
	    "line 1: the log has format %lld, but this hdeploy reads format %d",
	    (long long)format, HD_SCREEN_JSON_FORMAT);
}

static int
take_line(const char *line, size_t number, bool cut, const struct hd_sink *sink,
    struct hd_err *err)
{
	struct hd_json *o = hd_json_parse(line);
	HD_AUTO_ARENA a = { 0 };
	struct hd_event ev;
	int got = 0;

	if (o == NULL && cut && number > 1)
		return 0;
	if (o == NULL)
		return hd_err_set(err, HD_EUSAGE,
		    "line %zu is not a JSON object: the log must contain "
		    "nothing but the stdout of hdeploy --json",
		    number);
	if (number == 1)
		got = check_version(o, err);
	else if (hd_screen_json_read(&ev, &a, o))
		hd_emit(sink, ev);
	hd_json_free(o);
	return got;
}

int
hd_event_log_read(
    const char *path, const struct hd_sink *sink, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(LOG_MAX);
	size_t number = 0;

	if (hd_fs_read(path, &text, err) < 0)
		return -1;
	if (text.len == 0)
		return hd_err_set(err, HD_EUSAGE, "%s is empty", path);
	if (strlen(text.ptr) != text.len)
		return hd_err_set(
		    err, HD_EUSAGE, "%s has NUL bytes: it is not a log", path);
	for (char *line = text.ptr, *end; *line != '\0'; line = end) {
		bool cut;

		end = strchr(line, '\n');
		cut = end == NULL;
		end = cut ? line + strlen(line) : end + 1;
		if (!cut)
			end[-1] = '\0';
		if (take_line(line, ++number, cut, sink, err) < 0)
			return hd_err_prefix(err, "%s", path);
	}
	return 0;
}
