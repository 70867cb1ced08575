/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: what QEMU says of the trace
 *
 * 'vfio-trace status --watch --json' runs as a process of its own.  Without a
 * QEMU that the user has named, it is that of the only 'vfio-trace run', if its
 * log is the one that is shown.
 */
#ifndef VFIO_TRACE_SERVE_WATCH_H
#define VFIO_TRACE_SERVE_WATCH_H

#include "tools/serve/update.h"

/* Bytes of a sample that are taken */
#define SERVE_SAMPLE_MAX (1u << 20)

typedef struct ServeWatch ServeWatch;

/**
 * struct ServeQemu: the QEMU that the user has named
 * @qmp: its QMP socket, or NULL
 * @guest: its libvirt domain, or NULL
 */
typedef struct ServeQemu {
    const char *qmp;
    const char *guest;
} ServeQemu;

/**
 * serve_watch_new() - begin to ask
 * @log: the log that is shown
 * @qemu: the QEMU, whose strings live as long as the state
 */
ServeWatch *serve_watch_new(const char *log, const ServeQemu *qemu);

/**
 * serve_watch_status() - get the newest answer
 * @watch: the state
 */
const ServeStatus *serve_watch_status(const ServeWatch *watch);

/**
 * serve_watch_is_of() - is a sample of a log?
 * @sample: the sample, an object in JSON
 * @log: the log
 *
 * Return: does one of the sample's logs have this file, or one of its parts?
 */
bool serve_watch_is_of(const char *sample, const char *log);

/**
 * serve_watch_free() - ask no more
 * @watch: the state, or NULL
 */
void serve_watch_free(ServeWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServeWatch, serve_watch_free)

#endif /* VFIO_TRACE_SERVE_WATCH_H */
