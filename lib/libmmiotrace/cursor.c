/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parse error messages (see cursor.h)
 */
#include "libmmiotrace/cursor.h"

#include <stdarg.h>
#include <stdio.h>

const char *const mmt_field_name[MMT_FIELD__MAX] = {
    [MMT_FIELD_KEYWORD] = "keyword",
    [MMT_FIELD_WIDTH] = "width",
    [MMT_FIELD_TIME] = "time",
    [MMT_FIELD_MAP_ID] = "map id",
    [MMT_FIELD_ADDR] = "physical address",
    [MMT_FIELD_VALUE] = "value",
    [MMT_FIELD_OPCODE] = "opcode",
    [MMT_FIELD_VIRT] = "virtual address",
    [MMT_FIELD_LEN] = "length",
    [MMT_FIELD_PC] = "PC",
    [MMT_FIELD_PID] = "PID",
    [MMT_FIELD_EXTRA] = "extra",
    [MMT_FIELD_TEXT] = "text",
    [MMT_FIELD_COUNT] = "count",
    [MMT_FIELD_BUS_DEVFN] = "bus and devfn",
    [MMT_FIELD_VENDOR_DEVICE] = "vendor and device",
    [MMT_FIELD_IRQ] = "IRQ",
    [MMT_FIELD_START] = "resource start",
    [MMT_FIELD_SIZE] = "resource size",
    [MMT_FIELD_DRIVER] = "driver",
};

void mmt_cursor_set_error(MmtCursor *c, const char *field, const char *at,
                          const char *fmt, ...)
{
    va_list ap;

    c->err->field = field;
    c->err->column = at - c->start + 1;
    va_start(ap, fmt);
    vsnprintf(c->err->message, sizeof(c->err->message), fmt, ap);
    va_end(ap);
}

MmtQuote mmt_cursor_quote(const MmtCursor *c, const char *at)
{
    MmtQuote q;
    size_t n = 0;

    while (at + n < c->end && at[n] != ' ' && n < MMT_QUOTE_MAX) {
        q.s[n] = at[n] > 0x20 && at[n] < 0x7f ? at[n] : '?';
        n++;
    }
    strcpy(q.s + n, at + n < c->end && at[n] != ' ' ? "..." : "");
    return q;
}
