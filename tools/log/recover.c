/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace recover: complete the log of a QEMU that was killed
 *
 * libmmiotrace/recover.h recovers a ring.  This file selects the rings and
 * prints the results.
 */
#include "libmmiotrace/recover.h"
#include "libmmiotrace/ring-file.h"
#include "tools/common/as-user.h"
#include "tools/session/session-log.h"
#include "tools/common/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean opt_list;
static char *opt_output;
static char *opt_ring;
static char *opt_ring_dir;
static gboolean opt_all_users;

/* The file of --output, once it is open */
static MmtRecoverOutput output = { .fd = -1 };

static const GOptionEntry entries[] = {
    { "list", 'l', 0, G_OPTION_ARG_NONE, &opt_list,
      "Only list the rings, and whether they are in use", NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Write what LOG lacks into this new file; do not change LOG", "FILE" },
    { "ring", 'r', 0, G_OPTION_ARG_FILENAME, &opt_ring,
      "Use this ring, if it can not be found by LOG", "RING" },
    { "all-users", 'a', 0, G_OPTION_ARG_NONE, &opt_all_users,
      "As root, without LOG: also recover rings of other users", NULL },
    { "ring-dir", 'd', 0, G_OPTION_ARG_FILENAME, &opt_ring_dir,
      "Directory of the rings (default: " MMT_RING_DIR ")", "DIR" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* Prefix of the log's name in a ring if the log is a socket */
#define SOCKET_PREFIX "unix:"

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* Names from a file may have any bytes: make them printable for a terminal. */
static void print_line(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

static void print_line(const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    puts(tool_printable(text));
}

static ToolStatus failed(const char *log, const GError *error)
{
    bool needs_output = g_error_matches(error, MMT_RECOVER_ERROR,
                                        MMT_RECOVER_ERROR_NEEDS_OUTPUT);

    tool_error(&verb_recover, "%s: %s%s", log, error->message,
               needs_output && !opt_output ? "; name one with --output" : "");
    return needs_output || g_error_matches(error, MMT_RING_FILE_ERROR,
                                           MMT_RING_FILE_ERROR_IN_USE)
        ? TOOL_FAULT : TOOL_TROUBLE;
}

static ToolStatus was_finished(const char *log)
{
    print_line("%s: complete already; removed what its QEMU could not remove",
               log);
    return TOOL_OK;
}

/* Recover a ring; closes @rf, and removes the ring if that succeeds. */
static ToolStatus complete(MmtRingFile *rf)
{
    g_autofree char *log = g_strdup(rf->header->log);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    MmtRecovered done;
    bool ok = mmt_recover(rf, opt_output ? &output : NULL, &done, &error);

    mmt_ring_file_close(rf, ok);
    if (!ok) {
        return failed(log, error);
    }
    if (done.finished) {
        g_free(done.file);
        return was_finished(log);
    }
    g_string_append_printf(text, "%s: %s: %" PRIu64 " record%s from the ring",
                           log, opt_output ?
                           "what it lacked is in the other file now"
                           : "complete now", done.records,
                           plural(done.records));
    if (done.pending) {
        g_string_append_printf(text, ", %" PRIu64 " without an answer",
                               done.pending);
    }
    if (done.lost) {
        g_string_append_printf(text,
                               "; %" PRIu64 " did not fit into the ring and %s lost",
                               done.lost,
                               done.lost == 1 ? "is" : "are");
    }
    if (strcmp(done.file, log)) {
        g_string_append_printf(text, " (in %s)", done.file);
    }
    print_line("%s", text->str);
    if (opt_output) {
        print_line("%s: the file belongs after the first %" PRIu64 " bytes of part %"
                   PRIu64
                   " of the log; it repeats any later text of that part",
                   log, done.offset, done.part);
    }
    g_free(done.file);
    return TOOL_OK;
}

static ToolStatus recover_ring(const char *path)
{
    g_autoptr(GError) error = NULL;
    MmtRingFile *rf = mmt_ring_file_open(path, &error);

    return rf ? complete(rf) : failed(path, error);
}

/*
 * The sidecar names a ring that does not exist: remove the sidecar.
 *
 * @finished: the log is complete
 */
static ToolStatus forget_ring(const char *log, bool finished)
{
    g_autoptr(GError) error = NULL;

    if (!mmt_ring_file_forget(log, &error)) {
        tool_error(&verb_recover,
                   finished ? "%s: complete already, but: %s"
                            : "%s: its ring is lost, and: %s", log,
                   error->message);
        return TOOL_TROUBLE;
    }
    if (finished) {
        return was_finished(log);
    }
    tool_error(&verb_recover,
               "%s: its ring is lost (was the host restarted?): what QEMU had not written yet is lost; the log is unchanged",
               log);
    return TOOL_FAULT;
}

static bool is_log(const char *name, const char *log)
{
    g_autofree char *absolute = NULL;

    if (!strcmp(name, log)) {
        return true;
    }
    if (g_str_has_prefix(name, SOCKET_PREFIX)) {
        name += strlen(SOCKET_PREFIX);
    }
    if (g_str_has_prefix(log, SOCKET_PREFIX)) {
        log += strlen(SOCKET_PREFIX);
    }
    absolute = g_canonicalize_filename(log, NULL);
    return !strcmp(name, absolute);
}

/* Find the rings of a log without a sidecar, for example a socket. */
static GPtrArray *find_rings(const char *log)
{
    g_auto(GStrv) rings = mmt_ring_file_list(opt_ring_dir, NULL);
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    char **ring;

    for (ring = rings; ring && *ring; ring++) {
        MmtRingFileHeader header;

        if (mmt_ring_file_peek(*ring, &header) && is_log(header.log, log)) {
            g_ptr_array_add(found, g_strdup(*ring));
        }
    }
    return found;
}

/* Several rings claim this log: only the user can know which one it is. */
static ToolStatus several_rings(const char *log, GPtrArray *found)
{
    g_autofree char *names = NULL;

    g_ptr_array_add(found, NULL);
    names = g_strjoinv(", ", (char **)found->pdata);
    tool_error(&verb_recover,
               "%s: several rings claim this log: %s; choose one with --ring",
               log, names);
    return TOOL_FAULT;
}

static ToolStatus recover_log(const char *log)
{
    g_autoptr(GPtrArray) found = NULL;
    g_autoptr(GError) error = NULL;
    MmtRingFile *rf = mmt_ring_file_open_log(log, &error);

    if (rf) {
        return complete(rf);
    }
    if (g_error_matches(error, MMT_RING_FILE_ERROR,
                        MMT_RING_FILE_ERROR_ABSENT)) {
        return forget_ring(log, false);
    }
    if (g_error_matches(error, MMT_RING_FILE_ERROR,
                        MMT_RING_FILE_ERROR_FINISHED)) {
        return forget_ring(log, true);
    }
    if (!g_error_matches(error, MMT_RING_FILE_ERROR,
                         MMT_RING_FILE_ERROR_NONE)) {
        return failed(log, error);
    }
    found = find_rings(log);
    if (found->len) {
        return found->len > 1 ? several_rings(log, found)
                              : recover_ring(found->pdata[0]);
    }
    if (!g_file_test(log, G_FILE_TEST_EXISTS)) {
        tool_error(&verb_recover,
                   "%s: there is no such log, and no ring of it", log);
        return TOOL_TROUBLE;
    }
    print_line("%s: nothing to do: there is no ring of this log", log);
    return TOOL_OK;
}

static void print_ring(const char *path)
{
    g_autoptr(GError) error = NULL;
    MmtRingFile *rf = mmt_ring_file_open(path, &error);
    MmtRingFileHeader header;

    if (rf) {
        print_line(mmt_ring_file_finished(rf)
                   ? "%s: left by process %" PRIu32 ", log %s, which is complete"
                   : "%s: left by process %" PRIu32 ", log %s", path,
                   rf->header->pid, rf->header->log);
        mmt_ring_file_close(rf, false);
    } else if (g_error_matches(error, MMT_RING_FILE_ERROR,
                               MMT_RING_FILE_ERROR_IN_USE) &&
               mmt_ring_file_peek(path, &header)) {
        print_line("%s: in use by process %" PRIu32 ", log %s", path,
                   header.pid, header.log);
    } else if (!g_error_matches(error, MMT_RING_FILE_ERROR,
                                MMT_RING_FILE_ERROR_ABSENT)) {
        print_line("%s: %s", path, error->message);
    }
}

/* Recover a ring, unless it is in use; without LOG, for each ring. */
static ToolStatus recover_if_left(const char *path)
{
    g_autoptr(GError) error = NULL;
    MmtRingFile *rf = mmt_ring_file_open(path, &error);

    if (rf) {
        return complete(rf);
    }
    if (g_error_matches(error, MMT_RING_FILE_ERROR,
                        MMT_RING_FILE_ERROR_IN_USE)) {
        print_ring(path);
        return TOOL_OK;
    }
    /* Absent: its QEMU has just ended. */
    return g_error_matches(error, MMT_RING_FILE_ERROR,
                           MMT_RING_FILE_ERROR_ABSENT)
        ? TOOL_OK : failed(path, error);
}

/* --- owners -------------------------------------------------------------- */

static int list_or_recover(void *path)
{
    if (opt_list) {
        print_ring(path);
        return TOOL_OK;
    }
    return recover_if_left(path);
}

static int recover_one_ring(void *path)
{
    return recover_ring(path);
}

static int recover_one_log(void *path)
{
    return recover_log(path);
}

/* Files of a user are only accessed as that user (common/as-user.h). */
static ToolStatus as_owner(uid_t uid, int (*function)(void *), char *path)
{
    g_autoptr(GError) error = NULL;
    int result;

    if (geteuid() && uid != geteuid()) {
        /* Not root, and not the owner: the library reports the error. */
        uid = geteuid();
    }
    if (!as_user(uid, function, path, &result, &error)) {
        tool_error(&verb_recover, "%s: %s", path, error->message);
        return TOOL_TROUBLE;
    }
    return result > TOOL_TROUBLE ? TOOL_TROUBLE : (ToolStatus)result;
}

/*
 * Return: the owner of the sidecar, or else of the log.  A user can create
 * these files to mislead root, so they are only accessed as that user.
 */
static uid_t owner_of_log(const char *log)
{
    g_autofree char *sidecar = g_strconcat(log, MMT_RING_SIDECAR_SUFFIX, NULL);
    const char *path = g_str_has_prefix(log, SOCKET_PREFIX)
                       ? log + strlen(SOCKET_PREFIX) : log;
    struct stat st;

    return !lstat(sidecar, &st) || !lstat(path, &st) ? st.st_uid : geteuid();
}

static uid_t owner_of_ring(const char *path)
{
    struct stat st;

    return lstat(path, &st) ? geteuid() : st.st_uid;
}

static ToolStatus for_all_rings(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) rings = mmt_ring_file_list(opt_ring_dir, &error);
    ToolStatus status = TOOL_OK;
    unsigned others = 0;
    bool any = false;
    char **ring;

    if (!rings) {
        tool_error(&verb_recover, "%s", error->message);
        return TOOL_TROUBLE;
    }
    for (ring = rings; *ring; ring++) {
        uid_t uid = owner_of_ring(*ring);
        ToolStatus one;

        if (uid != geteuid() && !opt_all_users) {
            others++;
            continue;
        }
        any = true;
        one = as_owner(uid, list_or_recover, *ring);
        status = MAX(status, one);
    }
    if (!any) {
        print_line("nothing to do: no ring of yours is in %s",
                   opt_ring_dir ?: MMT_RING_DIR);
    }
    if (others && !geteuid()) {
        print_line("%u ring%s of other users: --all-users includes them",
                   others, plural(others));
    }
    return status;
}

/* What is wrong with the command line, or NULL */
static const char *bad_usage(int logs)
{
    if (opt_list && (logs || opt_ring || opt_output)) {
        return "--list can only be combined with --ring-dir and --all-users";
    }
    if (opt_ring && logs) {
        return "--ring and LOG can not be combined";
    }
    if (opt_output && logs + !!opt_ring != 1) {
        return "--output needs one LOG, or --ring";
    }
    if (opt_all_users && (logs || opt_ring)) {
        return "--all-users can not be combined with LOG or --ring";
    }
    if (opt_all_users && geteuid()) {
        return "--all-users needs root";
    }
    return NULL;
}

/* Create the output as the calling user, regardless of the log's owner. */
static bool open_output(MmtPlace *place)
{
    g_autofree char *path = g_canonicalize_filename(opt_output, NULL);

    if (mmt_place_take(place, path)) {
        output.fd = openat(place->dir, place->name, O_WRONLY | O_CREAT |
                           O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    }
    output.name = place->path;
    if (output.fd < 0) {
        tool_error(&verb_recover, "can't create '%s': %s", path,
                   g_strerror(errno));
    }
    return output.fd >= 0;
}

/* Remove an empty or failed output, which would be in the way of a retry. */
static ToolStatus close_output(MmtPlace *place, ToolStatus status)
{
    struct stat st;

    if (status != TOOL_OK || (!fstat(output.fd, &st) && !st.st_size)) {
        mmt_place_remove(place, output.fd);
    }
    if (close(output.fd) < 0 && status == TOOL_OK) {
        tool_error(&verb_recover, "can't write '%s': %s", place->path,
                   g_strerror(errno));
        status = TOOL_TROUBLE;
    }
    return status;
}

static ToolStatus recover_named(int logs, char **log)
{
    ToolStatus status = TOOL_OK;
    int i;

    if (opt_ring) {
        return as_owner(owner_of_ring(opt_ring), recover_one_ring, opt_ring);
    }
    for (i = 0; i < logs; i++) {
        ToolStatus one;

        /* A log of 'vfio-trace run' that was left when the host crashed */
        session_log_adopt(log[i], tool_say, (void *)&verb_recover);
        one = as_owner(owner_of_log(log[i]), recover_one_log, log[i]);

        status = MAX(status, one);
    }
    return status;
}

static int recover(int argc, char **argv)
{
    MmtPlace place = MMT_PLACE_NONE;
    ToolStatus status;
    const char *bad;

    if (!tool_options(&verb_recover, "[LOG...]",
                      "Writes the events that a killed QEMU left in its ring, which is in memory, to its log.\n"
                      "Without LOG, does this for all of your rings.\n\n"
                      "Exit status: 0 the logs are complete, 1 one is not: its QEMU still runs, its ring is lost,\n"
                      "or it needs --output, 2 a ring or a log can't be used or bad usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    bad = bad_usage(argc - 1);
    if (bad) {
        tool_error(&verb_recover, "%s; try 'vfio-trace recover --help'", bad);
        return TOOL_TROUBLE;
    }
    if (!opt_ring && argc < 2) {
        return tool_finish(&verb_recover, for_all_rings());
    }
    if (opt_output && !open_output(&place)) {
        mmt_place_free(&place);
        return TOOL_TROUBLE;
    }
    status = recover_named(argc - 1, argv + 1);
    if (opt_output) {
        status = close_output(&place, status);
    }
    mmt_place_free(&place);
    return tool_finish(&verb_recover, status);
}

const Verb verb_recover = {
    .name = "recover",
    .brief = "Complete the log of a QEMU that was killed",
    .run = recover,
};
