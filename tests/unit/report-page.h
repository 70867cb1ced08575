/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: read the data of a page that 'vfio-trace report' has written
 *
 * By docs/report-format.md, with nothing of the code that writes it.
 */
#ifndef TESTS_UNIT_REPORT_PAGE_H
#define TESTS_UNIT_REPORT_PAGE_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdint.h>

/**
 * struct Page: a page
 * @text: all of it
 * @rest: what is outside of the blocks
 * @blocks: base64 by ID
 * @index: the index
 */
typedef struct Page {
    char *text;
    GString *rest;
    GHashTable *blocks;
    JsonNode *index;
} Page;

/**
 * page_read() - read a page
 * @path: its file
 *
 * Return: the page, to be freed with page_free()
 */
Page *page_read(const char *path);

/**
 * page_log() - get a log of a page
 * @page: the page
 * @i: number of the log
 */
JsonObject *page_log(const Page *page, unsigned i);

/**
 * page_bytes() - get a block
 * @page: the page
 * @ref: reference to it; not null
 * @type: its type; compared
 *
 * Return: its bytes, to be freed
 */
GBytes *page_bytes(const Page *page, JsonObject *ref, const char *type);

/**
 * page_json() - get a block with JSON
 * @page: the page
 * @object: what has the reference
 * @name: name of the reference
 *
 * Return: the JSON, to be freed
 */
JsonNode *page_json(const Page *page, JsonObject *object, const char *name);

/**
 * page_numbers() - get a block with numbers
 * @page: the page
 * @object: what has the reference
 * @name: name of the reference
 * @n: where to store their number; or NULL
 *
 * Return: the numbers, of any type, to be freed
 */
double *page_numbers(const Page *page, JsonObject *object, const char *name,
                     size_t *n);

/**
 * page_sum() - get the sum of the numbers of a block
 * @page: the page
 * @object: what has the reference
 * @name: name of the reference
 */
double page_sum(const Page *page, JsonObject *object, const char *name);

/**
 * struct PageAccess: a single access
 * @t: its place
 * @line: its line
 * @region: index of its region
 * @op: 0 read, 1 write, 2 unknown
 * @width: bytes
 * @cpu: processor, or 0xffff
 * @offset: offset
 * @value: value
 * @latency: nanoseconds, or UINT32_MAX
 * @pc: program counter
 */
typedef struct PageAccess {
    uint64_t t;
    uint64_t line;
    unsigned region;
    unsigned op;
    unsigned width;
    unsigned cpu;
    uint64_t offset;
    uint64_t value;
    uint32_t latency;
    uint64_t pc;
} PageAccess;

/**
 * page_accesses() - get the single accesses of a log
 * @page: the page
 * @log: the log
 * @lines: GPtrArray of the lines, where there are some; or NULL
 *
 * What chunks say of themselves is compared with what is in them.
 *
 * Return: PageAccess, to be freed with g_array_unref()
 */
GArray *page_accesses(const Page *page, JsonObject *log, GPtrArray *lines);

void page_free(Page *page);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

#endif /* TESTS_UNIT_REPORT_PAGE_H */
