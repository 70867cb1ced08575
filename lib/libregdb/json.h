/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: what JSON-GLib does not do with a foreign text
 *
 * Its parser recurses, accepts more than JSON (and leaks what it does not
 * expect), and forgets where a value was.
 */
#ifndef LIBREGDB_JSON_H
#define LIBREGDB_JSON_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct RegDbJsonLimits: what a text may have
 * @depth: levels of nesting, at most REGDB_JSON_DEPTH_MAX
 * @values: values, and names of members
 * @members: members of an object: names that collide in JSON-GLib's tables
 *           take time that grows with their square
 */
typedef struct RegDbJsonLimits {
    unsigned depth;
    size_t values;
    unsigned members;
} RegDbJsonLimits;

#define REGDB_JSON_DEPTH_MAX 32

/**
 * regdb_json_check() - check that JSON-GLib may parse a text as an object
 * @text: the text, followed by a NUL
 * @len: its length
 * @limits: what it may have
 * @line: where to store the line at which it is refused
 *
 * Return: why it is refused, a message that lives for ever; NULL if it is not
 */
const char *regdb_json_check(const char *text, size_t len,
                             const RegDbJsonLimits *limits, unsigned *line);

/**
 * struct RegDbJsonStep: a step from a value to one in it
 * @name: name of a member of an object, or NULL
 * @index: else the index in a list
 */
typedef struct RegDbJsonStep {
    const char *name;
    size_t index;
} RegDbJsonStep;

/**
 * regdb_json_line() - find the line of a value
 * @text: a JSON text that was parsed without an error
 * @len: its length
 * @steps: the way to it
 * @n: number of @steps
 *
 * Return: the line; of the last value on the way, if the rest is not there
 */
unsigned regdb_json_line(const char *text, size_t len,
                         const RegDbJsonStep *steps, unsigned n);

#endif /* LIBREGDB_JSON_H */
