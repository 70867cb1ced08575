/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what WinDbg's command lm prints (see symbols-lm.h)
 *
 *      0: kd> lmv
 *      Browse full module list
 *      start             end                 module name
 *      fffff803`12dff000 fffff803`13e46000   nt         (pdb symbols) c:\...
 *          Image path: ntkrnlmp.exe
 *
 *      Unloaded modules:
 *      fffff803`3d680000 fffff803`3d6a2000   nvhda64v.sys
 *
 * The unloaded modules were at these addresses at some time, where others may
 * be now: they give no names.
 */
#include "tools/symbolize/symbols-lm.h"

#include <string.h>

/* Digits of an address in a 32-bit guest; twice as many in a 64-bit one */
#define DIGITS 8

#define EXPECTED "'START END NAME' expected, as WinDbg's lm prints it"

static bool begins(const char *p, const char *end, const char *with)
{
    size_t n = strlen(with);

    return (size_t)(end - p) >= n && !memcmp(p, with, n);
}

static bool has(const char *p, const char *end, const char *part)
{
    return memmem(p, end - p, part, strlen(part));
}

/* "start    end        module name" */
static bool is_heading(const SymFile *file)
{
    static const char *const words[] = { "start", "end", "module", "name" };
    SymFile line = *file;
    size_t len;
    size_t i;

    line.word = line.line.p;
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        const char *word = sym_file_word(&line, &len);

        if (!word || len != strlen(words[i]) || memcmp(word, words[i], len)) {
            return false;
        }
    }
    return true;
}

static bool is_unloaded(const SymFile *file)
{
    return begins(file->line.p, file->line.end, "Unloaded modules:");
}

/* "0: kd> lm", "lkd> lmvm nt", "0:000> lm", "16.2: kd:x86> lm" */
static bool is_prompt(const SymFile *file)
{
    const char *p = file->line.p;
    const char *end = file->line.end;
    const char *angle = memchr(p, '>', end - p);
    const char *q;

    if (!angle || angle == p || !(angle + 1 == end || angle[1] == ' ')) {
        return false;
    }
    for (q = p; q < angle; q++) {
        if (!g_ascii_isdigit(*q) && !strchr(":. lkdx", *q)) {
            return false;
        }
    }
    return has(p, angle, "kd") || (g_ascii_isdigit(*p) && has(p, angle, ":"));
}

/* Lines of lmv, and of a WinDbg with links */
static bool is_detail(const SymFile *file)
{
    static const char *const texts[] = {
        "Image path:", "Image name:", "Loaded symbol image file:",
        "Browse full module list",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (begins(file->line.p, file->line.end, texts[i])) {
            return true;
        }
    }
    return has(file->line.p, file->line.end, "<link cmd=");
}

bool symbols_lm_frame(const SymFile *file)
{
    return is_heading(file) || is_unloaded(file) || is_prompt(file) ||
           is_detail(file);
}

bool symbols_lm_state(const char *p, const char *end)
{
    const char *open = memchr(p, '(', end - p);
    const char *close = open ? memchr(open, ')', end - open) : NULL;

    return close && (has(open, close + 1, "(deferred)") ||
                     has(open, close, "symbols"));
}

/* WinDbg's links: <link cmd="lmDvmnt">nt</link>.  Other "<" may be in a name. */
static void remove_links(SymFile *file)
{
    static const char *const tags[] = {
        "<link ", "</link>", "<exec ", "</exec>", "<altlink ", "</altlink>",
        "<col ", "</col>", "<b>", "</b>", "<i>", "</i>", "<u>", "</u>",
    };
    /* the text is the file's own */
    char *to = (char *)file->line.p;
    const char *from = to;
    const char *end = file->line.end;

    while (from < end) {
        const char *close = NULL;
        size_t i;

        for (i = 0; *from == '<' && !close && i < G_N_ELEMENTS(tags); i++) {
            if (begins(from, end, tags[i])) {
                close = memchr(from, '>', end - from);
            }
        }
        if (close) {
            from = close + 1;
        } else {
            *to++ = *from++;
        }
    }
    file->line.end = to;
    file->word = file->line.p;
}

/* "80081000" or "fffff803`12dff000" */
static bool take_address(const char *p, size_t len, uint64_t *value)
{
    bool quoted = len > DIGITS && p[len - DIGITS - 1] == '`';
    size_t digits = len - quoted;

    return (digits == DIGITS || digits == 2 * DIGITS) &&
           (!quoted || digits == 2 * DIGITS) &&
           !memchr(p, 'x', len) && sym_hex(p, len, value);
}

/* Does the line begin as a module does, even if it is cut off? */
static bool looks_like_module(const SymFile *file)
{
    SymFile line = *file;
    uint64_t value;
    size_t len;
    const char *word;

    line.word = line.line.p;
    word = sym_file_word(&line, &len);
    return word && sym_hex(word, len, &value) &&
           (len >= DIGITS || memchr(word, '`', len));
}

static bool take_module(SymFile *file, SymEntry *entry, uint64_t *end)
{
    size_t start_len;
    size_t end_len;
    const char *start = sym_file_word(file, &start_len);
    const char *word = sym_file_word(file, &end_len);

    *entry = (SymEntry) { .kind = SYM_RANGE };
    if (!start || !word || start_len != end_len ||
        !take_address(start, start_len, &entry->addr) ||
        !take_address(word, end_len, end)) {
        return false;
    }
    entry->name = sym_file_word(file, &entry->name_len);
    /* a stack that k prints: "CHILD-SP RETURN-ADDRESS nt!KeBugCheckEx+0x12" */
    return entry->name && !memchr(entry->name, '!', entry->name_len);
}

/* What else WinDbg prints between modules, in the first column */
static bool is_other(const SymFile *file)
{
    static const char *const texts[] = {
        "#", "Browse full module list", "Unable to ", "*** ", "Page ",
        "Loading ", "...", "Opened log file ", "Closing open log file ",
        "Microsoft (R) Windows Debugger ",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (begins(file->line.p, file->line.end, texts[i])) {
            return true;
        }
    }
    return false;
}

/* lmvm prints a module once more: that is no overlap. */
static bool is_repeated(GHashTable *seen, const SymEntry *entry, uint64_t end)
{
    char *key = g_strdup_printf("%" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER
                                "x %.*s", entry->addr, end,
                                (int)MIN(entry->name_len, SYM_NAME_MAX),
                                entry->name);

    return !g_hash_table_add(seen, key);
}

bool symbols_lm_read(SymFile *file, SymTable *table, GArray *lines,
                     GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                       g_free, NULL);
    bool unloaded = false;

    while (sym_file_line(file)) {
        SymEntry entry;
        uint64_t end;

        remove_links(file);
        if (is_heading(file) || is_unloaded(file) || is_prompt(file)) {
            unloaded = is_unloaded(file);
            continue;
        }
        if (!looks_like_module(file) && (file->indented || is_other(file))) {
            continue;
        }
        if (!take_module(file, &entry, &end)) {
            return sym_file_error(file, error, "not a module: " EXPECTED);
        }
        if (end <= entry.addr) {
            return sym_file_error(file, error,
                                  "the module ends before it begins: "
                                  EXPECTED);
        }
        if (unloaded || is_repeated(seen, &entry, end)) {
            continue;
        }
        entry.size = end - entry.addr;
        sym_table_add(table, &entry);
        g_array_append_val(lines, file->number);
    }
    return true;
}
