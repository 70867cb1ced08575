/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows of the command line in QMP's words
 *
 * The grammar is that of the device's windows= (libpcidev/window-spec.h), one
 * window a word and without the groups "all" and "registers".
 */
#ifndef VFIO_TRACE_WINDOW_PARSE_H
#define VFIO_TRACE_WINDOW_PARSE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Regions that one word may stand for: vga's are three. */
#define WINDOW_REGIONS_MAX 3

/**
 * struct WindowSpec: what a word says
 * @text: the word
 * @regions: QMP's names for what it is about; a NULL ends them
 * @whole: all of these
 * @offset: otherwise, the first byte
 * @length: and how many
 * @direction: QMP's name for it
 */
typedef struct WindowSpec {
    const char *text;
    const char *regions[WINDOW_REGIONS_MAX + 1];
    bool whole;
    uint64_t offset;
    uint64_t length;
    const char *direction;
} WindowSpec;

/**
 * window_parse() - understand a word
 * @text: the word; must live as long as @window
 * @window: where to store what it says
 * @error: where to store what is wrong with it
 */
bool window_parse(const char *text, WindowSpec *window, GError **error);

#endif /* VFIO_TRACE_WINDOW_PARSE_H */
