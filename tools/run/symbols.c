/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: symbols that the guest sends (see symbols.h)
 *
 * Theory of operation
 *
 * The port's other end is one of two connected sockets; this process has the
 * other one.  What the guest writes is collected in a file in memory.  QEMU's
 * event says when the guest has closed the port.  By then, a part of what the
 * guest has written may still be in the port's queue (a Linux guest does not
 * wait for it, and QEMU stops taking it while the socket is full), so that only
 * silence means the end.  Then another process filters it (kallsyms.h), and the
 * result gets its name beside the log.  Two transmissions without silence
 * between them count as one: the names are the same.
 *
 * A machine that is reset begins another boot, with other addresses, and so
 * does a kernel that was started by another one (kexec), which shows only in
 * the address of its _text.  A marker in the log says where a boot begins.
 *
 * The guest decides when it writes and how much.  So each transmission is
 * bounded, and so are the number of boots with a file, and of transmissions of
 * a boot.  One transmission is taken each second; until then the socket is not
 * read, and the guest waits with the next one.  A reset waits for the process,
 * since the result belongs to the old boot, but all resets together do not wait
 * longer than one process may take.
 */
#include "tools/run/symbols.h"

#include "libmmiotrace/place.h"
#include "tools/common/boot-symbols.h"
#include "tools/run/argv.h"
#include "tools/run/error.h"
#include "tools/run/hand.h"
#include "tools/run/kallsyms.h"
#include "tools/run/monitor.h"
#include "tools/run/say.h"
#include "tools/session/session-log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes that are read before other events are looked at */
#define READ_BYTES (1u << 20)

/* Reads of that size at a reset: a guest may go on sending */
#define RESET_READS 4

/* Time until the next transmission is taken, or more of one that is too large */
#define PAUSE_US G_USEC_PER_SEC

/* Silence after which nothing more of a transmission comes */
#define SILENCE_US (G_USEC_PER_SEC / 2)

/* Time between two looks whether a transmission has been read, or has ended */
#define PAUSE_TICK_MS 50

/* Boots that have a file, and transmissions of one boot */
#define FILES_MAX 16
#define TAKEN_MAX 200

/* Suffix of a file that is not complete yet */
#define NOT_YET ".new"

/**
 * struct RunSymbols
 * @session: the run; NULL until QEMU runs
 * @place: the log's place
 * @socket: our end
 * @raw: file in memory with what the guest has sent; -1 for none
 * @size: its size
 * @closed: the guest has closed the port
 * @last: when something was read
 * @watch: event source of @socket, or 0
 * @silence: event source that waits for silence, or 0
 * @pause: event source of a pause, or 0
 * @pause_end: when it ends at the earliest
 * @boot: number of the boot
 * @marked: number of the last boot whose marker was written
 * @base: address of _text in this boot, or 0
 * @taken: number of transmissions in this boot
 * @files: number of boots that have a file
 * @told: the user was told of a problem in this boot
 * @reader: process that reads the last transmission, or NULL
 * @patience: time for which resets may still wait for such processes
 */
struct RunSymbols {
    RunSession *session;
    MmtPlace place;
    int socket;
    int raw;
    uint64_t size;
    bool closed;
    gint64 last;
    guint watch;
    guint silence;
    guint pause;
    gint64 pause_end;
    unsigned boot;
    unsigned marked;
    uint64_t base;
    unsigned taken;
    unsigned files;
    bool told;
    RunKallsymsReader *reader;
    gint64 patience;
};

/* --- files --------------------------------------------------------------- */

static char *final_path(const RunSymbols *symbols)
{
    return boot_symbols_path(symbols->place.path, symbols->boot);
}

static bool copy_to(int to, int from)
{
    g_autofree char *buf = g_malloc(1 << 20);
    uint64_t done = 0;
    ssize_t n;

    while ((n = pread(from, buf, 1 << 20, done)) > 0) {
        if (done + n > RUN_KALLSYMS_MAX || write(to, buf, n) != n) {
            return false;
        }
        done += n;
    }
    return n == 0;
}

/*
 * By name in the directory that was opened at the start: its owner may have
 * replaced it since.
 */
static bool store(const RunSymbols *symbols, const char *path, int fd)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *temporary = g_strconcat(name, NOT_YET, NULL);
    int out;
    bool ok;

    unlinkat(symbols->place.dir, temporary, 0);
    out = openat(symbols->place.dir, temporary,
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out < 0) {
        return false;
    }
    ok = copy_to(out, fd) && !close(out) &&
         !renameat(symbols->place.dir, temporary, symbols->place.dir, name);
    if (!ok) {
        int saved = errno;

        unlinkat(symbols->place.dir, temporary, 0);
        errno = saved;
    }
    return ok;
}

static bool remove_old(const RunPlan *plan, const MmtPlace *log,
                       const char *path, GError **error)
{
    MmtPlace place = MMT_PLACE_NONE;
    const char *why = NULL;
    int fd = -1;
    bool ok;

    if (!plan->vm.overwrite) {
        return run_error(error,
                         "%s, symbols of an older log, exists already: choose another name for the log, or use --overwrite",
                         path);
    }
    if (mmt_place_beside(&place, log, path)) {
        fd = mmt_place_open(&place, O_RDONLY, &why);
    }
    ok = fd >= 0 && mmt_place_remove(&place, fd);
    if (!ok) {
        run_error(error, "%s %s", path, why ? why : g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    mmt_place_free(&place);
    return ok;
}

/* Symbols of an older log would give its names to this one. */
static bool remove_all_old(const RunPlan *plan, const MmtPlace *log,
                           GError **error)
{
    g_autofree char *dir = g_path_get_dirname(log->path);
    g_autofree char *held = g_strdup_printf("/proc/self/fd/%d", log->dir);
    g_autoptr(GDir) entries = g_dir_open(held, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);

        if (boot_symbols_is_path(log->path, path) &&
            !remove_old(plan, log, path, error)) {
            return false;
        }
    }
    return true;
}

bool run_symbols_check(const RunPlan *plan, GError **error)
{
    g_autofree char *log = NULL;
    MmtPlace place = MMT_PLACE_NONE;
    bool ok = true;

    if (plan->vm.overwrite || !plan->log || !session_log_is_file(plan->log)) {
        return true;
    }
    log = g_canonicalize_filename(plan->log, NULL);
    if (mmt_place_take(&place, log)) {
        ok = remove_all_old(plan, &place, error);
    }
    mmt_place_free(&place);
    return ok;
}

/* --- transmissions ------------------------------------------------------- */

static void forget(RunSymbols *symbols)
{
    if (symbols->raw >= 0) {
        close(symbols->raw);
    }
    symbols->raw = -1;
    symbols->size = 0;
    symbols->closed = false;
}

/* Tell the user once in each boot. */
static void tell(RunSymbols *symbols, const char *why)
{
    if (!symbols->told) {
        run_screen_say(&symbols->session->screen,
                       "the guest has sent symbols, which were not stored: %s",
                       why);
    }
    symbols->told = true;
}

/* A QEMU that does not answer in time gets the marker later. */
static void mark_boot(RunSymbols *symbols)
{
    g_autofree char *text = boot_symbols_mark(symbols->boot);

    if (symbols->marked != symbols->boot &&
        run_monitor_note(symbols->session, text)) {
        symbols->marked = symbols->boot;
    }
}

static void begin_boot(RunSymbols *symbols)
{
    symbols->base = 0;
    symbols->taken = 0;
    symbols->told = false;
    if (symbols->boot < BOOT_SYMBOLS_MAX) {
        symbols->boot++;
        mark_boot(symbols);
    }
}

static void keep(RunSymbols *symbols, const RunKallsyms *kallsyms)
{
    g_autofree char *path = NULL;
    bool first;

    /* A kernel that another one has started: the machine was not reset. */
    if (symbols->base && kallsyms->base && symbols->base != kallsyms->base) {
        begin_boot(symbols);
    }
    first = !symbols->taken;
    if (first && symbols->files >= FILES_MAX) {
        tell(symbols, "the guest has started too often (16 files at most)");
        return;
    }
    path = final_path(symbols);
    if (!store(symbols, path, kallsyms->fd)) {
        g_autofree char *why = g_strdup_printf("%s: %s", path,
                                               g_strerror(errno));

        tell(symbols, why);
        return;
    }
    symbols->base = kallsyms->base;
    symbols->taken++;
    symbols->files += first;
    if (first) {
        run_screen_say(&symbols->session->screen,
                       "the guest has sent its symbols: %s (%" PRIu64
                       " names, %" PRIu64 " of modules)", path,
                       kallsyms->symbols, kallsyms->modules);
    }
}

/* The guest has sent all of it. */
static void complete(RunSymbols *symbols)
{
    g_autoptr(GError) error = NULL;

    if (symbols->size > RUN_KALLSYMS_MAX) {
        tell(symbols, "they have more than 64 MiB");
    } else if (symbols->taken >= TAKEN_MAX) {
        tell(symbols, "this boot has sent them too often (200 times at most)");
    } else if (symbols->size) {
        symbols->reader = run_kallsyms_start(symbols->raw,
                                             symbols->session->plan->uid,
                                             &error);
        if (!symbols->reader) {
            tell(symbols, error->message);
        }
    }
    forget(symbols);
}

/* Return: the time that it took */
static gint64 take_result(RunSymbols *symbols, gint64 wait_us)
{
    gint64 start = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;
    RunKallsyms kallsyms;

    if (!symbols->reader) {
        return 0;
    }
    if (run_kallsyms_finish(g_steal_pointer(&symbols->reader), wait_us,
                            &kallsyms, &error)) {
        keep(symbols, &kallsyms);
        close(kallsyms.fd);
    } else {
        tell(symbols, error->message);
    }
    return g_get_monotonic_time() - start;
}

static void take(RunSymbols *symbols, const char *p, size_t len)
{
    symbols->size += len;
    if (symbols->size > RUN_KALLSYMS_MAX) {
        if (symbols->raw >= 0) {
            close(symbols->raw);
        }
        symbols->raw = -1;
        return;
    }
    if (symbols->raw < 0) {
        symbols->raw = memfd_create("vfio-trace-symbols", MFD_CLOEXEC);
    }
    if (symbols->raw < 0 || write(symbols->raw, p, len) != (ssize_t)len) {
        /* Without memory for it: as if it were too large */
        symbols->size = (uint64_t)RUN_KALLSYMS_MAX + 1;
    }
}

/*
 * Read what is there, up to a limit.
 *
 * Return: false if nothing more is there
 */
static bool read_some(RunSymbols *symbols)
{
    char buf[65536];
    size_t done = 0;
    ssize_t n;

    while (done < READ_BYTES) {
        n = recv(symbols->socket, buf, sizeof(buf), MSG_DONTWAIT);
        if (n <= 0) {
            return n < 0 && errno == EINTR;
        }
        take(symbols, buf, n);
        symbols->last = g_get_monotonic_time();
        done += n;
    }
    return true;
}

static void watch(RunSymbols *symbols);

static gboolean on_pause(gpointer opaque)
{
    RunSymbols *symbols = opaque;

    if (symbols->reader && run_kallsyms_may_finish(symbols->reader)) {
        take_result(symbols, 0);
    }
    if (symbols->reader || g_get_monotonic_time() < symbols->pause_end) {
        return G_SOURCE_CONTINUE;
    }
    symbols->pause = 0;
    watch(symbols);
    return G_SOURCE_REMOVE;
}

static void rest(RunSymbols *symbols)
{
    g_clear_handle_id(&symbols->watch, g_source_remove);
    g_clear_handle_id(&symbols->silence, g_source_remove);
    if (!symbols->pause) {
        symbols->pause_end = g_get_monotonic_time() + PAUSE_US;
        symbols->pause = g_timeout_add(PAUSE_TICK_MS, on_pause, symbols);
    }
}

static gboolean on_data(G_GNUC_UNUSED gint fd, GIOCondition condition,
                        gpointer opaque)
{
    RunSymbols *symbols = opaque;

    read_some(symbols);
    if (condition & G_IO_HUP) {
        symbols->watch = 0;
        return G_SOURCE_REMOVE;
    }
    if (symbols->size > RUN_KALLSYMS_MAX) {
        symbols->watch = 0;
        rest(symbols);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_silence(gpointer opaque)
{
    RunSymbols *symbols = opaque;

    if (read_some(symbols) ||
        g_get_monotonic_time() - symbols->last < SILENCE_US) {
        return G_SOURCE_CONTINUE;
    }
    symbols->silence = 0;
    complete(symbols);
    rest(symbols);
    return G_SOURCE_REMOVE;
}

static void watch(RunSymbols *symbols)
{
    if (!symbols->watch) {
        symbols->watch = g_unix_fd_add(symbols->socket, G_IO_IN | G_IO_HUP,
                                       on_data, symbols);
    }
    if (symbols->closed && !symbols->silence) {
        symbols->last = g_get_monotonic_time();
        symbols->silence = g_timeout_add(PAUSE_TICK_MS, on_silence, symbols);
    }
}

void run_symbols_closed(RunSession *session)
{
    RunSymbols *symbols = session->symbols;

    if (symbols) {
        symbols->closed = true;
        if (!symbols->pause) {
            watch(symbols);
        }
    }
}

void run_symbols_tick(RunSession *session)
{
    if (session->symbols) {
        mark_boot(session->symbols);
    }
}

void run_symbols_reset(RunSession *session)
{
    RunSymbols *symbols = session->symbols;
    unsigned i;

    if (symbols) {
        symbols->patience -= take_result(symbols, symbols->patience);
        for (i = 0; i < RESET_READS && read_some(symbols); i++) {
            /* until nothing is left */
        }
        /* What the old kernel has not ended is not complete. */
        if (symbols->closed) {
            complete(symbols);
            symbols->patience -= take_result(symbols, symbols->patience);
        }
        forget(symbols);
        begin_boot(symbols);
    }
}

/* --- the run ------------------------------------------------------------- */

RunSymbols *run_symbols_new(RunPlan *plan, GError **error)
{
    g_autofree char *log = NULL;
    RunSymbols *symbols;
    int ends[2];

    if (!plan->log || !session_log_is_file(plan->log)) {
        return NULL;
    }
    symbols = g_new0(RunSymbols, 1);
    *symbols = (RunSymbols) {
        .place = MMT_PLACE_NONE, .socket = -1, .raw = -1, .boot = 1,
        .marked = 1, .patience = RUN_KALLSYMS_US,
    };
    log = g_canonicalize_filename(plan->log, NULL);
    if (!mmt_place_take(&symbols->place, log)) {
        run_error(error, "the log's directory: %s", g_strerror(errno));
    } else if (!remove_all_old(plan, &symbols->place, error)) {
        /* The error is set. */
    } else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        run_error(error, "can't make a socket: %s", g_strerror(errno));
    } else {
        symbols->socket = ends[0];
        run_hand_add_fd(plan->hand, RUN_SYMBOLS_ID, ends[1]);
        return symbols;
    }
    run_symbols_free(symbols);
    return NULL;
}

void run_symbols_start(RunSession *session)
{
    RunSymbols *symbols = session->symbols;

    if (symbols) {
        symbols->session = session;
        watch(symbols);
    }
}

void run_symbols_end(RunSession *session)
{
    RunSymbols *symbols = session->symbols;

    if (symbols && symbols->session) {
        take_result(symbols, RUN_KALLSYMS_US);
        while (read_some(symbols)) {
            /* until QEMU's end is closed, and nothing is left */
        }
        if (symbols->closed) {
            complete(symbols);
            take_result(symbols, RUN_KALLSYMS_US);
        }
    }
}

void run_symbols_free(RunSymbols *symbols)
{
    if (!symbols) {
        return;
    }
    g_clear_handle_id(&symbols->watch, g_source_remove);
    g_clear_handle_id(&symbols->silence, g_source_remove);
    g_clear_handle_id(&symbols->pause, g_source_remove);
    forget(symbols);
    if (symbols->socket >= 0) {
        close(symbols->socket);
    }
    mmt_place_free(&symbols->place);
    g_free(symbols);
}

void run_symbols_options(const RunPlan *plan, GPtrArray *argv,
                         const char *bus)
{
    int fd = run_hand_fd(plan->hand, RUN_SYMBOLS_ID);

    if (fd >= 0) {
        run_argv_add(argv, "-chardev", "socket,id=" RUN_SYMBOLS_ID ",fd=%d",
                     fd);
    } else {
        /* A null chardev never opens the port, and the guest waits for that. */
        run_argv_add(argv, "-chardev", "file,id=" RUN_SYMBOLS_ID
                     ",path=/dev/null");
    }
    run_argv_add(argv, "-device", "virtserialport,id=" RUN_SYMBOLS_ID
                 ",bus=%s,chardev=" RUN_SYMBOLS_ID ",name=" RUN_SYMBOLS_PORT,
                 bus);
}
