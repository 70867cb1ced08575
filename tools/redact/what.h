/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: what is replaced, and how much was
 */
#ifndef VFIO_TRACE_REDACT_WHAT_H
#define VFIO_TRACE_REDACT_WHAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/redact/chosen.h"
#include "tools/redact/places.h"

/**
 * struct RedactWhat: what is replaced
 * @key: key of the replacements
 * @secrets: secrets, complete
 * @places: places where they are in pieces
 * @chosen: registers that the user has chosen
 * @marks: text of marks
 * @snapshots: contents of snapshots
 * @names: names of devices and ports
 * @clock: the wall clock
 */
typedef struct RedactWhat {
    const RedactKey *key;
    const RedactSecrets *secrets;
    RedactPlaces *places;
    RedactChosen *chosen;
    bool marks;
    bool snapshots;
    bool names;
    bool clock;
} RedactWhat;

/**
 * struct RedactCounts: what was replaced
 * @marks: marks
 * @snapshots: snapshots as a whole
 * @names: names, each time they occur
 * @clocks: wall clock times
 * @left_out: lines that were left out
 */
typedef struct RedactCounts {
    uint64_t marks;
    uint64_t snapshots;
    uint64_t names;
    uint64_t clocks;
    uint64_t left_out;
} RedactCounts;

/* Takes text of the output */
typedef void RedactSink(void *opaque, const char *p, size_t len);

#endif /* VFIO_TRACE_REDACT_WHAT_H */
