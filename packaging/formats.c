/*
 * For make static. libarchive's pax writer calls this function of its own. The
 * file that defines it names all formats, which need libxml2 with the tables of
 * ICU, lzma, bzip2 and nettle: 40 MB that hdeploy never runs. The linker takes
 * this definition and leaves them out.
 */
#include <archive.h>
#include <archive_entry.h>

void __archive_write_entry_filetype_unsupported(
    struct archive *a, struct archive_entry *entry, const char *format);

/* A socket, for example; packing fails with this message. */
void
__archive_write_entry_filetype_unsupported(
    struct archive *a, struct archive_entry *entry, const char *format)
{
	archive_set_error(a, -1, "%s: %s has no such type of file",
	    archive_entry_pathname(entry), format);
}
