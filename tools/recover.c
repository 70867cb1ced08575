/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace recover: complete the logs of a QEMU that died
 *
 * How that is done is libmmiotrace/recover.h's part.  Here is which rings it
 * is done with, and what is said about it.
 */
#include "libmmiotrace/recover.h"
#include "libmmiotrace/ring-file.h"
#include "tool.h"

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

static const GOptionEntry entries[] = {
    { "list", 'l', 0, G_OPTION_ARG_NONE, &opt_list,
      "Only say what rings there are", NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Write what LOG lacks into this new file, not into LOG", "FILE" },
    { "ring", 'r', 0, G_OPTION_ARG_FILENAME, &opt_ring,
      "The ring, for a log that does not tell", "FILE" },
    { "ring-dir", 'd', 0, G_OPTION_ARG_FILENAME, &opt_ring_dir,
      "Where rings are (" MMT_RING_DIR ")", "DIR" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* A ring's log that is a socket has that before its path. */
#define SOCKET_PREFIX "unix:"

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/*
 * What the header of a ring says, in use or not.  It is only good for finding
 * and for messages: nothing has been checked yet.
 */
static bool read_header(const char *path, MmtRingFileHeader *header)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool ok;

    if (fd < 0) {
        return false;
    }
    ok = pread(fd, header, sizeof(*header), 0) == sizeof(*header) &&
         header->magic == MMT_RING_FILE_MAGIC;
    header->log[MMT_RING_FILE_PATH_MAX - 1] = '\0';
    close(fd);
    return ok;
}

static bool is_ours(const char *path)
{
    struct stat st;

    return geteuid() == 0 ||
           (!lstat(path, &st) && st.st_uid == geteuid());
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

/* @rf is closed, and removed if the log is whole. */
static ToolStatus complete(MmtRingFile *rf)
{
    g_autofree char *log = g_strdup(rf->header->log);
    g_autoptr(GError) error = NULL;
    MmtRecovered done;
    bool ok = mmt_recover(rf, opt_output, &done, &error);

    mmt_ring_file_close(rf, ok);
    if (!ok) {
        return failed(log, error);
    }
    printf("%s: %s: %" PRIu64 " record%s from the ring", log,
           opt_output ? "what it lacked is in another file now" : "complete "
           "now", done.records, plural(done.records));
    if (done.pending) {
        printf(", %" PRIu64 " without an answer", done.pending);
    }
    if (done.lost) {
        printf("; %" PRIu64 " found no room there and %s lost", done.lost,
               done.lost == 1 ? "is" : "are");
    }
    if (strcmp(done.file, log)) {
        printf(" (in %s)", done.file);
    }
    putchar('\n');
    if (opt_output) {
        printf("%s: it goes on behind the first %" PRIu64 " bytes of part %"
               PRIu64 " of the log; what comes later there is in it again\n",
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

/* A sidecar that names a ring which is not there. */
static ToolStatus forget_ring(const char *log, const char *sidecar)
{
    if (unlink(sidecar) < 0) {
        tool_error(&verb_recover, "%s: its ring is gone, and '%s', which tells "
                   "of it, can not be removed: %s", log, sidecar,
                   g_strerror(errno));
        return TOOL_TROUBLE;
    }
    tool_error(&verb_recover, "%s: its ring is gone (the host was restarted?): "
               "what QEMU had not written is lost; the log stays as it is",
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

/* The ring of a log that has no sidecar, as a socket has none, or NULL. */
static char *find_ring(const char *log)
{
    g_auto(GStrv) rings = mmt_ring_file_list(opt_ring_dir, NULL);
    char **ring;

    for (ring = rings; ring && *ring; ring++) {
        MmtRingFileHeader header;

        if (is_ours(*ring) && read_header(*ring, &header) &&
            is_log(header.log, log)) {
            return g_strdup(*ring);
        }
    }
    return NULL;
}

static ToolStatus recover_log(const char *log)
{
    g_autofree char *absolute = g_canonicalize_filename(log, NULL);
    g_autofree char *sidecar = g_strconcat(absolute, MMT_RING_SIDECAR_SUFFIX,
                                           NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *ring = NULL;
    MmtRingFile *rf;

    if (g_file_test(sidecar, G_FILE_TEST_EXISTS)) {
        rf = mmt_ring_file_open_log(log, &error);
        if (rf) {
            return complete(rf);
        }
        return g_error_matches(error, MMT_RING_FILE_ERROR,
                               MMT_RING_FILE_ERROR_ABSENT)
            ? forget_ring(log, sidecar) : failed(log, error);
    }
    ring = find_ring(log);
    if (ring) {
        return recover_ring(ring);
    }
    if (!g_file_test(log, G_FILE_TEST_EXISTS)) {
        tool_error(&verb_recover, "%s: there is no such log, and no ring of "
                   "it", log);
        return TOOL_TROUBLE;
    }
    printf("%s: nothing to do: there is no ring of this log\n", log);
    return TOOL_OK;
}

static void print_ring(const char *path)
{
    g_autoptr(GError) error = NULL;
    MmtRingFile *rf = mmt_ring_file_open(path, &error);
    MmtRingFileHeader header;

    if (rf) {
        printf("%s: left by process %" PRIu32 ", log %s\n", path,
               rf->header->pid, rf->header->log);
        mmt_ring_file_close(rf, false);
    } else if (g_error_matches(error, MMT_RING_FILE_ERROR,
                               MMT_RING_FILE_ERROR_IN_USE) &&
               read_header(path, &header)) {
        printf("%s: in use by process %" PRIu32 ", log %s\n", path, header.pid,
               header.log);
    } else if (!g_error_matches(error, MMT_RING_FILE_ERROR,
                                MMT_RING_FILE_ERROR_ABSENT)) {
        printf("%s: %s\n", path, error->message);
    }
}

/* Return: what became of one of all the rings that there are */
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
    /* QEMU has just come to its end. */
    return g_error_matches(error, MMT_RING_FILE_ERROR,
                           MMT_RING_FILE_ERROR_ABSENT)
        ? TOOL_OK : failed(path, error);
}

static ToolStatus for_all_rings(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) rings = mmt_ring_file_list(opt_ring_dir, &error);
    ToolStatus status = TOOL_OK;
    bool any = false;
    char **ring;

    if (!rings) {
        tool_error(&verb_recover, "%s", error->message);
        return TOOL_TROUBLE;
    }
    for (ring = rings; *ring; ring++) {
        if (!is_ours(*ring)) {
            continue;
        }
        any = true;
        if (opt_list) {
            print_ring(*ring);
        } else {
            ToolStatus one = recover_if_left(*ring);

            status = MAX(status, one);
        }
    }
    if (!any) {
        printf("nothing to do: no ring of yours is in %s\n",
               opt_ring_dir ?: MMT_RING_DIR);
    }
    return status;
}

/* What is wrong with the command line, or NULL */
static const char *bad_usage(int logs)
{
    if (opt_list && (logs || opt_ring || opt_output)) {
        return "--list goes with --ring-dir only";
    }
    if (opt_ring && logs) {
        return "--ring takes the place of LOG";
    }
    if (opt_output && logs + !!opt_ring != 1) {
        return "--output needs one LOG, or --ring";
    }
    return NULL;
}

static int recover(int argc, char **argv)
{
    ToolStatus status = TOOL_OK;
    const char *bad;
    int i;

    if (!tool_options(&verb_recover, "[LOG...]",
                      "Brings what a QEMU that was killed had not written yet "
                      "into its log, from the ring that\nit left in memory.  "
                      "Without LOG: for all rings that there are.\n\n"
                      "Exit status: 0 the logs are complete, 1 one is not: its "
                      "QEMU still runs, its ring is gone,\nor it needs "
                      "--output, 2 a ring or a log can't be used or bad "
                      "usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    bad = bad_usage(argc - 1);
    if (bad) {
        tool_error(&verb_recover, "%s; try 'vfio-trace recover --help'", bad);
        return TOOL_TROUBLE;
    }
    if (opt_ring) {
        status = recover_ring(opt_ring);
    } else if (argc < 2) {
        status = for_all_rings();
    }
    for (i = 1; i < argc; i++) {
        ToolStatus one = recover_log(argv[i]);

        status = MAX(status, one);
    }
    return tool_finish(&verb_recover, status);
}

const Verb verb_recover = {
    .name = "recover",
    .brief = "Complete the log of a QEMU that was killed",
    .run = recover,
};
