/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: the lines of a trace without what is secret (see
 * rewrite.h)
 */
#include "tools/redact/rewrite.h"
#include "tools/redact/rewrite-internal.h"

#include <string.h>

#include "libmmiotrace/trace.h"
#include "libpcidev/bdf.h"

/* Registers that are counted for the report */
#define REGISTERS_MAX 65536

/* Names that are replaced */
#define NAMES_MAX 65536

/* Lines that are held back while a piece of memory is not complete */
#define HELD_MAX   65536

/* In place of a line that is left out: other lines keep their numbers */
static const char left_out[] = "# redacted";

/**
 * struct Register: a register of which bits were replaced
 * @offset: its offset
 * @region: number of its region
 * @n: accesses
 */
typedef struct Register {
    uint64_t offset;
    uint64_t n;
    uint32_t region;
} Register;

static guint register_hash(gconstpointer p)
{
    const Register *reg = p;

    return (reg->offset ^ (uint64_t)reg->region << 24) * 0x9e3779b1u;
}

static gboolean register_equal(gconstpointer a, gconstpointer b)
{
    const Register *x = a, *y = b;

    return x->offset == y->offset && x->region == y->region;
}

static void held_clear(gpointer p)
{
    g_string_free(((RedactHeld *)p)->line, TRUE);
}

RedactRewrite *redact_rewrite_new(const RedactWhat *what, MmtTrace *trace,
                                  AnalysisDb *db, RedactSink *sink,
                                  void *opaque)
{
    RedactRewrite *rw = g_new0(RedactRewrite, 1);

    rw->what = what;
    rw->trace = trace;
    rw->db = db;
    rw->sink = sink;
    rw->opaque = opaque;
    rw->search = redact_search_new(what->secrets, what->places);
    rw->text = redact_text_new(what->secrets);
    rw->registers = g_hash_table_new_full(register_hash, register_equal,
                                          g_free, NULL);
    rw->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    rw->line = g_string_new(NULL);
    rw->held = g_array_new(FALSE, FALSE, sizeof(RedactHeld));
    g_array_set_clear_func(rw->held, held_clear);
    rewrite_watch_init(&rw->watch);
    return rw;
}

RedactRewrite *redact_verify_new(const RedactWhat *what, MmtTrace *trace)
{
    return redact_rewrite_new(what, trace, NULL, NULL, NULL);
}

void redact_rewrite_free(RedactRewrite *rw)
{
    if (!rw) {
        return;
    }
    redact_search_free(rw->search);
    redact_text_free(rw->text);
    g_hash_table_unref(rw->registers);
    g_hash_table_unref(rw->names);
    g_string_free(rw->line, TRUE);
    redact_snapshot_clear(&rw->snapshot);
    rewrite_watch_clear(&rw->watch);
    g_array_unref(rw->held);
    g_free(rw);
}

const RedactCounts *redact_rewrite_counts(const RedactRewrite *rw)
{
    return &rw->counts;
}

const RedactSecret *redact_rewrite_leak(const RedactRewrite *rw,
                                        uint64_t *line)
{
    *line = rw->leak_line;
    return rw->leak;
}

void rewrite_found(RedactRewrite *rw, const RedactSecret *secret)
{
    if (secret && rewrite_verifies(rw) && !rw->leak) {
        rw->leak = secret;
        rw->leak_line = rw->now;
    }
}

static void count_register(RedactRewrite *rw, const MmtEntry *entry)
{
    Register key = { .offset = entry->offset, .region = entry->region };
    Register *reg = g_hash_table_lookup(rw->registers, &key);

    if (!reg && g_hash_table_size(rw->registers) < REGISTERS_MAX) {
        reg = g_new(Register, 1);
        *reg = key;
        g_hash_table_add(rw->registers, reg);
    }
    if (reg) {
        reg->n++;
    }
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const Register *x = a, *y = b;

    if (x->region != y->region) {
        return x->region < y->region ? -1 : 1;
    }
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void redact_rewrite_each(const RedactRewrite *rw,
                         void (*visit)(uint32_t region, uint64_t offset,
                                       uint64_t n, void *opaque),
                         void *opaque)
{
    GList *keys = g_list_sort(g_hash_table_get_keys(rw->registers), compare);
    GList *i;

    for (i = keys; i; i = i->next) {
        const Register *reg = i->data;

        visit(reg->region, reg->offset, reg->n, opaque);
    }
    g_list_free(keys);
}

uint64_t rewrite_bits(RedactRewrite *rw, const MmtEntry *entry)
{
    if (rewrite_verifies(rw)) {
        return 0;
    }
    return redact_chosen_bits(rw->what->chosen, rw->trace, rw->db, entry) |
           redact_places_bits(rw->what->places, entry->region, entry->offset);
}

uint64_t rewrite_value(RedactRewrite *rw, const MmtEntry *entry,
                       uint64_t value, bool hw)
{
    unsigned width = entry->width;
    uint64_t all = width >= 8 ? UINT64_MAX : (1ull << 8 * width) - 1;
    uint64_t new = value, bits;
    RedactSecret *secret = redact_search_value(rw->search, width, &new);

    rewrite_found(rw, secret);
    if (rewrite_verifies(rw)) {
        if (!hw) {
            rewrite_found(rw, redact_search_access(rw->search, entry, value));
        }
        return value;
    }
    if (secret) {
        secret->values++;
    }
    new = redact_places_bytes(rw->what->places, entry->region, entry->offset,
                              width, new);
    bits = rewrite_bits(rw, entry) & all;
    if (bits) {
        uint64_t hidden = redact_key_number(rw->what->key, value & bits);

        if ((hidden & bits) == (value & bits)) {
            hidden ^= bits & -bits;
        }
        new = (new & ~bits) | (hidden & bits);
        count_register(rw, entry);
    }
    return new;
}

void rewrite_copy(RedactRewrite *rw, const char *p, size_t len)
{
    g_string_append_len(rw->line, p, len);
}

void rewrite_text(RedactRewrite *rw, const char *p, size_t len)
{
    size_t at = rw->line->len;

    rewrite_copy(rw, p, len);
    rewrite_found(rw, redact_text_replace(rw->text, rw->line->str + at, len));
}

/* "12.345678": a time is no secret, and other readers need it */
static bool is_time(const char *p, size_t len)
{
    size_t n = 0, k = 0;

    while (n < len && g_ascii_isdigit(p[n])) {
        n++;
    }
    while (n + 1 + k < len && p[n] == '.' && g_ascii_isdigit(p[n + 1 + k])) {
        k++;
    }
    return n && k == 6 && n + 1 + k == len;
}

void rewrite_words(RedactRewrite *rw, const char *p, size_t len)
{
    const char *end = p + len;
    size_t at = rw->line->len;

    while (p < end) {
        const char *blank = memchr(p, ' ', end - p);
        size_t n = (blank ? blank : end) - p;

        if (is_time(p, n)) {
            rewrite_copy(rw, p, n);
        } else {
            rewrite_text(rw, p, n);
        }
        p += n;
        if (blank) {
            rewrite_copy(rw, " ", 1);
            p++;
        }
    }
    rewrite_found(rw, redact_text_blanks(rw->text, rw->line->str + at,
                                         rw->line->len - at));
}

void rewrite_hidden(RedactRewrite *rw, const char *p, size_t len)
{
    uint8_t hash[6];
    size_t i;

    redact_key_bytes(rw->what->key, "text", p, len, hash, sizeof(hash));
    g_string_append(rw->line, "redacted-");
    for (i = 0; i < sizeof(hash); i++) {
        g_string_append_printf(rw->line, "%02x", hash[i]);
    }
}

void rewrite_name(RedactRewrite *rw, const char *p, size_t len)
{
    g_autofree char *name = g_strndup(p, len);
    const char *other;

    if (!rw->what->names || !len || host_pci_is_bdf(name) ||
        !strcmp(name, "-") || !strcmp(name, "none")) {
        rewrite_text(rw, p, len);
        return;
    }
    rw->counts.names++;
    other = g_hash_table_lookup(rw->names, name);
    if (!other) {
        unsigned n = g_hash_table_size(rw->names);

        other = g_strdup_printf("name-%u", n + 1);
        g_string_append(rw->line, other);
        if (n < NAMES_MAX) {
            g_hash_table_insert(rw->names, g_steal_pointer(&name),
                                (char *)other);
        } else {
            g_free((char *)other);
        }
        return;
    }
    g_string_append(rw->line, other);
}

void rewrite_put(RedactRewrite *rw)
{
    if (rewrite_verifies(rw)) {
        return;
    }
    g_string_append_c(rw->line, '\n');
    if (rw->held->len) {
        RedactHeld held = {
            .line = g_string_new_len(rw->line->str, rw->line->len),
        };

        g_array_append_val(rw->held, held);
        rw->held_bytes += held.line->len;
        if (rw->held->len >= HELD_MAX || rw->held_bytes >= REWRITE_HELD_BYTES) {
            rewrite_memory_end(rw);
        }
    } else {
        rw->sink(rw->opaque, rw->line->str, rw->line->len);
    }
}

void rewrite_leave_out(RedactRewrite *rw)
{
    rw->counts.left_out++;
    g_string_assign(rw->line, left_out);
    rewrite_put(rw);
}

/* Return: false if the line is not understood */
static bool rewrite_line(RedactRewrite *rw, const MmtEntry *entry,
                         const char *line, size_t len)
{
    const char *format = mmt_trace_format(rw->trace);
    bool qemu = !g_strcmp0(format, "qemu");

    switch (entry->kind) {
    case MMT_ENTRY_READ:
    case MMT_ENTRY_WRITE:
    case MMT_ENTRY_UNKNOWN:
        return qemu ? rewrite_qemu_access(rw, entry, line, len)
                    : rewrite_mmiotrace_access(rw, entry, line, len);
    case MMT_ENTRY_DEVICE:
        if (entry->flags & MMT_ENTRY_LSPCI) {
            rewrite_text(rw, line, len);
            return true;
        }
        rewrite_words(rw, line, len);
        return true;
    case MMT_ENTRY_MAP:
    case MMT_ENTRY_UNMAP:
    case MMT_ENTRY_LOST:
        rewrite_words(rw, line, len);
        return true;
    case MMT_ENTRY_OTHER:
        return qemu ? rewrite_qemu_other(rw, line, len)
                    : rewrite_mmiotrace_other(rw, line, len);
    default:
        return false;
    }
}

void redact_rewrite_entry(RedactRewrite *rw, const MmtEntry *entry)
{
    size_t len;
    const char *line = mmt_trace_line(rw->trace, entry, &len);

    rw->now = entry->line;
    g_string_truncate(rw->line, 0);
    if (len && line[len - 1] == '\r') {
        len--;
    }
    if (mmt_trace_unterminated(rw->trace) && !rewrite_verifies(rw)) {
        /* cut off: a value may be a piece of one */
        rewrite_leave_out(rw);
    } else if (entry->kind == MMT_ENTRY_MARK) {
        rewrite_mark(rw, entry, line, len);
    } else if (rewrite_line(rw, entry, line, len)) {
        rewrite_put(rw);
    } else if (rewrite_verifies(rw)) {
        /* a comment of ours, or something that should not be there */
        rewrite_text(rw, line, len);
    } else {
        rewrite_leave_out(rw);
    }
}

void redact_rewrite_end(RedactRewrite *rw)
{
    rewrite_memory_end(rw);
}
