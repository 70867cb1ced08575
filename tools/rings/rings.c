/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings: command line, common to its verbs
 */
#include "tools/rings/rings.h"

static const SubVerb *const verbs[] = {
    &rings_list,
    &rings_check,
    &rings_add,
    &rings_remove,
};

static int rings(int argc, char **argv)
{
    return subverb_run(&verb_rings, verbs, G_N_ELEMENTS(verbs), argc, argv);
}

const Verb verb_rings = {
    .name = "rings",
    .brief = "List, check, add and remove rings files: what of memory is logged",
    .run = rings,
};
