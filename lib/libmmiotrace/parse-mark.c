/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parser of the tracer's own marks (see parse.h)
 */
#include "libmmiotrace/parse.h"

#include "libmmiotrace/cursor.h"

MmtSpan mmt_mark_value(MmtSpan text, const char *key)
{
    const char *end = text.p + text.len;
    size_t n = strlen(key);
    const char *p = text.p;

    while (p < end) {
        const char *blank = memchr(p, ' ', end - p);
        const char *stop = blank ? blank : end;

        if ((size_t)(stop - p) > n + 1 && !memcmp(p, key, n) && p[n] == '=') {
            return (MmtSpan) { .p = p + n + 1, .len = stop - (p + n + 1) };
        }
        p = blank ? blank + 1 : end;
    }
    return (MmtSpan) { 0 };
}

/* A mark describes an access as "R width=4 map=1 addr=0x10". */
static bool take_direction(MmtCursor *c, bool *read)
{
    *read = mmt_take_literal(c, "R ");
    return *read || mmt_take_literal(c, "W ");
}

/* Take "KEY=" of a mark, and record the column of the field behind it. */
static bool take_key(MmtCursor *c, const char *key, MmtField field)
{
    if (!mmt_take_literal(c, key)) {
        return mmt_cursor_fail(c, mmt_field_name[field], c->p,
                               "'%s' expected", key);
    }
    c->ev->column[field] = c->p - c->start + 1;
    return true;
}

static bool take_config_width(MmtCursor *c)
{
    const char *name = mmt_field_name[MMT_FIELD_WIDTH];
    const char *word;
    uint64_t width;

    /* 3 is the rest of an access that exceeds the end of config space. */
    if (!take_key(c, "width=", MMT_FIELD_WIDTH)) {
        return false;
    }
    word = c->p;
    if (!mmt_take_number(c, name, 10, 8, &width)) {
        return false;
    }
    c->ev->width = width;
    return (width && width <= MMT_CONFIG_WIDTH_MAX) ||
           mmt_cursor_fail(c, name, word,
                           "config space is accessed up to %d bytes at a time",
                           MMT_CONFIG_WIDTH_MAX);
}

static bool take_config_map(MmtCursor *c)
{
    return take_key(c, " map=", MMT_FIELD_MAP_ID) && mmt_take_map_id_number(c);
}

static bool take_config_offset(MmtCursor *c)
{
    const char *word;

    if (!take_key(c, " offset=", MMT_FIELD_ADDR)) {
        return false;
    }
    word = c->p;
    return mmt_take_word_hex(c, "offset", &c->ev->addr) &&
           (c->ev->addr <= MMT_CONFIG_SIZE - c->ev->width ||
            mmt_cursor_fail(c, "offset", word, "config space has %u bytes",
                            MMT_CONFIG_SIZE));
}

static bool take_config_value(MmtCursor *c)
{
    return take_key(c, " value=", MMT_FIELD_VALUE) &&
           mmt_take_word_hex(c, mmt_field_name[MMT_FIELD_VALUE], &c->ev->value);
}

static bool take_config_pc(MmtCursor *c)
{
    if (!mmt_take_literal(c, " pc=")) {
        return true;
    }
    c->ev->column[MMT_FIELD_PC] = c->p - c->start + 1;
    return mmt_take_word_hex(c, mmt_field_name[MMT_FIELD_PC], &c->ev->pc);
}

static bool is_config_mark(const MmtEvent *ev)
{
    static const char word[] = MMT_MARK_PREFIX "config ";

    return ev->text.len >= sizeof(word) - 1 &&
           !memcmp(ev->text.p, word, sizeof(word) - 1);
}

bool mmt_parse_config(MmtEvent *ev, MmtParseError *err)
{
    static bool (*const take[])(MmtCursor *) = {
        take_config_width, take_config_map, take_config_offset,
        take_config_value, take_config_pc, mmt_take_extra,
    };
    MmtCursor c = { .start = ev->text.p - (ev->column[MMT_FIELD_TEXT] - 1),
                 .p = ev->text.p, .end = ev->text.p + ev->text.len,
                 .ev = ev, .err = err };
    bool read;
    size_t i;

    if (ev->type != MMT_EVENT_MARK || !is_config_mark(ev)) {
        return mmt_cursor_fail(&c, mmt_field_name[MMT_FIELD_KEYWORD], c.p,
                               "not an access to config space");
    }
    c.p += strlen(MMT_MARK_PREFIX "config ");
    if (!take_direction(&c, &read)) {
        return mmt_cursor_fail(&c, "direction", c.p, "'R' or 'W' expected");
    }
    ev->type = read ? MMT_EVENT_CONFIG_READ : MMT_EVENT_CONFIG_WRITE;
    for (i = 0; i < G_N_ELEMENTS(take); i++) {
        if (!take[i](&c)) {
            return false;
        }
    }
    return c.p == c.end ||
           mmt_cursor_fail(&c, "end of line", c.p,
                           "'%s' follows where the line should end",
                           mmt_cursor_quote(&c, c.p).s);
}

void mmt_recognize_config(MmtEvent *ev)
{
    MmtEvent config;
    MmtParseError err;

    if (is_config_mark(ev)) {
        config = *ev;
        if (mmt_parse_config(&config, &err)) {
            *ev = config;
        }
    }
}

bool mmt_parse_flag_mark(const MmtEvent *ev, MmtFlagMark *mark)
{
    static const MmtEventType type[2][2] = {
        { MMT_EVENT_WRITE, MMT_EVENT_READ },
        { MMT_EVENT_CONFIG_WRITE, MMT_EVENT_CONFIG_READ },
    };
    static const struct {
        const char *word;
        MmtFlags flag;
    } words[] = {
        { MMT_MARK_PREFIX "failed ", MMT_FLAG_FAILED },
        { MMT_MARK_PREFIX "pending ", MMT_FLAG_PENDING },
        { MMT_MARK_PREFIX "unsynced ", MMT_FLAG_UNSYNCED },
        { MMT_MARK_PREFIX "unverified ", MMT_FLAG_UNVERIFIED },
    };
    MmtParseError err;
    MmtCursor c = { .start = ev->text.p, .p = ev->text.p,
                 .end = ev->text.p + ev->text.len, .err = &err };
    uint64_t width;
    uint64_t map_id;
    bool config;
    bool read;
    size_t i;

    if (ev->type != MMT_EVENT_MARK) {
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (mmt_take_literal(&c, words[i].word)) {
            break;
        }
    }
    if (i == G_N_ELEMENTS(words)) {
        return false;
    }
    mark->flag = words[i].flag;
    if (!take_direction(&c, &read) || !mmt_take_literal(&c, "width=") ||
        !mmt_take_number(&c, "width", 10, 8, &width) ||
        !mmt_take_literal(&c, " map=") ||
        !mmt_take_number(&c, "map", 10, INT32_MAX, &map_id)) {
        return false;
    }
    config = mmt_take_literal(&c, " offset=0x");
    if ((!config && !mmt_take_literal(&c, " addr=0x")) ||
        !mmt_take_number(&c, "addr", 16, UINT64_MAX, &mark->addr) ||
        c.p != c.end) {
        return false;
    }
    mark->type = type[config][read];
    mark->width = width;
    mark->map_id = map_id;
    return true;
}

bool mmt_parse_overwritten(const MmtEvent *ev, uint64_t *lost)
{
    static const char before[] = " entries-in-buffer/entries-written: ";
    const size_t n = sizeof(before) - 1;
    MmtParseError err;
    MmtCursor c = { .start = ev->text.p, .p = ev->text.p + n,
                    .end = ev->text.p + ev->text.len, .err = &err };
    uint64_t kept;
    uint64_t written;

    if (ev->text.len < n || memcmp(ev->text.p, before, n) ||
        !mmt_take_digits(&c, "entries", c.p, 10, UINT64_MAX, &kept) ||
        !mmt_take_literal(&c, "/") ||
        !mmt_take_digits(&c, "entries", c.p, 10, UINT64_MAX, &written) ||
        written < kept) {
        return false;
    }
    *lost = written - kept;
    return true;
}
