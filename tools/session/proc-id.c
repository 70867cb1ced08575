/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: identity of a process (see proc-id.h)
 */
#include "tools/session/proc-id.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <string.h>

/* Fields of /proc/PID/stat after the program's name, counted from 0; proc(5) */
#define STAT_STATE 0
#define STAT_START_TIME 19

#define POLL_US 50000

bool proc_id_parse(const char *stat, uint64_t *start_time)
{
    /* The program's name may contain anything, even brackets and blanks. */
    const char *rest = strrchr(stat, ')');
    g_auto(GStrv) fields = NULL;

    if (!rest || rest[1] != ' ') {
        return false;
    }
    fields = g_strsplit(rest + 2, " ", STAT_START_TIME + 2);
    if (g_strv_length(fields) <= STAT_START_TIME ||
        strchr("ZXx", fields[STAT_STATE][0])) {
        return false;
    }
    return g_ascii_string_to_unsigned(g_strstrip(fields[STAT_START_TIME]), 10,
                                      0, G_MAXUINT64, start_time, NULL);
}

ProcId proc_id_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
    g_autofree char *stat = NULL;
    ProcId id = { 0, 0 };

    if (pid > 0 && g_file_get_contents(path, &stat, NULL, NULL) &&
        proc_id_parse(stat, &id.start_time)) {
        id.pid = pid;
    }
    return id;
}

/* Is /proc mounted?  Otherwise, no file in it says that a process has ended. */
static bool proc_is_there(void)
{
    return g_file_test("/proc/self/stat", G_FILE_TEST_EXISTS);
}

bool proc_id_alive(const ProcId *id)
{
    ProcId now = proc_id_of(id->pid);

    if (!now.pid && id->pid > 0 && !proc_is_there()) {
        /* Perhaps another process has the number now: it is not known. */
        return !kill(id->pid, 0) || errno == EPERM;
    }
    return now.pid && now.start_time == id->start_time;
}

bool proc_id_wait(const ProcId *id, unsigned seconds)
{
    gint64 deadline = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;

    while (proc_id_alive(id)) {
        if (g_get_monotonic_time() > deadline) {
            return false;
        }
        g_usleep(POLL_US);
    }
    return true;
}

bool proc_id_end(const ProcId *id, unsigned seconds)
{
    static const int signals[] = { SIGTERM, SIGKILL };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(signals); i++) {
        if (!proc_id_alive(id)) {
            return true;
        }
        kill(id->pid, signals[i]);
        if (proc_id_wait(id, seconds)) {
            return true;
        }
    }
    return false;
}
