/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: address ranges with names from the user (see symbols-map.h)
 *
 * Theory of operation
 *
 * The second number of a line may be the size or the end of the range.  Often
 * it can be one of them only; if not, the other lines decide.  If they do not
 * either, the file is refused: the names could be wrong ones.
 */
#include "tools/symbolize/symbols-map.h"
#include "tools/symbolize/symbols-lm.h"
#include "tools/symbolize/symbols-text.h"

#include <inttypes.h>
#include <string.h>

#define EXPECTED "'START-END NAME' or 'START SIZE NAME' expected, numbers in " \
    "hexadecimal"

typedef enum Second {
    SECOND_SIZE,
    SECOND_END,         /* it would be too large as a size, or WinDbg's */
    SECOND_EITHER,
    SECOND_DASH,        /* it is the end, after a '-', and the like */
} Second;

/**
 * struct Line: a line with a range
 * @entry: the range; its size is not set
 * @second: the second number
 * @kind: what that is
 */
typedef struct Line {
    SymEntry entry;
    uint64_t second;
    Second kind;
} Line;

/**
 * struct Lines: what a file's lines say of its form
 * @frame: the first line that only WinDbg prints, or 0
 * @either: the first line whose second number may be size or end, or 0
 * @second: this number
 * @sizes: there are sizes
 * @ends: there are ends without a '-'
 */
typedef struct Lines {
    unsigned frame;
    unsigned either;
    uint64_t second;
    bool sizes;
    bool ends;
} Lines;

static Second second_of(const SymFile *file, uint64_t first, const char *word,
                        size_t len, uint64_t second)
{
    if (second > UINT64_MAX - first || memchr(word, '`', len) ||
        symbols_lm_state(file->word, file->line.end)) {
        return SECOND_END;
    }
    if (!first && len > 1) {
        /* it is both */
        return SECOND_DASH;
    }
    return second > first ? SECOND_EITHER : SECOND_SIZE;
}

/* The second number is in START's word, after a '-', or in the next word. */
static bool take_range(SymFile *file, Line *line)
{
    size_t len;
    const char *word = sym_file_word(file, &len);
    const char *dash = word ? memchr(word, '-', len) : NULL;

    *line = (Line) { .entry.kind = SYM_RANGE, .kind = SECOND_DASH };
    if (!word || !sym_hex(word, dash ? (size_t)(dash - word) : len,
                          &line->entry.addr)) {
        return false;
    }
    if (dash) {
        len -= dash + 1 - word;
        word = dash + 1;
    } else {
        word = sym_file_word(file, &len);
    }
    if (!word || !sym_hex(word, len, &line->second)) {
        return false;
    }
    line->entry.name = sym_file_word(file, &line->entry.name_len);
    if (!dash) {
        line->kind = second_of(file, line->entry.addr, word, len,
                               line->second);
    }
    return line->entry.name && (!dash || line->second >= line->entry.addr);
}

static bool is_comment(const SymFile *file)
{
    return *file->line.p == '#';
}

/* Read the file once, for what its lines are. */
static Lines look_at(SymFile *file)
{
    Lines lines = { 0 };
    Line line;

    while (sym_file_line(file)) {
        if (!lines.frame && symbols_lm_frame(file)) {
            lines.frame = file->number;
        } else if (!is_comment(file) && take_range(file, &line)) {
            lines.sizes |= line.kind == SECOND_SIZE;
            lines.ends |= line.kind == SECOND_END;
            if (line.kind == SECOND_EITHER && !lines.either) {
                lines.either = file->number;
                lines.second = line.second;
            }
        }
    }
    sym_file_rewind(file);
    return lines;
}

/* "7f12a000-7f12b000 r-xp 00001000 fe:01 131090 /usr/bin/x" */
static bool is_process_map(const Line *line)
{
    const char *name = line->entry.name;

    return line->kind == SECOND_DASH && line->entry.name_len == 4 &&
           strchr("r-", name[0]) && strchr("w-", name[1]) &&
           strchr("x-", name[2]) && strchr("ps", name[3]);
}

/* "ffffffff81000000 d name", a line of System.map: 0xd is an odd size. */
static bool is_symbol(const SymFile *file)
{
    SymFile words = *file;
    size_t start;
    size_t len;
    const char *word;

    words.word = words.line.p;
    sym_file_word(&words, &start);
    word = sym_file_word(&words, &len);
    return start >= 8 && len == 1 && g_ascii_isalpha(*word);
}

static bool check_form(const SymFile *file, const Line *line, GError **error)
{
    if (is_process_map(line)) {
        return sym_file_error(file, error,
                              "a line of /proc/PID/maps: 'START-END NAME' expected, with the name next to the addresses");
    }
    if (line->kind != SECOND_DASH && is_symbol(file)) {
        return sym_file_error(file, error,
                              "a size, or the type of a symbol? System.map is for --system-map, kallsyms for --kallsyms; a size of one digit needs 0x before it");
    }
    return true;
}

static bool take_size(const SymFile *file, Line *line, bool ends,
                      GError **error)
{
    SymEntry *entry = &line->entry;
    bool is_end = line->kind == SECOND_DASH || line->kind == SECOND_END ||
                  (line->kind == SECOND_EITHER && ends);

    entry->size = is_end ? line->second - entry->addr : line->second;
    if (!entry->size) {
        return sym_file_error(file, error, "the range is empty");
    }
    if (entry->size > UINT64_MAX - entry->addr) {
        return sym_file_error(file, error,
                              "the range ends before it begins, or beyond the last address");
    }
    return true;
}

static bool read_ranges(SymFile *file, const Lines *form, SymTable *table,
                        GArray *lines, GError **error)
{
    Line line;

    if (form->either && form->sizes == form->ends) {
        file->number = form->either;
        return sym_file_error(file, error, "0x%" PRIx64
                              " may be the size or the end of the range: write START-END, or give all that WinDbg's lm prints, with the heading 'start end module name'",
                              form->second);
    }
    while (sym_file_line(file)) {
        if (is_comment(file)) {
            continue;
        }
        if (!take_range(file, &line)) {
            return sym_file_error(file, error, "not a range: " EXPECTED);
        }
        if (!check_form(file, &line, error) ||
            !take_size(file, &line, form->ends, error)) {
            return false;
        }
        sym_table_add(table, &line.entry);
        g_array_append_val(lines, file->number);
    }
    return true;
}

/* Return: false if two ranges overlap, which would be ambiguous */
static bool check_overlap(SymFile *file, const SymTable *table,
                          const GArray *lines, GError **error)
{
    const Symbol *symbol = sym_table_overlap(table);

    if (!symbol) {
        return true;
    }
    file->number = g_array_index(lines, unsigned, symbol->order);
    return sym_file_error(file, error,
                          "%s, at 0x%" PRIx64 ", overlaps the range below it",
                          symbol->name, symbol->addr);
}

SymTable *symbols_read_map(const char *path, GError **error)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(unsigned));
    g_autoptr(SymTable) table = NULL;
    g_autoptr(SymFile) file = sym_file_open(path, error);
    Lines form;

    if (!file) {
        return NULL;
    }
    table = sym_table_new();
    form = look_at(file);
    if (form.frame ? !symbols_lm_read(file, table, lines, error)
                   : !read_ranges(file, &form, table, lines, error)) {
        return NULL;
    }
    if (!sym_table_count(table)) {
        g_set_error(error, SYM_ERROR, 0, "%s has no ranges: " EXPECTED, path);
        return NULL;
    }
    sym_table_finish(table, 0);
    return check_overlap(file, table, lines, error) ?
        g_steal_pointer(&table) : NULL;
}
