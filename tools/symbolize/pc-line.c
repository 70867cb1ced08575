/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parser for the program counters in a line (see pc-line.h)
 */
#include "tools/symbolize/pc-line.h"

#include <string.h>

#include "libmmiotrace/record.h"

#define SYM_FIELD " sym="

/* Skip @n blanks.  Return: the byte after them, or NULL if there are fewer */
static const char *skip_fields(const char *p, const char *end, int n)
{
    while (p < end) {
        if (*p++ == ' ' && !--n) {
            return p;
        }
    }
    return NULL;
}

static bool starts_with(const char *p, const char *end, const char *s,
                        size_t n)
{
    return (size_t)(end - p) >= n && !memcmp(p, s, n);
}

#define STARTS_WITH(p, end, s) starts_with(p, end, s, strlen(s))

static inline unsigned digit_of(char ch)
{
    unsigned letter = (ch | 0x20) - 'a';

    return (unsigned)(ch - '0') < 10 ? (unsigned)(ch - '0')
        : letter < 6 ? letter + 10 : 16;
}

/* Parse "0x" and digits up to a blank or @end.  Return: their end, or NULL */
static const char *take_hex(const char *p, const char *end, uint64_t *value)
{
    const char *digits;
    uint64_t v = 0;

    if (!STARTS_WITH(p, end, "0x")) {
        return NULL;
    }
    p += 2;
    for (digits = p; p < end && *p != ' '; p++) {
        unsigned digit = digit_of(*p);

        if (digit > 15 || v >> 60) {
            return NULL;
        }
        v = v << 4 | digit;
    }
    *value = v;
    return p > digits ? p : NULL;
}

/* Find a word by @key, which begins with a blank.  Return: it, or NULL */
static const char *find_word(const char *p, const char *end, const char *key)
{
    return p < end ? memmem(p, end - p, key, strlen(key)) : NULL;
}

/* For so few bytes in each line, this loop is faster than memmem(). */
static void find_old_sym(PcLine *line, const char *p)
{
    const char *end = line->end;

    for (; p < end; p++) {
        if (*p == ' ' && STARTS_WITH(p, end, SYM_FIELD)) {
            const char *blank = memchr(p + 1, ' ', end - (p + 1));

            line->sym = p;
            line->sym_end = blank ? blank : end;
            return;
        }
    }
}

/* After R and W, skip_fields() has found six fields, so p[3] is in the line. */
static void parse_access(const char *p, int before_pc, PcLine *line)
{
    const char *pc = skip_fields(p, line->end, before_pc);
    const char *pid = pc ? take_hex(pc, line->end, &line->pc) : NULL;

    if (!pid || pid == line->end ||
        (*p != 'U' && !(strchr("1248", p[2]) && p[3] == ' '))) {
        line->kind = PC_LINE_BAD;
        return;
    }
    line->kind = PC_LINE_ACCESS;
    line->op = *p;
    line->width = *p == 'U' ? 0 : p[2] - '0';
    find_old_sym(line, pid);
}

static void parse_config(const char *words, PcLine *line)
{
    static const char key[] = " pc=";
    const char *pc = find_word(words, line->end, key);

    if (!STARTS_WITH(words, line->end, "R ") &&
        !STARTS_WITH(words, line->end, "W ")) {
        return;
    }
    line->kind = PC_LINE_CONFIG;
    line->op = *words;
    if (pc && take_hex(pc + strlen(key), line->end, &line->pc)) {
        find_old_sym(line, words);
    }
}

static void parse_mark(const char *p, PcLine *line)
{
    static const char config[] = MMT_MARK_PREFIX "config ";
    static const char backtrace[] = MMT_MARK_PREFIX "backtrace ";
    static const char symbols[] = MMT_MARK_PREFIX "symbols ";

    line->text = skip_fields(p, line->end, 2);
    if (!line->text) {
        return;
    }
    if (STARTS_WITH(line->text, line->end, config)) {
        parse_config(line->text + strlen(config), line);
    } else if (STARTS_WITH(line->text, line->end, backtrace)) {
        line->kind = PC_LINE_BACKTRACE;
        line->words = line->text + strlen(backtrace);
    } else if (STARTS_WITH(line->text, line->end, symbols)) {
        line->kind = PC_LINE_SYMBOLS;
    }
}

static bool is_other(const char *p, const char *end)
{
    static const char *const keywords[] = {
        "MAP ", "UNMAP ", "PCIDEV ", "LSPCI", "VERSION ", "#",
    };
    size_t i;

    for (i = 0; i < sizeof(keywords) / sizeof(*keywords); i++) {
        if (STARTS_WITH(p, end, keywords[i])) {
            return true;
        }
    }
    return false;
}

void pc_line_parse(const char *p, size_t len, PcLine *line)
{
    const char *end = p + len;

    if (len && end[-1] == '\r') {
        end--;
    }
    *line = (PcLine) { .kind = PC_LINE_FOREIGN, .end = end };
    if (STARTS_WITH(p, end, "R ") || STARTS_WITH(p, end, "W ")) {
        parse_access(p, 6, line);
    } else if (STARTS_WITH(p, end, "UNKNOWN ")) {
        parse_access(p, 5, line);
    } else if (STARTS_WITH(p, end, "MARK ")) {
        line->kind = PC_LINE_OTHER;
        parse_mark(p, line);
    } else if (is_other(p, end)) {
        line->kind = PC_LINE_OTHER;
    }
}

bool pc_line_next(PcLine *line, uint64_t *pc, bool *is_return)
{
    static const char key[] = "pc=";
    const char *end = line->end;
    const char *p = line->words;

    while (p < end) {
        const char *blank = memchr(p, ' ', end - p);
        const char *word = p;

        p = line->words = blank ? blank + 1 : end;
        *is_return = !STARTS_WITH(word, end, key);
        if (!*is_return) {
            word += strlen(key);
        }
        if (take_hex(word, end, pc)) {
            return true;
        }
    }
    return false;
}
