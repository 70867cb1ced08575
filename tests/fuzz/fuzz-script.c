/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the host of Lua scripts: a program in Lua, run over a few accesses
 *
 * It ends.  What it emits is one printable line of limited length each time,
 * and JSON where there is any.  Bytecode is refused.  A script that has failed
 * is not called again.
 */
#include "fuzz.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "libmmiotrace/printable.h"
#include "scratch.h"
#include "terminal.h"
#include "tools/script/limits.h"
#include "tools/script/script.h"

#define LINE_MAX_BYTES 4096

/* Fewer than a user's: an input that loops takes no time. */
#define STEPS 300000
#define CPU_NS 2000000000

static const char log_text[] =
    "VERSION 20070824\n"
    "PCIDEV 0028 808610d3 b feb80000 feba0000 c001 febc0000 0 0 feb40000 "
    "20000 20000 20 4000 0 0 40000 e1000e\n"
    "MARK 1.000000 vfio-trace: device id=dut0 host=0000:00:05.0 "
    "type=vfio-pci-trace addresses=host\n"
    "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"
    "R 4 1.000001 1 0xfeb80008 0x80080783 0x0 0\n"
    "W 4 1.000002 1 0xfeb80000 0x4000000 0x0 0\n"
    "MARK 1.000003 vfio-trace: snapshot device=dut0 map=1 addr=0xfeb80000 "
    "at=0x1000 len=8 sha256="
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "MARK 1.000004 vfio-trace: snapshot-data at=0x1000 0102030405060708\n"
    "MARK 1.000004 vfio-trace: ring device=dut0 ring=SQ[0] base=0x1000 "
    "count=4 entry=4\n"
    "MARK 1.000004 vfio-trace: entry device=dut0 ring=SQ[0] index=1 "
    "at=0x1004 len=4 01020304\n"
    "MARK 1.000004 vfio-trace: data device=dut0 ring=SQ[0] index=1 name=d "
    "at=0x2000 len=2 of=9 0506\n"
    "MARK 1.000004 vfio-trace: memory-cut device=dut0 name=SQ[0] "
    "why=trigger left=2\n"
    "MARK 1.000004 vfio-trace: watch device=dut0 watch=BOX on=write "
    "at=0x3000 len=2 lines=1 sum=0x0 state=first\n"
    "MARK 1.000004 vfio-trace: watch-data at=0x3000 0708\n"
    "MARK 1.000005 a mark\n"
    "R 8 1.000006 1 0xfeb80010 0xffffffffffffffff 0x0 0\n";

static const Verb verb = { .name = "fuzz" };

/* Standard error is captured meanwhile: what is wrong is told afterwards. */
static GString *wrong;
static unsigned lines;

static bool is_json(const char *text)
{
    g_autoptr(JsonParser) parser = json_parser_new();

    return json_parser_load_from_data(parser, text, -1, NULL);
}

static bool is_printable(const char *text, size_t len)
{
    char printable[LINE_MAX_BYTES + 1];

    return mmt_printable(text, len, printable, LINE_MAX_BYTES) == len &&
           !memcmp(printable, text, len) && !strchr(text, '\n');
}

static void take(const ScriptLine *line, void *opaque)
{
    size_t len = strlen(line->text);

    (void)opaque;
    lines++;
    if (len > LINE_MAX_BYTES) {
        g_string_append_printf(wrong, "a line of %zu bytes\n", len);
    } else if (!is_printable(line->text, len)) {
        g_string_append_printf(wrong, "not printable: %s\n", line->text);
    } else if (line->json && !is_json(line->json)) {
        g_string_append_printf(wrong, "not JSON: %s\n", line->json);
    }
}

static void take_all(MmtTrace *trace, Scripts *scripts)
{
    const MmtEntry *entries;
    unsigned ended;
    size_t n;
    size_t i;

    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            scripts_take(scripts, &entries[i]);
        }
    }
    if (scripts_end(scripts) == TOOL_FAULT) {
        ended = lines;
        scripts_end(scripts);
        if (lines != ended) {
            g_string_append(wrong, "called after it has failed\n");
        }
    }
}

static void run(const char *text, size_t len)
{
    MmtTrace *trace = mmt_trace_open(scratch_path("log"), NULL);
    Scripts *scripts = scripts_open_text(&verb, trace, NULL, text, len, take,
                                         NULL);

    if (scripts) {
        take_all(trace, scripts);
        if (len && *text == LUA_SIGNATURE[0]) {
            g_string_append(wrong, "bytecode was loaded\n");
        }
    }
    scripts_free(scripts);
    mmt_trace_free(trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Terminal terminal;

    if (!wrong) {
        wrong = g_string_new(NULL);
        script_limits_set(STEPS, CPU_NS);
        scratch_write(scratch_path("log"), log_text, strlen(log_text));
    }
    terminal_begin(&terminal);
    run((const char *)data, size);
    terminal_end(&terminal);
    fuzz_check(!wrong->len, "%s", wrong->str);
    terminal_check(terminal.err, terminal.err_len, "standard error");
    terminal_free(&terminal);
    return 0;
}
