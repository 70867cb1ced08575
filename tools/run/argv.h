/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: words of a command line
 */
#ifndef VFIO_TRACE_RUN_ARGV_H
#define VFIO_TRACE_RUN_ARGV_H

#include <glib.h>

/**
 * run_argv_add() - add an option with its value
 * @argv: the command line
 * @option: the option, with its "-"
 * @fmt: format of the value
 */
void run_argv_add(GPtrArray *argv, const char *option, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * run_argv_value() - a text as QEMU wants it within "K=V,K=V"
 * @text: the text
 *
 * Return: the text with its commas doubled, to be freed
 */
char *run_argv_value(const char *text);

#endif /* VFIO_TRACE_RUN_ARGV_H */
