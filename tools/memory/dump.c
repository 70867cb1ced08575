/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace memory: guest memory as text or as bytes (see dump.h)
 */
#include "tools/memory/dump.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

/* "0000000000001000  64 bytes..." as hexdump -C, with longer addresses */
static void put_row(FILE *out, uint64_t at, const uint8_t *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char text[MEMORY_DUMP_ROW * 4 + 8];
    char *p = text;
    size_t i;

    for (i = 0; i < MEMORY_DUMP_ROW; i++) {
        if (i % 8 == 0) {
            *p++ = ' ';
        }
        *p++ = i < len ? digits[data[i] >> 4] : ' ';
        *p++ = i < len ? digits[data[i] & 15] : ' ';
        *p++ = ' ';
    }
    *p++ = ' ';
    *p++ = '|';
    for (i = 0; i < len; i++) {
        *p++ = g_ascii_isprint(data[i]) ? data[i] : '.';
    }
    *p++ = '|';
    *p = '\0';
    fprintf(out, "%016" PRIx64 " %s\n", at, text);
}

static void put_text(MemoryDump *dump, uint64_t at, const uint8_t *data,
                     size_t len)
{
    if (dump->any && len == MEMORY_DUMP_ROW &&
        !memcmp(dump->row, data, MEMORY_DUMP_ROW)) {
        if (!dump->same) {
            fputs("*\n", dump->out);
        }
        dump->same = true;
        return;
    }
    put_row(dump->out, at, data, len);
    dump->same = false;
    dump->any = len == MEMORY_DUMP_ROW;
    if (dump->any) {
        memcpy(dump->row, data, MEMORY_DUMP_ROW);
    }
}

bool memory_dump_put(MemoryDump *dump, uint64_t at, const uint8_t *data,
                     size_t len)
{
    size_t done;

    dump->end = at + len;
    if (dump->raw) {
        return fwrite(data, 1, len, dump->out) == len;
    }
    for (done = 0; done < len; done += MEMORY_DUMP_ROW) {
        put_text(dump, at + done, data + done,
                 MIN(len - done, MEMORY_DUMP_ROW));
    }
    return !ferror(dump->out);
}

void memory_dump_end(MemoryDump *dump)
{
    if (!dump->raw) {
        fprintf(dump->out, "%016" PRIx64 "\n", dump->end);
    }
}
