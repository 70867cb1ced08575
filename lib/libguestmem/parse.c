/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: parser of rings files (see parse.h) */
#include "libguestmem/parse.h"
#include "libguestmem/parse-internal.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Version of the grammar */
#define PARSE_VERSION 1

/* --- lines about the file ------------------------------------------------ */

static bool parse_take_title(GmemParse *p)
{
    if (p->lex.token.kind != GMEM_TOKEN_STRING) {
        return gmem_fail_expected(&p->lex, "a title in quotes");
    }
    if (p->lex.token.len - 2 > GMEM_TITLE_MAX) {
        return gmem_fail_at(&p->lex, &p->lex.token, GMEM_ERROR_LIMIT,
                            "a title of %zu bytes; at most %d expected",
                            p->lex.token.len - 2, GMEM_TITLE_MAX);
    }
    p->file->title = gmem_token_string(&p->lex.token);
    return gmem_lex_next(&p->lex);
}

static bool parse_add_device(GmemParse *p, GmemFor device)
{
    if (p->file->device->len == GMEM_DEVICES_MAX) {
        return gmem_fail_at(&p->lex, &p->lex.token, GMEM_ERROR_LIMIT,
                            "more than %d devices", GMEM_DEVICES_MAX);
    }
    g_array_append_val(p->file->device, device);
    return true;
}

static bool parse_take_class(GmemParse *p)
{
    GmemFor device = { 0 };
    uint64_t number;

    if (!gmem_lex_next(&p->lex) ||
        !gmem_take_number(p, "a class code (0x010802)", 0, 0xffffff,
                          &number)) {
        return false;
    }
    device.class_code = number;
    return parse_add_device(p, device);
}

/* for class CODE, or for VENDOR:DEVICE...: the lexer must expect these */
static bool parse_take_for(GmemParse *p)
{
    unsigned n = 0;

    for (;;) {
        GmemFor device = { 0 };
        bool is_id;

        if (!gmem_lex_next_id(&p->lex, &device.vendor, &device.device,
                              &is_id)) {
            return false;
        }
        if (!is_id) {
            break;
        }
        if (!device.vendor || device.vendor == 0xffff) {
            return gmem_fail_expected(&p->lex, "the ID of a vendor");
        }
        if (!parse_add_device(p, device)) {
            return false;
        }
        n++;
    }
    if (!n && gmem_token_is(&p->lex.token, "class")) {
        return parse_take_class(p);
    }
    return n || gmem_fail_expected(&p->lex,
                                   "'class' and a class code, or VENDOR:DEVICE (8086:10d3)");
}

/* limit trigger SIZE, limit second SIZE */
static bool parse_take_limit(GmemParse *p)
{
    bool trigger = gmem_token_is(&p->lex.token, "trigger");
    uint64_t max = trigger ? GMEM_PER_TRIGGER_MAX : GMEM_PER_SECOND_MAX;

    if (!trigger && !gmem_token_is(&p->lex.token, "second")) {
        return gmem_fail_expected(&p->lex, "'trigger' or 'second'");
    }
    if (p->limits & 1u << trigger) {
        return gmem_fail(&p->lex, "a second limit of this kind; one expected");
    }
    p->limits |= 1u << trigger;
    return gmem_lex_next(&p->lex) &&
           gmem_take_number(p, "a size", GMEM_READ_COST, max,
                            trigger ? &p->file->per_trigger :
                            &p->file->per_second);
}

static const GmemWord parse_words[] = {
    { "title", parse_take_title },
    { "for", parse_take_for, true, true },
    { "limit", parse_take_limit, true },
    { "area", gmem_take_area, true },
    { "register", gmem_take_register, true },
    { "ring", gmem_take_ring, true },
    { "watch", gmem_take_watch, true },
    { "snapshot", gmem_take_snapshot, true },
    { NULL }
};

/* --- the file ------------------------------------------------------------ */

static bool parse_take_version(GmemParse *p)
{
    if (p->lex.token.kind != GMEM_TOKEN_NUMBER ||
        p->lex.token.number != PARSE_VERSION) {
        return gmem_fail_expected(&p->lex,
                                  "version 1 of the grammar: 'rings 1'");
    }
    return gmem_lex_next(&p->lex);
}

static const GmemWord parse_first[] = {
    { "rings", parse_take_version },
    { NULL }
};

static bool parse_take_file(GmemParse *p)
{
    unsigned seen = 0;

    if (!gmem_token_is(&p->lex.token, "rings")) {
        return gmem_fail_expected(&p->lex,
                                  "'rings 1' at the beginning of a rings file");
    }
    if (!gmem_take_line(p, parse_first, &seen)) {
        return false;
    }
    seen = 0;
    while (p->lex.token.kind != GMEM_TOKEN_END) {
        if (!gmem_take_line(p, parse_words, &seen)) {
            return false;
        }
    }
    if (!p->file->statement->len) {
        return gmem_fail_expected(&p->lex, "a ring, a watch or a snapshot");
    }
    return gmem_check_file(p);
}

char *gmem_parse_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    char *base = g_strdup(slash ? slash + 1 : name);
    char *c;

    for (c = base; *c; c++) {
        if (!g_ascii_isgraph(*c)) {
            *c = '_';
        }
    }
    if (strlen(base) > GMEM_FILE_NAME_MAX) {
        base[GMEM_FILE_NAME_MAX] = '\0';
    }
    return base;
}

GmemFile *gmem_parse(const char *name, const char *text, size_t len,
                     GError **error)
{
    g_autofree char *base = gmem_parse_name(name);
    GmemParse p = { 0 };
    bool ok;

    if (len > GMEM_FILE_BYTES_MAX) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_LIMIT,
                    "%s: more than %d bytes", base, GMEM_FILE_BYTES_MAX);
        return NULL;
    }
    p.file = gmem_file_new(base);
    p.regs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    p.use = g_array_new(FALSE, FALSE, sizeof(GmemUse));
    p.reference = g_array_new(FALSE, FALSE, sizeof(GmemReference));
    p.names = g_array_new(FALSE, FALSE, sizeof(GmemToken));
    ok = gmem_lex_begin(&p.lex, base, text, len, error) &&
         parse_take_file(&p);
    g_hash_table_unref(p.regs);
    g_array_unref(p.use);
    g_array_unref(p.reference);
    g_array_unref(p.names);
    if (ok) {
        g_autofree char *hash = g_compute_checksum_for_data(
            G_CHECKSUM_SHA256, (const guchar *)text, len);

        g_strlcpy(p.file->sha256, hash, sizeof(p.file->sha256));
        return p.file;
    }
    gmem_file_free(p.file);
    return NULL;
}

/* --- reading ------------------------------------------------------------- */

static bool parse_read(int fd, char *text, size_t max, size_t *len)
{
    *len = 0;
    while (*len < max) {
        ssize_t n = pread(fd, text + *len, max - *len, *len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return !n;
        }
        *len += n;
    }
    return true;
}

GmemFile *gmem_parse_fd(const char *name, int fd, GError **error)
{
    g_autofree char *text = NULL;
    g_autofree char *base = gmem_parse_name(name);
    struct stat st;
    size_t len;

    if (fstat(fd, &st)) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_FILE, "%s: %s", base,
                    g_strerror(errno));
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_FILE,
                    "%s: not a regular file", base);
        return NULL;
    }
    text = g_malloc(GMEM_FILE_BYTES_MAX + 1);
    if (!parse_read(fd, text, GMEM_FILE_BYTES_MAX + 1, &len)) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_FILE, "%s: %s", base,
                    g_strerror(errno));
        return NULL;
    }
    return gmem_parse(name, text, len, error);
}
