/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: secrets that the trace itself tells (see learn.h)
 */
#include "tools/redact/learn.h"

#include <string.h>

#include "tools/redact/snapshot.h"
#include "tools/redact/vpd.h"

/* Halves that are remembered */
#define HALVES_MAX 4096

/* The extended capability "Device Serial Number" (PCIe 3.0, 7.12) */
#define CAP_SERIAL 3

/**
 * struct Half: two registers that have a number together
 * @region: number of their region
 * @offset: offset of the lower one
 * @op: MmtEntryKind, of which both are
 * @known: bits: which of them are known
 * @low: value of the lower one
 * @high: of the other one
 */
typedef struct Half {
    uint64_t offset;
    uint32_t region;
    uint32_t op;
    unsigned known;
    uint32_t low;
    uint32_t high;
} Half;

struct RedactLearn {
    RedactSecrets *secrets;
    bool macs;
    bool serials;
    unsigned n_macs;
    GHashTable *halves;
    RedactVpd *vpd;
    RedactSnapshot snapshot;
    GError *error;
};

/*
 * Names that registers with the lower four bytes of an address have in
 * databases, and those with the upper two
 */
static const struct {
    const char *low;
    const char *high;
} mac_names[] = {
    { "RAL", "RAH" },
    { "MAC_ADDR_LOW", "MAC_ADDR_HIGH" },
    { "MAC_ADDR_L", "MAC_ADDR_H" },
    { "MAC_LOW", "MAC_HIGH" },
};

static guint half_hash(gconstpointer p)
{
    const Half *half = p;

    return (half->offset ^ (uint64_t)half->region << 20 ^ half->op << 30) *
           0x9e3779b1u;
}

static gboolean half_equal(gconstpointer a, gconstpointer b)
{
    const Half *x = a, *y = b;

    return x->offset == y->offset && x->region == y->region && x->op == y->op;
}

RedactLearn *redact_learn_new(RedactSecrets *secrets, RedactPlaces *places,
                              bool macs, bool serials)
{
    RedactLearn *learn = g_new0(RedactLearn, 1);

    learn->secrets = secrets;
    learn->macs = macs;
    learn->serials = serials;
    learn->halves = g_hash_table_new_full(half_hash, half_equal, g_free, NULL);
    learn->vpd = redact_vpd_new(places);
    return learn;
}

void redact_learn_free(RedactLearn *learn)
{
    if (learn) {
        g_hash_table_unref(learn->halves);
        redact_vpd_free(learn->vpd);
        redact_snapshot_clear(&learn->snapshot);
        g_clear_error(&learn->error);
        g_free(learn);
    }
}

unsigned redact_learn_macs(const RedactLearn *learn)
{
    return learn->n_macs;
}

const char *redact_learn_error(const RedactLearn *learn)
{
    return learn->error ? learn->error->message : NULL;
}

static Half *half_get(RedactLearn *learn, const MmtEntry *entry,
                      uint64_t offset, bool make)
{
    Half key = {
        .offset = offset, .region = entry->region, .op = entry->kind,
    };
    Half *half = g_hash_table_lookup(learn->halves, &key);

    if (!half && make && g_hash_table_size(learn->halves) < HALVES_MAX) {
        half = g_new0(Half, 1);
        *half = key;
        g_hash_table_add(learn->halves, half);
    }
    return half;
}

/* Take one of two registers; return the two if both are known */
static Half *half_take(RedactLearn *learn, const MmtEntry *entry,
                       uint64_t offset, bool high)
{
    Half *half = half_get(learn, entry, offset, true);

    if (!half) {
        return NULL;
    }
    if (high) {
        half->high = entry->value;
    } else {
        half->low = entry->value;
    }
    half->known |= 1 << high;
    return half->known == 3 ? half : NULL;
}

/* "RAL", "RAL[0x1]", "RAL_ALIAS", also at the end of "MAC.RAL" */
static bool name_has(const char *name, const char *word)
{
    const char *dot = strrchr(name, '.');
    const char *p = dot ? dot + 1 : name;
    size_t n = strlen(word);

    return !g_ascii_strncasecmp(p, word, n) && !g_ascii_isalpha(p[n]);
}

static void learn_mac(RedactLearn *learn, const Half *half)
{
    uint8_t mac[6];
    unsigned i;

    for (i = 0; i < 4; i++) {
        mac[i] = half->low >> 8 * i;
    }
    mac[4] = half->high;
    mac[5] = half->high >> 8;
    /* an entry that is not in use is cleared, both or one after the other */
    if (half->low && half->high && !learn->error) {
        redact_secrets_add_mac(learn->secrets, mac, &learn->error);
        /* also one that the user has given */
        learn->n_macs += !(mac[0] & 1);
    }
}

static void learn_register(RedactLearn *learn, AnalysisDb *db,
                           const MmtEntry *entry)
{
    const char *name = entry->width == 4
        ? analysis_db_name(db, entry->region, entry->offset) : NULL;
    const Half *half = NULL;
    size_t i;

    for (i = 0; name && i < G_N_ELEMENTS(mac_names); i++) {
        if (name_has(name, mac_names[i].low)) {
            half = half_take(learn, entry, entry->offset, false);
        } else if (name_has(name, mac_names[i].high)) {
            half = half_take(learn, entry, entry->offset - 4, true);
        }
    }
    if (half) {
        learn_mac(learn, half);
    }
}

static void learn_serial(RedactLearn *learn, const Half *half)
{
    uint64_t serial = (uint64_t)half->high << 32 | half->low;
    uint8_t bytes[8];
    unsigned i;

    for (i = 0; i < 8; i++) {
        bytes[i] = serial >> 8 * i;
    }
    if (serial && serial != UINT64_MAX && !learn->error) {
        redact_secrets_add(learn->secrets, "PCI Express serial number", bytes,
                           8, false, &learn->error);
    }
}

/* The capability's header comes first: it says where the number is. */
static void learn_config(RedactLearn *learn, const MmtEntry *entry)
{
    Half *half = NULL;

    if (entry->kind != MMT_ENTRY_READ || entry->width != 4 ||
        entry->offset < 0x100 || entry->offset % 4) {
        return;
    }
    if ((entry->value & 0xffff) == CAP_SERIAL &&
        (entry->value >> 16 & 15) == 1) {
        half_get(learn, entry, entry->offset + 4, true);
        return;
    }
    if (half_get(learn, entry, entry->offset, false)) {
        half = half_take(learn, entry, entry->offset, false);
    } else if (half_get(learn, entry, entry->offset - 4, false)) {
        half = half_take(learn, entry, entry->offset - 4, true);
    }
    if (half) {
        learn_serial(learn, half);
    }
}

/* Return: length without blanks at the end; 0 if it is no printable text */
static size_t text_len(const uint8_t *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!g_ascii_isprint(p[i])) {
            return 0;
        }
    }
    while (n && p[n - 1] == ' ') {
        n--;
    }
    return n;
}

static void learn_text(RedactLearn *learn, const char *what, const uint8_t *p,
                       size_t n)
{
    size_t len = text_len(p, n);

    while (len && *p == ' ') {
        p++;
        len--;
    }
    if (len >= REDACT_SECRET_MIN) {
        g_autoptr(GError) error = NULL;

        /* a number of blanks or zeros is none */
        redact_secrets_add(learn->secrets, what, p, len, true, &error);
    }
}

/* NVMe's Identify Controller: serial number, then model (NVMe 1.4, 5.15.2.2) */
static void learn_nvme(RedactLearn *learn, const GByteArray *bytes)
{
    const uint8_t *p = bytes->data;

    if (bytes->len >= 72 && (p[0] | p[1]) && text_len(p + 4, 20) &&
        text_len(p + 24, 40)) {
        learn_text(learn, "serial number of an NVMe disk", p + 4, 20);
    }
}

/* ATA's IDENTIFY DEVICE: words 10 to 19, whose bytes are swapped */
static void learn_ata(RedactLearn *learn, const GByteArray *bytes)
{
    uint8_t text[80];
    unsigned i;

    if (bytes->len != 512) {
        return;
    }
    for (i = 0; i < sizeof(text); i++) {
        text[i] = bytes->data[20 + (i ^ 1)];
    }
    /* the model is in words 27 to 46 */
    if (text_len(text, 20) && text_len(text + 34, 40)) {
        learn_text(learn, "serial number of an ATA disk", text, 20);
    }
}

/* Return: number of bytes that the mark has */
static size_t take_memory(RedactLearn *learn, const AnalysisMemoryMark *mark)
{
    switch (mark->kind) {
    case MMT_MARK_SNAPSHOT:
    case MMT_MARK_ENTRY:
    case MMT_MARK_DATA:
        return redact_snapshot_begin(&learn->snapshot, mark);
    case MMT_MARK_SNAPSHOT_DATA:
        return redact_snapshot_data(&learn->snapshot,
                                    redact_snapshot_hex(mark));
    default:
        return 0;
    }
}

static void learn_mark(RedactLearn *learn, const MmtTrace *trace,
                       const MmtEntry *entry)
{
    AnalysisMemoryMark mark;
    MmtSpan text;

    text.p = mmt_trace_text(trace, entry, &text.len);
    if (analysis_memory_parse(text, &mark) && take_memory(learn, &mark) &&
        !learn->snapshot.open) {
        learn_nvme(learn, learn->snapshot.bytes);
        learn_ata(learn, learn->snapshot.bytes);
    }
}

void redact_learn_entry(RedactLearn *learn, const MmtTrace *trace,
                        AnalysisDb *db, const MmtEntry *entry)
{
    if (entry->kind == MMT_ENTRY_MARK) {
        if (learn->serials && (entry->flags & MMT_ENTRY_TRACER)) {
            learn_mark(learn, trace, entry);
        }
    } else if (entry->kind <= MMT_ENTRY_WRITE) {
        const MmtRegion *region = mmt_trace_region(trace, entry->region);

        if (region && region->number == MMT_REGION_CONFIG) {
            if (learn->serials) {
                learn_config(learn, entry);
                redact_vpd_config(learn->vpd, entry);
            }
        } else if (learn->macs) {
            learn_register(learn, db, entry);
        }
    }
}
