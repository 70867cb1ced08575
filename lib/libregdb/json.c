/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: what JSON-GLib does not do with a foreign text (see json.h) */
#include "libregdb/json.h"

#include <string.h>

static unsigned json_lines(const char *text, const char *p)
{
    unsigned n = 1;

    while ((text = memchr(text, '\n', p - text))) {
        text++;
        n++;
    }
    return n;
}

/* Return: behind the string that begins at @p; @end if it does not end */
static const char *json_skip_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++) {
        if (*p == '\\') {
            p++;
        }
    }
    return p < end ? p + 1 : end;
}

static const char *json_skip_space(const char *p, const char *end)
{
    while (p < end && g_ascii_isspace(*p)) {
        p++;
    }
    return p;
}

/**
 * struct JsonCheck: a text that is being checked
 * @end: its end
 * @limits: what it may have
 * @open: brackets that are open
 * @n: values and names so far
 * @members: members so far of each object that is open
 */
typedef struct JsonCheck {
    const char *end;
    const RegDbJsonLimits *limits;
    unsigned open;
    size_t n;
    unsigned members[REGDB_JSON_DEPTH_MAX + 1];
} JsonCheck;

/* Take a character outside strings.  Return: what is wrong, or NULL */
static const char *json_take(JsonCheck *check, const char *p)
{
    switch (*p) {
    case '[':
    case '{':
        if (check->open == check->limits->depth) {
            return "lists and objects are nested too deep";
        }
        check->members[++check->open] = 0;
        check->n++;
        return NULL;
    case ']':
    case '}':
        return --check->open || json_skip_space(p + 1, check->end) ==
               check->end ? NULL : "there is something behind the object";
    case ':':
        check->n++;
        return ++check->members[check->open] > check->limits->members ?
               "an object has too many members" : NULL;
    case ',':
        check->n++;
        return NULL;
    case '/':
    case '\'':
        /* a comment and a string, for JSON-GLib */
        return "this is not JSON";
    default:
        return NULL;
    }
}

static const char *json_check_object(const char *p, const char *end,
                                     const RegDbJsonLimits *limits,
                                     const char **at)
{
    JsonCheck check = { .end = end, .limits = limits };
    const char *why = *p == '{' ? NULL : "the text is not an object";

    *at = p;
    while (p < end && !why) {
        *at = p;
        if (*p == '"') {
            p = json_skip_string(p, end);
            continue;
        }
        why = json_take(&check, p++);
        if (check.n > limits->values) {
            why = "the text has too many values";
        }
    }
    return why;
}

const char *regdb_json_check(const char *text, size_t len,
                             const RegDbJsonLimits *limits, unsigned *line)
{
    const char *end = text + len;
    const char *at, *why;

    if (g_utf8_validate(text, len, &at)) {
        why = json_check_object(json_skip_space(text, end), end, limits, &at);
    } else {
        why = "the text is not UTF-8";
    }
    *line = why ? json_lines(text, at) : 0;
    return why;
}

/* Return: the comma or bracket behind the value at @p */
static const char *json_skip_value(const char *p, const char *end)
{
    unsigned open = 0;

    while (p < end) {
        if (*p == '"') {
            p = json_skip_string(p, end);
            continue;
        }
        if (!open && (*p == ',' || *p == ']' || *p == '}')) {
            break;
        }
        open += *p == '[' || *p == '{';
        open -= *p == ']' || *p == '}';
        p++;
    }
    return p;
}

static bool json_is_name(const char *p, const char *end, const char *name)
{
    size_t len = strlen(name);

    return (size_t)(end - p) == len + 2 && !memcmp(p + 1, name, len);
}

/* Return: the value of a member of the object at @p, or NULL */
static const char *json_member(const char *p, const char *end,
                               const char *name)
{
    p = json_skip_space(p + 1, end);
    while (p < end && *p == '"') {
        const char *behind = json_skip_string(p, end);
        bool found = json_is_name(p, behind, name);

        p = json_skip_space(behind, end);
        if (p == end || *p != ':') {
            return NULL;
        }
        p = json_skip_space(p + 1, end);
        if (found) {
            return p;
        }
        p = json_skip_value(p, end);
        if (p == end || *p != ',') {
            return NULL;
        }
        p = json_skip_space(p + 1, end);
    }
    return NULL;
}

/* Return: an element of the list at @p, or NULL */
static const char *json_element(const char *p, const char *end, size_t index)
{
    p = json_skip_space(p + 1, end);
    while (index--) {
        p = json_skip_value(p, end);
        if (p == end || *p != ',') {
            return NULL;
        }
        p = json_skip_space(p + 1, end);
    }
    return p;
}

unsigned regdb_json_line(const char *text, size_t len,
                         const RegDbJsonStep *steps, unsigned n)
{
    const char *end = text + len;
    const char *p = json_skip_space(text, end);
    unsigned i;

    for (i = 0; i < n && p < end; i++) {
        const char *in = NULL;

        if (*p == '{' && steps[i].name) {
            in = json_member(p, end, steps[i].name);
        } else if (*p == '[' && !steps[i].name) {
            in = json_element(p, end, steps[i].index);
        }
        if (!in) {
            break;
        }
        p = in;
    }
    return json_lines(text, p);
}
