/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: messages and status line on the terminal
 *
 * All goes to standard error.  On a terminal its last line is the status, which
 * is written over again and again, or the prompt for a marker; messages appear
 * above it.  Elsewhere there are only lines, with the status now and then.
 */
#ifndef VFIO_TRACE_RUN_SCREEN_H
#define VFIO_TRACE_RUN_SCREEN_H

#include <glib.h>
#include <stdbool.h>

/**
 * struct RunScreen: standard error
 * @terminal: it is one, and can move its cursor
 * @colour: it may be colourful
 * @prompt: the user is asked for a marker
 * @status: the status line stands there
 */
typedef struct RunScreen {
    bool terminal;
    bool colour;
    bool prompt;
    bool status;
} RunScreen;

/**
 * run_screen_init() - look what it is
 * @screen: what to set up
 */
void run_screen_init(RunScreen *screen);

/**
 * run_screen_columns() - how long a line may be
 * @screen: the screen
 *
 * Return: its columns; 0 for any
 */
unsigned run_screen_columns(const RunScreen *screen);

/**
 * run_screen_say() - a message
 * @screen: the screen
 * @fmt: it, without a newline
 */
void run_screen_say(RunScreen *screen, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/**
 * run_screen_status() - how things are
 * @screen: the screen
 * @line: a line, without a newline
 *
 * While the user is typing it waits for the next one.
 */
void run_screen_status(RunScreen *screen, const char *line);

/**
 * run_screen_prompt() - ask for a marker, or do so no more
 * @screen: the screen
 * @on: which
 */
void run_screen_prompt(RunScreen *screen, bool on);

/**
 * run_screen_end() - leave the status line where it is
 * @screen: the screen
 */
void run_screen_end(RunScreen *screen);

#endif /* VFIO_TRACE_RUN_SCREEN_H */
