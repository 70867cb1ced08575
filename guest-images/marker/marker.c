/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: writes markers, and messages for the user (see marker.h)
 */
#include <string.h>

#include "guest-images/marker/marker.h"

/* Time between two attempts to open a port */
#define RETRY_MS 10

void marker_say(const MarkText *message)
{
    static const char name[] = "vfio-trace-mark: ";
    MarkText line;

    mark_text_clear(&line);
    mark_text_add(&line, name);
    mark_text_add(&line, message->buf);
    line.buf[line.len++] = '\n';
    platform_print(true, line.buf, line.len);
}

void marker_say_string(const char *message)
{
    MarkText text;

    mark_text_clear(&text);
    mark_text_add(&text, message);
    marker_say(&text);
}

static bool may_wait(const Marker *m, PortState state)
{
    return state == PORT_BUSY || (state == PORT_MISSING && m->wait_missing);
}

static bool marker_open(Marker *m)
{
    uint64_t end = platform_time() + m->wait_us;
    PortState state;
    MarkText why;

    for (;;) {
        mark_text_clear(&why);
        state = platform_port_open(m->port, &why);
        if (state == PORT_OPEN) {
            m->open = true;
            return true;
        }
        if (!may_wait(m, state) || platform_time() >= end) {
            marker_say(&why);
            return false;
        }
        platform_sleep(RETRY_MS);
    }
}

/* Tell the user once of each kind of text that the log shows differently. */
static void marker_warn(Marker *m, const MarkText *line)
{
    static const struct {
        MarkFlaw flaw;
        const char *message;
    } flaws[] = {
        { MARK_FLAW_CONTROL,
          "the log will have '?' for control characters and characters that change the direction of text",
        },
        { MARK_FLAW_ENCODING,
          "the log will have '?' for bytes that are not UTF-8" },
        { MARK_FLAW_LENGTH,
          "a line is longer than a mark, which has some 800 bytes of it: cut=N in the log says how many are missing",
        },
    };
    unsigned flaw = mark_text_flaws(line);
    size_t i;

    for (i = 0; i < sizeof(flaws) / sizeof(flaws[0]); i++) {
        if (flaw & ~m->warned & flaws[i].flaw) {
            marker_say_string(flaws[i].message);
        }
    }
    m->warned |= flaw;
}

/* The rest of such a line does not even get to the host, which counts it. */
static void marker_warn_left_out(const MarkText *line)
{
    MarkText message;

    mark_text_clear(&message);
    mark_text_format(&message,
                     "a line has %u bytes: the last %u were not passed on, and cut=N in the log is so much smaller",
                     (unsigned)(line->len + line->cut), (unsigned)line->cut);
    marker_say(&message);
}

/* Says so too if the host stops reading in the middle of the bytes. */
static bool marker_put(Marker *m, const char *bytes, size_t len)
{
    size_t done = 0;
    MarkText why;

    mark_text_clear(&why);
    if (platform_port_write(bytes, len, m->wait_us, &done, &why)) {
        m->partial = false;
        return true;
    }
    marker_release(m);
    if (done) {
        m->partial = true;
        mark_text_format(&why,
                         "; the first %u bytes are in the port already: the log may have a marker that is cut off",
                         (unsigned)done);
    }
    marker_say(&why);
    return false;
}

bool marker_write(Marker *m, MarkText *line)
{
    bool done;

    if (!line->len) {
        return true;
    }
    marker_warn(m, line);
    if (line->cut) {
        marker_warn_left_out(line);
    }
    if (!m->open && !marker_open(m)) {
        return false;
    }
    /* Or this line would continue one that is cut off. */
    if (m->partial && !marker_put(m, "\n", 1)) {
        return false;
    }
    line->buf[line->len] = '\n';
    done = marker_put(m, line->buf, line->len + 1);
    line->buf[line->len] = '\0';
    return done;
}

void marker_release(Marker *m)
{
    platform_port_close();
    m->open = false;
}
