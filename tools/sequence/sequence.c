/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: compile a trace to operations that can be carried out
 *
 * compile.h makes the sequence, json.h and others print it.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "libmmiotrace/trace.h"
#include "libpcidev/window-spec.h"
#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/common/outfile.h"
#include "tools/common/tool.h"
#include "tools/sequence/as-c.h"
#include "tools/sequence/as-python.h"
#include "tools/sequence/check.h"
#include "tools/sequence/compile.h"
#include "tools/sequence/json.h"
#include "tools/sequence/output.h"

#define MIN_DELAY_US 100
#define MIN_UPLOAD 64

/* An hour: no operation waits longer */
#define MIN_DELAY_MAX_US UINT64_C(3600000000)

static char *opt_output;
static char *opt_format;
static char *opt_backend;
static char *opt_min_delay;
static char *opt_min_upload;
static char **opt_dma;
static gboolean opt_drop_reads;
static gboolean opt_force;
static gboolean opt_no_loops;

static const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Write to FILE: .json, .c or .py; '-' is standard output", "FILE" },
    { "format", 'F', 0, G_OPTION_ARG_STRING, &opt_format,
      "Write json, c or python, whatever FILE is called", "FORMAT" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &opt_force,
      "Replace files that exist", NULL },
    { "backend", 'b', 0, G_OPTION_ARG_STRING, &opt_backend,
      "C and Python: access the device by vfio (the default) or sysfs",
      "BACKEND" },
    { "min-delay", 0, 0, G_OPTION_ARG_STRING, &opt_min_delay,
      "Gaps of US microseconds and more become delays (100)", "US" },
    { "min-upload", 0, 0, G_OPTION_ARG_STRING, &opt_min_upload,
      "Runs of writes of BYTES and more become files (64); 0: none", "BYTES" },
    { "dma", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_dma,
      "Values in this part of the guest's memory are addresses",
      "START:LEN" },
    { "drop-reads", 0, 0, G_OPTION_ARG_NONE, &opt_drop_reads,
      "Leave reads out that have no effect", NULL },
    { "no-loops", 0, 0, G_OPTION_ARG_NONE, &opt_no_loops,
      "Make no loops of cycles", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "LOG, a trace of one device in any format, becomes a sequence: writes, checks of what is\n"
    "read, polls, delays, uploads, waiting for interrupts, buffers for DMA.  LOG is read twice.\n\n"
    "Exit status: 0 for success, 1 for success with a LOG that is damaged or cut off, 2 nothing\n"
    "was written.";

/* --- output -------------------------------------------------------------- */

static void print_json(const Sequence *seq, SeqBackend backend, FILE *out)
{
    (void)backend;
    sequence_write_json(seq, out);
}

/**
 * struct Format: a form of the output
 * @name: argument of --format
 * @ending: of a file's name
 * @print: prints it
 * @max: most bytes that can be read again, or 0
 * @program: it is a program, which needs a backend
 */
typedef struct Format {
    const char *name;
    const char *ending;
    SequencePrint *print;
    uint64_t max;
    bool program;
} Format;

static const Format formats[] = {
    { "json", ".json", print_json, SEQUENCE_BYTES_MAX, false },
    { "c", ".c", sequence_write_c, 0, true },
    { "python", ".py", sequence_write_python, 0, true },
};

static const Format *find_format(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (opt_format ? !strcmp(opt_format, formats[i].name)
                       : g_str_has_suffix(opt_output, formats[i].ending)) {
            return &formats[i];
        }
    }
    return NULL;
}

static SeqBackend get_backend(void)
{
    return opt_backend && !strcmp(opt_backend, "sysfs") ? SEQ_BACKEND_SYSFS
                                                        : SEQ_BACKEND_VFIO;
}

/* --- options ------------------------------------------------------------- */

static bool parse_range(const char *word, CompileRange *range, GError **error)
{
    g_auto(GStrv) part = g_strsplit(word, ":", -1);

    if (g_strv_length(part) != 2) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "'%s' is not START:LEN, like 0x100000000:2G", word);
        return false;
    }
    if (!pci_window_number_parse("START", part[0], UINT64_MAX, &range->start,
                                 error) ||
        !pci_window_number_parse("LEN", part[1], UINT64_MAX, &range->len,
                                 error)) {
        return false;
    }
    if (!range->len || range->start > UINT64_MAX - range->len) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "'%s' is empty, or ends above 2^64", word);
        return false;
    }
    return true;
}

static GArray *parse_dma(GError **error)
{
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE,
                                           sizeof(CompileRange));
    unsigned i;

    for (i = 0; opt_dma && opt_dma[i]; i++) {
        CompileRange range;

        if (!parse_range(opt_dma[i], &range, error)) {
            g_prefix_error(error, "--dma: ");
            return NULL;
        }
        g_array_append_val(ranges, range);
    }
    return g_steal_pointer(&ranges);
}

static bool parse_numbers(CompileOptions *options, GError **error)
{
    guint64 us = MIN_DELAY_US;
    uint64_t bytes = MIN_UPLOAD;

    if (opt_min_delay &&
        !g_ascii_string_to_unsigned(opt_min_delay, 10, 0, MIN_DELAY_MAX_US,
                                    &us, error)) {
        g_prefix_error(error, "--min-delay, in microseconds: ");
        return false;
    }
    if (opt_min_upload &&
        !pci_window_number_parse("--min-upload", opt_min_upload, G_MAXUINT32,
                                 &bytes, error)) {
        return false;
    }
    options->min_delay_ns = us * 1000;
    options->min_upload = bytes;
    return true;
}

static const char *usage_error(int argc, char **argv)
{
    struct stat st;

    if (argc != 2) {
        return "one LOG is needed; try 'vfio-trace sequence --help'";
    }
    if (!opt_output) {
        return "-o FILE is needed; '-o - --format json' prints it";
    }
    if (opt_backend && strcmp(opt_backend, "vfio") &&
        strcmp(opt_backend, "sysfs")) {
        return "--backend is vfio or sysfs";
    }
    if (!strcmp(argv[1], "-") ||
        (stat(argv[1], &st) == 0 && !S_ISREG(st.st_mode))) {
        return "the trace must be a file, since it is read twice";
    }
    if (outfile_is_input(opt_output, argv[1])) {
        return "the output is the trace itself";
    }
    if (!find_format()) {
        if (opt_format) {
            return "--format is json, c or python";
        }
        return
            "the name of FILE must end in .json, .c or .py, or use --format";
    }
    if (opt_backend && !find_format()->program) {
        return "--backend is for programs: C or Python";
    }
    return NULL;
}

/* --- reading ------------------------------------------------------------- */

/**
 * typedef TakeEntry - take an entry
 *
 * Return: false if reading on is of no use
 */
typedef bool TakeEntry(Compile *c, AnalysisTrace *a, const MmtEntry *entry);

static bool take_learn(Compile *c, AnalysisTrace *a, const MmtEntry *entry)
{
    compile_learn(c, analysis_trace(a), entry);
    return true;
}

static bool take_compile(Compile *c, AnalysisTrace *a, const MmtEntry *entry)
{
    return compile_entry(c, analysis_trace(a), analysis_db(a), entry);
}

static void read_entries(Compile *c, AnalysisTrace *a, TakeEntry *take)
{
    const MmtEntry *batch;
    bool more = true;
    size_t i, n;

    mmt_trace_keep_rings(analysis_trace(a));
    while (more && (n = analysis_next(a, &batch)) > 0) {
        for (i = 0; i < n && more; i++) {
            more = take(c, a, &batch[i]);
        }
    }
}

static ToolStatus fail(const char *path, GError *error)
{
    tool_error(&verb_sequence, "%s: %s", path, error->message);
    return TOOL_TROUBLE;
}

/* Return: TOOL_TROUBLE after an error was printed */
static ToolStatus learn(Compile *c, const char *path)
{
    g_autoptr(AnalysisTrace) a = analysis_open(&verb_sequence, path);
    g_autoptr(GError) error = NULL;
    ToolStatus status;

    if (!a) {
        return TOOL_TROUBLE;
    }
    read_entries(c, a, take_learn);
    status = analysis_end(a);
    if (status == TOOL_TROUBLE) {
        return status;
    }
    if (analysis_interrupted()) {
        tool_error(&verb_sequence, "interrupted: nothing was written");
        return TOOL_TROUBLE;
    }
    return compile_learned(c, &error) ? status : fail(path, error);
}

static Sequence *compile(Compile *c, const char *path)
{
    g_autoptr(AnalysisTrace) a = analysis_open(&verb_sequence, path);
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    Sequence *seq;
    uint32_t text;

    if (!a) {
        return NULL;
    }
    read_entries(c, a, take_compile);
    if (mmt_trace_error(analysis_trace(a))) {
        analysis_end(a);
        return NULL;
    }
    if (analysis_interrupted()) {
        tool_error(&verb_sequence, "interrupted: nothing was written");
        return NULL;
    }
    seq = compile_finish(c, &error);
    if (!seq) {
        fail(path, error);
        return NULL;
    }
    name = g_path_get_basename(path);
    text = sequence_text(seq, name);
    g_free(seq->trace);
    seq->trace = g_strdup(g_ptr_array_index(seq->texts, text));
    return seq;
}

/* --- the verb ------------------------------------------------------------ */

static void say(const Sequence *seq)
{
    if (strcmp(opt_output, "-")) {
        tool_print("%s: %u operations, %u files, %u buffers, %" PRIu64
                   " notes\n", opt_output, seq->ops->len, seq->files->len,
                   seq->buffers->len, seq->notes);
    }
}

static ToolStatus write_sequence(const Sequence *seq, const char *path)
{
    const Format *format = find_format();
    g_autoptr(GError) error = NULL;

    if (!sequence_check(seq, NULL, &error) ||
        (format->program &&
         !sequence_backend_check(seq, get_backend(), &error))) {
        return fail(path, error);
    }
    if (!sequence_output(seq, opt_output, opt_force, format->print,
                         format->max, get_backend(), &error)) {
        tool_error(&verb_sequence, "%s", error->message);
        return TOOL_TROUBLE;
    }
    say(seq);
    return TOOL_OK;
}

static ToolStatus run(const CompileOptions *options, const char *path)
{
    g_autoptr(Compile) c = compile_new(options);
    g_autoptr(Sequence) seq = NULL;
    ToolStatus status = learn(c, path);

    if (status == TOOL_TROUBLE) {
        return status;
    }
    seq = compile(c, path);
    if (!seq || write_sequence(seq, path) != TOOL_OK) {
        return TOOL_TROUBLE;
    }
    return status;
}

static int sequence(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) dma = NULL;
    g_autofree char *stem = NULL;
    CompileOptions options = { 0 };
    const char *wrong;

    if (!tool_options_group(&verb_sequence, "LOG", details, entries,
                            analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    wrong = usage_error(argc, argv);
    if (wrong) {
        tool_error(&verb_sequence, "%s", wrong);
        return TOOL_TROUBLE;
    }
    dma = parse_dma(&error);
    if (!dma || !parse_numbers(&options, &error)) {
        tool_error(&verb_sequence, "%s", error->message);
        return TOOL_TROUBLE;
    }
    stem = sequence_stem(opt_output);
    options.dma = dma;
    options.stem = stem;
    options.drop_reads = opt_drop_reads;
    options.no_loops = opt_no_loops;
    return analysis_finish(&verb_sequence, run(&options, argv[1]));
}

const Verb verb_sequence = {
    .name = "sequence",
    .brief = "Compile a trace to operations that can be carried out",
    .run = sequence,
};
