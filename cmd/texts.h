#ifndef HD_TEXTS_H
#define HD_TEXTS_H

/* Documents of the source tree that are part of the program: the frames of the
 * manual pages (docs/man), deploy.ini.example, docs/events.md and page.css.
 * The build makes the table with embed.sh. It ends with a row without a name.
 */
struct hd_text_file {
	const char *name; /* without folders: "deploy.ini.example" */
	const char *text;
};
extern const struct hd_text_file hd_text_files[];

/* The text of one of them. The name must be in the table. */
const char *hd_text_file(const char *name);

#endif
