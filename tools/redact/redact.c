/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: write a log that can be published
 *
 * The trace is read several times: for the secrets that it tells itself, for
 * the places where secrets are in pieces, and to write it.  What was written
 * is then read and searched like the trace before it gets its name.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmmiotrace/trace.h"
#include "tools/analysis/options.h"
#include "tools/analysis/register.h"
#include "tools/analysis/trace.h"
#include "tools/common/outfile.h"
#include "tools/common/packed.h"
#include "tools/common/tool.h"
#include "tools/redact/learn.h"
#include "tools/redact/rewrite.h"
#include "tools/redact/search.h"

/* How often it is written again because a piece was still found */
#define ROUNDS 4

/* What may be before the first secret of a file */
#define BOM "\xef\xbb\xbf"

/* Registers that the report lists */
#define REPORT_MAX 200

static char *opt_output;
static char **opt_registers;
static char **opt_secrets;
static char *opt_seed;
static gboolean opt_all;
static gboolean opt_clock;
static gboolean opt_force;
static gboolean opt_mac;
static gboolean opt_marks;
static gboolean opt_names;
static gboolean opt_report;
static gboolean opt_serials;
static gboolean opt_snapshots;
static GPtrArray *opt_macs;

static gboolean parse_mac(const char *option, const char *value, gpointer data,
                          GError **error)
{
    (void)option;
    (void)data;
    (void)error;
    if (!value) {
        opt_mac = TRUE;
        return TRUE;
    }
    if (!opt_macs) {
        opt_macs = g_ptr_array_new_with_free_func(g_free);
    }
    g_ptr_array_add(opt_macs, g_strdup(value));
    return TRUE;
}

static const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Write to FILE; .zst, .gz and .xz compress it", "FILE" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &opt_force,
      "Replace FILE if it exists", NULL },
    { "all", 'a', 0, G_OPTION_ARG_NONE, &opt_all,
      "--mac --serials --snapshots --marks --names --clock", NULL },
    { "secret", 's', 0, G_OPTION_ARG_STRING_ARRAY, &opt_secrets,
      "Replace this wherever it is: 0x..., a text, or each line of @FILE",
      "SECRET" },
    { "register", 'r', 0, G_OPTION_ARG_STRING_ARRAY, &opt_registers,
      "Replace the values of these registers: REGION[:OFF:LEN], or a name",
      "REGISTER" },
    { "mac", 'm', G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK,
      (gpointer)parse_mac,
      "Replace MAC addresses: --mac=MAC, or those of the device", "MAC" },
    { "serials", 0, 0, G_OPTION_ARG_NONE, &opt_serials,
      "Replace serial numbers of PCI Express, NVMe and ATA devices", NULL },
    { "snapshots", 0, 0, G_OPTION_ARG_NONE, &opt_snapshots,
      "Replace guest memory: snapshots, entries of rings, watches", NULL },
    { "marks", 0, 0, G_OPTION_ARG_NONE, &opt_marks,
      "Replace the text of marks by users and guests", NULL },
    { "names", 0, 0, G_OPTION_ARG_NONE, &opt_names,
      "Replace names of devices that are no PCI addresses", NULL },
    { "clock", 0, 0, G_OPTION_ARG_NONE, &opt_clock,
      "Move the wall clock to the year 2000", NULL },
    { "report", 0, 0, G_OPTION_ARG_NONE, &opt_report,
      "Print what was replaced, but no secret", NULL },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &opt_seed,
      "The same replacements each time; who knows TEXT can try out secrets",
      "TEXT" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct Redact: state of the command
 * @path: the trace
 * @key: key of the replacements
 * @secrets: secrets
 * @what: what is replaced
 * @status: status of the last reading
 * @report: what was replaced
 */
typedef struct Redact {
    const char *path;
    RedactKey key;
    RedactSecrets *secrets;
    RedactWhat what;
    ToolStatus status;
    GString *report;
} Redact;

static bool complain(GError *error)
{
    tool_error(&verb_redact, "%s", error->message);
    g_error_free(error);
    return false;
}

/* Each line of a file is a secret: command lines are seen by other users. */
static bool add_file(Redact *r, const char *path)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    GError *error = NULL;
    bool found = false;
    gsize len;
    unsigned i;

    if (!g_file_get_contents(path, &text, &len, &error)) {
        return complain(error);
    }
    if (!g_utf8_validate(text, len, NULL)) {
        tool_error(&verb_redact,
                   "%s is not a text in UTF-8: secrets would be missed; give bytes as 0x...",
                   path);
        return false;
    }
    /* Editors of Windows write a byte order mark. */
    lines = g_strsplit(text + (g_str_has_prefix(text, BOM) ? strlen(BOM) : 0),
                       "\n", -1);
    for (i = 0; lines[i]; i++) {
        g_strchomp(lines[i]);
        found |= *lines[i] != 0;
        if (*lines[i] && !redact_secrets_parse(r->secrets, lines[i], &error)) {
            g_prefix_error(&error, "%s, line %u: ", path, i + 1);
            return complain(error);
        }
    }
    if (!found) {
        tool_error(&verb_redact, "%s has no secret: each line is one", path);
    }
    return found;
}

static bool add_given(Redact *r)
{
    GError *error = NULL;
    guint i;

    for (i = 0; opt_secrets && opt_secrets[i]; i++) {
        if (opt_secrets[i][0] == '@') {
            if (!add_file(r, opt_secrets[i] + 1)) {
                return false;
            }
        } else if (!redact_secrets_parse(r->secrets, opt_secrets[i], &error)) {
            g_prefix_error(&error, "--secret (number %u): ", i + 1);
            return complain(error);
        }
    }
    for (i = 0; opt_macs && i < opt_macs->len; i++) {
        if (!redact_secrets_parse_mac(r->secrets, opt_macs->pdata[i],
                                      &error)) {
            g_prefix_error(&error, "--mac (number %u): ", i + 1);
            return complain(error);
        }
    }
    for (i = 0; opt_registers && opt_registers[i]; i++) {
        if (!redact_chosen_add(r->what.chosen, opt_registers[i], &error)) {
            g_prefix_error(&error, "--register: ");
            return complain(error);
        }
    }
    return true;
}

/* Reads the trace once; takes entries until the end */
typedef void TakeEntry(void *opaque, const MmtEntry *entry);

static bool format_is_known(MmtTrace *trace)
{
    const char *format = mmt_trace_format(trace);

    return !format || !strcmp(format, "mmiotrace") || !strcmp(format, "qemu");
}

/* Return: false after an error was printed */
static bool read_all(Redact *r, AnalysisTrace *a, TakeEntry *take,
                     void *opaque)
{
    MmtTrace *trace = analysis_trace(a);
    const MmtEntry *batch;
    size_t i, n;

    while ((n = analysis_next(a, &batch)) > 0) {
        if (!format_is_known(trace)) {
            tool_error(&verb_redact,
                       "%s is in the format %s, which can't be redacted: convert it first, with 'vfio-trace cat --as mmiotrace'",
                       r->path, mmt_trace_format(trace));
            return false;
        }
        for (i = 0; i < n; i++) {
            take(opaque, &batch[i]);
        }
    }
    if (mmt_trace_error(trace)) {
        analysis_end(a);
        return false;
    }
    if (analysis_interrupted()) {
        tool_error(&verb_redact, "interrupted: nothing was written");
        return false;
    }
    if (!mmt_trace_format(trace)) {
        tool_error(&verb_redact,
                   "%s: no line is one of mmiotrace or QEMU's trace events: nothing was written",
                   r->path);
        return false;
    }
    return true;
}

static AnalysisTrace *open_trace(const Redact *r)
{
    AnalysisTrace *a = analysis_open(&verb_redact, r->path);

    if (a) {
        mmt_trace_every_line(analysis_trace(a));
    }
    return a;
}

/**
 * struct Reading: argument of a TakeEntry
 * @a: the trace
 * @learn: finds secrets
 * @search: finds places
 * @rewrite: writes
 */
typedef struct Reading {
    AnalysisTrace *a;
    RedactLearn *learn;
    RedactSearch *search;
    RedactRewrite *rewrite;
} Reading;

static void take_learn(void *opaque, const MmtEntry *entry)
{
    Reading *reading = opaque;

    redact_learn_entry(reading->learn, analysis_trace(reading->a),
                       analysis_db(reading->a), entry);
}

static bool learn_ok(const RedactLearn *learn)
{
    if (redact_learn_error(learn)) {
        tool_error(&verb_redact, "%s", redact_learn_error(learn));
        return false;
    }
    if (opt_mac && !redact_learn_macs(learn) && !opt_macs) {
        if (!opt_all) {
            tool_error(&verb_redact,
                       "the trace does not tell a MAC address: no register of a receive address has a name (see --db); give it with --mac=MAC");
            return false;
        }
        tool_error(&verb_redact,
                   "note: the trace does not tell a MAC address; if the device has one, give it with --mac=MAC");
    }
    return true;
}

static bool learn(Redact *r)
{
    g_autoptr(AnalysisTrace) a = NULL;
    Reading reading;
    bool ok;

    if (!opt_mac && !opt_serials) {
        return true;
    }
    a = open_trace(r);
    if (!a) {
        return false;
    }
    reading = (Reading) {
        .a = a,
        .learn = redact_learn_new(r->secrets, r->what.places, opt_mac,
                                  opt_serials),
    };
    ok = read_all(r, a, take_learn, &reading) && learn_ok(reading.learn);
    redact_learn_free(reading.learn);
    return ok;
}

static void take_search(void *opaque, const MmtEntry *entry)
{
    Reading *reading = opaque;

    if (entry->kind <= MMT_ENTRY_WRITE) {
        redact_search_access(reading->search, entry, entry->value);
    }
}

static bool search(Redact *r)
{
    g_autoptr(AnalysisTrace) a = NULL;
    Reading reading;
    bool ok;

    if (!r->secrets->list->len) {
        return true;
    }
    a = open_trace(r);
    if (!a) {
        return false;
    }
    reading = (Reading) {
        .a = a, .search = redact_search_new(r->secrets, r->what.places),
    };
    ok = read_all(r, a, take_search, &reading);
    redact_search_free(reading.search);
    return ok;
}

/**
 * struct Report: where the report is made
 * @text: the report
 * @names: names of registers
 * @n: registers so far
 */
typedef struct Report {
    GString *text;
    AnalysisNames names;
    unsigned n;
} Report;

static void report_register(uint32_t region, uint64_t offset, uint64_t n,
                            void *opaque)
{
    Report *report = opaque;

    if (report->n++ < REPORT_MAX) {
        analysis_put_register(&report->names, region, offset, report->text);
        g_string_append_printf(report->text,
                               ": %" PRIu64 " values replaced\n", n);
    }
}

static void report_counts(GString *text, const RedactCounts *counts)
{
    const struct {
        const char *what;
        uint64_t n;
    } rows[] = {
        { "texts of marks replaced", counts->marks },
        { "snapshots replaced", counts->snapshots },
        { "names replaced", counts->names },
        { "wall clock times moved", counts->clocks },
        { "lines left out that are damaged or of other programs",
          counts->left_out },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].n) {
            g_string_append_printf(text, "%s: %" PRIu64 "\n", rows[i].what,
                                   rows[i].n);
        }
    }
}

static void report_secret(GString *text, const RedactSecret *secret)
{
    uint64_t n = secret->values + secret->texts + secret->snapshots;

    g_string_append_printf(text, "secret %u (%s, %zu bytes): ",
                           secret->number, secret->what, secret->n);
    if (!n) {
        g_string_append(text, "not found\n");
        return;
    }
    g_string_append_printf(text,
                           "replaced in values %" PRIu64 " times, in text %"
                           PRIu64 ", in snapshots %" PRIu64 "\n",
                           secret->values, secret->texts, secret->snapshots);
}

static void make_report(Redact *r, const Reading *reading)
{
    Report report = {
        .text = r->report,
        .names = analysis_names(analysis_trace(reading->a),
                                analysis_db(reading->a)),
    };
    guint i;

    g_string_truncate(r->report, 0);
    for (i = 0; i < r->secrets->list->len; i++) {
        report_secret(r->report, r->secrets->list->pdata[i]);
    }
    redact_rewrite_each(reading->rewrite, report_register, &report);
    if (report.n > REPORT_MAX) {
        g_string_append_printf(r->report, "and %u more registers\n",
                               report.n - REPORT_MAX);
    }
    report_counts(r->report, redact_rewrite_counts(reading->rewrite));
}

static void forget_counts(Redact *r)
{
    guint i;

    for (i = 0; i < r->secrets->list->len; i++) {
        RedactSecret *secret = r->secrets->list->pdata[i];

        secret->values = secret->texts = secret->snapshots = 0;
    }
}

static void take_rewrite(void *opaque, const MmtEntry *entry)
{
    Reading *reading = opaque;

    redact_rewrite_entry(reading->rewrite, entry);
}

static void write_text(void *opaque, const char *p, size_t len)
{
    packed_write(opaque, p, len);
}

/* Write the trace to a stream that is empty */
static bool write_once(Redact *r, FILE *stream)
{
    g_autoptr(AnalysisTrace) a = open_trace(r);
    PackedOut *out;
    Reading reading = { .a = a };
    bool ok;

    if (!a) {
        return false;
    }
    forget_counts(r);
    out = packed_new(opt_output, stream);
    reading.rewrite = redact_rewrite_new(&r->what, analysis_trace(a),
                                         analysis_db(a), write_text, out);
    ok = read_all(r, a, take_rewrite, &reading);
    redact_rewrite_end(reading.rewrite);
    if (!packed_end(out) && ok) {
        tool_error(&verb_redact, "%s: can not write: %s", opt_output,
                   g_strerror(errno));
        ok = false;
    }
    if (ok) {
        make_report(r, &reading);
        r->status = analysis_end(a);
    }
    redact_rewrite_free(reading.rewrite);
    return ok;
}

/**
 * enum Verdict: what is left of the secrets in the output
 */
typedef enum Verdict {
    VERDICT_CLEAN,
    VERDICT_LEFT,
    VERDICT_TROUBLE,
} Verdict;

static Verdict verdict_of(MmtTrace *trace, RedactRewrite *rewrite,
                          bool last)
{
    const RedactSecret *secret;
    uint64_t line;

    if (analysis_interrupted()) {
        tool_error(&verb_redact, "interrupted: nothing was written");
        return VERDICT_TROUBLE;
    }
    if (mmt_trace_error(trace)) {
        tool_error(&verb_redact, "%s: what was written can not be read: %s",
                   opt_output, mmt_trace_error(trace));
        return VERDICT_TROUBLE;
    }
    secret = redact_rewrite_leak(rewrite, &line);
    if (secret && last) {
        tool_error(&verb_redact,
                   "secret %u (%s) is still there, in line %" PRIu64
                   " and before: nothing was written; if it is in values, choose their register with --register",
                   secret->number, secret->what, line);
        return VERDICT_TROUBLE;
    }
    return secret ? VERDICT_LEFT : VERDICT_CLEAN;
}

/* Look for the secrets in what was written, as somebody else would */
static Verdict verify(Redact *r, FILE *stream, bool last)
{
    int fd = fileno(stream);
    MmtTrace *trace;
    MmtSelection *selection;
    RedactRewrite *rewrite;
    const MmtEntry *batch;
    Verdict verdict;
    size_t i, n;

    if (!r->secrets->list->len) {
        return VERDICT_CLEAN;
    }
    if (lseek(fd, 0, SEEK_SET) < 0) {
        tool_error(&verb_redact, "%s: %s", opt_output, g_strerror(errno));
        return VERDICT_TROUBLE;
    }
    trace = mmt_trace_open_fd(fd, opt_output);
    selection = analysis_options_apply(trace);
    mmt_trace_every_line(trace);
    rewrite = redact_verify_new(&r->what, trace);
    while (!analysis_interrupted() &&
           (n = mmt_trace_next(trace, &batch)) > 0) {
        for (i = 0; i < n; i++) {
            redact_rewrite_entry(rewrite, &batch[i]);
        }
    }
    redact_rewrite_end(rewrite);
    verdict = verdict_of(trace, rewrite, last);
    redact_rewrite_free(rewrite);
    mmt_trace_free(trace);
    mmt_selection_free(selection);
    return verdict;
}

static bool empty(FILE *stream)
{
    rewind(stream);
    if (ftruncate(fileno(stream), 0) < 0) {
        tool_error(&verb_redact, "%s: %s", opt_output, g_strerror(errno));
        return false;
    }
    return true;
}

static bool write_clean(Redact *r, FILE *stream)
{
    Verdict verdict = VERDICT_LEFT;
    unsigned i;

    for (i = 0; i < ROUNDS && verdict == VERDICT_LEFT; i++) {
        if (!empty(stream) || !write_once(r, stream)) {
            return false;
        }
        verdict = verify(r, stream, i == ROUNDS - 1);
    }
    if (redact_places_full(r->what.places)) {
        tool_error(&verb_redact,
                   "secrets are in pieces in too many places: nothing was written; choose these registers with --register");
        return false;
    }
    return verdict == VERDICT_CLEAN;
}

static bool check_unmatched(const Redact *r)
{
    const char *word = redact_chosen_unmatched(r->what.chosen);

    if (word) {
        tool_error(&verb_redact,
                   "--register %s: no access of the trace is there: nothing was written",
                   word);
    }
    return !word;
}

static ToolStatus run(Redact *r)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OutFile) out = outfile_open(opt_output, opt_force, &error);

    if (!out) {
        tool_error(&verb_redact, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (!learn(r) || !search(r) || !write_clean(r, outfile_stream(out)) ||
        !check_unmatched(r)) {
        return TOOL_TROUBLE;
    }
    if (!outfile_commit(out, &error)) {
        tool_error(&verb_redact, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (opt_report) {
        tool_print("%s", r->report->str);
    }
    return r->status;
}

static const char *usage_error(int argc, char **argv)
{
    struct stat st;

    if (argc == 1 && opt_macs) {
        return "one LOG is needed, before --mac: what follows --mac is a MAC address";
    }
    if (argc != 2) {
        return "one LOG is needed; try 'vfio-trace redact --help'";
    }
    if (!opt_output) {
        return "-o FILE is needed: the output is searched before it gets its name";
    }
    if (!strcmp(argv[1], "-") ||
        (stat(argv[1], &st) == 0 && !S_ISREG(st.st_mode))) {
        return "the trace must be a file, since it is read several times";
    }
    if (outfile_is_input(opt_output, argv[1])) {
        return "the output is the trace itself";
    }
    if (analysis_options_given()) {
        return "a part of a trace can't be selected here: use 'vfio-trace cat' first";
    }
    if (!opt_registers && !opt_secrets && !opt_mac && !opt_macs &&
        !opt_serials && !opt_snapshots && !opt_marks && !opt_names &&
        !opt_clock) {
        return "nothing is to be replaced: begin with --all and --secret";
    }
    return NULL;
}

static void apply_all(void)
{
    if (opt_all) {
        opt_mac = opt_serials = opt_snapshots = TRUE;
        opt_marks = opt_names = opt_clock = TRUE;
    }
}

static void begin(Redact *r, const char *path)
{
    *r = (Redact) { .path = path };
    redact_key_init(&r->key, opt_seed);
    r->secrets = redact_secrets_new(&r->key);
    r->report = g_string_new(NULL);
    r->what = (RedactWhat) {
        .key = &r->key,
        .secrets = r->secrets,
        .places = redact_places_new(),
        .chosen = redact_chosen_new(),
        .marks = opt_marks,
        .snapshots = opt_snapshots,
        .names = opt_names,
        .clock = opt_clock,
    };
}

static void end(Redact *r)
{
    redact_chosen_free(r->what.chosen);
    redact_places_free(r->what.places);
    redact_secrets_free(r->secrets);
    g_string_free(r->report, TRUE);
    explicit_bzero(&r->key, sizeof(r->key));
}

static int redact(int argc, char **argv)
{
    const char *wrong;
    ToolStatus status;
    Redact r;

    if (!tool_options_group(&verb_redact, "LOG",
                            "Writes LOG again, line by line, without what is secret.  The same secret gets the same\n"
                            "replacement everywhere, so that logs can still be compared.  The output gets its name only\n"
                            "when no secret that is known is found in it any more.  vfio-trace-redact(1) says what is\n"
                            "not found.\n\n"
                            "Exit status: 0 for success, 1 for success with a LOG that is damaged or cut off, 2 nothing\n"
                            "was written.",
                            entries, analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    apply_all();
    wrong = usage_error(argc, argv);
    if (wrong) {
        tool_error(&verb_redact, "%s", wrong);
        return TOOL_TROUBLE;
    }
    begin(&r, argv[1]);
    status = add_given(&r) ? run(&r) : TOOL_TROUBLE;
    end(&r);
    return analysis_finish(&verb_redact, status);
}

const Verb verb_redact = {
    .name = "redact",
    .brief = "Write a log without secrets, to publish it",
    .run = redact,
};
