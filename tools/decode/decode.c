/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: print a log with names of registers, fields and values
 *
 * The forms of output (decode.h) get the entries in batches; scripts, if there
 * are any, get each entry after it was printed.
 */
#include "tools/decode/decode.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "libmmiotrace/record.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/common/tool.h"
#include "tools/script/script.h"

/* Interval at which a trace that grows is polled */
#define POLL_MS 50

/* Intervals for what is not printed at once: after silence, and at most */
#define SILENCE_MS 1000
#define SETTLE_MS  5000

static gboolean opt_changes;
static gboolean opt_fold;
static gboolean opt_follow;
static gboolean opt_json;
static gboolean opt_no_marks;
static char *opt_as;
static char *opt_color;
static char *opt_memory;

static const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &opt_as,
      "Form of the output: text (default), or demmio, the layout of envytools' demmio",
      "FORM" },
    { "changes", 'c', 0, G_OPTION_ARG_NONE, &opt_changes,
      "Leave out accesses with the value that the register had", NULL },
    { "color", 0, 0, G_OPTION_ARG_STRING, &opt_color,
      "Use colours: auto (on a terminal, the default), always or never",
      "WHEN" },
    { "fold", 0, 0, G_OPTION_ARG_NONE, &opt_fold,
      "Show repetitions once, as vfio-trace fold does", NULL },
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &opt_follow,
      "Wait for further lines until the log's end mark", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print one JSON object on each line", NULL },
    { "memory", 0, 0, G_OPTION_ARG_STRING, &opt_memory,
      "Show entries of rings and watches: short (default), full or none",
      "HOW" },
    { "no-marks", 'M', 0, G_OPTION_ARG_NONE, &opt_no_marks,
      "Leave marks out", NULL },
    SCRIPTS_OPTION_SCRIPT,
    SCRIPTS_OPTION_PAIR,
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct DecodeRun: state of the command
 * @path: the trace's name
 * @a: the trace
 * @trace: the library's trace
 * @db: its databases
 * @d: state of the output
 * @format: form of the output
 * @state: its state
 * @scripts: scripts, or NULL
 * @live: lines are printed at once
 * @described: lines about databases that were printed
 * @db_changes: number of changes of names when they were
 * @regions: number of regions whose devices were described
 * @last_device: device of the last one
 * @began: the first line was printed
 * @replaced: number of times that the file was replaced
 * @ended: the log's end mark was read
 */
typedef struct DecodeRun {
    const char *path;
    AnalysisTrace *a;
    MmtTrace *trace;
    AnalysisDb *db;
    Decode *d;
    const DecodeFormat *format;
    void *state;
    Scripts *scripts;
    bool live;
    GHashTable *described;
    unsigned db_changes;
    uint32_t regions;
    const MmtRegionDevice *last_device;
    bool began;
    unsigned replaced;
    bool ended;
} DecodeRun;

static bool write_out(void *opaque, const char *p, size_t len)
{
    (void)opaque;
    return fwrite(p, 1, len, stdout) == len;
}

static void put_comment(DecodeRun *run, const char *text)
{
    g_autofree char *line = g_strdup_printf("# %s\n", text);
    size_t len = strlen(line);

    line[len - 1] = '\0';
    tool_printable(line);
    line[len - 1] = '\n';
    convert_out_put(&run->d->out, line, len);
}

static void describe(const char *text, void *opaque)
{
    DecodeRun *run = opaque;

    if (g_hash_table_add(run->described, g_strdup(text))) {
        put_comment(run, text);
    }
}

/* Are there regions of a device that had none? */
static bool find_devices(DecodeRun *run)
{
    const MmtRegions *table = mmt_trace_table(run->trace);
    uint32_t n = mmt_trace_regions(run->trace);
    bool found = false;

    for (; run->regions < n; run->regions++) {
        const MmtRegionDevice *device = mmt_regions_device(table,
                                                           run->regions);

        found |= device != run->last_device;
        run->last_device = device;
    }
    return found;
}

/* What was chosen and why, before the first access and when it changes */
static void show_choice(DecodeRun *run)
{
    unsigned changes = analysis_db_changes(run->db);

    if (!run->format->comments ||
        (!find_devices(run) && run->began && changes == run->db_changes)) {
        return;
    }
    if (!run->began) {
        g_autofree char *head = g_strdup_printf("%s: %s", run->path,
                                                mmt_trace_format(run->trace));

        put_comment(run, head);
    }
    analysis_db_describe(run->db, describe, run);
    run->db_changes = changes;
    run->began = true;
}

static bool is_end(const DecodeRun *run, const MmtEntry *entry)
{
    static const char end[] = MMT_MARK_PREFIX "end";
    size_t len;
    const char *text = mmt_trace_text(run->trace, entry, &len);

    return len == strlen(end) && !memcmp(text, end, len);
}

static void find_end(DecodeRun *run, const MmtEntry *batch, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (batch[i].kind == MMT_ENTRY_MARK) {
            run->ended |= is_end(run, &batch[i]);
        }
    }
}

/* Print what was not printed yet. */
static void flush_pending(DecodeRun *run)
{
    if (run->format->idle) {
        run->format->idle(run->d, run->state, SILENCE_MS);
    }
}

static void print_script_line(const ScriptLine *line, void *opaque)
{
    DecodeRun *run = opaque;
    g_autoptr(GString) text = g_string_new(NULL);

    decode_refresh(run->d);
    flush_pending(run);
    if (opt_json) {
        scripts_put_json(line, text);
        g_string_append(text, "}\n");
    } else {
        scripts_put_text(line, text);
    }
    convert_out_put(&run->d->out, text->str, text->len);
}

/* Scripts emit lines behind the entry. */
static void take_with_scripts(DecodeRun *run, const MmtEntry *batch, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        scripts_before(run->scripts, &batch[i]);
        run->format->entries(run->d, run->state, &batch[i], 1);
        scripts_take(run->scripts, &batch[i]);
        /* scripts ask the databases, too */
        decode_settle(run->d);
    }
}

static void take_part(DecodeRun *run, const MmtEntry *batch, size_t n)
{
    if (!n) {
        return;
    }
    decode_refresh(run->d);
    show_choice(run);
    if (run->scripts) {
        take_with_scripts(run, batch, n);
    } else {
        run->format->entries(run->d, run->state, batch, n);
    }
}

/* What says which chip it is ends its batch; it is shown with its names. */
static void take_batch(DecodeRun *run, const MmtEntry *batch, size_t n)
{
    if (opt_follow) {
        find_end(run, batch, n);
    }
    if (analysis_db_pending(run->db)) {
        take_part(run, batch, n - 1);
        /* what comes before has the names of before */
        flush_pending(run);
        analysis_db_apply(run->db);
        take_part(run, batch + n - 1, 1);
    } else {
        take_part(run, batch, n);
    }
}

/* What follows is of another log. */
static void check_replaced(DecodeRun *run)
{
    unsigned replaced = mmt_trace_replaced(run->trace);

    if (replaced != run->replaced) {
        run->replaced = replaced;
        flush_pending(run);
        decode_forget(run->d);
        if (run->d->memory) {
            analysis_memory_lost(run->d->memory);
        }
        convert_out_flush(&run->d->out);
        fflush(stdout);
        tool_error(&verb_decode,
                   "%s was replaced by another log; from its start:",
                   run->path);
    }
}

/* Take what there is at the moment.  Return: was there anything? */
static bool take_all(DecodeRun *run)
{
    const MmtEntry *batch;
    bool any = false;
    size_t n;

    while (!run->d->out.closed && (n = analysis_next(run->a, &batch)) > 0) {
        check_replaced(run);
        take_batch(run, batch, n);
        any = true;
        if (run->live) {
            convert_out_flush(&run->d->out);
            fflush(stdout);
        }
    }
    return any;
}

/* Return: false if following is over */
static bool wait_for_more(const DecodeRun *run)
{
    struct pollfd out = { .fd = STDOUT_FILENO };

    if (run->ended || analysis_interrupted() || ferror(stdout) ||
        mmt_trace_error(run->trace)) {
        return false;
    }
    poll(&out, 1, POLL_MS);
    return !(out.revents & (POLLERR | POLLHUP));
}

/* Nothing has come for a while: an entry of a ring has all its data. */
static void settle_memory(DecodeRun *run)
{
    if (run->d->memory) {
        analysis_memory_settle(run->d->memory);
        convert_out_flush(&run->d->out);
    }
}

static void follow(DecodeRun *run)
{
    unsigned silence = 0, since = 0;

    mmt_trace_follow(run->trace, true);
    do {
        silence = take_all(run) ? 0 : silence + POLL_MS;
        since += POLL_MS;
        if (silence >= SILENCE_MS) {
            scripts_idle(run->scripts);
            settle_memory(run);
        }
        if (run->format->idle &&
            (silence >= SILENCE_MS || since >= SETTLE_MS)) {
            decode_refresh(run->d);
            run->format->idle(run->d, run->state, silence);
            since = 0;
        }
        fflush(stdout);
    } while (wait_for_more(run));
}

static void summarize(DecodeRun *run)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (run->format->summary) {
        run->format->summary(run->d);
        convert_out_flush(&run->d->out);
        return;
    }
    if (run->d->counts.accesses) {
        decode_put_summary(run->d, text);
        tool_error(&verb_decode, "%s: %s", run->path, text->str);
    }
}

static void warn(const DecodeRun *run)
{
    if (run->d->named.emptied) {
        tool_error(&verb_decode,
                   "%s has more than %u kinds of accesses to registers: some last values were forgotten",
                   run->path, DECODE_SLOTS_MAX);
    }
    if (nvidia_gpus_full(run->d->gpus)) {
        tool_error(&verb_decode,
                   "%s has accesses to more than %u pages of GPUs' memory: the contents of the others are not known",
                   run->path, DECODE_PAGES_MAX);
    }
}

/* Return: the mode; DECODE_MEMORY_AS_MARKS without an option */
static int find_memory_mode(void)
{
    static const char *const modes[] = {
        [DECODE_MEMORY_SHORT] = "short",
        [DECODE_MEMORY_FULL] = "full",
        [DECODE_MEMORY_NONE] = "none",
    };
    unsigned i;

    for (i = 0; opt_memory && i < G_N_ELEMENTS(modes); i++) {
        if (modes[i] && !strcmp(opt_memory, modes[i])) {
            return i;
        }
    }
    return opt_memory ? -1 : DECODE_MEMORY_AS_MARKS;
}

static void begin(DecodeRun *run)
{
    run->described = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                           NULL);
    run->d = decode_new(run->trace, run->db, write_out, NULL);
    run->d->only_changes = opt_changes;
    run->d->marks = !opt_no_marks;
    run->d->memory_mode = find_memory_mode();
    run->d->colors = decode_choose_colors(opt_color);
    if (run->format->lines) {
        mmt_trace_every_line(run->trace);
    }
    if (run->format->rings) {
        mmt_trace_keep_rings(run->trace);
    }
    if (run->format->begin) {
        run->state = run->format->begin(run->d);
    }
}

static ToolStatus end(DecodeRun *run)
{
    ToolStatus status = scripts_end(run->scripts);
    bool understood = mmt_trace_format(run->trace);

    decode_refresh(run->d);
    if (!run->began && understood) {
        show_choice(run);
    }
    if (run->format->end) {
        run->format->end(run->d, run->state);
    }
    if (understood) {
        summarize(run);
    }
    convert_out_flush(&run->d->out);
    fflush(stdout);
    warn(run);
    return status;
}

static void clear(DecodeRun *run)
{
    scripts_free(run->scripts);
    decode_free(run->d);
    g_hash_table_unref(run->described);
}

static ToolStatus decode_entries(AnalysisTrace *a, const char *path,
                                 const DecodeFormat *format)
{
    DecodeRun run = { .path = path, .a = a, .trace = analysis_trace(a),
                      .db = analysis_db(a), .format = format,
                      .live = opt_follow || isatty(STDOUT_FILENO) };
    ToolStatus status = TOOL_TROUBLE;

    begin(&run);
    if (scripts_open(&verb_decode, run.trace, run.db, print_script_line, &run,
                     &run.scripts)) {
        if (opt_follow) {
            follow(&run);
        } else {
            take_all(&run);
        }
        status = end(&run);
    }
    clear(&run);
    return status;
}

static ToolStatus decode_trace(const char *path, const DecodeFormat *format)
{
    g_autoptr(AnalysisTrace) a = analysis_open(&verb_decode, path);
    ToolStatus status, trace;

    if (!a) {
        return TOOL_TROUBLE;
    }
    if (opt_follow || isatty(STDOUT_FILENO)) {
        analysis_hide_progress(a);
    }
    status = decode_entries(a, path, format);
    if (status == TOOL_TROUBLE) {
        return status;
    }
    trace = analysis_end(a);
    return MAX(status, trace);
}

static const DecodeFormat *find_format(void)
{
    static const DecodeFormat *const formats[] = {
        &decode_text, &decode_demmio,
    };
    size_t i;

    for (i = 0; opt_as && i < G_N_ELEMENTS(formats); i++) {
        if (!strcmp(opt_as, formats[i]->name)) {
            return formats[i];
        }
    }
    if (opt_as) {
        return NULL;
    }
    if (opt_fold) {
        return opt_json ? &decode_folded_json : &decode_folded;
    }
    return opt_json ? &decode_json : &decode_text;
}

/* Return: false after an error was printed */
static bool check_options(int argc, char **argv)
{
    static const char *const when[] = { "auto", "always", "never", NULL };

    if (argc != 2) {
        tool_error(&verb_decode,
                   "one LOG is needed; try 'vfio-trace decode --help'");
    } else if (!find_format()) {
        tool_error(&verb_decode, "--as: '%s' is unknown; use text or demmio",
                   opt_as);
    } else if (opt_color && !g_strv_contains(when, opt_color)) {
        tool_error(&verb_decode,
                   "--color: '%s' is unknown; use auto, always or never",
                   opt_color);
    } else if (find_memory_mode() < 0) {
        tool_error(&verb_decode,
                   "--memory: '%s' is unknown; use short, full or none",
                   opt_memory);
    } else if (opt_memory && (opt_fold || opt_as)) {
        tool_error(&verb_decode,
                   "--memory can not be used with --fold or --as");
    } else if (opt_as && (opt_json || opt_fold)) {
        tool_error(&verb_decode,
                   "--as can not be used with --json or --fold");
    } else if (opt_changes && (opt_fold || opt_as)) {
        tool_error(&verb_decode,
                   "--changes can not be used with --fold or --as");
    } else if (opt_follow && !strcmp(argv[1], "-")) {
        tool_error(&verb_decode, "standard input can not be followed");
    } else {
        return true;
    }
    return false;
}

static int decode(int argc, char **argv)
{
    if (!tool_options_group(&verb_decode, "LOG",
                            "Each access is shown with the register's name, its fields, and what has changed since the\n"
                            "register's last known value.  '-' is standard input.\n\n"
                            "Exit status: 0 for success, 1 the trace is damaged or cut off, or a script has failed, 2 it\n"
                            "or the database can't be read or bad usage.",
                            entries, analysis_option_group(), &argc, &argv) ||
        !check_options(argc, argv)) {
        return TOOL_TROUBLE;
    }
    return analysis_finish(&verb_decode,
                           decode_trace(argv[1], find_format()));
}

const Verb verb_decode = {
    .name = "decode",
    .brief = "Print a log with names of registers and fields",
    .run = decode,
};
