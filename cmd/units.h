#ifndef HD_UNITS_H
#define HD_UNITS_H

#include <stdint.h>

enum { HD_UNITS_MAX = 32 };

/* "812 B", "12.3 MiB" */
void hd_units_bytes(char out[static HD_UNITS_MAX], uint64_t bytes);
/* "0.3s", "41.0s", "2m05s" */
void hd_units_ms(char out[static HD_UNITS_MAX], int64_t ms);
/* "4s", "2m05s": without tenths, so that a screen changes once a second. */
void hd_units_seconds(char out[static HD_UNITS_MAX], int64_t ms);
/* An estimate: "less than a minute left", "about 4 min left", "about 1 h 20 min
 * left". */
void hd_units_left(char out[static HD_UNITS_MAX], int64_t ms);
/* "5.4 MiB/s"; "" if the time is too short to measure it. */
void hd_units_rate(char out[static HD_UNITS_MAX], uint64_t bytes, int64_t ms);

#endif
