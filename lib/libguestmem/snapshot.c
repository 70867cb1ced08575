/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: snapshot=, as a rings file of one statement (see parse.h) */
#include "libguestmem/model-internal.h"
#include "libguestmem/parse.h"
#include "libpcidev/window-spec.h"

#include <string.h>

/* Bytes of the doorbell, and of the register with the address */
#define SNAPSHOT_WIDTH 8

/* No BAR is that large. */
#define SNAPSHOT_OFFSET_MAX ((uint64_t)1 << 56)

/**
 * struct SnapshotSpec: BAR:OFFSET:LEN[:MASK][@REGISTER]
 * @text: the text
 * @bar: BAR
 * @offset: OFFSET, of the doorbell
 * @len: LEN
 * @mask: MASK
 * @by_register: there is a REGISTER
 * @reg: its offset
 */
typedef struct SnapshotSpec {
    const char *text;
    uint64_t bar;
    uint64_t offset;
    uint64_t len;
    uint64_t mask;
    bool by_register;
    uint64_t reg;
} SnapshotSpec;

/* --- text ---------------------------------------------------------------- */

static bool snapshot_number(const SnapshotSpec *spec, const char *what,
                            const char *word, uint64_t max, uint64_t *number,
                            GError **error)
{
    g_autoptr(GError) err = NULL;

    if (!pci_window_number_parse(what, word, max, number, &err)) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_SYNTAX,
                    "snapshot: '%s': %s", spec->text, err->message);
        return false;
    }
    return true;
}

static bool snapshot_words(char **word, SnapshotSpec *spec, GError **error)
{
    if (!snapshot_number(spec, "BAR", word[0], UINT64_MAX, &spec->bar,
                         error) ||
        !snapshot_number(spec, "OFFSET", word[1], SNAPSHOT_OFFSET_MAX,
                         &spec->offset, error) ||
        !snapshot_number(spec, "LEN", word[2], UINT64_MAX, &spec->len,
                         error)) {
        return false;
    }
    if (spec->bar >= GMEM_BARS) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_SYNTAX,
                    "snapshot: '%s': BAR is %s; 0 to 5 expected", spec->text,
                    word[0]);
        return false;
    }
    if (!spec->len || spec->len > GMEM_SNAPSHOT_MAX) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_LIMIT,
                    "snapshot: '%s': LEN is %s; 1 to 64K expected",
                    spec->text, word[2]);
        return false;
    }
    spec->mask = UINT64_MAX;
    return !word[3] || snapshot_number(spec, "MASK", word[3], UINT64_MAX,
                                       &spec->mask, error);
}

static bool snapshot_spec(const char *text, SnapshotSpec *spec,
                          GError **error)
{
    g_auto(GStrv) half = g_strsplit(text, "@", 2);
    g_auto(GStrv) word = g_strsplit(half[0] ? half[0] : "", ":", 6);
    unsigned words = g_strv_length(word);

    spec->text = text;
    if (words != 3 && words != 4) {
        g_set_error(error, GMEM_ERROR, GMEM_ERROR_SYNTAX,
                    "snapshot: '%s' is not BAR:OFFSET:LEN[:MASK][@REGISTER]",
                    text);
        return false;
    }
    spec->by_register = half[1];
    return snapshot_words(word, spec, error) &&
           (!half[1] || snapshot_number(spec, "REGISTER", half[1],
                                        SNAPSHOT_OFFSET_MAX, &spec->reg,
                                        error));
}

/* --- model --------------------------------------------------------------- */

static void snapshot_put_expr(GmemExpr *expr, const GmemOp *op, unsigned n)
{
    expr->op = g_new(GmemOp, n);
    memcpy(expr->op, op, n * sizeof(*op));
    expr->n = n;
    expr->line = 1;
}

static void snapshot_add_register(GmemFile *file, const SnapshotSpec *spec,
                                  const char *name, uint64_t offset)
{
    GmemRegister *reg = gmem_file_add_register(file);

    reg->name = g_strdup(name);
    reg->line = 1;
    reg->bar = spec->bar;
    reg->offset = offset;
    reg->width = SNAPSHOT_WIDTH;
    reg->writes = true;
}

static void snapshot_put_address(GmemStatement *s, const SnapshotSpec *spec)
{
    const GmemOp by_value[] = {
        { .code = GMEM_OP_VARIABLE, .a = GMEM_VAR_VALUE },
        { .code = GMEM_OP_NUMBER, .number = spec->mask },
        { .code = GMEM_OP_AND },
    };
    const GmemOp by_register[] = {
        { .code = GMEM_OP_NUMBER, .number = 0 },
        { .code = GMEM_OP_REGISTER, .a = 1 },
        { .code = GMEM_OP_NUMBER, .number = spec->mask },
        { .code = GMEM_OP_AND },
    };

    if (spec->by_register) {
        snapshot_put_expr(&s->base, by_register, G_N_ELEMENTS(by_register));
    } else {
        snapshot_put_expr(&s->base, by_value, G_N_ELEMENTS(by_value));
    }
}

static void snapshot_add_statement(GmemFile *file, const SnapshotSpec *spec)
{
    const GmemOp len = { .code = GMEM_OP_NUMBER, .number = spec->len };
    GmemStatement *s = gmem_file_add_statement(file);
    GmemTrigger *trigger = gmem_trigger_add(s->trigger);

    s->kind = GMEM_SNAPSHOT;
    s->name = g_strdup(spec->text);
    s->line = 1;
    snapshot_put_address(s, spec);
    snapshot_put_expr(&s->len, &len, 1);
    trigger->kind = GMEM_ON_WRITE;
    trigger->line = 1;
    trigger->reg = 0;
}

GmemFile *gmem_parse_snapshot(const char *text, GError **error)
{
    SnapshotSpec spec = { 0 };
    g_autofree char *hash = NULL;
    GmemFile *file;

    if (!snapshot_spec(text, &spec, error)) {
        return NULL;
    }
    file = gmem_file_new(text);
    hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_strlcpy(file->sha256, hash, sizeof(file->sha256));
    file->per_second = GMEM_PER_SECOND_MAX;
    snapshot_add_register(file, &spec, "DOORBELL", spec.offset);
    if (spec.by_register) {
        snapshot_add_register(file, &spec, "ADDRESS", spec.reg);
    }
    snapshot_add_statement(file, &spec);
    return file;
}
