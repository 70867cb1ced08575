/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: a Linux kernel's words on its modules, and the marks of them
 *
 * The kernel's trace events come before and after a module's init function,
 * in one order. Its uevents come after the init function only (since 5.12).
 */
#ifndef GUEST_MARKER_MODULES_H
#define GUEST_MARKER_MODULES_H

#include "guest-images/marker/text.h"

#define MARK_MODULE_NAME 64
#define MARK_MODULES_LOADING 32

/**
 * struct MarkModules: modules whose init functions run
 *
 * @loading: who loads which module; the next one replaces the oldest
 * @next: place of the next one
 */
typedef struct MarkModules {
    struct {
        uint32_t pid;
        bool failed;
        char name[MARK_MODULE_NAME];
    } loading[MARK_MODULES_LOADING];
    size_t next;
} MarkModules;

/**
 * mark_modules_trace() - one line of a trace_pipe
 * @line: the line, without its newline
 * @mark: is set to the mark for it
 *
 * Returns: whether there is a mark
 */
bool mark_modules_trace(MarkModules *m, const char *line, MarkText *mark);

/**
 * mark_modules_uevent() - one message of the kernel's uevent socket
 * @message: the message, @len bytes of strings that each end with a zero byte
 * @mark: is set to the mark for it
 *
 * Returns: whether there is a mark
 */
bool mark_modules_uevent(const char *message, size_t len, MarkText *mark);

#endif
