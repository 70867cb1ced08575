/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing decode: arbitrary bytes as a trace, with a fixed database
 *
 * Text is printable, lines of JSON are JSON, and all forms count the same
 * accesses.
 */
#include "fuzz.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/printable.h"
#include "libmmiotrace/trace.h"
#include "scratch.h"
#include "tools/analysis/db-options.h"
#include "tools/decode/decode.h"

/* Something of everything that decode treats differently */
static const char db_text[] =
    "<database>\n"
    "<enum name=\"chipset\" bare=\"yes\">\n"
    "  <value name=\"NV4\"/><value name=\"NV40\" value=\"0x40\"/>\n"
    "  <value name=\"G80\" value=\"0x50\"/>\n"
    "  <value name=\"GF100\" value=\"0xc0\"/>\n"
    "  <value name=\"GV100\" value=\"0x140\"/>\n"
    "</enum>\n"
    "<domain name=\"NV_MMIO\" bare=\"yes\" prefix=\"chipset\" size=\"0x1000000\">\n"
    "  <reg32 name=\"ID\" offset=\"0\">\n"
    "    <bitfield name=\"STEP\" low=\"0\" high=\"7\" variants=\"NV40-\"/>\n"
    "    <bitfield name=\"CHIP\" low=\"20\" high=\"28\" type=\"chipset\"/>\n"
    "    <bitfield name=\"FLAG\" pos=\"9\"/>\n"
    "  </reg32>\n"
    "  <reg64 name=\"WIDE\" offset=\"0x10\" type=\"uint\"/>\n"
    "  <reg16 name=\"SHORT\" offset=\"0x20\" length=\"4\" type=\"int\"/>\n"
    "  <reg32 name=\"REAL\" offset=\"0x30\" type=\"float\"/>\n"
    "  <reg32 name=\"FIXED\" offset=\"0x34\" type=\"fixed\" radix=\"8\"/>\n"
    "  <reg32 name=\"BOOL\" offset=\"0x38\" type=\"boolean\"/>\n"
    "  <array name=\"BLOCK\" offset=\"0x100\" stride=\"0x40\" length=\"4\">\n"
    "    <stripe stride=\"8\" length=\"2\"><reg8 name=\"B\" offset=\"0\" length=\"4\"/></stripe>\n"
    "  </array>\n"
    "  <array name=\"PGPIO\" offset=\"0xe000\" stride=\"0x1000\" length=\"1\"/>\n"
    "  <reg8 name=\"PROM\" offset=\"0x300000\" length=\"0x100000\"/>\n"
    "</domain>\n"
    "<domain name=\"NV_CR\" size=\"0x100\" bare=\"yes\">\n"
    "  <reg8 name=\"OWNER\" offset=\"0x44\"/>\n"
    "</domain>\n"
    "<domain name=\"BAR2\" size=\"0x1000\"><reg32 name=\"R\" offset=\"0\" length=\"16\"/></domain>\n"
    "</database>\n";

static const Verb verb = { .name = "decode" };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *path = scratch_path("nv_mmio.xml");
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    const char *words[] = { "decode", "--db", path, NULL };
    char **args = (char **)words;
    int n = 3;

    (void)argc;
    (void)argv;
    scratch_write(path, db_text, strlen(db_text));
    g_option_context_set_main_group(context, analysis_db_option_group());
    if (!g_option_context_parse(context, &n, &args, NULL) ||
        /* what is folded goes to standard output */
        !freopen("/dev/null", "w", stdout)) {
        abort();
    }
    return 0;
}

static bool keep(void *opaque, const char *p, size_t len)
{
    g_string_append_len(opaque, p, len);
    return true;
}

static void run(Decode *d, const DecodeFormat *format, MmtTrace *trace)
{
    void *state = format->begin ? format->begin(d) : NULL;
    const MmtEntry *entries;
    size_t n;

    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        analysis_db_watch(d->db, entries, n);
        decode_refresh(d);
        format->entries(d, state, entries, n);
        if (format->idle) {
            format->idle(d, state, 0);
        }
    }
    decode_refresh(d);
    if (format->end) {
        format->end(d, state);
    }
    if (format->summary) {
        format->summary(d);
    }
    convert_out_flush(&d->out);
}

/* Return: number of accesses */
static uint64_t decode(const DecodeFormat *format, bool changes, const char *p,
                       size_t len, GString *text)
{
    g_autoptr(MmtTrace) trace = NULL;
    g_autoptr(AnalysisDb) db = NULL;
    bool failed = false;
    uint64_t accesses;
    Decode *d;

    scratch_write(scratch_path("log"), p, len);
    trace = mmt_trace_open(scratch_path("log"), NULL);
    fuzz_check(trace != NULL, "can not open the trace");
    db = analysis_db_new(&verb, trace, &failed);
    fuzz_check(!failed, "the database can not be used");
    if (format->lines) {
        mmt_trace_every_line(trace);
    }
    d = decode_new(trace, db, keep, text);
    d->only_changes = changes;
    run(d, format, trace);
    accesses = d->counts.accesses;
    decode_free(d);
    g_clear_pointer(&db, analysis_db_free);
    return accesses;
}

static void check_printable(const GString *text)
{
    const char *p = text->str;

    fuzz_check(g_utf8_validate(p, text->len, NULL), "not UTF-8: %s", p);
    for (; *p; p = g_utf8_next_char(p)) {
        fuzz_check(*p == '\n' || mmt_char_is_printable(g_utf8_get_char(p)),
                   "not printable: %s", p);
    }
}

static void check_json(const GString *text)
{
    char *line;
    char *end;

    for (line = text->str; (end = strchr(line, '\n')); line = end + 1) {
        g_autoptr(JsonParser) parser = json_parser_new();

        fuzz_check(json_parser_load_from_data(parser, line, end - line, NULL),
                   "not JSON: %.*s", (int)(end - line), line);
    }
    fuzz_check(line == text->str + text->len, "a NUL, or no newline");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) json = g_string_new(NULL);
    g_autoptr(GString) other = g_string_new(NULL);
    uint64_t n = decode(&decode_text, size % 2, p, size, text);

    check_printable(text);
    fuzz_check(decode(&decode_json, false, p, size, json) == n,
               "other accesses in JSON");
    check_json(json);
    fuzz_check(decode(&decode_folded, false, p, size, other) == n,
               "other accesses folded");
    decode(&decode_demmio, false, p, size, other);
    return 0;
}
