#ifndef HD_INSTRUCT_H
#define HD_INSTRUCT_H

#include "core/artifact/parts.h"

/* Appends the low-level instructions of an entry of a relup, in order. The
 * texts are copied into arena. An instruction that release_handler_1 would not
 * accept becomes HD_INSTRUCTION_UNKNOWN. */
void hd_instructions_read(struct hd_instructions *out, struct hd_arena *arena,
    const struct hd_term *list);

#endif
