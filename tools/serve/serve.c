/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: a page that shows a log as it grows
 *
 * follow.h reads the log, live.h keeps what is shown of it, http.h serves it on
 * 127.0.0.1 to whom gate.h lets in, pages.h sends what is new.  All of it is in
 * one main loop; other verbs do what may take long (child.h).
 */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/analysis/options.h"
#include "tools/common/tool.h"
#include "tools/report/page.h"
#include "tools/script/script.h"
#include "tools/serve/follow.h"
#include "tools/serve/full.h"
#include "tools/serve/gate.h"
#include "tools/serve/http.h"
#include "tools/serve/pages.h"
#include "tools/serve/watch.h"

#define PORT_MAX 65535

/* Of the query of "/events" */
#define LAST_KEY "last="

/* Time for the last event to reach the pages */
#define END_MS 200

static int opt_port;
static char *opt_qmp;
static char *opt_guest;
static gboolean opt_no_status;

static const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &opt_port,
      "Listen on this port of 127.0.0.1 (default: any that is free)", "PORT" },
    { "qmp", 0, 0, G_OPTION_ARG_FILENAME, &opt_qmp,
      "QMP socket of LOG's QEMU (default: that of the only 'vfio-trace run')",
      "SOCKET" },
    { "guest", 0, 0, G_OPTION_ARG_STRING, &opt_guest,
      "LOG's libvirt domain, by name, UUID or number, instead of --qmp",
      "DOMAIN" },
    { "no-status", 0, 0, G_OPTION_ARG_NONE, &opt_no_status,
      "Show what the log has only, and ask no QEMU", NULL },
    SCRIPTS_OPTION_SCRIPT,
    SCRIPTS_OPTION_PAIR,
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "Prints an address for a browser on this machine.  It opens the page once: SIGUSR1\n"
    "makes the command print another one.  The page shows accesses over time, the newest\n"
    "lines, decoded, marks, and the table of 'vfio-trace status --watch'; it stays when\n"
    "the trace ends.  Continues until it is interrupted.  SOCKET is the socket of a QEMU\n"
    "with file=unix:SOCKET.\n\n"
    "Exit status: 0 interrupted, 2 LOG can't be opened, PORT is taken or bad usage.";

/**
 * struct Serve: state of the command
 * @loop: the main loop
 * @follow: the log
 * @watch: what QEMU says, or NULL
 * @gate: who may see the page
 * @full: pages of vfio-trace report; NULL if the log is no file
 * @pages: pages that are shown
 * @server: the server
 */
typedef struct Serve {
    GMainLoop *loop;
    ServeFollow *follow;
    ServeWatch *watch;
    ServeGate *gate;
    ServeFull *full;
    ServePages *pages;
    HttpServer *server;
} Serve;

/* --- answers ------------------------------------------------------------- */

static void send_page(Serve *serve, HttpReply *reply,
                      const ServeRequest *request, unsigned session)
{
    g_autoptr(GBytes) page = report_page_live();

    (void)serve;
    (void)request;
    (void)session;
    http_reply_send(reply, 200, "text/html; charset=utf-8", NULL, page);
}

/* The header is the browser's, which connects again; the other one the page's. */
static const char *last_event(const ServeRequest *request)
{
    const char *header = request->headers[SERVE_LAST_EVENT_ID];
    const char *query = request->query;

    return header || !query || !g_str_has_prefix(query, LAST_KEY)
           ? header : query + strlen(LAST_KEY);
}

static void send_events(Serve *serve, HttpReply *reply,
                        const ServeRequest *request, unsigned session)
{
    serve_pages_add(serve->pages, reply, session, last_event(request));
}

static void send_report(Serve *serve, HttpReply *reply,
                        const ServeRequest *request, unsigned session)
{
    (void)request;
    (void)session;
    if (serve->full) {
        const ServeLive *live = serve_follow_live(serve->follow);

        serve_full_send(serve->full, reply, live->state == SERVE_ENDED
                        ? 0 : serve_live_lines(live, NULL));
    } else {
        http_reply_say(reply, 404, NULL,
                       "a log that comes through a socket or a FIFO can't be read again");
    }
}

static void send_what(Serve *serve, HttpReply *reply,
                      const ServeRequest *request, const ServePass *pass)
{
    static const struct {
        const char *path;
        void (*send)(Serve *serve, HttpReply *reply,
                     const ServeRequest *request, unsigned session);
    } things[] = {
        { "/", send_page },
        { "/events", send_events },
        { "/report", send_report },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(things); i++) {
        if (!strcmp(things[i].path, pass->path)) {
            things[i].send(serve, reply, request, pass->session);
            return;
        }
    }
    http_reply_say(reply, 404, NULL, "there is no such page");
}

static void redirect(HttpReply *reply, const ServePass *pass)
{
    g_autofree char *headers = g_strdup_printf("Location: %s\r\n"
                                               "Set-Cookie: %s\r\n",
                                               pass->location, pass->cookie);

    http_reply_say(reply, 303, headers, "the page is elsewhere");
}

static void handle(HttpReply *reply, const ServeRequest *request,
                   void *opaque)
{
    Serve *serve = opaque;
    ServePass pass = serve_gate_check(serve->gate, request);

    switch (pass.verdict) {
    case SERVE_REFUSED:
        http_reply_say(reply, 403, NULL,
                       "This address is not valid, or was used before: each one opens the page once. For another one, send SIGUSR1 to 'vfio-trace serve'.");
        break;
    case SERVE_ENTERS:
        http_reply_admit(reply);
        redirect(reply, &pass);
        break;
    case SERVE_PASSES:
        http_reply_admit(reply);
        send_what(serve, reply, request, &pass);
        break;
    }
    serve_pass_clear(&pass);
}

/* --- the command --------------------------------------------------------- */

static gboolean invite(gpointer opaque)
{
    Serve *serve = opaque;
    g_autofree char *address = serve_gate_invite(serve->gate);

    puts(address);
    fflush(stdout);
    return G_SOURCE_CONTINUE;
}

static gboolean quit(gpointer opaque)
{
    Serve *serve = opaque;

    g_main_loop_quit(serve->loop);
    return G_SOURCE_REMOVE;
}

/* A second signal does not wait for pages. */
static gboolean interrupted(gpointer opaque)
{
    Serve *serve = opaque;

    serve_pages_end(serve->pages);
    g_timeout_add(END_MS, quit, serve);
    return G_SOURCE_REMOVE;
}

static bool start(Serve *serve, const char *log, char **report_args)
{
    const ServeQemu qemu = { .qmp = opt_qmp, .guest = opt_guest };
    g_autoptr(GError) error = NULL;

    serve->follow = serve_follow_new(&verb_serve, log);
    if (!serve->follow) {
        return false;
    }
    serve->server = http_server_new(opt_port, handle, serve, &error);
    if (!serve->server) {
        tool_error(&verb_serve,
                   "can not listen on port %d of 127.0.0.1: %s; without --port, a free one is taken",
                   opt_port, error->message);
        return false;
    }
    serve->gate = serve_gate_new(http_server_port(serve->server));
    serve->watch = opt_no_status ? NULL : serve_watch_new(log, &qemu);
    serve->full = serve_follow_is_file(serve->follow)
                  ? serve_full_new(report_args) : NULL;
    serve->pages = serve_pages_new(serve->follow, serve->watch);
    return true;
}

static void end(Serve *serve)
{
    bool more;

    http_server_free(serve->server);
    serve_pages_free(serve->pages);
    serve_full_free(serve->full);
    serve_gate_free(serve->gate);
    serve_watch_free(serve->watch);
    serve_follow_free(serve->follow);
    /* what was pending was cancelled, and ends now */
    do {
        more = g_main_context_iteration(NULL, FALSE);
    } while (more);
    g_main_loop_unref(serve->loop);
}

static ToolStatus serve_log(const char *log, char **report_args)
{
    Serve serve = { .loop = g_main_loop_new(NULL, FALSE) };
    bool started = start(&serve, log, report_args);

    if (started) {
        g_unix_signal_add(SIGINT, interrupted, &serve);
        g_unix_signal_add(SIGTERM, interrupted, &serve);
        g_unix_signal_add(SIGUSR1, invite, &serve);
        invite(&serve);
        fprintf(stderr,
                "Open it in a browser on this machine.  Another address: kill -USR1 %d.  The end: Ctrl-C.\n",
                (int)getpid());
        g_main_loop_run(serve.loop);
    }
    end(&serve);
    return started ? TOOL_OK : TOOL_TROUBLE;
}

/* --- options ------------------------------------------------------------- */

/* Return: number of words that an option has which report does not know */
static int words_of_ours(char *const *argv)
{
    static const struct {
        const char *name;
        bool argument;
    } ours[] = {
        { "--port", true }, { "--qmp", true }, { "--guest", true },
        { "--no-status", false }, { "--script", true }, { "--pair", true },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ours); i++) {
        size_t len = strlen(ours[i].name);

        if (!strncmp(*argv, ours[i].name, len)) {
            if ((*argv)[len] == '=') {
                return 1;
            }
            if (!(*argv)[len]) {
                return ours[i].argument && argv[1] ? 2 : 1;
            }
        }
    }
    return 0;
}

/*
 * The other options, and the log, are those of 'vfio-trace report'.  Nothing
 * keeps the selection's options as they were given, so they are what is left of
 * the command line without ours.
 *
 * Return: the words, to be freed
 */
static char **take_report_args(char *const *argv)
{
    GPtrArray *words = g_ptr_array_new();
    bool options = true;

    while (*argv) {
        int ours = options ? words_of_ours(argv) : 0;

        options = options && strcmp(*argv, "--");
        if (!ours) {
            g_ptr_array_add(words, g_strdup(*argv));
        }
        argv += MAX(ours, 1);
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* Return: what is wrong, or NULL */
static const char *find_wrong(int argc, char **argv)
{
    if (argc != 2) {
        return "one LOG or SOCKET is needed; try 'vfio-trace serve --help'";
    }
    if (!strcmp(argv[1], "-")) {
        return "standard input can not be followed: use a file or a socket";
    }
    if (opt_port < 0 || opt_port > PORT_MAX) {
        return "--port must be 1 to 65535";
    }
    if (!!opt_qmp + !!opt_guest + !!opt_no_status > 1) {
        return "--qmp, --guest and --no-status: only one of them is allowed";
    }
    return NULL;
}

static int serve(int argc, char **argv)
{
    g_auto(GStrv) report_args = take_report_args(argv + 1);
    const char *wrong;

    if (!tool_options_group(&verb_serve, "LOG|SOCKET", details, entries,
                            analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    wrong = find_wrong(argc, argv);
    if (wrong) {
        tool_error(&verb_serve, "%s", wrong);
        return TOOL_TROUBLE;
    }
    return tool_finish(&verb_serve, serve_log(argv[1], report_args));
}

const Verb verb_serve = {
    .name = "serve",
    .brief = "Show a log as it grows, live in a browser",
    .run = serve,
};
