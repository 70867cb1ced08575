/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace regdb: command line, common to its verbs
 */
#include "tools/regdb/regdb.h"

static const SubVerb *const verbs[] = {
    &regdb_list,
    &regdb_check,
    &regdb_convert,
};

static int regdb(int argc, char **argv)
{
    return subverb_run(&verb_regdb, verbs, G_N_ELEMENTS(verbs), argc, argv);
}

const Verb verb_regdb = {
    .name = "regdb",
    .brief = "List, check and convert register databases",
    .run = regdb,
};
