/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: find what a driver uploads, and save it as files
 *
 * The finder (tools/analysis/upload.h) puts the bytes of accesses together;
 * what lies in guest memory comes from the marks of a log.
 */
#include "tools/extract/describe.h"
#include "tools/extract/keep.h"
#include "tools/extract/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/analysis/json-line.h"
#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/analysis/upload.h"
#include "tools/common/tool.h"

static gboolean opt_all;
static gboolean opt_force;
static gboolean opt_json;
static gboolean opt_memory;
static gint64 opt_min;
static char *opt_output;
static gboolean opt_reads;
static gint opt_swap;

static const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Save each upload as a file in DIR, and a list of them", "DIR" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &opt_force,
      "Replace files that exist", NULL },
    { "min", 'm', 0, G_OPTION_ARG_INT64, &opt_min,
      "Leave out what has fewer bytes (64)", "BYTES" },
    { "all", 'a', 0, G_OPTION_ARG_NONE, &opt_all,
      "Also block fills, and values that only count", NULL },
    { "reads", 'r', 0, G_OPTION_ARG_NONE, &opt_reads,
      "Also what is read in the same ways: a ROM, an EEPROM", NULL },
    { "memory", 'M', 0, G_OPTION_ARG_NONE, &opt_memory,
      "Also guest memory: snapshots, and what entries of rings point to",
      NULL },
    { "swap", 's', 0, G_OPTION_ARG_INT, &opt_swap,
      "Turn the bytes of each 2, 4 or 8 round, as drivers of big-endian firmware do",
      "BYTES" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print one JSON object on each line", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct Extract: state of the command
 * @path: the trace's name
 * @a: the trace
 * @keep: files
 * @table: the table, or NULL for JSON
 * @json: an item's JSON
 * @left_out: fills and counting values that are not shown
 * @shown: items that are
 * @error: what ended the work, or NULL
 */
typedef struct Extract {
    const char *path;
    AnalysisTrace *a;
    ExtractKeep *keep;
    Table *table;
    GString *json;
    uint64_t left_out;
    uint64_t shown;
    GError *error;
} Extract;

static void take_item(Extract *x, ExtractItem *item)
{
    AnalysisNames names = analysis_names(analysis_trace(x->a),
                                         analysis_db(x->a));

    if (x->error || !extract_keep_item(x->keep, item, &x->error)) {
        return;
    }
    x->shown++;
    extract_json(x->json, &names, item);
    extract_keep_list(x->keep, x->json);
    if (opt_json) {
        json_line_print(x->json);
    } else {
        extract_row(x->table, &names, item, opt_output);
    }
}

/* The item with its bytes turned round, if the user wants that */
static void take_bytes(Extract *x, ExtractItem *item, const GByteArray *bytes)
{
    g_autoptr(GByteArray) turned = NULL;

    item->bytes = bytes;
    if (opt_swap) {
        turned = g_byte_array_new();
        g_byte_array_append(turned, bytes->data, bytes->len);
        extract_swap(turned->data, turned->len, opt_swap);
        item->bytes = turned;
    }
    take_item(x, item);
}

static void take_upload(void *opaque, const Upload *upload)
{
    ExtractItem item = { .upload = upload };
    Extract *x = opaque;

    if (upload->content != UPLOAD_DATA && !opt_all) {
        x->left_out++;
    } else {
        take_bytes(x, &item, upload->bytes);
    }
}

static void take_memory(const AnalysisMemoryThing *thing,
                        const AnalysisMemoryData *data, void *opaque)
{
    const GByteArray *bytes = data ? data->bytes : thing->bytes;
    ExtractItem item = { .thing = thing, .data = data };

    if (bytes && bytes->len && bytes->len >= (guint64)opt_min) {
        take_bytes(opaque, &item, bytes);
    }
}

/**
 * struct Finders: what looks for uploads
 * @writes: in writes
 * @reads: in reads, or NULL
 * @memory: in guest memory, or NULL
 */
typedef struct Finders {
    UploadFinder *writes;
    UploadFinder *reads;
    ExtractMemory *memory;
} Finders;

static void finders_begin(Finders *finders, Extract *x)
{
    UploadOptions options = { .min_bytes = opt_min };

    memset(finders, 0, sizeof(*finders));
    finders->writes = upload_new(&options, take_upload, x);
    if (opt_reads) {
        options.reads = true;
        finders->reads = upload_new(&options, take_upload, x);
    }
    if (opt_memory) {
        finders->memory = extract_memory_new(take_memory, x);
    }
}

static void finders_take(Finders *finders, const MmtTrace *trace,
                         const MmtEntry *entry)
{
    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        upload_access(finders->writes, entry);
        if (finders->reads) {
            upload_access(finders->reads, entry);
        }
    }
    if (finders->memory) {
        extract_memory_entry(finders->memory, trace, entry);
    }
}

static void finders_end(Finders *finders)
{
    upload_flush(finders->writes);
    upload_free(finders->writes);
    if (finders->reads) {
        upload_flush(finders->reads);
        upload_free(finders->reads);
    }
    extract_memory_free(finders->memory);
}

static void read_trace(Extract *x)
{
    const MmtTrace *trace = analysis_trace(x->a);
    const MmtEntry *batch;
    Finders finders;
    size_t i, n;

    finders_begin(&finders, x);
    while (!x->error && !ferror(stdout) &&
           (n = analysis_next(x->a, &batch)) > 0) {
        for (i = 0; i < n; i++) {
            finders_take(&finders, trace, &batch[i]);
        }
    }
    finders_end(&finders);
}

/* What there is to say beside the items, on stderr */
static void say_rest(const Extract *x)
{
    if (!x->shown && !x->left_out) {
        tool_error(&verb_extract, "%s: no uploads were found", x->path);
    } else if (x->left_out) {
        tool_error(&verb_extract,
                   "block fills and values that count were left out: %" PRIu64
                   "; --all has them", x->left_out);
    }
}

static ToolStatus finish(Extract *x)
{
    ToolStatus status = analysis_end(x->a);

    if (!x->error) {
        extract_keep_end(x->keep, &x->error);
    }
    if (x->error) {
        tool_error(&verb_extract, "%s", x->error->message);
        g_clear_error(&x->error);
        return TOOL_TROUBLE;
    }
    if (status != TOOL_TROUBLE) {
        say_rest(x);
    }
    return status;
}

static ToolStatus extract_trace(const char *path)
{
    g_autoptr(AnalysisTrace) a = analysis_open(&verb_extract, path);
    g_autoptr(GString) json = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ExtractKeep) keep = NULL;
    Extract x = { .path = path, .a = a, .json = json };

    if (!a) {
        return TOOL_TROUBLE;
    }
    keep = extract_keep_new(path, opt_output, opt_force, &error);
    if (!keep) {
        tool_error(&verb_extract, "%s", error->message);
        return TOOL_TROUBLE;
    }
    x.keep = keep;
    if (!opt_json) {
        x.table = table_new();
        extract_columns(x.table, opt_output);
    }
    read_trace(&x);
    g_clear_pointer(&x.table, table_free);
    fflush(stdout);
    return finish(&x);
}

static int extract(int argc, char **argv)
{
    opt_min = UPLOAD_MIN_BYTES;
    if (!tool_options_group(&verb_extract, "LOG",
                            "Finds what a driver uploads in the trace LOG: runs of writes to a port, to a window, or by\n"
                            "an index and a data register.  Without -o they are only listed.  '-' is standard input.\n\n"
                            "Exit status: 0 for success, 1 the trace is damaged or cut off, 2 it can't be read, files\n"
                            "can't be written or bad usage.",
                            entries, analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc != 2) {
        tool_error(&verb_extract,
                   "one LOG is needed; try 'vfio-trace extract --help'");
        return TOOL_TROUBLE;
    }
    if (opt_min < 1) {
        tool_error(&verb_extract, "--min needs a number of bytes from 1 up");
        return TOOL_TROUBLE;
    }
    if (opt_swap && opt_swap != 2 && opt_swap != 4 && opt_swap != 8) {
        tool_error(&verb_extract, "--swap needs 2, 4 or 8");
        return TOOL_TROUBLE;
    }
    return analysis_finish(&verb_extract, extract_trace(argv[1]));
}

const Verb verb_extract = {
    .name = "extract",
    .brief = "Find what a driver uploads, and save it as files",
    .run = extract,
};
