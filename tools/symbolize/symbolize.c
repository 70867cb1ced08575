/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace symbolize: add names to the program counters of a log
 *
 * Theory of operation
 *
 * The log is read in one pass, line by line (lines.h).  pc-line.h finds the
 * program counters in a line, symbolizer.h finds their names, and this file writes
 * them: an access gets its name after its last field, where programs that read
 * the kernel's logs do not look; a backtrace gets a mark with its names on the
 * next line.  Lines without a name are copied unchanged, byte for byte.
 */
#include "libmmiotrace/record.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/db.h"
#include "tools/analysis/options.h"
#include "tools/common/outfile.h"
#include "tools/symbolize/boots.h"
#include "tools/symbolize/lines.h"
#include "tools/symbolize/pc-line.h"
#include "tools/symbolize/summary.h"
#include "tools/symbolize/symbolizer.h"
#include "tools/common/tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static SymbolSources sources;
static char *opt_output;
static gboolean opt_force;
static gboolean opt_json;
static gboolean opt_summary;

#define FILE_OPTION(name, letter, var, text, arg) \
    { name, letter, 0, G_OPTION_ARG_FILENAME, (gpointer)&(var), text, arg }

static const GOptionEntry entries[] = {
    FILE_OPTION("kallsyms", 'k', sources.kallsyms,
                "Copy of the Linux guest's /proc/kallsyms, read as root (default: LOG.kallsyms, if 'run' has stored it)",
                "FILE"),
    FILE_OPTION("vmlinux", 'v', sources.vmlinux,
                "ELF file of its kernel, with symbols", "FILE"),
    FILE_OPTION("system-map", 's', sources.system_map,
                "System.map of its kernel", "FILE"),
    { "kaslr-offset", 'K', 0, G_OPTION_ARG_STRING,
      (gpointer)&sources.kaslr_offset,
      "Offset by which KASLR has moved the kernel, or 'auto': take it from kallsyms (default: auto)",
      "OFFSET" },
    FILE_OPTION("modules", 'm', sources.modules,
                "Copy of the guest's /proc/modules, read as root", "FILE"),
    FILE_OPTION("module-dir", 'd', sources.module_dir,
                "Directory to search for the files of these modules", "DIR"),
    FILE_OPTION("map", 'M', sources.map,
                "Address ranges with names, as of a Windows guest's drivers or of programs",
                "FILE"),
    { "summary", 'S', 0, G_OPTION_ARG_NONE, &opt_summary,
      "Print the accesses of each function instead of the log", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print the summary as JSON", NULL },
    FILE_OPTION("output", 'o', opt_output,
                "Write to FILE instead of standard output", "FILE"),
    { "force", 'f', 0, G_OPTION_ARG_NONE, &opt_force,
      "Replace FILE if it exists", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* Beginning of a symbols mark's text, before the names */
#define SYMBOLS_MARK MMT_MARK_PREFIX "symbols at=%u"
#define NO_NAME "?"

/**
 * struct Job: state of the command for a log
 * @boots: source of the names
 * @out: output of the lines; NULL for a summary
 * @summary: the summary, or NULL
 * @room: buffer for a line that is made printable
 * @renewing: the previous line was a backtrace that got new names: symbols
 *            marks that follow have its old names, and are dropped
 * @lines: number of lines
 * @foreign: number of lines that are not lines of a log
 * @accesses: number of lines that can have a program counter
 * @with_pc: number of these that have a program counter
 * @named: number of these whose program counter has a name
 * @bad: number of lines that begin like an access, but are malformed
 * @first_bad: line number of the first of them
 * @status: exit status
 */
typedef struct Job {
    SymBoots *boots;
    FILE *out;
    Summary *summary;
    GString *room;
    bool renewing;
    uint64_t lines;
    uint64_t foreign;
    uint64_t accesses;
    uint64_t with_pc;
    uint64_t named;
    uint64_t bad;
    uint64_t first_bad;
    ToolStatus status;
} Job;

/*
 * A write's program counter may be that of the next instruction
 * (docs/log-format.md).  It is looked up unchanged: a function ends in a jump,
 * a return or a trap, never in a store, so the next instruction is in the same
 * function.  An address at the start of a function is that of the write itself,
 * as under TCG.  Only if the address has no name, the one before it is looked
 * up.
 */
static SymAt at_of(const PcLine *line)
{
    return line->op == 'W' ? SYM_AT_OR_PAST : SYM_AT;
}

static void put(Job *job, const char *p, size_t len)
{
    fwrite_unlocked(p, 1, len, job->out);
}

static void put_end(Job *job, const MmtLine *line, const PcLine *pcs)
{
    const char *end = line->p + line->len;

    put(job, pcs->end, end - pcs->end);
    if (!line->unterminated) {
        putc_unlocked('\n', job->out);
    }
}

static void put_whole(Job *job, const MmtLine *line)
{
    put(job, line->p, line->len);
    if (!line->unterminated) {
        putc_unlocked('\n', job->out);
    }
}

/* Is the line with @more bytes still within the limits of readers? */
static bool fits(const MmtLine *line, const PcLine *pcs, size_t more)
{
    return line->len + more + 2 <= MMT_LINE_MAX &&
           (!pcs->text ||
            (size_t)(pcs->end - pcs->text) + more <= MMT_MARK_MAX);
}

static void put_named(Job *job, const MmtLine *line, const PcLine *pcs,
                      const SymName *name)
{
    static const char field[] = " sym=";
    const char *rest = line->p;

    if (!fits(line, pcs, strlen(field) + name->len)) {
        put_whole(job, line);
        return;
    }
    if (pcs->sym) {
        put(job, rest, pcs->sym - rest);
        rest = pcs->sym_end;
    }
    put(job, rest, pcs->end - rest);
    put(job, field, strlen(field));
    put(job, name->text, name->len);
    put_end(job, line, pcs);
}

static void take_access(Job *job, const MmtLine *line, const PcLine *pcs)
{
    const SymName *name = NULL;

    job->accesses++;
    if (pcs->pc) {
        job->with_pc++;
        name = sym_boots_name(job->boots, pcs->pc, at_of(pcs));
        job->named += name->symbol != NULL;
    }
    if (job->summary) {
        summary_add(job->summary, pcs, name ? name->symbol : NULL);
    } else if (name && name->symbol) {
        put_named(job, line, pcs, name);
    } else {
        put_whole(job, line);
    }
}

/* Write a mark with the time of @line. */
static void put_symbols(Job *job, const MmtLine *line, const PcLine *pcs,
                        const GString *text)
{
    put(job, line->p, pcs->text - line->p);
    put(job, text->str, text->len);
    put_end(job, line, pcs);
}

/* Take the next program counter of a backtrace.  Return: its name, or NULL */
static const SymName *next_name(Job *job, PcLine *pcs)
{
    bool is_return;
    uint64_t pc;

    if (!pc_line_next(pcs, &pc, &is_return)) {
        return NULL;
    }
    return sym_boots_name(job->boots, pc,
                           is_return ? SYM_RETURN : SYM_AT_OR_PAST);
}

static bool has_name(Job *job, PcLine pcs)
{
    const SymName *name;

    while ((name = next_name(job, &pcs))) {
        if (name->symbol) {
            return true;
        }
    }
    return false;
}

/*
 * Write the names of all program counters, in order.  If they do not fit into
 * one mark, the next mark's at= says where it continues.
 */
static void put_backtrace(Job *job, const MmtLine *line, PcLine *pcs)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const SymName *name;
    unsigned n;

    g_string_printf(text, SYMBOLS_MARK, 0u);
    for (n = 0; (name = next_name(job, pcs)); n++) {
        const char *word = name->symbol ? name->text : NO_NAME;

        if (text->len + 1 + strlen(word) > MMT_MARK_MAX) {
            put_symbols(job, line, pcs, text);
            g_string_printf(text, SYMBOLS_MARK, n);
        }
        g_string_append_c(text, ' ');
        g_string_append(text, word);
    }
    put_symbols(job, line, pcs, text);
}

static void take_backtrace(Job *job, const MmtLine *line, PcLine *pcs)
{
    put_whole(job, line);
    if (!line->unterminated && has_name(job, *pcs)) {
        put_backtrace(job, line, pcs);
        job->renewing = true;
    }
}

static void take_bad(Job *job, const MmtLine *line)
{
    if (!job->bad++) {
        job->first_bad = line->number;
    }
}

static void take_line(Job *job, const MmtLine *line)
{
    bool renewing = job->renewing;
    PcLine pcs;

    job->lines++;
    pc_line_parse(line->p, line->len, &pcs);
    sym_boots_at(job->boots, line->number);
    job->renewing = false;
    if (pcs.kind == PC_LINE_ACCESS || pcs.kind == PC_LINE_CONFIG) {
        take_access(job, line, &pcs);
        return;
    }
    if (pcs.kind == PC_LINE_BAD) {
        take_bad(job, line);
    }
    job->foreign += pcs.kind == PC_LINE_FOREIGN;
    if (pcs.kind == PC_LINE_OTHER && pcs.text) {
        sym_boots_mark(job->boots, pcs.text, pcs.end - pcs.text);
    }
    if (job->summary) {
        return;
    }
    if (pcs.kind == PC_LINE_BACKTRACE) {
        take_backtrace(job, line, &pcs);
    } else if (pcs.kind == PC_LINE_SYMBOLS && renewing) {
        job->renewing = true;
    } else {
        put_whole(job, line);
    }
}

static void complain(Job *job, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static void complain(Job *job, const char *fmt, ...)
{
    g_autofree char *message = NULL;
    va_list ap;

    va_start(ap, fmt);
    message = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    tool_error(&verb_symbolize, "%s", message);
    job->status = MAX(job->status, TOOL_FAULT);
}

/* Which files beside the log have the names */
static void tell_notes(Job *job)
{
    char *note;

    while ((note = sym_boots_note(job->boots))) {
        tool_error(&verb_symbolize, "%s", note);
        g_free(note);
    }
}

static void tell_problems(Job *job)
{
    char *problem;

    while ((problem = sym_boots_problem(job->boots))) {
        complain(job, "%s", problem);
        g_free(problem);
    }
}

static bool take_log_line(void *opaque, const MmtLine *line)
{
    Job *job = opaque;
    MmtLine shown = *line;

    if (job->out == stdout) {
        shown.p = tool_shown(shown.p, &shown.len, job->room);
    }
    take_line(job, &shown);
    return !job->out || !ferror_unlocked(job->out);
}

/* What of the log is missing or damaged */
static void check_log(Job *job, const MmtTrace *trace)
{
    const MmtReader *reader = mmt_trace_reader(trace);
    MmtTotals totals;

    if (mmt_trace_unterminated(trace)) {
        complain(job, "%s ends without a newline: its last line is cut off",
                 mmt_reader_name(reader));
    }
    if (mmt_reader_truncated(reader)) {
        complain(job,
                 "%s ends within a compressed frame: the rest of the frame's text is missing",
                 mmt_reader_truncated(reader));
    }
    mmt_trace_totals(trace, &totals);
    if (totals.damaged && !job->bad) {
        complain(job, "%s: damaged lines: %" PRIu64, mmt_reader_name(reader),
                 totals.damaged);
    }
}

/* Return: false after an error was printed */
static bool read_log(Job *job, MmtTrace *trace)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) room = g_string_new(NULL);
    g_autoptr(GString) notes = g_string_new(NULL);

    job->room = room;
    if (!lines_read(trace, take_log_line, job, notes, &error)) {
        tool_error(&verb_symbolize, "%s", error->message);
        return false;
    }
    if (notes->len) {
        tool_error(&verb_symbolize, "%s: %s",
                   mmt_reader_name(mmt_trace_reader(trace)), notes->str);
    }
    check_log(job, trace);
    return true;
}

/* Explain why there may be no names. */
static void explain(Job *job, const char *log)
{
    tell_notes(job);
    tell_problems(job);
    if (job->bad) {
        complain(job,
                 "%s: %" PRIu64
                 " line%s that begin%s like an access, but %s malformed, the first in line %"
                 PRIu64 "; see 'vfio-trace check'",
                 log, job->bad, job->bad == 1 ? "" : "s",
                 job->bad == 1 ? "s" : "", job->bad == 1 ? "is" : "are",
                 job->first_bad);
    }
    if (job->lines && job->foreign == job->lines) {
        complain(job, "%s is not a log: it has no line of mmiotrace's format",
                 log);
    } else if (job->accesses && !job->with_pc) {
        complain(job,
                 "%s has no program counters: it was written without pc=on",
                 log);
    } else if (job->with_pc && !job->named) {
        complain(job,
                 "%s: none of its program counters has a name: are the symbols from another boot of the guest, or another kernel?",
                 log);
    }
}

/* Return: NULL after an error was stored */
static MmtTrace *open_log(const char *path, GError **error)
{
    MmtReader *reader = mmt_reader_open(path, error);

    return reader ? mmt_trace_new(reader) : NULL;
}

static ToolStatus symbolize_log(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SymBoots) boots = sym_boots_new(&sources, path, &error);
    g_autoptr(Summary) summary = opt_summary ? summary_new() : NULL;
    g_autoptr(MmtSelection) selection = NULL;
    g_autoptr(MmtTrace) trace = NULL;
    g_autoptr(AnalysisDb) db = NULL;
    g_autoptr(OutFile) out = NULL;
    bool failed = false;
    Job job = { .boots = boots, .summary = summary };
    const char *log;

    if (boots && analysis_options_given() && !sym_boots_scan(boots, &error)) {
        tool_error(&verb_symbolize, "%s", error->message);
        return TOOL_TROUBLE;
    }
    trace = boots ? open_log(path, &error) : NULL;
    out = trace ? outfile_open(opt_output, opt_force, &error) : NULL;
    if (!out) {
        tool_error(&verb_symbolize, "%s", error->message);
        return TOOL_TROUBLE;
    }
    job.out = summary ? NULL : outfile_stream(out);
    selection = analysis_options_apply(trace);
    db = analysis_db_new(&verb_symbolize, trace, &failed);
    if (failed) {
        return TOOL_TROUBLE;
    }
    log = mmt_reader_name(mmt_trace_reader(trace));
    if (!read_log(&job, trace)) {
        return TOOL_TROUBLE;
    }
    if (opt_json) {
        summary_print_json(summary, log, outfile_stream(out));
    } else if (summary) {
        summary_print(summary, outfile_stream(out));
    }
    if (!outfile_commit(out, &error)) {
        tool_error(&verb_symbolize, "%s", error->message);
        return TOOL_TROUBLE;
    }
    explain(&job, log);
    analysis_db_say_unmatched(db, log);
    return job.status;
}

/* What is wrong with the command line, or NULL */
static const char *bad_usage(int operands, const char *log)
{
    const SymbolSources *s = &sources;
    const struct {
        bool is;
        const char *what;
    } faults[] = {
        { operands != 1, "one LOG is needed" },
        { !s->map && !s->vmlinux && !s->system_map && !s->kallsyms &&
          !s->modules && (operands != 1 || !sym_boots_exist(log)),
          "the guest has sent no symbols (there is no LOG.kallsyms), so a source of names is needed: --kallsyms, --vmlinux, --system-map, --modules or --map"
        },
        { s->module_dir && !s->modules,
          "--module-dir needs --modules, which has the modules' addresses" },
        { s->kaslr_offset && !s->vmlinux && !s->system_map,
          "--kaslr-offset needs --vmlinux or --system-map" },
        { opt_json && !opt_summary, "--json needs --summary" },
        { opt_force && !opt_output, "--force needs --output" },
        { opt_output && g_str_has_suffix(opt_output, ".zst"),
          "--output writes plain text: pipe it through zstd" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(faults); i++) {
        if (faults[i].is) {
            return faults[i].what;
        }
    }
    return NULL;
}

static int symbolize(int argc, char **argv)
{
    const char *bad;

    if (!tool_options_group(&verb_symbolize, "LOG",
                            "Adds the name of each program counter to the end of its line, as sym=NAME+0xOFFSET; the\n"
                            "log must have been written with pc=on, or be of m1n1.  '-' is standard input.\n\n"
                            "Exit status: 0 for success, 1 no program counter has a name, a module's file can't be\n"
                            "used, or the log is cut off or has malformed lines, 2 a file can't be read or bad usage.",
                            entries, analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    bad = bad_usage(argc - 1, argv[1]);
    if (bad) {
        tool_error(&verb_symbolize, "%s; try 'vfio-trace symbolize --help'",
                   bad);
        return TOOL_TROUBLE;
    }
    return symbolize_log(argv[1]);
}

const Verb verb_symbolize = {
    .name = "symbolize",
    .brief = "Add names to the program counters of a log",
    .run = symbolize,
};
