/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: command line of a rehearsal
 *
 * A rehearsal has a stand-in for everything whose start would open a device of
 * the host, or have effects that a second start must not have: a stand-in has
 * the same ID and the same place on the same bus.
 */
#ifndef VFIO_TRACE_RUN_STAND_IN_H
#define VFIO_TRACE_RUN_STAND_IN_H

#include <glib.h>
#include <stdbool.h>

/**
 * run_stand_in() - make the command line of a rehearsal
 * @argv: QEMU's command line
 * @help: what QEMU prints for "-device help", "-display help" and "-h"
 * @why: where to store why there is none: a constant text
 *
 * Return: the words, to be freed with g_strfreev(); NULL if something in @argv
 *         can have no stand-in
 */
char **run_stand_in(char **argv, const char *help, const char **why);

#endif /* VFIO_TRACE_RUN_STAND_IN_H */
