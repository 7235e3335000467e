/*
 * The reply of remote/facts.sh is lines "key value". The table below has a row
 * for each key: the member of struct hd_facts that it fills, and how its value
 * is read. A key has the name of its member; "vm_" stands for "vm.".
 */
#include "core/plan/facts_row.h"

#include <string.h>

/* Columns: read a word, or the rest of the value, into a member of this
 * type. */
#define COL(type, member, how)                                                 \
	{                                                                      \
		.take = hd_take_##how, .at = offsetof(type, member)            \
	}
#define REST(type, member, how)                                                \
	{                                                                      \
		.take = hd_take_##how, .at = offsetof(type, member),           \
		.rest = true                                                   \
	}
#define IS(type, member, word)                                                 \
	{                                                                      \
		.take = hd_take_is, .at = offsetof(type, member), .yes = word  \
	}

/* Rows; keys are the names of members: */
#define HOST(member) .key = #member
#define VM(member) .key = "vm_" #member
/* of one value: */
#define F struct hd_facts
#define WORD(member, how)                                                      \
	{                                                                      \
		HOST(member), .columns = { COL(F, member, how) }               \
	}
#define TEXT(member, how)                                                      \
	{                                                                      \
		HOST(member), .columns = { REST(F, member, how) }              \
	}
#define FLAG(member)                                                           \
	{                                                                      \
		HOST(member), .columns = { IS(F, member, "yes") }              \
	}
#define VM_WORD(member, how)                                                   \
	{                                                                      \
		VM(member), .columns = { COL(F, vm.member, how) }              \
	}
#define VM_TEXT(member)                                                        \
	{                                                                      \
		VM(member), .columns = { REST(F, vm.member, word) }            \
	}
/* of two values, the second into member_more: */
#define TWO(member, more, how)                                                 \
	{                                                                      \
		HOST(member), .columns = {                                     \
			COL(F, member, word),                                  \
			COL(F, member##_##more, how)                           \
		}                                                              \
	}
/* of a list: */
#define LIST(member, type)                                                     \
	HOST(member), .list = offsetof(F, member), .size = sizeof(type)
#define VM_LIST(member, type)                                                  \
	VM(member), .list = offsetof(F, vm.member), .size = sizeof(type)
#define OF_RECORD(member, type)                                                \
	HOST(member), .of_record = true,                                       \
		      .list = offsetof(struct hd_record, member),              \
		      .size = sizeof(type)
#define STRS(member)                                                           \
	{                                                                      \
		LIST(member, const char *), .columns = {                       \
			{ .take = hd_take_word }                               \
		}                                                              \
	}
#define VM_STRS(member)                                                        \
	{                                                                      \
		VM_LIST(member, const char *), .columns = {                    \
			{ .take = hd_take_word }                               \
		}                                                              \
	}
#define PAIRS(member)                                                          \
	{                                                                      \
		LIST(member, struct hd_pair), .columns = {                     \
			COL(struct hd_pair, name, word),                       \
			REST(struct hd_pair, value, word)                      \
		}                                                              \
	}

static const struct hd_fact_row rows[] = {
	WORD(user, word),
	WORD(system, word),
	WORD(machine, word),
	TEXT(libc, word),
	STRS(loaders),
	STRS(missing),
	TEXT(refusal, reason),
	FLAG(root_exists),
	FLAG(brief),
	FLAG(plain),
	TEXT(unlinked, word),
	WORD(id, word),
	WORD(boot, version),
	WORD(script_boot, version),
	FLAG(no_list),
	TWO(switching, from, version),
	TWO(files, from, or_null),
	WORD(files_of, version),
	WORD(disk_free, kilobytes),
	WORD(inodes_free, word),
	TWO(mounted, options, word),
	WORD(glibcxx, word),
	STRS(lacks),
	{ LIST(programs, struct hd_program),
	    .columns = { COL(struct hd_program, path, word),
		COL(struct hd_program, needs.machine, machine),
		COL(struct hd_program, needs.loader, loader),
		COL(struct hd_program, needs.glibc, glibc),
		COL(struct hd_program, needs.glibcxx, glibcxx),
		COL(struct hd_program, needs.libraries, list) } },
	WORD(clock_ahead, number),
	WORD(clock_behind, number),
	FLAG(selinux),
	FLAG(pty),
	FLAG(logout_ends),
	FLAG(no_tunnel),
	{ LIST(limits, struct hd_limit),
	    .columns = { COL(struct hd_limit, name, word),
		COL(struct hd_limit, now, word),
		COL(struct hd_limit, next, word),
		IS(struct hd_limit, unit, "unit") } },
	{ LIST(unset, struct hd_unset),
	    .columns = { COL(struct hd_unset, name, word),
		COL(struct hd_unset, file, word),
		IS(struct hd_unset, vm, "yes") } },
	WORD(stray, word),
	TWO(snapshot, boot, version),
	TEXT(unfinished, word),
	TEXT(watching, word),
	TEXT(lock, word),
	TEXT(lock_command, word),
	TEXT(lock_since, word),
	TEXT(lock_silent, word),
	TEXT(journal, journal),
	TWO(journal_step, status, word),
	STRS(unpacked),
	STRS(newest),
	{ LIST(records, struct hd_record),
	    .columns = { COL(struct hd_record, version, version),
		COL(struct hd_record, identity, or_null),
		COL(struct hd_record, sha256, or_null),
		COL(struct hd_record, lost, lost),
		IS(struct hd_record, verified, "yes") } },
	{ HOST(erts), .of_record = true,
	    .columns = { COL(struct hd_record, erts, word) } },
	{ HOST(cookie), .of_record = true,
	    .columns = { COL(struct hd_record, cookie, word) } },
	{ OF_RECORD(relup, struct hd_relup_entry),
	    .columns = { IS(struct hd_relup_entry, down, "down"),
		COL(struct hd_relup_entry, from, word),
		IS(struct hd_relup_entry, emulator, "emulator"),
		COL(struct hd_relup_entry, restarts, list) } },
	{ OF_RECORD(libs, struct hd_pair), .lenient = true,
	    .columns = { COL(struct hd_pair, name, word),
		COL(struct hd_pair, value, word) } },
	WORD(proved, version),
	WORD(packed, version),
	{ HOST(known), .of_record = true, .lenient = true,
	    .columns = { IS(struct hd_record, known, "yes") } },
	{ OF_RECORD(modules, struct hd_module), .lenient = true,
	    .columns = { COL(struct hd_module, lib, word),
		COL(struct hd_module, name, word),
		COL(struct hd_module, digest, digest) } },
	{ OF_RECORD(effects, struct hd_effect), .lenient = true,
	    .columns = { IS(struct hd_effect, down, "down"),
		COL(struct hd_effect, from, version),
		COL(struct hd_effect, module, word),
		COL(struct hd_effect, letters, word) } },
	{ OF_RECORD(settings, struct hd_packed), .lenient = true,
	    .columns = { COL(struct hd_packed, name, word),
		COL(struct hd_packed, digest, word),
		REST(struct hd_packed, text, word) } },
	{ OF_RECORD(arguments, struct hd_packed), .lenient = true,
	    .columns = { COL(struct hd_packed, name, word),
		COL(struct hd_packed, digest, word),
		REST(struct hd_packed, text, word) } },
	PAIRS(loose),
	PAIRS(edited),
	PAIRS(gone),
	PAIRS(changed),
	WORD(unread, number),
	PAIRS(owners),
	STRS(unlisted),
	STRS(unrecorded),
	PAIRS(damaged),
	PAIRS(leftover),
	WORD(list_state, word),
	{ LIST(on_list, struct hd_listed),
	    .columns = { COL(struct hd_listed, version, word),
		COL(struct hd_listed, status, word) } },
	PAIRS(pinned),
	PAIRS(elsewhere),
	FLAG(unit_disabled),
	PAIRS(foreign),
	PAIRS(closed),
	TEXT(history, history),
	TEXT(service_refusal, reason),
	WORD(service_loaded, word),
	WORD(service_state, word),
	WORD(service_id, word),
	FLAG(no_reload),
	VM_WORD(state, vm_state),
	VM_TEXT(why),
	VM_WORD(init, word),
	VM_WORD(word, version),
	{ VM(unnamed), .columns = { IS(F, vm.unnamed, "yes") } },
	VM_WORD(tls, word),
	VM_WORD(unit, word),
	VM_WORD(manager, word),
	{ VM_LIST(others, struct hd_other),
	    .columns = { COL(struct hd_other, pid, word),
		COL(struct hd_other, user, word) } },
	{ VM_LIST(changed, struct hd_variable),
	    .columns = { COL(struct hd_variable, name, word),
		COL(struct hd_variable, was, or_null),
		COL(struct hd_variable, now, or_null) } },
	VM_TEXT(lost),
	VM_WORD(stray, word),
	VM_WORD(pid, number),
	VM_WORD(creation, number),
	VM_WORD(names, word),
	VM_WORD(script, word),
	{ VM_LIST(releases, struct hd_listed),
	    .columns = { COL(struct hd_listed, version, word),
		COL(struct hd_listed, status, word) } },
	{ VM_LIST(libraries, struct hd_library),
	    .columns = { COL(struct hd_library, app, word),
		COL(struct hd_library, version, word) } },
	{ VM_LIST(apps, struct hd_running),
	    .columns = { COL(struct hd_running, app, word),
		COL(struct hd_running, version, word),
		COL(struct hd_running, master, or_null) } },
	{ VM_LIST(processes, struct hd_process),
	    .columns = { COL(struct hd_process, name, word),
		COL(struct hd_process, id, word),
		COL(struct hd_process, app, or_null) } },
	VM_WORD(blocked, word),
	VM_STRS(modified),
	VM_STRS(gone),
	VM_STRS(absent),
	{ VM_LIST(old_code, struct hd_old_code),
	    .columns = { COL(struct hd_old_code, module, word),
		COL(struct hd_old_code, processes, number),
		COL(struct hd_old_code, id, word),
		COL(struct hd_old_code, who, word) } },
	VM_WORD(unasked, number),
	{ VM_LIST(settings, struct hd_setting),
	    .columns = { COL(struct hd_setting, key, word),
		COL(struct hd_setting, state, setting) } },
	VM_STRS(operators),
	VM_STRS(flags),
	VM_TEXT(stale),
	VM_TEXT(unread),
	{ VM(interactive), .columns = { IS(F, vm.interactive, "yes") } },
	{ VM(probed), .columns = { IS(F, vm.probed, "yes") } },
	VM_STRS(unloaded),
	{ VM_LIST(inside, struct hd_old_code),
	    .columns = { COL(struct hd_old_code, module, word),
		COL(struct hd_old_code, processes, number),
		COL(struct hd_old_code, id, word),
		COL(struct hd_old_code, who, word) } },
	{ VM_LIST(tree, struct hd_tree),
	    .columns = { COL(struct hd_tree, app, word),
		COL(struct hd_tree, how, word), COL(struct hd_tree, id, word),
		COL(struct hd_tree, who, word) } },
	{ VM_LIST(left, struct hd_left),
	    .columns = { COL(struct hd_left, module, word),
		COL(struct hd_left, id, word),
		COL(struct hd_left, who, word) } },
	VM_WORD(more, number),
	VM_WORD(unseen, number),
};

/* Of the files of versions that are on the host, of the next start, and of the
 * past. */
static const char *const only_full[] = { "user", "files", "files_of", "loose",
	"edited", "gone", "changed", "unread", "owners", "unlisted",
	"unrecorded", "damaged", "leftover", "list_state", "on_list", "pinned",
	"elsewhere", "unit_disabled", "history", "service_refusal",
	"service_loaded", "service_state", "service_id", "no_reload", "packed",
	"settings", "arguments", "selinux", "pty", "logout_ends", "limits",
	"unset", "stray" };

bool
hd_facts_only_full(const char *key)
{
	for (size_t i = 0; i < HD_COUNT(only_full); i++)
		if (strcmp(only_full[i], key) == 0)
			return true;
	return false;
}

const char *
hd_facts_key(size_t i)
{
	return i < HD_COUNT(rows) ? rows[i].key : NULL;
}

const struct hd_fact_row *
hd_fact_row_find(const char *key)
{
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	}
	return NULL;
}
