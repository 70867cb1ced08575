/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: messages, and signals, of a run that is going on
 */
#ifndef VFIO_TRACE_RUN_SAY_H
#define VFIO_TRACE_RUN_SAY_H

#include "tools/run/internal.h"

/**
 * run_say() - a message for the user
 * @session: the session; a BindSay's
 * @text: it
 */
void run_say(void *session, const char *text);

/**
 * run_fail() - something went wrong
 * @session: the session
 * @text: what
 */
void run_fail(RunSession *session, const char *text);

/**
 * run_signal() - take a signal that asks this program to end
 * @session: the session
 *
 * Return: its number, or 0 if there is none
 */
int run_signal(RunSession *session);

#endif /* VFIO_TRACE_RUN_SAY_H */
