/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: the newest of many texts
 *
 * Texts are numbered from 1 up, and the last ones are kept.  Who asks for those
 * behind a number is told how many are gone.
 */
#ifndef VFIO_TRACE_SERVE_NEWEST_H
#define VFIO_TRACE_SERVE_NEWEST_H

#include <glib.h>
#include <stdint.h>

/* Bytes of a text that are kept */
#define SERVE_TEXT_MAX 1024

typedef struct ServeNewest ServeNewest;

/**
 * serve_newest_new() - begin
 * @room: how many texts to keep
 */
ServeNewest *serve_newest_new(unsigned room);

/**
 * serve_newest_add() - add a text
 * @newest: the texts
 * @t: its place on the axis
 * @kind: a word of ours: "read"; lives for ever
 * @text: the text; a newline at its end is dropped
 * @len: its bytes
 */
void serve_newest_add(ServeNewest *newest, uint64_t t, const char *kind,
                      const char *text, size_t len);

/**
 * serve_newest_last() - get the number of the last text
 * @newest: the texts
 *
 * Return: the number; 0 if there is none
 */
uint64_t serve_newest_last(const ServeNewest *newest);

/**
 * serve_newest_put() - append the texts behind a number, as JSON
 * @newest: the texts
 * @after: the number
 * @most: how many at most: the last ones
 * @name: the member's name
 * @json: an object; gets one with "skipped" and "items", lists of number,
 *        place, kind and text
 *
 * Return: number of the last text
 */
uint64_t serve_newest_put(const ServeNewest *newest, uint64_t after,
                          unsigned most, const char *name, GString *json);

void serve_newest_free(ServeNewest *newest);

#endif /* VFIO_TRACE_SERVE_NEWEST_H */
