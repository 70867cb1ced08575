/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: the page (see page.h)
 */
#include "tools/report/page.h"

#include <string.h>

#include "tools/report/page-resource.h"

#define PATH "/vfio-trace/report/page.html"
#define LIVE_PATH "/vfio-trace/report/live.html"

/* The line must begin one, so that a text in a script is not taken for it. */
static const char *find_line(const char *text, const char *end)
{
    static const char line[] = "\n" REPORT_PAGE_LINE;
    const char *found = memmem(text, end - text, line, sizeof(line) - 1);

    return found ? found + 1 : NULL;
}

bool report_page_split(ReportPage *page)
{
    gsize len;
    const char *text = g_bytes_get_data(page->bytes, &len);
    const char *found = find_line(text, text + len);

    if (!found) {
        return false;
    }
    page->head = found - text;
    page->tail = page->head + strlen(REPORT_PAGE_LINE);
    return !find_line(text + page->tail - 1, text + len);
}

void report_page_open(ReportPage *page)
{
    bool good;

    page->bytes = g_resource_lookup_data(report_page_get_resource(), PATH,
                                         G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    /* bundle.py checks it, and so does a test */
    good = page->bytes && report_page_split(page);
    g_assert(good);
}

void report_page_put_head(const ReportPage *page, FILE *out)
{
    fwrite(g_bytes_get_data(page->bytes, NULL), 1, page->head, out);
}

void report_page_put_tail(const ReportPage *page, FILE *out)
{
    gsize len;
    const char *text = g_bytes_get_data(page->bytes, &len);

    fwrite(text + page->tail, 1, len - page->tail, out);
}

void report_page_clear(ReportPage *page)
{
    g_clear_pointer(&page->bytes, g_bytes_unref);
}

GBytes *report_page_live(void)
{
    GBytes *bytes = g_resource_lookup_data(report_page_get_resource(),
                                           LIVE_PATH,
                                           G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    /* a test checks it */
    g_assert(bytes);
    return bytes;
}
