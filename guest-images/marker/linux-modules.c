/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Linux: --watch-modules
 *
 * The kernel's uevents tell of a module when its init function has returned:
 * the driver has long begun by then.  The kernel's trace events tell before
 * that, too, so they are used where root can: in a trace instance of our own,
 * which leaves the kernel's other tracing (mmiotrace) alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest-images/marker/linux.h"
#include "guest-images/marker/lines.h"
#include "guest-images/marker/modules.h"

#define INSTANCE "vfio-trace-mark"

/* The kernel's uevents, not udev's */
#define UEVENTS_OF_KERNEL 1

/* Reads after the signal that ends the watch: what has happened before it */
#define LAST_READS 1000

#define UEVENT_BUFFER (1 << 20)
#define UEVENT_MAX 8192

static volatile sig_atomic_t killed;

static void on_signal(int signal)
{
    killed = signal;
}

static void mark(Marker *m, MarkText *line)
{
    /* A failure has been reported; what comes next may be written again. */
    marker_write(m, line);
}

static void mark_string(Marker *m, const char *string)
{
    MarkText line;

    mark_text_clear(&line);
    mark_text_add(&line, string);
    mark(m, &line);
}

/*
 * Wait for input; the port is free meanwhile.  Signals come only here.  Returns
 * false if one has ended the watch.
 */
static bool wait_for(Marker *m, int fd, const sigset_t *mask)
{
    struct pollfd input = { fd, POLLIN, 0 };
    struct timespec none = { 0 };

    if (ppoll(&input, 1, &none, mask) <= 0) {
        marker_release(m);
        while (!killed && ppoll(&input, 1, NULL, mask) < 0 && errno == EINTR) {
            continue;
        }
    }
    return !killed;
}

/* --- trace events -------------------------------------------------------- */

/* Files of the instance, and what is written to them, in this order */
static const struct {
    const char *file, *value;
    bool needed;
} instance_settings[] = {
    { "trace_clock", "global", false },
    { "buffer_size_kb", "64", false },
    /* Otherwise poll() returns when half of the buffer is full. */
    { "buffer_percent", "0", false },
    { "events/module/module_load/enable", "1", true },
    { "events/module/module_free/enable", "1", true },
    { "events/initcall/initcall_finish/enable", "1", true },
};

static bool write_at(int dir, const char *file, const char *value)
{
    int fd = openat(dir, file, O_WRONLY | O_TRUNC | O_CLOEXEC);
    size_t len = strlen(value);
    bool done;

    if (fd < 0) {
        return false;
    }
    done = write(fd, value, len) == (ssize_t)len;
    close(fd);
    return done;
}

static bool set_up_instance(int dir)
{
    size_t i;

    /* Opening it with O_TRUNC forgets what a watch that was killed has left. */
    write_at(dir, "trace", "");
    for (i = 0; i < sizeof(instance_settings) / sizeof(instance_settings[0]);
         i++) {
        if (!write_at(dir, instance_settings[i].file,
                      instance_settings[i].value) &&
            instance_settings[i].needed) {
            return false;
        }
    }
    return true;
}

/**
 * struct TraceInstance: our instance of the kernel's tracer
 *
 * @instances: directory that it is in
 * @dir: its directory, locked
 * @pipe: its trace_pipe
 */
typedef struct TraceInstance {
    int instances;
    int dir;
    int pipe;
} TraceInstance;

static void close_instance(TraceInstance *t)
{
    if (t->pipe >= 0) {
        close(t->pipe);
    }
    if (t->dir >= 0) {
        close(t->dir);
        unlinkat(t->instances, INSTANCE, AT_REMOVEDIR);
    }
    if (t->instances >= 0) {
        close(t->instances);
    }
    t->instances = t->dir = t->pipe = -1;
}

static int open_instances(void)
{
    int fd = open("/sys/kernel/tracing/instances",
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 ? fd : open("/sys/kernel/debug/tracing/instances",
                               O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool open_instance(TraceInstance *t)
{
    t->dir = t->pipe = -1;
    t->instances = open_instances();
    if (t->instances < 0) {
        return false;
    }
    if (mkdirat(t->instances, INSTANCE, 0700) && errno != EEXIST) {
        close_instance(t);
        return false;
    }
    t->dir = openat(t->instances, INSTANCE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (t->dir >= 0 && flock(t->dir, LOCK_EX | LOCK_NB)) {
        /* Another watch has it: it is not ours to remove. */
        close(t->dir);
        t->dir = -1;
    }
    if (t->dir >= 0 && set_up_instance(t->dir)) {
        t->pipe = openat(t->dir, "trace_pipe",
                         O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    }
    if (t->pipe < 0) {
        close_instance(t);
        return false;
    }
    return true;
}

static void mark_trace(Marker *m, MarkModules *modules, MarkLines *lines,
                       const char *bytes, size_t len)
{
    MarkText line;

    while (len) {
        if (mark_lines_next(lines, &bytes, &len) &&
            mark_modules_trace(modules, lines->line.buf, &line)) {
            mark(m, &line);
        }
    }
}

static bool read_trace(Marker *m, int fd)
{
    static MarkModules modules;
    static MarkLines lines;
    char buf[4096];
    ssize_t n = read(fd, buf, sizeof(buf));

    if (n > 0) {
        mark_trace(m, &modules, &lines, buf, n);
    } else if (!n) {
        platform_sleep(1);
    }
    return n > 0;
}

/* --- uevents ------------------------------------------------------------- */

static int open_uevents(void)
{
    struct sockaddr_nl address = { .nl_family = AF_NETLINK,
                                   .nl_groups = UEVENTS_OF_KERNEL };
    int size = UEVENT_BUFFER;
    int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    NETLINK_KOBJECT_UEVENT);

    if (fd < 0) {
        return -1;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size))) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    }
    if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool read_uevent(Marker *m, int fd)
{
    char buf[UEVENT_MAX + 1];
    struct sockaddr_nl from = { 0 };
    socklen_t len = sizeof(from);
    ssize_t n = recvfrom(fd, buf, UEVENT_MAX, 0, (struct sockaddr *)&from,
                         &len);
    MarkText line;

    if (n < 0 && errno == ENOBUFS) {
        mark_string(m, "module-events-lost");
        return true;
    }
    /* Only the kernel has the number 0: another sender would be a program. */
    if (n > 0 && !from.nl_pid) {
        buf[n] = '\0';
        if (mark_modules_uevent(buf, n, &line)) {
            mark(m, &line);
        }
    }
    return n > 0;
}

/* ------------------------------------------------------------------------- */

/* Blocks the signals that end the watch; @waiting is the mask of waiting. */
static void take_signals(sigset_t *waiting)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
    struct sigaction action = { .sa_handler = on_signal };
    sigset_t blocked;
    size_t i;

    sigemptyset(&blocked);
    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        sigaction(signals[i], &action, NULL);
        sigaddset(&blocked, signals[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, waiting);
    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        sigdelset(waiting, signals[i]);
    }
}

/* Reads events until a signal, and then those that are still there. */
static void watch(Marker *m, int fd, bool (*read_events)(Marker *m, int fd),
                  const sigset_t *waiting)
{
    int n;

    while (wait_for(m, fd, waiting)) {
        read_events(m, fd);
    }
    for (n = 0; n < LAST_READS && read_events(m, fd); n++) {
        continue;
    }
}

int linux_watch_modules(Marker *m)
{
    struct sched_param soon = { .sched_priority = 1 };
    TraceInstance trace;
    sigset_t waiting;
    int uevents;

    take_signals(&waiting);
    /* The mark should be there before the driver does much; it is no matter. */
    sched_setscheduler(0, SCHED_FIFO, &soon);
    if (open_instance(&trace)) {
        mark_string(m, "module-watch source=trace-events");
        watch(m, trace.pipe, read_trace, &waiting);
        close_instance(&trace);
        return 0;
    }
    uevents = open_uevents();
    if (uevents < 0) {
        marker_say_string(
            "can not watch modules: the kernel gives neither trace events nor uevents to this program");
        return 1;
    }
    mark_string(m, "module-watch source=uevents");
    watch(m, uevents, read_uevent, &waiting);
    close(uevents);
    return 0;
}
