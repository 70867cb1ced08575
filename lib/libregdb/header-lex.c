/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: C headers, from text to defines */
#include "libregdb/header-internal.h"

#include <string.h>

/* Bytes of an expression, of a comment */
#define HEADER_EXPR_MAX 4096
#define HEADER_COMMENT_MAX 200

/**
 * struct HeaderLex: a text that is being read
 * @header: the headers
 * @file: number of the file
 * @include: takes #include
 * @at: the next byte
 * @end: behind the last one
 * @line: line of @at
 * @code: a logical line, without comments
 * @comment: the last comment on it
 * @begun: line on which it begins
 * @enum_name: behind "enum": its name, or ""
 * @expect: "enum" or its name were read: '{' may follow
 * @list: number of the enum that is being read, or 0
 * @member: text of a member so far
 * @depth: parentheses that are open in it
 * @next: value of a member that has none
 * @next_of: the member before, or NULL: number from 0
 * @last: the member that a comment is about
 * @skip: #if 0 that are open, and what is in them
 */
typedef struct HeaderLex {
    RegDbHeader *header;
    unsigned file;
    RegDbHeaderInclude *include;
    const char *at;
    const char *end;
    unsigned line;
    GString *code;
    GString *comment;
    unsigned begun;
    GString *enum_name;
    bool expect;
    uint32_t list;
    GString *member;
    unsigned depth;
    unsigned next;
    const char *next_of;
    RegDbHeaderDefine *last;
    unsigned skip;
} HeaderLex;

static bool header_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

static const char *header_keep(RegDbHeader *header, const char *text,
                               gssize len)
{
    return g_string_chunk_insert_len(header->strings, text, len);
}

/* White space around it, and "*" at the beginnings of lines, is no text. */
static void header_add_comment(GString *comment, const char *text,
                               const char *end)
{
    bool space = true;

    g_string_truncate(comment, 0);
    for (; text < end && comment->len < HEADER_COMMENT_MAX; text++) {
        bool star = *text == '*' && space;

        if (g_ascii_isspace(*text) || star || !*text) {
            space = true;
            continue;
        }
        if (space && comment->len) {
            g_string_append_c(comment, ' ');
        }
        space = false;
        g_string_append_c(comment, *text);
    }
}

/* --- logical lines ------------------------------------------------------ */

static void header_block_comment(HeaderLex *lex)
{
    const char *text = lex->at + 2;
    const char *end = text;

    while (end < lex->end && !(*end == '*' && end + 1 < lex->end &&
                               end[1] == '/')) {
        lex->line += *end == '\n';
        end++;
    }
    header_add_comment(lex->comment, text, end);
    g_string_append_c(lex->code, ' ');
    lex->at = MIN(end + 2, lex->end);
}

static void header_line_comment(HeaderLex *lex)
{
    const char *end = memchr(lex->at, '\n', lex->end - lex->at) ?: lex->end;

    header_add_comment(lex->comment, lex->at + 2, end);
    lex->at = end;
}

/* Continues at a backslash before the end of the line */
static bool header_continued(HeaderLex *lex)
{
    const char *next = lex->at + 1;

    next += next < lex->end && *next == '\r';
    if (next >= lex->end || *next != '\n') {
        return false;
    }
    lex->at = next + 1;
    lex->line++;
    g_string_append_c(lex->code, ' ');
    return true;
}

static bool header_two(const HeaderLex *lex, char a, char b)
{
    return lex->at[0] == a && lex->at + 1 < lex->end && lex->at[1] == b;
}

/* What is too long is cut: no expression and no name of use is so long. */
static void header_take_char(HeaderLex *lex)
{
    if (lex->code->len < HEADER_EXPR_MAX && *lex->at) {
        g_string_append_c(lex->code, *lex->at);
    }
    lex->at++;
}

/* Strings are of no use, but may contain what looks like a comment. */
static void header_take_string(HeaderLex *lex)
{
    char quote = *lex->at;

    header_take_char(lex);
    while (lex->at < lex->end && *lex->at != quote && *lex->at != '\n') {
        if (*lex->at == '\\' && lex->at + 1 < lex->end &&
            lex->at[1] != '\n') {
            lex->at++;
        }
        header_take_char(lex);
    }
    if (lex->at < lex->end && *lex->at == quote) {
        header_take_char(lex);
    }
}

static bool header_next_line(HeaderLex *lex)
{
    g_string_truncate(lex->code, 0);
    g_string_truncate(lex->comment, 0);
    lex->begun = lex->line;
    if (lex->at >= lex->end) {
        return false;
    }
    while (lex->at < lex->end && *lex->at != '\n') {
        if (header_two(lex, '/', '*')) {
            header_block_comment(lex);
        } else if (header_two(lex, '/', '/')) {
            header_line_comment(lex);
        } else if (*lex->at == '"' || *lex->at == '\'') {
            header_take_string(lex);
        } else if (*lex->at != '\\' || !header_continued(lex)) {
            header_take_char(lex);
        }
    }
    lex->line += lex->at < lex->end;
    lex->at += lex->at < lex->end;
    return true;
}

/* --- defines ------------------------------------------------------------ */

static RegDbHeaderDefine *header_add(HeaderLex *lex, const char *name,
                                     size_t len, const char *expr)
{
    RegDbHeader *header = lex->header;
    RegDbHeaderDefine *define;

    if (header->defines->len >= REGDB_HEADER_DEFINES_MAX) {
        if (!header->full) {
            regdb_source_fault(header->source, lex->begun,
                               "there are more than %u defines",
                               REGDB_HEADER_DEFINES_MAX);
        }
        header->full = true;
        return NULL;
    }
    if (!len || len > REGDB_NAME_MAX || g_ascii_isdigit(*name)) {
        return NULL;
    }
    define = g_new0(RegDbHeaderDefine, 1);
    define->name = header_keep(header, name, len);
    define->expr = header_keep(header, expr, -1);
    define->comment = lex->comment->len ?
                      header_keep(header, lex->comment->str, -1) : NULL;
    define->line = lex->begun;
    define->file = lex->file;
    define->list = lex->list;
    define->length = 1;
    regdb_header_form(define);
    g_ptr_array_add(header->defines, define);
    if (!g_hash_table_contains(header->by_name, define->name)) {
        g_hash_table_insert(header->by_name, (void *)define->name, define);
    }
    return define;
}

/* "(i)" behind the name.  Return: where the expression begins, or NULL */
static char *header_take_params(HeaderLex *lex, char *at,
                                RegDbHeaderDefine *define)
{
    char *end = strchr(at, ')');

    if (!end) {
        return NULL;
    }
    *end = '\0';
    define->many = strchr(at, ',') || strchr(at, '.');
    g_strstrip(at);
    define->param = header_keep(lex->header, at, -1);
    define->expr = header_keep(lex->header, g_strstrip(end + 1), -1);
    /* it was taken for "NAME (...)" */
    regdb_header_form(define);
    return end + 1;
}

/* @at: behind "define"; @before: white space before and behind the '#' */
static void header_take_define(HeaderLex *lex, char *at, unsigned before)
{
    RegDbHeaderDefine *define;
    unsigned indent = before;
    bool macro;
    char *name;
    size_t len;

    for (; g_ascii_isspace(*at); at++) {
        indent++;
    }
    name = at;
    while (header_word(*at)) {
        at++;
    }
    len = at - name;
    macro = *at == '(';
    define = header_add(lex, name, len, macro ? "" : g_strstrip(at));
    if (!define) {
        return;
    }
    define->inside = define->list;
    define->list = 0;
    define->indent = MIN(indent ? indent - 1 : 0, UINT16_MAX);
    if (macro) {
        header_take_params(lex, at + 1, define);
    }
}

static void header_take_include(HeaderLex *lex, char *at)
{
    char *end;

    while (g_ascii_isspace(*at)) {
        at++;
    }
    end = *at == '"' ? strchr(at + 1, '"') : NULL;
    if (end) {
        *end = '\0';
        lex->include(lex->header, at + 1, lex->begun);
    }
}

/* #if 0 and what is in it; everything else is taken, whatever the condition */
static void header_take_if(HeaderLex *lex, const char *word, char *rest)
{
    if (g_str_has_prefix(word, "if")) {
        if (lex->skip || (!strcmp(word, "if") &&
                          !strcmp(g_strstrip(rest), "0"))) {
            lex->skip++;
        }
    } else if (!strcmp(word, "endif")) {
        lex->skip -= lex->skip > 0;
    } else if (!strcmp(word, "else") && lex->skip == 1) {
        lex->skip = 0;
    }
}

static void header_take_directive(HeaderLex *lex, char *at, unsigned before)
{
    g_autofree char *word = NULL;
    char *begin;

    for (at++; g_ascii_isspace(*at); at++) {
        before++;
    }
    begin = at;
    while (header_word(*at)) {
        at++;
    }
    word = g_strndup(begin, at - begin);
    if (!strcmp(word, "define")) {
        if (!lex->skip) {
            header_take_define(lex, at, before);
        }
    } else if (!strcmp(word, "include")) {
        if (!lex->skip) {
            header_take_include(lex, at);
        }
    } else {
        header_take_if(lex, word, at);
    }
}

/* --- enums -------------------------------------------------------------- */

static void header_member_end(HeaderLex *lex)
{
    g_autofree char *text = g_strdup(lex->member->str);
    char *equals = strchr(text, '=');
    g_autofree char *number = NULL;
    RegDbHeaderDefine *define;
    char *expr;

    g_string_truncate(lex->member, 0);
    lex->depth = 0;
    if (equals) {
        *equals = '\0';
        expr = g_strstrip(equals + 1);
        lex->next = 0;
    } else {
        number = lex->next_of ?
                 g_strdup_printf("%s + %u", lex->next_of, lex->next) :
                 g_strdup_printf("%u", lex->next);
        expr = number;
    }
    g_strstrip(text);
    if (!*text) {
        return;
    }
    define = header_add(lex, text, strlen(text), expr);
    if (!define) {
        return;
    }
    define->comment = NULL;
    lex->last = define;
    if (equals) {
        lex->next_of = define->name;
    }
    lex->next++;
}

static void header_enum_begin(HeaderLex *lex)
{
    RegDbHeader *header = lex->header;

    g_ptr_array_add(header->lists, lex->enum_name->len ?
                    (void *)header_keep(header, lex->enum_name->str, -1) :
                    NULL);
    lex->list = header->lists->len;
    lex->expect = false;
    lex->next = 0;
    lex->next_of = NULL;
    g_string_truncate(lex->member, 0);
    lex->depth = 0;
}

static void header_member_char(HeaderLex *lex, char c)
{
    if ((c == ',' && !lex->depth) || c == '}') {
        header_member_end(lex);
        if (c == '}') {
            lex->list = 0;
        }
        return;
    }
    lex->depth += c == '(';
    lex->depth -= c == ')' && lex->depth;
    if (lex->member->len < HEADER_EXPR_MAX) {
        g_string_append_c(lex->member, c);
    }
}

/* Return: behind the word at @p */
static const char *header_code_word(HeaderLex *lex, const char *p)
{
    const char *begin = p;

    while (header_word(*p)) {
        p++;
    }
    if (p - begin == 4 && !memcmp(begin, "enum", 4)) {
        lex->expect = true;
        g_string_truncate(lex->enum_name, 0);
    } else if (lex->expect) {
        g_string_append_len(lex->enum_name, begin, p - begin);
    }
    return p;
}

static void header_take_code(HeaderLex *lex)
{
    const char *p = lex->code->str;

    lex->last = NULL;
    while (*p) {
        if (lex->list) {
            header_member_char(lex, *p++);
        } else if (header_word(*p)) {
            p = header_code_word(lex, p);
        } else {
            if (*p == '{' && lex->expect) {
                header_enum_begin(lex);
            } else if (!g_ascii_isspace(*p)) {
                lex->expect = false;
            }
            p++;
        }
    }
    if (lex->last && lex->comment->len) {
        lex->last->comment = header_keep(lex->header, lex->comment->str, -1);
    }
}

static void header_take_line(HeaderLex *lex)
{
    char *at = lex->code->str;
    unsigned before = 0;

    for (; g_ascii_isspace(*at); at++) {
        before++;
    }
    if (*at == '#') {
        header_take_directive(lex, at, before);
    } else if (!lex->skip && (*at || lex->list)) {
        header_take_code(lex);
    }
}

void regdb_header_lex(RegDbHeader *header, unsigned file, const char *text,
                      size_t len, RegDbHeaderInclude *include)
{
    HeaderLex lex = {
        .header = header, .file = file, .include = include,
        .at = text, .end = text + len, .line = 1,
        .code = g_string_new(NULL), .comment = g_string_new(NULL),
        .enum_name = g_string_new(NULL), .member = g_string_new(NULL),
    };

    while (!header->full && header_next_line(&lex)) {
        header_take_line(&lex);
    }
    g_string_free(lex.code, TRUE);
    g_string_free(lex.comment, TRUE);
    g_string_free(lex.enum_name, TRUE);
    g_string_free(lex.member, TRUE);
}
