/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: words of a rings file (see lex.h) */
#include "libguestmem/lex.h"

#include <string.h>

#include "libguestmem/model.h"

/* Characters of a word in a message */
#define SHOW_MAX 40

/* The signs of two characters, and those of one */
static const char lex_pairs[][2] = {
    { '.', '.' }, { '<', '<' }, { '>', '>' }, { '<', '=' }, { '>', '=' },
    { '=', '=' }, { '!', '=' }, { '&', '&' }, { '|', '|' },
};
static const char lex_singles[] = "{}[]():,.=+-*/%&|^~!<>?";

static bool lex_begins_name(char c)
{
    return g_ascii_isalpha(c) || c == '_';
}

static bool lex_in_name(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

static bool lex_is(const GmemLex *lex, size_t i, char c)
{
    return (size_t)(lex->end - lex->at) > i && lex->at[i] == c;
}

/* --- white space --------------------------------------------------------- */

static void lex_new_line(GmemLex *lex)
{
    lex->at++;
    lex->begin = lex->at;
    lex->line++;
}

/* Length of the end of a line at lex->at[i]; 0: there is none */
static size_t lex_line_end(const GmemLex *lex, size_t i)
{
    if (lex_is(lex, i, '\n')) {
        return 1;
    }
    return lex_is(lex, i, '\r') && lex_is(lex, i + 1, '\n') ? 2 : 0;
}

/* Spaces, a comment, and lines that go on */
static void lex_skip_space(GmemLex *lex)
{
    while (lex->at < lex->end) {
        size_t more = lex_is(lex, 0, '\\') ? lex_line_end(lex, 1) : 0;

        if (*lex->at == ' ' || *lex->at == '\t') {
            lex->at++;
        } else if (more) {
            lex->at += more;
            lex_new_line(lex);
        } else if (*lex->at == '#') {
            const char *end = memchr(lex->at, '\n', lex->end - lex->at);

            lex->at = end ? end : lex->end;
        } else {
            return;
        }
    }
}

/* --- words --------------------------------------------------------------- */

/* Its length is that from its beginning to lex->at. */
static bool lex_put(GmemLex *lex, GmemTokenKind kind)
{
    lex->token.kind = kind;
    lex->token.len = lex->at - lex->token.text;
    return true;
}

/* One or more ends of lines, up to the next word */
static bool lex_newline(GmemLex *lex)
{
    size_t len = lex_line_end(lex, 0);

    lex_put(lex, GMEM_TOKEN_NEWLINE);
    while (len) {
        lex->at += len - 1;
        lex_new_line(lex);
        lex_skip_space(lex);
        len = lex_line_end(lex, 0);
    }
    return true;
}

static bool lex_name(GmemLex *lex)
{
    while (lex->at < lex->end && lex_in_name(*lex->at)) {
        lex->at++;
    }
    lex_put(lex, GMEM_TOKEN_NAME);
    if (lex->token.len > GMEM_NAME_MAX) {
        return gmem_fail_at(lex, &lex->token, GMEM_ERROR_LIMIT,
                            "a name of %zu characters; at most %d expected",
                            lex->token.len, GMEM_NAME_MAX);
    }
    return true;
}

/* Return: whether it fits in 64 bits */
static bool lex_digits(GmemLex *lex, unsigned base, uint64_t *number)
{
    bool fits = true;

    for (; lex->at < lex->end && g_ascii_isxdigit(*lex->at) &&
           (base == 16 || g_ascii_isdigit(*lex->at)); lex->at++) {
        unsigned digit = g_ascii_xdigit_value(*lex->at);

        fits = fits && *number <= (UINT64_MAX - digit) / base;
        *number = *number * base + digit;
    }
    return fits;
}

/* K and M behind a decimal number */
static bool lex_unit(GmemLex *lex, uint64_t *number)
{
    unsigned shift = lex_is(lex, 0, 'K') ? 10 : lex_is(lex, 0, 'M') ? 20 : 0;
    bool fits = *number <= UINT64_MAX >> shift;

    lex->at += shift > 0;
    *number <<= shift;
    return fits;
}

static bool lex_number(GmemLex *lex)
{
    bool hex = lex_is(lex, 0, '0') && (lex_is(lex, 1, 'x') ||
                                       lex_is(lex, 1, 'X'));
    const char *digits = lex->at + (hex ? 2 : 0);
    uint64_t number = 0;
    bool fits;

    lex->at = digits;
    fits = lex_digits(lex, hex ? 16 : 10, &number);
    if (!hex) {
        fits = lex_unit(lex, &number) && fits;
    }
    if (lex->at == digits ||
        (lex->at < lex->end && lex_in_name(*lex->at))) {
        while (lex->at < lex->end && lex_in_name(*lex->at)) {
            lex->at++;
        }
        lex_put(lex, GMEM_TOKEN_NUMBER);
        return gmem_fail_expected(lex, "a number (16, 0x10, 4K, 1M)");
    }
    lex_put(lex, GMEM_TOKEN_NUMBER);
    lex->token.number = number;
    if (!fits) {
        return gmem_fail_at(lex, &lex->token, GMEM_ERROR_LIMIT,
                            "a number that does not fit in 64 bits");
    }
    return true;
}

static bool lex_string(GmemLex *lex)
{
    lex->at++;
    while (lex->at < lex->end && *lex->at != '"') {
        if (*lex->at == '\\') {
            lex->at++;
            if (!lex_is(lex, 0, '"') && !lex_is(lex, 0, '\\')) {
                lex_put(lex, GMEM_TOKEN_STRING);
                return gmem_fail(lex,
                                 "a backslash in a string; only \\\" and \\\\ expected");
            }
        } else if ((unsigned char)*lex->at < ' ' || *lex->at == 0x7f) {
            break;
        }
        lex->at++;
    }
    if (!lex_is(lex, 0, '"')) {
        lex_put(lex, GMEM_TOKEN_STRING);
        return gmem_fail(lex, "a string without an end; '\"' expected");
    }
    lex->at++;
    lex_put(lex, GMEM_TOKEN_STRING);
    if (!g_utf8_validate(lex->token.text, lex->token.len, NULL)) {
        return gmem_fail(lex, "a string that is not UTF-8");
    }
    return true;
}

static bool lex_sign(GmemLex *lex)
{
    char c = *lex->at;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lex_pairs); i++) {
        if (c == lex_pairs[i][0] && lex_is(lex, 1, lex_pairs[i][1])) {
            lex->at += 2;
            lex->token.sign = GMEM_SIGN(c, lex_pairs[i][1]);
            return lex_put(lex, GMEM_TOKEN_SIGN);
        }
    }
    lex->at++;
    lex->token.sign = (unsigned char)c;
    lex_put(lex, GMEM_TOKEN_SIGN);
    if (!c || !strchr(lex_singles, c)) {
        return gmem_fail_expected(lex, "a name, a number or a sign");
    }
    return true;
}

static void lex_begin_token(GmemLex *lex)
{
    lex_skip_space(lex);
    lex->token = (GmemToken) {
        .line = lex->line, .column = lex->at - lex->begin + 1,
        .text = lex->at,
    };
}

bool gmem_lex_next(GmemLex *lex)
{
    if (lex->failed) {
        return false;
    }
    lex_begin_token(lex);
    if (lex->at == lex->end) {
        return lex_put(lex, GMEM_TOKEN_END);
    }
    if (lex_line_end(lex, 0)) {
        return lex_newline(lex);
    }
    if (lex_begins_name(*lex->at)) {
        return lex_name(lex);
    }
    if (g_ascii_isdigit(*lex->at)) {
        return lex_number(lex);
    }
    return *lex->at == '"' ? lex_string(lex) : lex_sign(lex);
}

/* Four hexadecimal digits at lex->at[i] */
static bool lex_id_half(const GmemLex *lex, size_t i, uint16_t *id)
{
    size_t end = i + 4;

    *id = 0;
    for (; i < end; i++) {
        if ((size_t)(lex->end - lex->at) <= i ||
            !g_ascii_isxdigit(lex->at[i])) {
            return false;
        }
        *id = *id << 4 | g_ascii_xdigit_value(lex->at[i]);
    }
    return true;
}

bool gmem_lex_next_id(GmemLex *lex, uint16_t *vendor, uint16_t *device,
                      bool *is_id)
{
    lex_begin_token(lex);
    *is_id = lex_id_half(lex, 0, vendor) && lex_is(lex, 4, ':') &&
             lex_id_half(lex, 5, device) &&
             !((size_t)(lex->end - lex->at) > 9 && lex_in_name(lex->at[9]));
    if (*is_id) {
        lex->at += 9;
        return lex_put(lex, GMEM_TOKEN_NAME);
    }
    return gmem_lex_next(lex);
}

/* A byte order mark is of no use, but some editors write it. */
bool gmem_lex_begin(GmemLex *lex, const char *name, const char *text,
                    size_t len, GError **error)
{
    size_t mark = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;

    *lex = (GmemLex) {
        .name = name, .at = text + mark, .end = text + len,
        .begin = text + mark, .line = 1, .error = error,
    };
    if (!gmem_lex_next(lex)) {
        return false;
    }
    return lex->token.kind != GMEM_TOKEN_NEWLINE || gmem_lex_next(lex);
}

bool gmem_token_is(const GmemToken *token, const char *name)
{
    return token->kind == GMEM_TOKEN_NAME && strlen(name) == token->len &&
           !memcmp(token->text, name, token->len);
}

bool gmem_token_is_sign(const GmemToken *token, unsigned sign)
{
    return token->kind == GMEM_TOKEN_SIGN && token->sign == sign;
}

/* --- messages ------------------------------------------------------------ */

char *gmem_token_show(const GmemToken *token)
{
    GString *text;
    size_t i;

    if (token->kind == GMEM_TOKEN_END) {
        return g_strdup("the end of the file");
    }
    if (token->kind == GMEM_TOKEN_NEWLINE) {
        return g_strdup("the end of the line");
    }
    text = g_string_new("'");
    for (i = 0; i < token->len && i < SHOW_MAX; i++) {
        unsigned char c = token->text[i];

        if (c < ' ' || c > '~') {
            g_string_append_printf(text, "\\x%02x", c);
        } else {
            g_string_append_c(text, c);
        }
    }
    g_string_append(text, i < token->len ? "...'" : "'");
    return g_string_free(text, FALSE);
}

char *gmem_token_string(const GmemToken *token)
{
    GString *text = g_string_new(NULL);
    size_t i;

    for (i = 1; i + 1 < token->len; i++) {
        if (token->text[i] == '\\') {
            i++;
        }
        g_string_append_c(text, token->text[i]);
    }
    return g_string_free(text, FALSE);
}

static void G_GNUC_PRINTF(4, 0)
lex_fail_text(GmemLex *lex, const GmemToken *token, GmemError code,
              const char *format, va_list ap)
{
    g_autofree char *text = g_strdup_vprintf(format, ap);

    if (!lex->failed) {
        g_set_error(lex->error, GMEM_ERROR, code, "%s:%u:%u: %s", lex->name,
                    token->line, token->column, text);
    }
    lex->failed = true;
}

bool gmem_fail_at(GmemLex *lex, const GmemToken *token, GmemError code,
                  const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    lex_fail_text(lex, token, code, format, ap);
    va_end(ap);
    return false;
}

bool gmem_fail(GmemLex *lex, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    lex_fail_text(lex, &lex->token, GMEM_ERROR_SYNTAX, format, ap);
    va_end(ap);
    return false;
}

bool gmem_fail_expected(GmemLex *lex, const char *what)
{
    g_autofree char *got = gmem_token_show(&lex->token);

    return gmem_fail(lex, "%s; %s expected", got, what);
}
