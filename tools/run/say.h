/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: messages and signals of a run
 */
#ifndef VFIO_TRACE_RUN_SAY_H
#define VFIO_TRACE_RUN_SAY_H

#include "tools/run/internal.h"

/**
 * run_say() - show a message; a BindSay
 * @session: the RunSession
 * @text: the message
 */
void run_say(void *session, const char *text);

/**
 * run_fail() - show an error, and remember that the run has failed
 * @session: the run
 * @text: the error
 */
void run_fail(RunSession *session, const char *text);

/**
 * run_signal() - read a signal that asks this program to end
 * @session: the run
 *
 * Return: its number, or 0 if none is pending
 */
int run_signal(RunSession *session);

#endif /* VFIO_TRACE_RUN_SAY_H */
