#ifndef HD_PARTS_H
#define HD_PARTS_H

#include "core/artifact/elf.h"
#include "core/artifact/term.h"
#include "core/base/alloc.h"
#include "core/base/digest.h"

#include <stdbool.h>

/* The parts of a release: its code, the instructions of its relup, its
 * applications and its configuration. */

/* lib/<lib>/ebin/<name>.beam. Elixir has another copy of each protocol, with
 * the implementations in the release, in releases/<version>/consolidated, and
 * Distillery in lib/<lib>/consolidated: lib is then HD_CONSOLIDATED. */
#define HD_CONSOLIDATED "consolidated"
struct hd_module {
	const char *lib; /* "hotcode-0.2.0" */
	const char *name;
	char digest[HD_SHA256_HEX]; /* hd_beam_code_digest() */
};

/* Low-level instructions of relup(4), as release_handler_1 evaluates them. One
 * that names several modules becomes one entry per module. */
enum hd_instruction_kind {
	HD_INSTRUCTION_UNKNOWN, /* release_handler will fail; name: its text */
	HD_LOAD_OBJECT_CODE,    /* reads a module of lib */
	HD_NO_RETURN,           /* point_of_no_return; no name */
	HD_LOAD,                /* loads a module */
	HD_REMOVE,              /* makes a module's current code old */
	HD_PURGE,               /* removes a module's old code */
	HD_SUSPEND,             /* suspends the processes of a module */
	HD_RESUME,
	HD_CODE_CHANGE,    /* converts the state of suspended processes */
	HD_STOP_PROCESSES, /* stops the processes of a module */
	HD_START,          /* starts them again */
	HD_SYNC_NODES,     /* waits for other nodes; no name */
	HD_STOP_APP,       /* apply application:stop/1; name: the application */
	HD_START_APP,      /* apply application:start/1,2 */
	HD_APPLY,          /* any other apply; name: "module:function/arity" */
	HD_NEW_EMULATOR,   /* restart_new_emulator; no name */
	HD_EMULATOR,       /* restart_emulator; no name */
	HD_INSTRUCTIONS
};
struct hd_instruction {
	enum hd_instruction_kind kind;
	const char *name; /* of the module or application; NULL: none */
	const char *lib;  /* LOAD_OBJECT_CODE: "hotcode-0.2.0"; else NULL */
	/* LOAD, REMOVE: brutal_purge of old code before the change, and at
	 * make_permanent. Else soft_purge: release_handler refuses the upgrade
	 * if a process runs old code, and leaves it at make_permanent. */
	bool brutal_before, brutal_after;
};
struct hd_instructions {
	struct hd_instruction *v;
	size_t n, cap;
};

/* A key of an application's environment. */
struct hd_config_key {
	const char *app, *key;
	const struct hd_term *value; /* hd_term_add() writes it */
};
struct hd_config {
	struct hd_config_key *v;
	size_t n, cap;
};

/* An application that the .rel names, from lib/<lib>/ebin/<name>.app. */
struct hd_application {
	const char *lib; /* "hotcode-0.2.0" */
	const char *name, *version;
	const char *callback; /* module of mod; NULL: a library application */
	bool appup;           /* has ebin/<name>.appup */
	struct hd_strs modules;
	struct hd_strs needs; /* applications and included_applications */
	struct hd_config env;
};

/* An ELF file of the release: of the runtime, or below lib/<lib>/priv. */
struct hd_program {
	const char *path;
	struct hd_elf needs;
};

/* An entry of releases/RELEASES. */
struct hd_releases_entry {
	const char *version, *erts;
	const char *status;   /* "permanent", "old", ... */
	struct hd_pairs libs; /* application, version */
};

/* A part that the release cannot run with. */
enum hd_defect_kind {
	HD_DEFECT_CONFIG,   /* release_handler would take it as [] */
	HD_DEFECT_VM_ARGS,  /* the next boot would fail */
	HD_DEFECT_RELEASES, /* release_handler would lose its list */
};
struct hd_defect {
	enum hd_defect_kind kind;
	const char *path;
	const char *text; /* to follow the path; names the line */
};

#endif
