/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Windows: lines of other programs
 *
 * Each user may connect.  So everything has a bound: the clients, the bytes of
 * each, and how long one may be silent or not read its answer.  One thread
 * serves all of them.
 */
#include "guest-images/marker/service.h"

#include <sddl.h>
#include <string.h>

#include "guest-images/marker/lines.h"

#define CLIENTS 16
#define SILENT_US 5000000
#define PORT_RETRY_MS 250

/*
 * The system and administrators may do all; users may read and write, but not
 * make pipes of this name (0x12019b lacks FILE_APPEND_DATA).
 */
#define RIGHTS L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x12019b;;;AU)"

typedef enum ClientState {
    CLIENT_CONNECTING,
    CLIENT_READING,
    CLIENT_ANSWERING,
} ClientState;

/**
 * struct Client: an instance of the pipe
 *
 * @io: the I/O that is under way; its event is set at its end
 * @deadline: when the client is dropped
 * @lines: its line so far
 * @input: what was read
 * @next: the part of it that is not yet a marker
 * @left: bytes of it
 * @answer: the answer to its last line
 */
typedef struct Client {
    HANDLE pipe;
    OVERLAPPED io;
    ClientState state;
    uint64_t deadline;
    MarkLines lines;
    char input[1024];
    const char *next;
    size_t left;
    MarkText answer;
} Client;

static Client clients[CLIENTS];

static void client_connect(Client *c);

static void client_extend(Client *c)
{
    c->deadline = platform_time() + SILENT_US;
}

static void client_drop(Client *c)
{
    DisconnectNamedPipe(c->pipe);
    client_connect(c);
}

/* The event of an I/O that ended at once is set, too. */
static bool client_began(BOOL result)
{
    return result || GetLastError() == ERROR_IO_PENDING;
}

static void client_connect(Client *c)
{
    HANDLE event = c->io.hEvent;

    memset(&c->io, 0, sizeof(c->io));
    c->io.hEvent = event;
    c->state = CLIENT_CONNECTING;
    c->left = 0;
    mark_lines_init(&c->lines);
    if (ConnectNamedPipe(c->pipe, &c->io) ||
        GetLastError() == ERROR_PIPE_CONNECTED) {
        SetEvent(event);
    } else if (GetLastError() != ERROR_IO_PENDING) {
        /* A client that has gone already: the loop tries again. */
        DisconnectNamedPipe(c->pipe);
        SetEvent(event);
    }
}

static void client_read(Client *c)
{
    c->state = CLIENT_READING;
    client_extend(c);
    if (!client_began(ReadFile(c->pipe, c->input, sizeof(c->input), NULL,
                               &c->io))) {
        client_drop(c);
    }
}

static void client_answer(Client *c)
{
    MarkText why;

    mark_text_clear(&c->answer);
    if (service_port_write(&c->lines.line, false, &why)) {
        mark_text_add(&c->answer, "+\n");
    } else {
        mark_text_add(&c->answer, "-");
        mark_text_add(&c->answer, why.buf);
        mark_text_add(&c->answer, "\n");
    }
    c->state = CLIENT_ANSWERING;
    client_extend(c);
    if (!client_began(WriteFile(c->pipe, c->answer.buf, c->answer.len, NULL,
                                &c->io))) {
        client_drop(c);
    }
}

/* Go on with what was read; then read. */
static void client_go_on(Client *c)
{
    while (c->left) {
        if (mark_lines_next(&c->lines, &c->next, &c->left)) {
            client_answer(c);
            return;
        }
    }
    client_read(c);
}

static void client_done(Client *c)
{
    DWORD n = 0;
    BOOL good = GetOverlappedResult(c->pipe, &c->io, &n, FALSE);

    ResetEvent(c->io.hEvent);
    if (c->state == CLIENT_CONNECTING) {
        /* A client that was there first gives no result. */
        client_read(c);
    } else if (!good) {
        client_drop(c);
    } else {
        if (c->state == CLIENT_READING) {
            c->next = c->input;
            c->left = n;
        }
        client_go_on(c);
    }
}

static void drop_silent(void)
{
    uint64_t now = platform_time();
    DWORD n;
    int i;

    for (i = 0; i < CLIENTS; i++) {
        Client *c = &clients[i];

        if (c->state != CLIENT_CONNECTING && now > c->deadline) {
            CancelIoEx(c->pipe, &c->io);
            GetOverlappedResult(c->pipe, &c->io, &n, TRUE);
            ResetEvent(c->io.hEvent);
            client_drop(c);
        }
    }
}

/* --- the pipe ------------------------------------------------------------ */

static bool make_pipe(Client *c, bool first, SECURITY_ATTRIBUTES *rights)
{
    DWORD mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED;

    /* Not behind a pipe that someone else has made with this name */
    c->pipe = CreateNamedPipeW(MARK_PIPE,
                               first ? mode | FILE_FLAG_FIRST_PIPE_INSTANCE
                                     : mode,
                               PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
                               CLIENTS, sizeof(c->answer.buf), sizeof(c->input),
                               0, rights);
    c->io.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    return c->pipe != INVALID_HANDLE_VALUE && c->io.hEvent;
}

static bool make_pipes(void)
{
    SECURITY_ATTRIBUTES rights = { .nLength = sizeof(rights) };
    bool made = false;
    int i;

    if (ConvertStringSecurityDescriptorToSecurityDescriptorW(
            RIGHTS, SDDL_REVISION_1, &rights.lpSecurityDescriptor, NULL)) {
        made = true;
        for (i = 0; made && i < CLIENTS; i++) {
            made = make_pipe(&clients[i], !i, &rights);
        }
        LocalFree(rights.lpSecurityDescriptor);
    }
    return made;
}

void service_pipe_serve(HANDLE stop)
{
    HANDLE events[1 + CLIENTS];
    MarkText text;
    bool made = make_pipes();
    int i;

    if (!made) {
        mark_text_clear(&text);
        mark_text_format(&text, "service-failed: no pipe for other programs: ");
        windows_add_error(&text, GetLastError());
        service_mark(text.buf);
    }
    events[0] = stop;
    for (i = 0; made && i < CLIENTS; i++) {
        events[1 + i] = clients[i].io.hEvent;
        client_connect(&clients[i]);
    }
    for (;;) {
        DWORD which = WaitForMultipleObjects(made ? 1 + CLIENTS : 1, events,
                                             FALSE, PORT_RETRY_MS);

        if (which == WAIT_OBJECT_0) {
            break;
        }
        if (which > WAIT_OBJECT_0 && which <= WAIT_OBJECT_0 + CLIENTS) {
            /* All that are ready: the first ones do not starve the others. */
            for (i = 0; i < CLIENTS; i++) {
                if (WaitForSingleObject(events[1 + i], 0) == WAIT_OBJECT_0) {
                    client_done(&clients[i]);
                }
            }
        }
        drop_silent();
        service_port_try();
    }
}
