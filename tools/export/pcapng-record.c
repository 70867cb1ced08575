/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: records (see pcapng-record.h)
 */
#include "tools/export/pcapng-record.h"

#include <string.h>

#include "libmmiotrace/printable.h"

/**
 * struct Wire: the head as it is in the file
 */
typedef struct Wire {
    char magic[4];
    uint8_t version;
    uint8_t kind;
    uint16_t head;
    uint32_t set;
    uint32_t flags;
    uint64_t line;
    uint64_t ns;
    uint64_t offset;
    uint64_t value;
    uint64_t address;
    uint64_t pc;
    uint32_t cpu;
    uint32_t phase;
    uint32_t shape;
    uint8_t width;
    uint8_t region;
    uint16_t reserved;
} Wire;

G_STATIC_ASSERT(sizeof(Wire) == 80);
G_STATIC_ASSERT(offsetof(Wire, set) == PCAPNG_SET_AT);

void pcapng_record_begin(GByteArray *record, uint32_t set,
                         const PcapngHead *head)
{
    const Wire wire = {
        .magic = PCAPNG_MAGIC,
        .version = PCAPNG_VERSION,
        .kind = head->kind,
        .head = GUINT16_TO_LE(sizeof(Wire)),
        .set = GUINT32_TO_LE(set),
        .flags = GUINT32_TO_LE(head->flags),
        .line = GUINT64_TO_LE(head->line),
        .ns = GUINT64_TO_LE(head->ns),
        .offset = GUINT64_TO_LE(head->offset),
        .value = GUINT64_TO_LE(head->value),
        .address = GUINT64_TO_LE(head->address),
        .pc = GUINT64_TO_LE(head->pc),
        .cpu = GUINT32_TO_LE(head->cpu),
        .phase = GUINT32_TO_LE(head->phase),
        .shape = GUINT32_TO_LE(head->shape),
        .width = head->width,
        .region = head->region,
    };

    g_byte_array_set_size(record, 0);
    g_byte_array_append(record, (const guint8 *)&wire, sizeof(wire));
}

void pcapng_record_item(GByteArray *record, PcapngItem type, const void *bytes,
                        size_t len)
{
    pcapng_put32(record, (uint32_t)len << 8 | type);
    g_byte_array_append(record, bytes, len);
}

void pcapng_record_name(GByteArray *record, PcapngItem type, const char *name)
{
    char buf[PCAPNG_NAME_MAX + 1];

    if (*name) {
        pcapng_record_item(record, type, buf,
                           mmt_printable(name, strlen(name), buf,
                                         PCAPNG_NAME_MAX));
    }
}

void pcapng_put8(GByteArray *item, uint8_t value)
{
    g_byte_array_append(item, &value, sizeof(value));
}

void pcapng_put16(GByteArray *item, uint16_t value)
{
    uint16_t le = GUINT16_TO_LE(value);

    g_byte_array_append(item, (const guint8 *)&le, sizeof(le));
}

void pcapng_put32(GByteArray *item, uint32_t value)
{
    uint32_t le = GUINT32_TO_LE(value);

    g_byte_array_append(item, (const guint8 *)&le, sizeof(le));
}

void pcapng_put64(GByteArray *item, uint64_t value)
{
    uint64_t le = GUINT64_TO_LE(value);

    g_byte_array_append(item, (const guint8 *)&le, sizeof(le));
}

void pcapng_put_name(GByteArray *item, const char *name)
{
    char buf[PCAPNG_NAME_MAX + 1];
    size_t len = mmt_printable(name, strlen(name), buf, PCAPNG_NAME_MAX);

    pcapng_put8(item, len);
    g_byte_array_append(item, (const guint8 *)buf, len);
}
