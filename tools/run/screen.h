/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: messages and status line on the terminal
 *
 * All output goes to standard error.  On a terminal, the last line is the
 * status line, which is overwritten, or the prompt for a marker; messages
 * appear above it.  Elsewhere, messages and status are plain lines.
 */
#ifndef VFIO_TRACE_RUN_SCREEN_H
#define VFIO_TRACE_RUN_SCREEN_H

#include <glib.h>
#include <stdbool.h>

/**
 * struct RunScreen: standard error
 * @terminal: it is a terminal that can move its cursor
 * @colour: colours may be used
 * @prompt: the prompt for a marker is shown
 * @status: the status line is shown
 */
typedef struct RunScreen {
    bool terminal;
    bool colour;
    bool prompt;
    bool status;
} RunScreen;

/**
 * run_screen_init() - find out what standard error is
 * @screen: the screen to initialize
 */
void run_screen_init(RunScreen *screen);

/**
 * run_screen_columns() - get the width of the screen
 * @screen: the screen
 *
 * Return: its columns; 0 for no limit
 */
unsigned run_screen_columns(const RunScreen *screen);

/**
 * run_screen_say() - show a message
 * @screen: the screen
 * @fmt: the message, without a newline
 */
void run_screen_say(RunScreen *screen, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/**
 * run_screen_status() - show the status
 * @screen: the screen
 * @line: the status line, without a newline
 *
 * Does nothing while the prompt is shown.
 */
void run_screen_status(RunScreen *screen, const char *line);

/**
 * run_screen_prompt() - open or close the prompt for a marker
 * @screen: the screen
 * @on: open it
 */
void run_screen_prompt(RunScreen *screen, bool on);

/**
 * run_screen_end() - end the status line or the prompt with a newline
 * @screen: the screen
 */
void run_screen_end(RunScreen *screen);

#endif /* VFIO_TRACE_RUN_SCREEN_H */
