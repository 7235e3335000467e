#ifndef HD_FACTS_TAKE_H
#define HD_FACTS_TAKE_H

#include "core/base/index.h"
#include "core/plan/facts.h"

/* One line of the answer of remote/facts.sh, cut into words. */
enum { HD_WORDS_MAX = 8 };
struct hd_facts_line {
	struct hd_facts *f;
	struct hd_index *records; /* 1 + its place, of each version */
	struct hd_strs *missing;  /* tools */
	void *field;              /* of f, that the key table names */
	const char *text;         /* the whole value */
	char *word[HD_WORDS_MAX];
	size_t n;
};

/* Takes a line over into its facts; false if it makes no sense. */
typedef bool hd_facts_take(struct hd_facts_line *l);

hd_facts_take hd_take_text, hd_take_word, hd_take_item, hd_take_number,
    hd_take_system, hd_take_missing, hd_take_reason, hd_take_refusal,
    hd_take_root, hd_take_boot, hd_take_script_boot, hd_take_two, hd_take_words,
    hd_take_change, hd_take_service_state, hd_take_vm_word, hd_take_vm_unit,
    hd_take_disk, hd_take_record, hd_take_erts, hd_take_cookie, hd_take_way,
    hd_take_lib, hd_take_history, hd_take_vm, hd_take_vm_release,
    hd_take_vm_library, hd_take_vm_app, hd_take_vm_process, hd_take_vm_old,
    hd_take_vm_other, hd_take_vm_changed, hd_take_vm_env, hd_take_no_list,
    hd_take_pair;

#endif
