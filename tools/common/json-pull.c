/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: strict reader of untrusted JSON (see json-pull.h)
 */
#include "tools/common/json-pull.h"

#include <gio/gio.h>
#include <string.h>

void json_pull_begin(JsonPull *pull, const char *text, size_t len)
{
    *pull = (JsonPull) {
        .p = text,
        .end = text + len,
        .line = 1,
        .text = g_string_new(NULL),
    };
}

void json_pull_clear(JsonPull *pull)
{
    g_string_free(pull->text, TRUE);
    g_clear_error(&pull->error);
}

static bool fail(JsonPull *pull, const char *message)
{
    if (!pull->error) {
        g_set_error_literal(&pull->error, G_IO_ERROR,
                            G_IO_ERROR_INVALID_DATA, message);
    }
    return false;
}

/* Return: the next byte that is not white space, or 0 at the end */
static char peek(JsonPull *pull)
{
    for (; pull->p < pull->end; pull->p++) {
        if (*pull->p == '\n') {
            pull->line++;
        } else if (*pull->p != ' ' && *pull->p != '\t' && *pull->p != '\r') {
            return *pull->p;
        }
    }
    return 0;
}

static bool take(JsonPull *pull, char c, const char *message)
{
    if (pull->error) {
        return false;
    }
    if (peek(pull) != c || pull->p == pull->end) {
        return fail(pull, message);
    }
    pull->p++;
    return true;
}

static bool enter(JsonPull *pull, char c, const char *message)
{
    if (!take(pull, c, message)) {
        return false;
    }
    if (pull->depth == JSON_PULL_DEPTH_MAX) {
        return fail(pull, "more than 64 objects and arrays in each other: use fewer");
    }
    pull->first |= UINT64_C(1) << pull->depth++;
    return true;
}

/* Takes a comma if one is due; false at the end, which is taken */
static bool next(JsonPull *pull, char end, const char *message)
{
    uint64_t bit;

    if (pull->error) {
        return false;
    }
    bit = UINT64_C(1) << (pull->depth - 1);
    if (peek(pull) == end && pull->p < pull->end) {
        pull->p++;
        pull->depth--;
        return false;
    }
    if (pull->first & bit) {
        pull->first &= ~bit;
        return true;
    }
    if (!take(pull, ',', message)) {
        return false;
    }
    return peek(pull) != end || fail(pull, "a ',' before the end: remove it");
}

bool json_pull_object(JsonPull *pull)
{
    return enter(pull, '{', "it must be an object, which begins with '{'");
}

bool json_pull_array(JsonPull *pull)
{
    return enter(pull, '[', "it must be a list, which begins with '['");
}

bool json_pull_is_array(JsonPull *pull)
{
    return !pull->error && peek(pull) == '[';
}

bool json_pull_member(JsonPull *pull)
{
    return next(pull, '}', "a ',' or '}' is missing") &&
           json_pull_string(pull) &&
           take(pull, ':', "a ':' is missing after a member's name");
}

bool json_pull_element(JsonPull *pull)
{
    return next(pull, ']', "a ',' or ']' is missing");
}

/* --- strings -------------------------------------------------------------- */

static int hex4(JsonPull *pull)
{
    int value = 0;
    int i;

    if (pull->end - pull->p < 4) {
        return -1;
    }
    for (i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(*pull->p++);

        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/* \uXXXX, or two of them: a character above U+FFFF */
static bool take_unicode(JsonPull *pull)
{
    gint64 c = hex4(pull);

    if (c >= 0xd800 && c < 0xdc00) {
        int low = -1;

        if (pull->end - pull->p > 2 && pull->p[0] == '\\' &&
            pull->p[1] == 'u') {
            pull->p += 2;
            low = hex4(pull);
        }
        c = low >= 0xdc00 && low < 0xe000
            ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : -1;
    }
    if (c <= 0 || (c >= 0xdc00 && c < 0xe000)) {
        return fail(pull,
                    "a \\u escape without a character: use four hexadecimal digits");
    }
    g_string_append_unichar(pull->text, c);
    return true;
}

static bool take_escape(JsonPull *pull)
{
    static const char escapes[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char c = pull->p < pull->end ? *pull->p++ : 0;
    const char *found = c ? strchr(escapes, c) : NULL;

    if (c == 'u') {
        return take_unicode(pull);
    }
    if (!found) {
        return fail(pull, "an escape that JSON does not have, after '\\'");
    }
    g_string_append_c(pull->text, meanings[found - escapes]);
    return true;
}

const char *json_pull_string(JsonPull *pull)
{
    if (!take(pull, '"', "it must be a string, in '\"'")) {
        return NULL;
    }
    g_string_truncate(pull->text, 0);
    while (pull->p < pull->end && *pull->p != '"') {
        const char *begin = pull->p;

        if ((unsigned char)*begin < ' ') {
            fail(pull, "a string with a control character: close it, or use an escape");
            return NULL;
        }
        pull->p++;
        if (*begin != '\\') {
            while (pull->p < pull->end && *pull->p != '"' &&
                   *pull->p != '\\' && (unsigned char)*pull->p >= ' ') {
                pull->p++;
            }
            g_string_append_len(pull->text, begin, pull->p - begin);
        } else if (!take_escape(pull)) {
            return NULL;
        }
    }
    if (!take(pull, '"', "a string without an end")) {
        return NULL;
    }
    if (!g_utf8_validate(pull->text->str, pull->text->len, NULL)) {
        fail(pull, "a string that is not UTF-8");
        return NULL;
    }
    return pull->text->str;
}

/* --- numbers and the rest ------------------------------------------------- */

static bool take_digits(JsonPull *pull, uint64_t *number)
{
    const char *begin = pull->p;

    *number = 0;
    for (; pull->p < pull->end && g_ascii_isdigit(*pull->p); pull->p++) {
        unsigned digit = *pull->p - '0';

        if (*number > (UINT64_MAX - digit) / 10) {
            return fail(pull, "a number of more than 64 bits");
        }
        *number = *number * 10 + digit;
    }
    if (pull->p == begin || (*begin == '0' && pull->p - begin > 1) ||
        (pull->p < pull->end && strchr(".eE", *pull->p) && *pull->p)) {
        return fail(pull, "it must be a whole number, in decimal");
    }
    return true;
}

bool json_pull_uint(JsonPull *pull, uint64_t *number)
{
    if (pull->error) {
        return false;
    }
    if (peek(pull) == '-') {
        return fail(pull, "it must not be negative");
    }
    return take_digits(pull, number);
}

bool json_pull_int(JsonPull *pull, int64_t *number)
{
    uint64_t size;
    bool negative;

    if (pull->error) {
        return false;
    }
    negative = peek(pull) == '-';
    pull->p += negative;
    if (!take_digits(pull, &size)) {
        return false;
    }
    if (size > (uint64_t)INT64_MAX + negative) {
        return fail(pull, "a number of more than 64 bits");
    }
    *number = negative ? (int64_t)-size : (int64_t)size;
    return true;
}

bool json_pull_bool(JsonPull *pull, bool *value)
{
    static const char *const words[] = { "false", "true" };
    size_t i;

    if (pull->error) {
        return false;
    }
    peek(pull);
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t len = strlen(words[i]);

        if ((size_t)(pull->end - pull->p) >= len &&
            !memcmp(pull->p, words[i], len)) {
            pull->p += len;
            *value = i;
            return true;
        }
    }
    return fail(pull, "it must be true or false");
}

bool json_pull_end(JsonPull *pull)
{
    if (pull->error) {
        return false;
    }
    peek(pull);
    return pull->p == pull->end ||
           fail(pull, "something follows the end of the object: remove it");
}
