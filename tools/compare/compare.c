/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace compare: check that a log contains the guest kernel's own log
 *
 * Theory of operation
 *
 * Memory does not grow with the logs: accesses.h reads them, window.h has the
 * part of each that is in memory, and the steps of the comparison are counted
 * (tally.h) and shown (show.h) as they come.
 *
 * Two files are read as often as needed: once to find out whether the oracle is
 * contained in the log (contain.h), which is the usual case, and a second time
 * to align them (align.h) if it is not.  A pipe can be read once, so both is
 * done at the same time.
 *
 * Which device is which (pair.h) depends on all of both logs: on MAPs, and on
 * which devices have accesses.  The comparison begins with what the logs'
 * beginnings say.  If their ends say otherwise, files are compared again.
 */
#include "tools/analysis/options.h"
#include "tools/common/tool.h"
#include "tools/compare/accesses.h"
#include "tools/compare/align.h"
#include "tools/compare/pair.h"
#include "tools/compare/report.h"
#include "tools/compare/show.h"
#include "tools/compare/tally.h"
#include "tools/compare/walk.h"

#include <inttypes.h>
#include <string.h>

#define CONTEXT_DEFAULT     3
#define DIFFERENCES_DEFAULT 10

/* Accesses after which the first devices are paired */
#define PAIR_AFTER (WINDOW_SIZE / 4)

static PairOptions opt_pair;
static int opt_context = CONTEXT_DEFAULT;
static int opt_max_differences = DIFFERENCES_DEFAULT;
static gboolean opt_contiguous;
static gboolean opt_exact;
static gint64 opt_max_accesses;

static const GOptionEntry entries[] = {
    { "device", 'd', 0, G_OPTION_ARG_STRING, &opt_pair.filter,
      "Compare this device only, given by its IDs, or by its ID or address in LOG",
      "VENDOR:DEVICE|ID|BDF" },
    { "pair", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &opt_pair.pairs,
      "Compare this device of ORACLE with that one of LOG", "DEVICE=DEVICE" },
    { "context", 'c', 0, G_OPTION_ARG_INT, &opt_context,
      "Show N accesses around a difference (default: 3)", "N" },
    { "max-differences", 'm', 0, G_OPTION_ARG_INT, &opt_max_differences,
      "Show at most N differences (default: 10); all are counted", "N" },
    { "contiguous", 0, 0, G_OPTION_ARG_NONE, &opt_contiguous,
      "Permit no extras in LOG between accesses of ORACLE", NULL },
    { "exact", 0, 0, G_OPTION_ARG_NONE, &opt_exact,
      "Permit no extras in LOG at all", NULL },
    /* No longer needed: accepted for scripts */
    { "max-accesses", 'a', G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT64,
      &opt_max_accesses, NULL, NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct Outcome: what a walk along the logs has found
 * @tally: what was counted
 * @show: the differences, or NULL if none can be
 */
typedef struct Outcome {
    Tally tally;
    Show *show;
} Outcome;

/**
 * struct Comparison: state of the comparison
 * @oracle_path: name of the oracle's file
 * @log_path: name of the log's file
 * @files: both can be read again
 * @oracle: the guest kernel's log
 * @log: our log
 * @a: accesses of @oracle
 * @b: accesses of @log
 * @pairs: number of devices compared; 0 if that is not known
 * @oracle_peers: which devices of @oracle are compared
 * @log_peers: likewise
 * @walk: the walk that has the result
 * @outcome: the result
 */
typedef struct Comparison {
    const char *oracle_path;
    const char *log_path;
    bool files;
    AccessLog *oracle;
    AccessLog *log;
    Window a;
    Window b;
    unsigned pairs;
    GArray *oracle_peers;
    GArray *log_peers;
    Walk walk;
    Outcome outcome;
} Comparison;

static void close_logs(Comparison *c)
{
    window_clear(&c->a);
    window_clear(&c->b);
    g_clear_pointer(&c->oracle, accesses_free);
    g_clear_pointer(&c->log, accesses_free);
}

static bool open_logs(Comparison *c, GError **error)
{
    close_logs(c);
    c->oracle = accesses_open(c->oracle_path, ACCESS_VIEW_GUEST, error);
    if (c->oracle) {
        c->log = accesses_open(c->log_path, ACCESS_VIEW_HOST, error);
    }
    if (!c->log) {
        return false;
    }
    if (c->pairs) {
        accesses_set_peers(c->oracle, c->oracle_peers);
        accesses_set_peers(c->log, c->log_peers);
    }
    window_init(&c->a, accesses_read, c->oracle);
    window_init(&c->b, accesses_read, c->log);
    return true;
}

/* Has reading a log failed? */
static bool check_logs(const Comparison *c, GError **error)
{
    const GError *why = c->oracle->error ?: c->log->error;

    if (why) {
        g_propagate_error(error, g_error_copy(why));
    }
    return !why;
}

/* Pair the devices.  Return: true if that is new */
static bool pair(Comparison *c)
{
    unsigned pairs = pair_devices(c->oracle, c->log, &opt_pair);
    g_autoptr(GArray) oracle_peers = pair_peers(c->oracle);
    g_autoptr(GArray) log_peers = pair_peers(c->log);

    if (!pairs || (c->pairs && pair_same(c->oracle_peers, oracle_peers) &&
                   pair_same(c->log_peers, log_peers))) {
        return false;
    }
    g_clear_pointer(&c->oracle_peers, g_array_unref);
    g_clear_pointer(&c->log_peers, g_array_unref);
    c->oracle_peers = g_steal_pointer(&oracle_peers);
    c->log_peers = g_steal_pointer(&log_peers);
    c->pairs = pairs;
    return true;
}

static void read_to_end(Window *w)
{
    while (window_has(w, w->end)) {
        w->start = w->end;
    }
}

/* Nothing can be paired at the logs' beginnings: read on. */
static bool pair_late(Comparison *c, GError **error)
{
    if (c->files) {
        read_to_end(&c->a);
        read_to_end(&c->b);
        return check_logs(c, error) && (!pair(c) || open_logs(c, error));
    }
    return true;
}

/* Find out which devices to compare, as far as the logs' beginnings tell. */
static bool begin(Comparison *c, GError **error)
{
    if (!open_logs(c, error)) {
        return false;
    }
    window_fill(&c->a, PAIR_AFTER);
    window_fill(&c->b, PAIR_AFTER);
    if (!check_logs(c, error)) {
        return false;
    }
    if (pair(c)) {
        accesses_set_peers(c->oracle, c->oracle_peers);
        accesses_set_peers(c->log, c->log_peers);
        window_keep(&c->a, accesses_keep, c->oracle);
        window_keep(&c->b, accesses_keep, c->log);
    } else if (!pair_late(c, error)) {
        return false;
    }
    if (!c->pairs && opt_pair.filter) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "no device %s is in both %s and %s", opt_pair.filter,
                    c->oracle->name, c->log->name);
    } else if (!c->pairs) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "no device (PCIDEV) is in both %s and %s",
                    c->oracle->name, c->log->name);
    }
    return c->pairs;
}

static void outcome_init(Outcome *o, const Comparison *c, bool show)
{
    ShowExtras extras = opt_exact ? SHOW_EXTRAS_BAD :
                        opt_contiguous ? SHOW_EXTRAS_AROUND :
                        SHOW_EXTRAS_FINE;

    tally_init(&o->tally);
    if (show) {
        o->show = show_new(c->oracle, c->log, c->pairs > 1, extras,
                           opt_context, opt_max_differences);
    }
}

static void outcome_clear(Outcome *o)
{
    tally_clear(&o->tally);
    g_clear_pointer(&o->show, show_free);
}

static void take_step(void *opaque, const Access *a, const Access *b)
{
    Outcome *o = opaque;

    tally_step(&o->tally, a, b);
    if (o->show) {
        show_step(o->show, a, b);
    }
}

/* Walk along the logs once. */
static bool walk_once(Comparison *c, bool contain, bool align, GError **error)
{
    Outcome contained = { 0 };
    Outcome aligned = { 0 };

    c->walk = (Walk) {
        .a = &c->a,
        .b = &c->b,
        .contained = contain ? take_step : NULL,
        .contained_opaque = &contained,
        .aligned = align ? take_step : NULL,
        .aligned_opaque = &aligned,
    };
    outcome_init(&contained, c, opt_exact || opt_contiguous);
    outcome_init(&aligned, c, true);
    walk_logs(&c->walk);
    outcome_clear(&c->outcome);
    c->outcome = c->walk.is_contained ? contained : aligned;
    outcome_clear(c->walk.is_contained ? &aligned : &contained);
    return check_logs(c, error);
}

/* Compare the logs with the devices as they are paired now. */
static bool walk(Comparison *c, GError **error)
{
    if (!walk_once(c, true, !c->files, error)) {
        return false;
    }
    if (c->walk.is_contained || !c->files) {
        return true;
    }
    return open_logs(c, error) && walk_once(c, false, true, error);
}

static bool compare_all(Comparison *c, GError **error)
{
    if (!begin(c, error) || !walk(c, error) ||
        !pair_check(c->oracle, c->log, &opt_pair, error)) {
        return false;
    }
    if (!pair(c)) {
        return true;
    }
    if (!c->files) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "which devices to compare is known only at the end of the logs, and a pipe can't be read again: compare files");
        return false;
    }
    if (!open_logs(c, error) || !walk(c, error)) {
        return false;
    }
    pair(c);
    return true;
}

static void print_apart(const Comparison *c)
{
    const Walk *w = &c->walk;

    if (w->apart) {
        tool_print(
            "note: from line %" PRIu64 " of %s and line %" PRIu64
            " of %s on, the logs have nothing in common for %u accesses\n",
            w->apart_a, c->oracle->name, w->apart_b, c->log->name,
            ALIGN_AHEAD);
    }
    if (w->gave_up) {
        tool_print(
            "note: of a pipe, too few accesses can be kept to be sure that %s is not contained in %s: compare files\n",
            c->oracle->name, c->log->name);
    }
}

static bool print_result(Comparison *c)
{
    const Tally *t = &c->outcome.tally;
    const Report report = { .oracle = c->oracle, .log = c->log, .tally = t,
                            .filter = opt_pair.filter };
    uint64_t extra;
    uint64_t nowhere;
    bool ok;

    tally_end(&c->outcome.tally);
    extra = t->before + t->between + t->after;
    ok = !t->missing && !t->different && (!opt_exact || !extra) &&
         (!opt_contiguous || !t->between);
    if (!ok) {
        show_print(c->outcome.show);
        print_apart(c);
    }
    report_extras(&report);
    report_quirks(&report);
    ok &= report_reservations(&report);
    nowhere = report_missing_devices(&report);
    ok &= !nowhere;
    if (!t->oracle) {
        tool_print("error: %s has no access to compare\n", c->oracle->name);
        ok = false;
    }
    tool_print("oracle %" PRIu64 " accesses, log %" PRIu64 ": %" PRIu64
               " missing, %" PRIu64 " different, %" PRIu64 " extra (%" PRIu64
               " before, %" PRIu64 " between, %" PRIu64 " after)\n",
               t->oracle + nowhere, t->log, t->missing + nowhere, t->different,
               extra, t->before, t->between, t->after);
    return ok;
}

static bool is_file(const char *path)
{
    return strcmp(path, "-") && g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static void say_unmatched(const AccessLog *log)
{
    if (log && log->db && log->ended) {
        analysis_db_say_unmatched(log->db, log->name);
    }
}

static int compare_logs(const char *oracle_path, const char *log_path)
{
    g_autoptr(GError) error = NULL;
    Comparison c = {
        .oracle_path = oracle_path,
        .log_path = log_path,
        .files = is_file(oracle_path) && is_file(log_path),
    };
    ToolStatus status = TOOL_TROUBLE;

    if (compare_all(&c, &error)) {
        status = print_result(&c) ? TOOL_OK : TOOL_FAULT;
    } else {
        tool_error(&verb_compare, "%s", error->message);
    }
    say_unmatched(c.oracle);
    say_unmatched(c.log);
    outcome_clear(&c.outcome);
    close_logs(&c);
    g_clear_pointer(&c.oracle_peers, g_array_unref);
    g_clear_pointer(&c.log_peers, g_array_unref);
    if (status == TOOL_TROUBLE) {
        return status;
    }
    return tool_finish(&verb_compare, status);
}

static bool check_pairs(void)
{
    char **pair = opt_pair.pairs;

    for (; pair && *pair; pair++) {
        const char *equals = strchr(*pair, '=');

        if (!equals || equals == *pair || !equals[1]) {
            tool_error(&verb_compare,
                       "--pair '%s': ORACLE'S-DEVICE=LOG'S-DEVICE expected: 01:00.0=gpu0, for example",
                       *pair);
            return false;
        }
    }
    return true;
}

static int compare(int argc, char **argv)
{
    if (!tool_options_group(&verb_compare, "ORACLE LOG",
                            "ORACLE is the log of the guest kernel's own mmiotrace, LOG that of vfio-pci-trace;\n"
                            "'-' is standard input.  A selection applies to both.\n\n"
                            "Exit status: 0 every access of ORACLE is in LOG, in order and with the same value;\n"
                            "1 it is not, or ORACLE is incomplete, or a log is garbled or cut off;\n"
                            "2 a log can't be read, or bad usage.",
                            entries, analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc != 3) {
        tool_error(&verb_compare,
                   "ORACLE and LOG are needed; try 'vfio-trace compare --help'");
        return TOOL_TROUBLE;
    }
    if (opt_context < 0 || opt_context > 1000 || opt_max_differences < 0) {
        tool_error(&verb_compare,
                   "--context must be 0 to 1000, and --max-differences must not be negative");
        return TOOL_TROUBLE;
    }
    if (!check_pairs()) {
        return TOOL_TROUBLE;
    }
    if (!strcmp(argv[1], "-") && !strcmp(argv[2], "-")) {
        tool_error(&verb_compare, "only one of the logs can be standard input");
        return TOOL_TROUBLE;
    }
    return compare_logs(argv[1], argv[2]);
}

const Verb verb_compare = {
    .name = "compare",
    .brief = "Check that a log contains the guest kernel's own log",
    .run = compare,
};
