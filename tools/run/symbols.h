/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: symbols that the guest sends
 *
 * A Linux guest writes its /proc/kallsyms to a port (docs/symbolize.md).  It is
 * stored beside the log, one file for each boot (common/boot-symbols.h), so
 * that 'vfio-trace symbolize' finds it.
 */
#ifndef VFIO_TRACE_RUN_SYMBOLS_H
#define VFIO_TRACE_RUN_SYMBOLS_H

#include "tools/run/internal.h"

/* The port's name in the guest, and its ID in QEMU */
#define RUN_SYMBOLS_PORT "org.vfio-trace.symbols.0"
#define RUN_SYMBOLS_ID "symbols"

/**
 * run_symbols_check() - check whether symbols of an older log are in the way
 * @plan: the plan
 * @error: where to store that there are some, with the remedy
 */
bool run_symbols_check(const RunPlan *plan, GError **error);

/**
 * run_symbols_new() - make the port's connection
 * @plan: the plan
 * @error: where to store why not
 *
 * Symbols of an older log of the same name are removed with --overwrite;
 * without it they are an error.
 *
 * Return: the state; NULL with @error, or if no symbols can be stored
 */
RunSymbols *run_symbols_new(RunPlan *plan, GError **error);

/**
 * run_symbols_start() - read from now on: QEMU runs
 * @session: the run
 */
void run_symbols_start(RunSession *session);

/**
 * run_symbols_closed() - the guest has closed the port
 * @session: the run
 */
void run_symbols_closed(RunSession *session);

/**
 * run_symbols_tick() - write a boot's marker that QEMU has not taken yet
 * @session: the run
 *
 * To be called once a second.
 */
void run_symbols_tick(RunSession *session);

/**
 * run_symbols_reset() - the machine was reset
 * @session: the run
 */
void run_symbols_reset(RunSession *session);

/**
 * run_symbols_end() - take what is left: QEMU has ended
 * @session: the run
 */
void run_symbols_end(RunSession *session);

/**
 * run_symbols_free() - free the state
 * @symbols: the state, or NULL
 */
void run_symbols_free(RunSymbols *symbols);

/**
 * run_symbols_options() - add the port to QEMU's command line
 * @plan: the plan
 * @argv: the command line
 * @bus: the virtio-serial bus
 */
void run_symbols_options(const RunPlan *plan, GPtrArray *argv,
                         const char *bus);

#endif /* VFIO_TRACE_RUN_SYMBOLS_H */
