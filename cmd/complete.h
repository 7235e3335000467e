#ifndef HD_COMPLETE_H
#define HD_COMPLETE_H

#include "core/base/alloc.h"
#include "core/inventory/inventory.h"

#include <stdint.h>
#include <stdio.h>

struct hd_command;

/*
 * Completion of a command line in a shell. The files in completions/ call
 * `hdeploy complete -- WORD...`, with the words after "hdeploy" up to the
 * cursor, and show what it prints: a line "CANDIDATE\tDESCRIPTION" for each
 * word that could be there, or a line ":files" or ":folders". The candidates
 * are not compared with the beginning of the word: shells do that in their own
 * ways.
 *
 * Completion runs no command, asks no host and resolves no name: it reads the
 * tables of the program, deploy.ini and the versions that were last seen
 * (seen.h). It reports no error.
 */
void hd_complete(FILE *out, const char *const *words, size_t n);

/* The command line up to the word at the cursor. */
struct hd_typed {
	struct hd_arena *arena;
	FILE *out;
	const struct hd_command *command; /* NULL: none was typed */
	struct hd_strs args;              /* of the command */
	const char *file;                 /* deploy.ini */
	uint64_t given;                   /* bit i: option i of the table */
	const char *prefix; /* of each candidate, such as "--limit=" */
	const char *word;   /* at the cursor, without prefix */
	struct hd_inventory *inventory; /* NULL: not read, or wrong */
};

/* Candidates for one kind of word: an argument or the value of an option. */
struct hd_candidates {
	const char *name;                /* as in the help: "ENV" */
	void (*put)(struct hd_typed *t); /* NULL: none can be offered */
};
/* The row of this name; NULL: there is none. */
const struct hd_candidates *hd_candidates_of(const char *name);
void hd_candidates_commands(struct hd_typed *t);
void hd_candidates_options(struct hd_typed *t);

#endif
