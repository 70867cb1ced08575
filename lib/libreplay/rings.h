/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: rings of a log, and who writes their entries
 *
 * Where the log says `by=device`, the device does.  In other logs, and older
 * ones, it does if there is an entry of such a ring behind a read or an
 * interrupt: a driver never tells by these that it has written something.  Rings
 * with the same name are alike: CQ[1] as CQ[0].
 */
#ifndef LIBREPLAY_RINGS_H
#define LIBREPLAY_RINGS_H

#include "libmmiotrace/parse.h"
#include "libreplay/memory.h"

/* Most rings of a log, and most names of rings without their numbers */
#define REPLAY_RINGS_MAX (1u << 16)
#define REPLAY_FAMILIES_MAX (1u << 10)

/**
 * struct ReplayWrite: what a driver has written to a register
 * @value: the value
 * @width: 1, 2, 4 or 8; 0: nothing was written
 */
typedef struct ReplayWrite {
    uint64_t value;
    unsigned width;
} ReplayWrite;

typedef struct ReplayRings ReplayRings;

/**
 * replay_rings_new() - make an empty table
 */
ReplayRings *replay_rings_new(void);

/**
 * replay_rings_free() - free a table
 * @rings: the table, or NULL
 */
void replay_rings_free(ReplayRings *rings);

/**
 * replay_rings_take() - take a mark `ring`
 * @rings: the table
 * @text: text of the mark
 */
void replay_rings_take(ReplayRings *rings, MmtSpan text);

/**
 * replay_rings_family() - get the number of a ring's name
 * @rings: the table
 * @name: the name, with or without a number
 *
 * Return: 0 if there are too many names
 */
uint16_t replay_rings_family(ReplayRings *rings, MmtSpan name);

/**
 * replay_rings_set_device() - the device writes such rings
 * @rings: the table
 * @family: the name's number
 */
void replay_rings_set_device(ReplayRings *rings, uint16_t family);

/**
 * replay_rings_device() - does the device write such rings?
 * @rings: the table
 * @family: the name's number
 */
bool replay_rings_device(const ReplayRings *rings, uint16_t family);

/**
 * replay_rings_base() - get where the ring of an entry begins
 * @rings: the table
 * @text: mark of the entry
 *
 * Return: the address; the entry's if it is not known
 */
uint64_t replay_rings_base(const ReplayRings *rings, MmtSpan text);

/**
 * replay_rings_seen() - does a write say that the driver has seen an entry?
 * @rings: the table
 * @text: mark of the entry that is behind the write
 * @write: the write: perhaps an index, or an address, behind the last entry
 *         that the driver has taken
 */
ReplaySeen replay_rings_seen(const ReplayRings *rings, MmtSpan text,
                             const ReplayWrite *write);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReplayRings, replay_rings_free)

#endif /* LIBREPLAY_RINGS_H */
