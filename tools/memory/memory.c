/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace memory: prints or saves guest memory, of a running guest or a log
 */
#include "tools/common/outfile.h"
#include "tools/memory/log.h"
#include "tools/memory/read.h"
#include "tools/qemu/devices.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static char *opt_device;
static char *opt_output;
static char *opt_now;
static char *opt_log;
static char *opt_watch;
static char *opt_to;
static gboolean opt_force;
static gboolean opt_physical;

static const GOptionEntry entries[] = {
    { "device", 'D', 0, G_OPTION_ARG_STRING, &opt_device,
      "The device, by ID, path or PCI address on the host; may be omitted if there is only one",
      "DEVICE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Save the bytes in FILE; '-': standard output", "FILE" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &opt_force,
      "Replace FILE if it exists", NULL },
    { "physical", 'p', 0, G_OPTION_ARG_NONE, &opt_physical,
      "ADDR is an address of the machine: no IOMMU translates it", NULL },
    { "now", 'n', 0, G_OPTION_ARG_STRING, &opt_now,
      "Look now at this ring, watch or snapshot of a rings file, and log it",
      "NAME" },
    { "log", 'l', 0, G_OPTION_ARG_FILENAME, &opt_log,
      "Ask no QEMU, but this log", "LOG" },
    { "watch", 'w', 0, G_OPTION_ARG_STRING, &opt_watch,
      "With --log: what it has of this watch or snapshot", "NAME" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &opt_to,
      "With --log: at this time, line or mark, not at the end",
      "SECONDS|#LINE|/REGEX/" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "Prints LEN bytes (64, 0x40, 4K; at most 1G) at the address ADDR as the device sees it:\n"
    "through the guest's IOMMU, if it has one.  Only RAM is read, never a device.  The guest\n"
    "runs meanwhile, and may change what was not read yet.\n\n"
    "With --log, prints a watched part of memory as it was at the log's end, or at --to.";

/* Return: the device's name, to be freed; or NULL after an error was printed */
static char *find_device(Target *target)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) devices = devices_query(target, &error);
    JsonObject *device = devices ? devices_find(target, devices, opt_device,
                                                &error) : NULL;

    if (!device) {
        tool_error(&verb_memory, "%s", error->message);
        return NULL;
    }
    return g_strdup(devices_name(device));
}

static int look_now(Target *target, const char *device)
{
    JsonObject *arguments = json_object_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) answer = NULL;

    json_object_set_string_member(arguments, "device", device);
    json_object_set_string_member(arguments, "name", opt_now);
    answer = target_execute(target, "vfio-trace-memory-now", arguments, &error);
    if (!answer) {
        tool_error(&verb_memory, "%s", error->message);
    }
    return answer ? TOOL_OK : TOOL_FAULT;
}

/* A range that is not RAM up to its end */
static void say_end(const MemoryRange *range, uint64_t done)
{
    tool_error(&verb_memory,
               "the %s address 0x%" PRIx64 " leads to no RAM: %" PRIu64
               " of %" PRIu64 " bytes were read",
               range->physical ? "machine's" : "device's", range->at + done,
               done, range->len);
}

/**
 * struct Output: where the bytes go
 * @file: the file, or standard output
 * @dump: their form
 * @terminal: standard output, which is a terminal
 */
typedef struct Output {
    OutFile *file;
    MemoryDump dump;
    bool terminal;
} Output;

static bool open_output(Output *output)
{
    const char *path = opt_output && strcmp(opt_output, "-") ? opt_output
                                                             : NULL;
    g_autoptr(GError) error = NULL;

    output->file = outfile_open(path, opt_force, &error);
    if (!output->file) {
        tool_error(&verb_memory, "%s", error->message);
        return false;
    }
    output->dump = (MemoryDump) {
        .out = outfile_stream(output->file), .raw = opt_output,
    };
    output->terminal = !path && isatty(STDOUT_FILENO);
    return true;
}

/* @keep: there are bytes, which are what was asked for, or some of it */
static int close_output(Output *output, bool keep, ToolStatus status)
{
    g_autoptr(GError) error = NULL;

    if (keep) {
        memory_dump_end(&output->dump);
    }
    if (keep && !outfile_commit(output->file, &error)) {
        tool_error(&verb_memory, "%s", error->message);
        status = TOOL_TROUBLE;
    }
    outfile_free(output->file);
    return status;
}

static int save(Target *target, const char *device, const MemoryRange *range)
{
    g_autoptr(GError) error = NULL;
    ToolStatus status = TOOL_FAULT;
    uint64_t done = 0;
    Output output;
    bool ok;

    if (!open_output(&output)) {
        return TOOL_FAULT;
    }
    ok = memory_read(target, device, range, &output.dump, output.terminal,
                     &done, &error);
    if (!ok) {
        tool_error(&verb_memory, "%s", error->message);
    } else if (done < range->len) {
        say_end(range, done);
    } else {
        status = TOOL_OK;
    }
    return close_output(&output, ok && done, status);
}

static int save_log(void)
{
    MemoryLog log = { opt_log, opt_watch, opt_device, opt_to };
    ToolStatus status;
    Output output;
    bool any;

    if (!open_output(&output)) {
        return TOOL_TROUBLE;
    }
    status = memory_log_write(&verb_memory, &log, &output.dump, &any);
    return close_output(&output, any, status);
}

/* Return: what is wrong with the options, or NULL */
static const char *wrong_use(int argc)
{
    if (opt_now && (argc > 1 || opt_output || opt_force || opt_physical)) {
        return "--now logs what a rings file names: only --device goes with it";
    }
    if (opt_log && (argc > 1 || opt_now || opt_physical || !opt_watch)) {
        return "--log needs --watch, and neither ADDR nor --now nor --physical";
    }
    if (!opt_log && (opt_watch || opt_to)) {
        return "--watch and --to need --log";
    }
    if (!opt_log && !opt_now && argc < 3) {
        return "the operands are ADDR and LEN: what to read";
    }
    if (opt_force && !opt_output) {
        return "--force goes with --output only";
    }
    if (opt_output && !strcmp(opt_output, "-") && isatty(STDOUT_FILENO)) {
        return "bytes are not written to a terminal: without --output they are text";
    }
    return NULL;
}

static int memory(int argc, char **argv)
{
    g_autofree char *device = NULL;
    g_autoptr(Target) target = NULL;
    g_autoptr(GError) error = NULL;
    MemoryRange range = { 0 };
    const char *wrong;

    if (!target_options(&verb_memory,
                        "ADDR LEN | --now NAME | --log LOG --watch NAME",
                        details, entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    wrong = wrong_use(argc);
    if (wrong) {
        tool_error(&verb_memory, "%s", wrong);
        return TOOL_TROUBLE;
    }
    if (argc > 3) {
        tool_error(&verb_memory, "unexpected operand '%s'", argv[3]);
        return TOOL_TROUBLE;
    }
    if (opt_log) {
        return save_log();
    }
    if (!opt_now && !memory_range_parse(argv[1], argv[2], &range, &error)) {
        tool_error(&verb_memory, "%s", error->message);
        return TOOL_TROUBLE;
    }
    range.physical = opt_physical;
    target = target_open(&verb_memory);
    device = target ? find_device(target) : NULL;
    if (!device) {
        return TOOL_FAULT;
    }
    return opt_now ? look_now(target, device) : save(target, device, &range);
}

const Verb verb_memory = {
    .name = "memory",
    .brief = "Print or save memory of a guest",
    .run = memory,
};
