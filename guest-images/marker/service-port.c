/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Windows: the service's port
 *
 * The service may start before the port's driver does, so a number of its own
 * markers is kept until the port is there.
 */
#include "guest-images/marker/service.h"

#include <dbt.h>
#include <string.h>

#define WRITE_US 2000000
#define LET_GO_US 5000000

/* Markers kept while there is no port: the first ones are of interest */
#define KEPT 64

static CRITICAL_SECTION lock;
static const char *port_name;
static HANDLE port = INVALID_HANDLE_VALUE;
/* The port has the begin of a line whose rest was not written. */
static bool partial;
static uint64_t not_before;
static HDEVNOTIFY removal;
static MarkText kept[KEPT];
static unsigned kept_lines;
static unsigned lost_lines;

void service_port_init(const char *name)
{
    InitializeCriticalSection(&lock);
    port_name = name;
}

static void close_port(void)
{
    if (removal) {
        UnregisterDeviceNotification(removal);
        removal = NULL;
    }
    if (port != INVALID_HANDLE_VALUE) {
        CloseHandle(port);
        port = INVALID_HANDLE_VALUE;
    }
}

/* Closes the port on failure. */
static bool write_bytes(const char *bytes, size_t len, MarkText *why)
{
    size_t done;

    if (windows_write(port, bytes, len, WRITE_US, &done, why)) {
        partial = false;
        return true;
    }
    partial = partial || done;
    close_port();
    return false;
}

static bool write_line(MarkText *line, MarkText *why)
{
    bool done;

    if (partial && !write_bytes("\n", 1, why)) {
        return false;
    }
    line->buf[line->len] = '\n';
    done = write_bytes(line->buf, line->len + 1, why);
    line->buf[line->len] = '\0';
    return done;
}

/* Ask to be told when the driver is to go: an open port would keep it. */
static void watch_removal(void)
{
    DEV_BROADCAST_HANDLE filter = {
        .dbch_size = sizeof(filter),
        .dbch_devicetype = DBT_DEVTYP_HANDLE,
        .dbch_handle = port,
    };

    removal = RegisterDeviceNotificationW(service_handle, &filter,
                                          DEVICE_NOTIFY_SERVICE_HANDLE);
}

static void write_kept(MarkText *why)
{
    MarkText line;
    unsigned i;

    for (i = 0; i < kept_lines; i++) {
        if (!write_line(&kept[i], why)) {
            memmove(kept, kept + i, (kept_lines - i) * sizeof(kept[0]));
            break;
        }
    }
    kept_lines -= i;
    if (!kept_lines && lost_lines) {
        mark_text_clear(&line);
        mark_text_format(&line, "events-lost count=%u", lost_lines);
        if (write_line(&line, why)) {
            lost_lines = 0;
        }
    }
}

/* Returns whether the port is open. */
static bool have_port(MarkText *why)
{
    if (port != INVALID_HANDLE_VALUE) {
        return true;
    }
    if (platform_time() < not_before) {
        mark_text_add(why, "the port's driver is being removed or replaced");
        return false;
    }
    if (windows_open_port(port_name, &port, why) != PORT_OPEN) {
        return false;
    }
    watch_removal();
    write_kept(why);
    return port != INVALID_HANDLE_VALUE;
}

void service_port_try(void)
{
    MarkText why;

    mark_text_clear(&why);
    EnterCriticalSection(&lock);
    have_port(&why);
    LeaveCriticalSection(&lock);
}

static void keep_line(const MarkText *line)
{
    if (kept_lines < KEPT) {
        kept[kept_lines++] = *line;
    } else {
        lost_lines++;
    }
}

bool service_port_write(MarkText *line, bool keep, MarkText *why)
{
    bool done;

    EnterCriticalSection(&lock);
    mark_text_clear(why);
    done = have_port(why) && write_line(line, why);
    if (!done && keep) {
        keep_line(line);
    }
    LeaveCriticalSection(&lock);
    return done;
}

void service_port_let_go(void)
{
    EnterCriticalSection(&lock);
    not_before = platform_time() + LET_GO_US;
    close_port();
    LeaveCriticalSection(&lock);
}

void service_port_close(void)
{
    EnterCriticalSection(&lock);
    close_port();
    LeaveCriticalSection(&lock);
}

void service_mark(const char *text)
{
    MarkText line, why;

    mark_text_clear(&line);
    mark_text_add(&line, text);
    service_port_write(&line, true, &why);
}
