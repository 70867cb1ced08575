/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: pages that are shown now (see pages.h)
 */
#include "tools/serve/pages.h"

#include <unistd.h>

/* Interval of updates */
#define TICK_MS 250

/* After so many ticks without an event, a comment finds out who has gone. */
#define QUIET_TICKS 20

/**
 * struct Page: a page that is shown
 * @pages: all pages
 * @reply: its stream
 * @session: number of its browser's session
 * @parted: its last event was sent
 * @position: what it knows
 * @quiet: ticks since the last event
 */
typedef struct Page {
    ServePages *pages;
    HttpReply *reply;
    unsigned session;
    bool parted;
    ServePosition position;
    unsigned quiet;
} Page;

/**
 * struct ServePages: the pages
 * @follow: the log
 * @watch: what QEMU says, or NULL
 * @instance: names this server
 * @list: Page, the oldest first
 * @ended: the server ends
 * @tick: the timer
 */
struct ServePages {
    const ServeFollow *follow;
    const ServeWatch *watch;
    char *instance;
    GQueue list;
    bool ended;
    guint tick;
};

static GString *next_event(Page *page)
{
    static const ServeStatus unknown;
    const ServePages *pages = page->pages;
    const ServeStatus *status = pages->watch
                                ? serve_watch_status(pages->watch) : &unknown;
    GString *event = serve_update(serve_follow_live(pages->follow),
                                  serve_follow_db(pages->follow), status,
                                  pages->instance, &page->position);

    if (!event && ++page->quiet >= QUIET_TICKS) {
        event = g_string_new(":\n\n");
    }
    return event;
}

static void update(Page *page)
{
    GString *event;

    if (!http_reply_ready(page->reply)) {
        return;
    }
    event = next_event(page);
    if (event) {
        page->quiet = 0;
        http_reply_piece(page->reply, event);
    }
}

static gboolean tick(gpointer opaque)
{
    ServePages *pages = opaque;
    GList *i;

    for (i = pages->list.head; i; i = i->next) {
        update(i->data);
    }
    return G_SOURCE_CONTINUE;
}

/* The last event: the page does not connect again */
static void part(Page *page, const char *event)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "event: %s\ndata: {}\n\n", event);
    page->parted = true;
    http_reply_piece(page->reply, text);
}

/* The next event waits for its tick, so that updates are not too many. */
static void want(HttpReply *reply, void *opaque)
{
    Page *page = opaque;

    if (page->parted) {
        http_reply_end(reply);
    } else if (page->pages->ended) {
        part(page, "end");
    } else if (!page->position.version) {
        update(page);
    }
}

static void gone(HttpReply *reply, void *opaque)
{
    Page *page = opaque;

    (void)reply;
    g_queue_remove(&page->pages->list, page);
    g_free(page);
}

/* A page that is only cut off would come back at once, in another one's place. */
static void send_away(Page *page)
{
    if (http_reply_ready(page->reply)) {
        part(page, "away");
    } else {
        http_reply_abort(page->reply);
    }
}

static void make_room(ServePages *pages, unsigned session)
{
    Page *oldest = NULL;
    Page *oldest_of_session = NULL;
    unsigned n = 0;
    unsigned n_of_session = 0;
    GList *i;

    for (i = pages->list.head; i; i = i->next) {
        Page *page = i->data;

        if (page->parted) {
            continue;
        }
        oldest = n++ ? oldest : page;
        if (page->session == session) {
            oldest_of_session = n_of_session++ ? oldest_of_session : page;
        }
    }
    if (n_of_session >= SERVE_SESSION_PAGES) {
        send_away(oldest_of_session);
    } else if (n >= SERVE_PAGES) {
        send_away(oldest);
    }
}

void serve_pages_add(ServePages *pages, HttpReply *reply, unsigned session,
                     const char *last)
{
    static const HttpStream stream = { .want = want, .gone = gone };
    Page *page = g_new0(Page, 1);

    make_room(pages, session);
    page->pages = pages;
    page->reply = reply;
    page->session = session;
    serve_position_parse(&page->position, last, pages->instance);
    g_queue_push_tail(&pages->list, page);
    http_reply_stream(reply, "text/event-stream", NULL, &stream, page);
}

void serve_pages_end(ServePages *pages)
{
    GList *i = pages->list.head;

    pages->ended = true;
    while (i) {
        Page *page = i->data;

        i = i->next;
        if (http_reply_ready(page->reply)) {
            part(page, "end");
        }
    }
}

ServePages *serve_pages_new(const ServeFollow *follow,
                            const ServeWatch *watch)
{
    ServePages *pages = g_new0(ServePages, 1);

    pages->follow = follow;
    pages->watch = watch;
    pages->instance = g_strdup_printf("%x%x", (unsigned)getpid(),
                                      (unsigned)g_get_monotonic_time());
    g_queue_init(&pages->list);
    pages->tick = g_timeout_add(TICK_MS, tick, pages);
    return pages;
}

void serve_pages_free(ServePages *pages)
{
    if (pages) {
        g_source_remove(pages->tick);
        g_free(pages->instance);
        g_free(pages);
    }
}
