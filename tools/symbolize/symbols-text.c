/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: reader of text files with symbols (see symbols-text.h)
 */
#include "tools/symbolize/symbols-text.h"
#include "tools/symbolize/symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES (256u * 1024)

static bool fail(GError **error, const char *path, const char *what, int err)
{
    g_set_error(error, SYM_ERROR, 0, "%s: %s: %s", path, what,
                g_strerror(err));
    return false;
}

/* Read to the end: files in /proc have no size, and pipes are accepted. */
static bool read_all(const char *path, GString *text, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    ssize_t n = 1;
    bool ok = true;

    if (fd < 0) {
        return fail(error, path, "can not open", errno);
    }
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) &&
        !S_ISFIFO(st.st_mode)) {
        g_set_error(error, SYM_ERROR, 0, "%s is not a file", path);
        ok = false;
    }
    while (ok && n) {
        size_t len = text->len;

        g_string_set_size(text, len + READ_BYTES);
        do {
            n = read(fd, text->str + len, READ_BYTES);
        } while (n < 0 && errno == EINTR);
        if (n < 0) {
            ok = fail(error, path, "can not read", errno);
        }
        g_string_set_size(text, len + MAX(n, 0));
        if (ok && text->len > SYM_FILE_MAX) {
            g_set_error(error, SYM_ERROR, 0,
                        "%s is larger than %u MiB: this is not a list of symbols",
                        path, SYM_FILE_MAX >> 20);
            ok = false;
        }
    }
    close(fd);
    return ok;
}

/* Convert UTF-16 to UTF-8.  Return: the text; unchanged if it is not UTF-16 */
static char *decode(GString *text, gsize *len)
{
    static const char utf16le[] = "\xff\xfe";
    static const char utf8[] = "\xef\xbb\xbf";
    char *decoded;

    if (text->len >= 2 && !memcmp(text->str, utf16le, 2)) {
        decoded = g_convert(text->str + 2, (text->len - 2) & ~(gsize)1,
                            "UTF-8", "UTF-16LE", NULL, len, NULL);
        if (decoded) {
            return decoded;
        }
    }
    if (text->len >= 3 && !memcmp(text->str, utf8, 3)) {
        g_string_erase(text, 0, 3);
    }
    *len = text->len;
    return g_memdup2(text->str, text->len + 1);
}

SymFile *sym_file_open(const char *path, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    SymFile *file;
    gsize len;

    if (!read_all(path, text, error)) {
        return NULL;
    }
    file = g_new0(SymFile, 1);
    file->path = g_strdup(path);
    file->text = decode(text, &len);
    file->next = file->text;
    file->end = file->text + len;
    return file;
}

void sym_file_free(SymFile *file)
{
    if (file) {
        g_free(file->path);
        g_free(file->text);
        g_free(file);
    }
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r';
}

bool sym_file_line(SymFile *file)
{
    while (file->next < file->end) {
        const char *p = file->next;
        const char *nl = memchr(p, '\n', file->end - p);
        const char *end = nl ? nl : file->end;

        file->next = nl ? nl + 1 : file->end;
        file->number++;
        file->indented = is_blank(*p);
        while (p < end && is_blank(*p)) {
            p++;
        }
        while (p < end && is_blank(end[-1])) {
            end--;
        }
        if (p < end) {
            file->line.p = p;
            file->line.end = end;
            file->word = p;
            return true;
        }
    }
    return false;
}

void sym_file_rewind(SymFile *file)
{
    file->next = file->text;
    file->number = 0;
}

const char *sym_file_word(SymFile *file, size_t *len)
{
    const char *end = file->line.end;
    const char *p = file->word;
    const char *word;

    while (p < end && is_blank(*p)) {
        p++;
    }
    word = p;
    while (p < end && !is_blank(*p)) {
        p++;
    }
    file->word = p;
    *len = p - word;
    return *len ? word : NULL;
}

bool sym_hex(const char *p, size_t len, uint64_t *value)
{
    const char *end = p + len;
    uint64_t v = 0;
    bool any = false;

    if (len > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        p += 2;
    }
    for (; p < end; p++) {
        int digit = g_ascii_xdigit_value(*p);

        if (digit < 0 && !(any && *p == '`')) {
            return false;
        }
        if (digit >= 0) {
            if (v >> 60) {
                return false;
            }
            v = v << 4 | digit;
            any = true;
        }
    }
    *value = v;
    return any;
}

bool sym_file_error(const SymFile *file, GError **error, const char *fmt, ...)
{
    g_autofree char *what = NULL;
    va_list ap;

    va_start(ap, fmt);
    what = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error(error, SYM_ERROR, 0, "%s:%u: %s", file->path, file->number,
                what);
    return false;
}
