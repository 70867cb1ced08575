/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: blocks of the file format (see pcapng-out.h)
 */
#include "tools/export/pcapng-out.h"

#include <string.h>

#define BLOCK_SECTION   0x0a0d0d0a
#define BLOCK_INTERFACE 1
#define BLOCK_PACKET    6

#define BYTE_ORDER_MAGIC 0x1a2b3c4d

enum {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_IF_NAME = 2,
    OPTION_EPB_FLAGS = 2,
    OPTION_IF_DESCRIPTION = 3,
    OPTION_SHB_PROGRAM = 4,
    OPTION_IF_TSRESOL = 9,
};

/* Times are in units of 10^-9 seconds. */
#define TSRESOL_NS 9

static void put32(GByteArray *out, uint32_t value)
{
    uint32_t le = GUINT32_TO_LE(value);

    g_byte_array_append(out, (const guint8 *)&le, sizeof(le));
}

static uint32_t get32(const guint8 *p)
{
    uint32_t le;

    memcpy(&le, p, sizeof(le));
    return GUINT32_FROM_LE(le);
}

static void set32(guint8 *p, uint32_t value)
{
    uint32_t le = GUINT32_TO_LE(value);

    memcpy(p, &le, sizeof(le));
}

static void put16(GByteArray *out, uint16_t value)
{
    uint16_t le = GUINT16_TO_LE(value);

    g_byte_array_append(out, (const guint8 *)&le, sizeof(le));
}

/* Blocks and options are padded to 32 bits. */
static void put_padded(GByteArray *out, const void *bytes, size_t len)
{
    static const guint8 zeros[4];

    g_byte_array_append(out, bytes, len);
    g_byte_array_append(out, zeros, -len & 3);
}

static void put_option(GByteArray *out, uint16_t code, const void *bytes,
                       size_t len)
{
    put16(out, code);
    put16(out, len);
    put_padded(out, bytes, len);
}

/* Cut at the begin of a character */
static void put_text(GByteArray *out, uint16_t code, const char *text)
{
    size_t len = strlen(text);

    if (len > PCAPNG_OPTION_MAX) {
        len = PCAPNG_OPTION_MAX;
        while (len && ((unsigned char)text[len] & 0xc0) == 0x80) {
            len--;
        }
    }
    put_option(out, code, text, len);
}

static void put_end_of_options(GByteArray *out)
{
    put_option(out, OPTION_END, "", 0);
}

/* Return: where the block begins */
static guint begin_block(GByteArray *out, uint32_t type)
{
    guint start = out->len;

    put32(out, type);
    put32(out, 0);
    return start;
}

/* The length is at both ends of a block. */
static void end_block(GByteArray *out, guint start)
{
    uint32_t len = out->len - start + sizeof(len);

    put32(out, len);
    set32(out->data + start + sizeof(len), len);
}

void pcapng_put_section(GByteArray *out, const char *program,
                        const char *comment)
{
    guint start = begin_block(out, BLOCK_SECTION);

    put32(out, BYTE_ORDER_MAGIC);
    /* version 1.0, and a length that is not known */
    put16(out, 1);
    put16(out, 0);
    put32(out, UINT32_MAX);
    put32(out, UINT32_MAX);
    put_text(out, OPTION_SHB_PROGRAM, program);
    put_text(out, OPTION_COMMENT, comment);
    put_end_of_options(out);
    end_block(out, start);
}

void pcapng_put_interface(GByteArray *out, const char *name,
                          const char *description)
{
    static const guint8 resolution = TSRESOL_NS;
    guint start = begin_block(out, BLOCK_INTERFACE);

    put16(out, PCAPNG_LINKTYPE);
    put16(out, 0);
    put32(out, PCAPNG_SNAPLEN);
    put_text(out, OPTION_IF_NAME, name);
    if (description) {
        put_text(out, OPTION_IF_DESCRIPTION, description);
    }
    put_option(out, OPTION_IF_TSRESOL, &resolution, sizeof(resolution));
    put_end_of_options(out);
    end_block(out, start);
}

void pcapng_put_packet(GByteArray *out, const PcapngPacket *packet,
                       const void *bytes, size_t len)
{
    uint32_t flags = GUINT32_TO_LE((uint32_t)packet->direction);
    guint start = begin_block(out, BLOCK_PACKET);

    put32(out, packet->interface);
    put32(out, packet->ns >> 32);
    put32(out, (uint32_t)packet->ns);
    put32(out, len);
    put32(out, len);
    put_padded(out, bytes, len);
    if (packet->direction) {
        put_option(out, OPTION_EPB_FLAGS, &flags, sizeof(flags));
    }
    if (packet->comment) {
        put_text(out, OPTION_COMMENT, packet->comment);
    }
    if (packet->direction || packet->comment) {
        put_end_of_options(out);
    }
    end_block(out, start);
}

/* Where a packet's block has its time: behind type, length and interface */
#define TIME_AT 12

/* Where it has its bytes: behind the time and two lengths */
#define BYTES_AT 28

void pcapng_shift(GByteArray *blocks, uint64_t ns, uint64_t max)
{
    guint at;

    for (at = 0; at < blocks->len; at += get32(blocks->data + at + 4)) {
        guint8 *time = blocks->data + at + TIME_AT;
        uint64_t old;

        if (get32(blocks->data + at) == BLOCK_PACKET) {
            old = (uint64_t)get32(time) << 32 | get32(time + 4);
            old = MIN(old + ns, max);
            set32(time, old >> 32);
            set32(time + 4, (uint32_t)old);
        }
    }
}

void pcapng_patch(GByteArray *blocks, size_t at, uint32_t value)
{
    guint i;

    for (i = 0; i < blocks->len; i += get32(blocks->data + i + 4)) {
        if (get32(blocks->data + i) == BLOCK_PACKET) {
            set32(blocks->data + i + BYTES_AT + at, value);
        }
    }
}
