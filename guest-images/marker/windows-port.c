/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Windows: the service's pipe, or the port itself
 *
 * virtio-win's driver lets one program open the port. If the service runs, it
 * has the port, and answers each line when the line is in the port: a program
 * that goes on then is behind its marker in the log.
 */
#include "guest-images/marker/win32.h"

#include <string.h>

static HANDLE port = INVALID_HANDLE_VALUE;
static bool by_service;

/* Errors of CreateFile() for which there is something better to say */
static const struct {
    DWORD error;
    PortState state;
    const char *message;
} open_errors[] = {
    { ERROR_FILE_NOT_FOUND, PORT_MISSING,
      "there is no port '%s': does the host give it to this guest, and is virtio-win's driver vioserial installed? --wait=SECONDS waits for it",
    },
    { ERROR_PATH_NOT_FOUND, PORT_MISSING,
      "there is no port '%s': does the host give it to this guest, and is virtio-win's driver vioserial installed? --wait=SECONDS waits for it",
    },
    { ERROR_PIPE_BUSY, PORT_BUSY,
      "'%s' is busy: another program has it open; end it, or wait longer with --wait=SECONDS",
    },
    { ERROR_SHARING_VIOLATION, PORT_BUSY,
      "'%s' is busy: another program has it open; end it, or wait longer with --wait=SECONDS",
    },
    /* Another program has it, or the user has no right to it */
    { ERROR_ACCESS_DENIED, PORT_BUSY,
      "'%s' is busy, or this user may not write to it: vfio-trace-mark --install-service installs a service that takes all users' lines",
    },
};

static PortState open_error(const char *path, DWORD error, MarkText *why)
{
    size_t i;

    mark_text_clear(why);
    for (i = 0; i < ARRAYSIZE(open_errors); i++) {
        if (error == open_errors[i].error) {
            mark_text_format(why, open_errors[i].message, path);
            return open_errors[i].state;
        }
    }
    mark_text_format(why, "can not open '%s': ", path);
    windows_add_error(why, error);
    return PORT_REFUSED;
}

/* Whoever has made a pipe of that name gets no identity of ours to use. */
#define OPEN_FLAGS (FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | \
                    SECURITY_ANONYMOUS)

PortState windows_open_port(const char *name, HANDLE *handle, MarkText *why)
{
    WCHAR wide[MARK_PATH_MAX];
    MarkText path;

    name = name ? name : MARK_PORT_NAME;
    mark_text_clear(&path);
    mark_text_add(&path, strpbrk(name, "\\/") ? "" : "\\\\.\\Global\\");
    mark_text_add(&path, name);
    if (!windows_wide(path.buf, wide, ARRAYSIZE(wide))) {
        mark_text_add(why, "the name of the port is too long");
        return PORT_REFUSED;
    }
    *handle = CreateFileW(wide, GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                          OPEN_FLAGS, NULL);
    return *handle == INVALID_HANDLE_VALUE
           ? open_error(path.buf, GetLastError(), why) : PORT_OPEN;
}

/* Returns PORT_MISSING if there is no service. */
static PortState open_service(MarkText *why)
{
    /* Not GENERIC_WRITE: that would ask for the right to make such pipes. */
    port = CreateFileW(MARK_PIPE,
                       GENERIC_READ | FILE_WRITE_DATA | SYNCHRONIZE, 0, NULL,
                       OPEN_EXISTING, OPEN_FLAGS, NULL);
    return port == INVALID_HANDLE_VALUE
           ? open_error("the service's pipe", GetLastError(), why) : PORT_OPEN;
}

PortState platform_port_open(const char *name, MarkText *why)
{
    PortState state;

    if (name && (!strcmp(name, "isa") || !strncmp(name, "isa:", 4))) {
        mark_text_add(why,
                      "Windows lets only drivers use I/O ports, and vfio-trace has no driver: use the virtio-serial port, without --port");
        return PORT_REFUSED;
    }
    by_service = false;
    if (!name) {
        state = open_service(why);
        if (state != PORT_MISSING) {
            by_service = state == PORT_OPEN;
            return state;
        }
    }
    return windows_open_port(name, &port, why);
}

/* Waits for the end of an I/O that was begun with @result from the call. */
static bool finish(HANDLE handle, OVERLAPPED *io, BOOL result, uint64_t wait_us,
                   DWORD *n)
{
    if (!result && GetLastError() != ERROR_IO_PENDING) {
        return false;
    }
    if (WaitForSingleObject(io->hEvent, wait_us / 1000) == WAIT_TIMEOUT) {
        CancelIoEx(handle, io);
    }
    return GetOverlappedResult(handle, io, n, TRUE);
}

/* Sets @why to the reason of the last failure; returns false. */
static bool io_failed(const char *format, MarkText *why)
{
    DWORD error = GetLastError();

    mark_text_clear(why);
    if (error == ERROR_OPERATION_ABORTED) {
        mark_text_add(why,
                      "the host does not take the marker: is the port connected there? --wait=SECONDS waits longer");
        return false;
    }
    mark_text_add(why, format);
    windows_add_error(why, error);
    return false;
}

bool windows_write(HANDLE handle, const char *bytes, size_t len,
                   uint64_t wait_us, size_t *done, MarkText *why)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    /* The end of a file, if --port is one; ports and pipes have no offset. */
    DWORD offset = GetFileType(handle) == FILE_TYPE_DISK ? ~0u : 0;
    bool good = true;

    *done = 0;
    while (good && *done < len) {
        OVERLAPPED io = { .Offset = offset, .OffsetHigh = offset,
                          .hEvent = event };
        DWORD n = 0;
        BOOL result = WriteFile(handle, bytes + *done, len - *done, NULL, &io);

        good = finish(handle, &io, result, wait_us, &n) ||
               io_failed("can not write to the port: ", why);
        *done += n;
    }
    CloseHandle(event);
    return good;
}

/* Reads the service's answer: "+" or "-MESSAGE", and a newline. */
static bool read_answer(uint64_t wait_us, MarkText *why)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    bool done = true;
    MarkText answer;

    mark_text_clear(&answer);
    while (done && (!answer.len || answer.buf[answer.len - 1] != '\n')) {
        OVERLAPPED io = { .hEvent = event };
        char buf[256];
        DWORD n = 0;
        BOOL result = ReadFile(port, buf, sizeof(buf), NULL, &io);

        done = finish(port, &io, result, wait_us, &n) ||
               io_failed("the service does not answer: ", why);
        mark_text_add_bytes(&answer, buf, n);
        done = done && !answer.cut;
    }
    CloseHandle(event);
    if (done && answer.buf[0] != '+') {
        answer.buf[answer.len - 1] = '\0';
        mark_text_clear(why);
        mark_text_format(why, "the service: %s", answer.buf + 1);
        done = false;
    }
    return done;
}

bool platform_port_write(const char *bytes, size_t len, uint64_t wait_us,
                         size_t *done, MarkText *why)
{
    bool good = windows_write(port, bytes, len, wait_us, done, why) &&
                (!by_service || read_answer(wait_us, why));

    /* The service drops the begin of a line when the pipe is closed. */
    if (by_service) {
        *done = 0;
    }
    return good;
}

void platform_port_close(void)
{
    if (port != INVALID_HANDLE_VALUE) {
        CloseHandle(port);
        port = INVALID_HANDLE_VALUE;
    }
}
