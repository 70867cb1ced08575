/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: verbs of a verb, as of `vfio-trace regdb`
 */
#ifndef VFIO_TRACE_SUBVERB_H
#define VFIO_TRACE_SUBVERB_H

#include "tools/common/tool.h"

/**
 * struct SubVerb: one of the verbs of a verb
 * @verb: "regdb list", and its brief
 * @operands: what the usage line shows after the options
 * @details: paragraphs for --help
 * @entries: its options, if @get_entries is NULL
 * @get_entries: makes its options, which are to be freed
 * @run: the function, after its options were parsed; argv[1] is the first
 *       operand
 */
typedef struct SubVerb {
    Verb verb;
    const char *operands;
    const char *details;
    const GOptionEntry *entries;
    GOptionEntry *(*get_entries)(void);
    int (*run)(int argc, char **argv);
} SubVerb;

/**
 * subverb_run() - find and run one of the verbs of a verb
 * @verb: the verb
 * @subs: its verbs
 * @n: their number
 * @argc: number of words
 * @argv: the words; argv[0] is the verb
 *
 * Return: exit status
 */
int subverb_run(const Verb *verb, const SubVerb *const *subs, size_t n,
                int argc, char **argv);

#endif /* VFIO_TRACE_SUBVERB_H */
