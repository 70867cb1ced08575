/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: the newest of many texts (see newest.h)
 */
#include "tools/serve/newest.h"

#include "tools/report/json.h"

/**
 * struct Text: a text
 * @t: its place on the axis
 * @kind: its kind
 * @text: the text
 */
typedef struct Text {
    uint64_t t;
    const char *kind;
    GString *text;
} Text;

/**
 * struct ServeNewest: the newest texts
 * @room: how many are kept
 * @last: number of the last one
 * @texts: number n is in place n % @room
 */
struct ServeNewest {
    unsigned room;
    uint64_t last;
    Text *texts;
};

ServeNewest *serve_newest_new(unsigned room)
{
    ServeNewest *newest = g_new0(ServeNewest, 1);

    newest->room = room;
    newest->texts = g_new0(Text, room);
    return newest;
}

void serve_newest_add(ServeNewest *newest, uint64_t t, const char *kind,
                      const char *text, size_t len)
{
    Text *place = &newest->texts[++newest->last % newest->room];

    len -= len && text[len - 1] == '\n';
    if (!place->text) {
        place->text = g_string_new(NULL);
    }
    place->t = t;
    place->kind = kind;
    g_string_truncate(place->text, 0);
    g_string_append_len(place->text, text, MIN(len, SERVE_TEXT_MAX));
}

uint64_t serve_newest_last(const ServeNewest *newest)
{
    return newest->last;
}

uint64_t serve_newest_put(const ServeNewest *newest, uint64_t after,
                          unsigned most, const char *name, GString *json)
{
    uint64_t n = newest->last - MIN(after, newest->last);
    uint64_t put = MIN(n, MIN(most, newest->room));
    uint64_t i;

    report_json_open(json, name, '{');
    report_json_number(json, "skipped", n - put);
    report_json_open(json, "items", '[');
    for (i = newest->last - put + 1; i <= newest->last; i++) {
        const Text *text = &newest->texts[i % newest->room];

        report_json_open(json, NULL, '[');
        report_json_number(json, NULL, i);
        report_json_number(json, NULL, text->t);
        report_json_text(json, NULL, text->kind);
        report_json_bytes(json, NULL, text->text->str, text->text->len);
        report_json_close(json, ']');
    }
    report_json_close(json, ']');
    report_json_close(json, '}');
    return newest->last;
}

void serve_newest_free(ServeNewest *newest)
{
    unsigned i;

    for (i = 0; i < newest->room; i++) {
        if (newest->texts[i].text) {
            g_string_free(newest->texts[i].text, TRUE);
        }
    }
    g_free(newest->texts);
    g_free(newest);
}
