/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: lines of QEMU's trace events
 *
 *      vfio_region_read  (NAME:region0+0x100, 4) = 0xVALUE
 *      vfio_region_write  (NAME:region0+0x100, 0xVALUE, 4)
 *      vfio_vga_write  (0x3c0, 0xVALUE, 1)
 *      vfio_pci_read_config  (NAME, @0x10, len=0x4) 0xVALUE
 *      vfio_pci_write_config  (NAME, @0x10, 0xVALUE, len=0x4)
 *      memory_region_ops_read cpu 0 mr 0x1 addr 0x2 value 0xVALUE size 4 ...
 */
#include "tools/redact/rewrite-internal.h"

#include <inttypes.h>
#include <string.h>

/* The last 0x before @end */
static const char *last_number(const char *line, const char *end)
{
    const char *p;

    for (p = end - 2; p >= line; p--) {
        if (p[0] == '0' && p[1] == 'x') {
            return p;
        }
    }
    return NULL;
}

static const char *value_at(const MmtEntry *entry, const char *line,
                            const char *end)
{
    static const char value[] = " value 0x";
    static const char len[] = ", len=0x";
    const char *p;

    if (memmem(line, end - line, "memory_region_ops_", 18)) {
        p = memmem(line, end - line, value, sizeof(value) - 1);
        return p ? p + strlen(" value ") : NULL;
    }
    p = memmem(line, end - line, len, sizeof(len) - 1);
    if (entry->kind == MMT_ENTRY_WRITE && p) {
        return last_number(line, p);
    }
    return last_number(line, end);
}

/* Names that are no PCI addresses come from the command line. */
static bool put_before(RedactRewrite *rw, const MmtEntry *entry,
                       const char *line, const char *end)
{
    const MmtRegion *region = mmt_trace_region(rw->trace, entry->region);
    const char *open = memchr(line, '(', end - line);
    size_t n = region ? strlen(region->device) : 0;

    if (rewrite_verifies(rw)) {
        rewrite_words(rw, line, end - line);
        return true;
    }
    if (!n || !open) {
        rewrite_copy(rw, line, end - line);
        return true;
    }
    open++;
    if ((size_t)(end - open) < n || memcmp(open, region->device, n)) {
        /* it is printed in another way than it is written */
        rewrite_words(rw, line, end - line);
        return !rw->what->names;
    }
    rewrite_copy(rw, line, open - line);
    rewrite_name(rw, open, n);
    rewrite_copy(rw, open + n, end - open - n);
    return true;
}

bool rewrite_qemu_access(RedactRewrite *rw, const MmtEntry *entry,
                         const char *line, size_t len)
{
    const char *end = line + len;
    const char *value = value_at(entry, line, end);
    g_autofree char *digits = NULL;
    uint64_t number, new;
    size_t n = 0;

    if (!value) {
        return false;
    }
    while (value + 2 + n < end && g_ascii_isxdigit(value[2 + n])) {
        n++;
    }
    digits = g_strndup(value + 2, n);
    number = g_ascii_strtoull(digits, NULL, 16);
    if (entry->width && entry->width < 8) {
        number &= (1ull << 8 * entry->width) - 1;
    }
    if (!n || number != entry->value || !put_before(rw, entry, line, value)) {
        return false;
    }
    new = rewrite_value(rw, entry, number, false);
    g_string_append_printf(rw->line, "0x%" PRIx64, new);
    rewrite_words(rw, value + 2 + n, end - value - 2 - n);
    return true;
}

/* Events that say something of devices: what the reader takes from them */
static const char *const patterns[] = {
    "^([-+0-9@.:TZ]* ?)vfio_region_setup +Device ([^\", ]*), region [0-9]+ "
    "\"([^\", ]*)( BAR [0-9])?\", flags: 0x[0-9a-f]+, offset: 0x[0-9a-f]+, "
    "size: 0x[0-9a-f]+ *$",
    "^([-+0-9@.:TZ]* ?)vfio_pci_emulated_(?:vendor|device)_id +(\\S+) "
    "0x[0-9a-f]+ *$",
};

static bool is_known(RedactRewrite *rw, const char *line, size_t len)
{
    bool known = false;
    size_t i;

    if (!strstr(line, "vfio_region_setup ") &&
        !strstr(line, "vfio_pci_emulated_")) {
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(patterns) && !known; i++) {
        g_autoptr(GRegex) regex = g_regex_new(patterns[i], G_REGEX_RAW, 0,
                                              NULL);

        known = g_regex_match_full(regex, line, len, 0, 0, NULL, NULL);
    }
    /* their names are in several places of the line */
    return known && (!rw->what->names ||
                     g_regex_match_simple("[ (][0-9a-f]{4}:[0-9a-f]{2}:"
                                          "[0-9a-f]{2}\\.[0-7][ ,]",
                                          line, G_REGEX_RAW, 0));
}

bool rewrite_qemu_other(RedactRewrite *rw, const char *line, size_t len)
{
    g_autofree char *text = g_strndup(line, len);

    if (strlen(text) != len || !is_known(rw, text, len)) {
        return false;
    }
    rewrite_words(rw, line, len);
    return true;
}
