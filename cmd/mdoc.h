#ifndef HD_MDOC_H
#define HD_MDOC_H

#include <stdio.h>

/* Text as mdoc(7), the source of manual pages. */

/* Paragraphs, with "\n" at the end of each line. `Words in backquotes` become
 * bold; lines that begin with blanks are kept as they are. */
void hd_mdoc_text(FILE *out, const char *text);
/* One line, as a sentence: "Begins with a capital and ends with a full stop."
 */
void hd_mdoc_sentence(FILE *out, const char *line);
/* A word as the argument of a macro. */
void hd_mdoc_word(FILE *out, const char *word);
/* Markdown as docs/events.md has it: headings, paragraphs, and tables of two
 * columns. The heading of the document and its first line are left out. */
void hd_mdoc_markdown(FILE *out, const char *text);

#endif
