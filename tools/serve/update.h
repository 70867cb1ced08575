/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: what a page is told
 *
 * A page has a position: what it knows.  An update has all that is new since
 * then, so a page that reads slowly gets fewer of them, and is told how many
 * lines it was not shown.  docs/serve.md describes the JSON.
 */
#ifndef VFIO_TRACE_SERVE_UPDATE_H
#define VFIO_TRACE_SERVE_UPDATE_H

#include "tools/analysis/db.h"
#include "tools/serve/live.h"

/* Lines of an update */
#define SERVE_UPDATE_LINES 200

/**
 * struct ServePosition: what a page knows
 * @version: ServeLive.version
 * @epoch: ServeLive.epoch
 * @line: the last line
 * @mark: the last mark
 * @width: width of a bin
 * @bin: the first bin that may have changed
 * @sample: number of the sample of QEMU's status
 */
typedef struct ServePosition {
    uint64_t version;
    uint64_t epoch;
    uint64_t line;
    uint64_t mark;
    uint64_t width;
    uint32_t bin;
    uint64_t sample;
} ServePosition;

/**
 * struct ServeStatus: what QEMU says of the trace
 * @number: number of the sample; 0: there is none
 * @sample: the sample of 'status --watch --json', or NULL if QEMU does not
 *          answer any more
 */
typedef struct ServeStatus {
    uint64_t number;
    char *sample;
} ServeStatus;

/**
 * serve_position_parse() - take the ID of the last update that a page got
 * @position: all 0; set to what the page knows
 * @id: the Last-Event-ID header, or NULL
 * @instance: a word that names this server, so that the pages of another one
 *            begin anew
 */
void serve_position_parse(ServePosition *position, const char *id,
                          const char *instance);

/**
 * serve_update() - tell a page what is new
 * @live: what is kept of the log
 * @db: names of its registers
 * @status: what QEMU says
 * @instance: as for serve_position_parse()
 * @position: what the page knows; updated
 *
 * Return: the event, to be freed; NULL if nothing is new
 */
GString *serve_update(const ServeLive *live, AnalysisDb *db,
                      const ServeStatus *status, const char *instance,
                      ServePosition *position);

#endif /* VFIO_TRACE_SERVE_UPDATE_H */
