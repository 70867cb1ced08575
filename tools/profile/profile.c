/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: what each register of a trace probably is
 *
 * engine.h counts, classes.h judges, items.h prints.
 */
#include "tools/analysis/options.h"
#include "tools/analysis/trace.h"
#include "tools/common/tool.h"
#include "tools/profile/devices.h"
#include "tools/profile/items.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

static char *opt_since;
static char *opt_as;
static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "new-since", 'n', 0, G_OPTION_ARG_STRING, &opt_since,
      "Print only registers that are first used in this phase or later: its number or a pattern of its name",
      "PHASE" },
    { "as", 'a', 0, G_OPTION_ARG_STRING, &opt_as,
      "Print a register database to start from: ranges or rnndb", "FORMAT" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print JSON, with an object on each line", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "LOG is a trace in any format; '-' is standard input.\n\n"
    "Exit status: 0 the log was read, 1 lines are damaged or the log is cut off, 2 the log\n"
    "can't be read, it has no such phase, or bad usage.";

static const struct {
    const char *name;
    ProfilePrint *print;
} formats[] = {
    { "ranges", profile_print_ranges },
    { "rnndb", profile_print_rnndb },
};

static ProfilePrint *find_format(void)
{
    size_t i;

    if (!opt_as) {
        return opt_json ? profile_print_json : profile_print_text;
    }
    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!strcmp(opt_as, formats[i].name)) {
            return formats[i].print;
        }
    }
    return NULL;
}

/* Return: the first phase that is meant, or UINT32_MAX */
static uint32_t find_phase(const MmtTrace *trace)
{
    uint32_t n = mmt_trace_phases(trace);
    guint64 number;
    uint32_t i;

    if (!opt_since) {
        return 0;
    }
    if (g_ascii_string_to_unsigned(opt_since, 10, 0, n - 1, &number, NULL)) {
        return number;
    }
    for (i = 0; i < n; i++) {
        if (!fnmatch(opt_since, mmt_trace_phase(trace, i), 0)) {
            return i;
        }
    }
    return UINT32_MAX;
}

static void read_all(AnalysisTrace *a, Profile *profile)
{
    g_autoptr(ProfileDevices) devices =
        profile_devices_new(analysis_trace(a));
    const MmtEntry *batch;
    size_t n;
    size_t i;

    while ((n = analysis_next(a, &batch)) > 0) {
        for (i = 0; i < n; i++) {
            profile_add(profile, &batch[i],
                        profile_device_of(devices, batch[i].region));
        }
    }
    profile_finish(profile);
}

static ToolStatus profile_log(const char *path, ProfilePrint *print)
{
    g_autoptr(AnalysisTrace) a = analysis_open(&verb_profile, path);
    g_autoptr(Profile) profile = NULL;
    ProfileReport report = { 0 };
    ToolStatus status;

    if (!a) {
        return TOOL_TROUBLE;
    }
    profile = profile_new(0);
    read_all(a, profile);
    status = analysis_end(a);
    report.profile = profile;
    report.trace = analysis_trace(a);
    report.names = analysis_names(report.trace, analysis_db(a));
    report.since = find_phase(report.trace);
    report.unused = !opt_since && !analysis_options_given();
    if (status == TOOL_TROUBLE && !profile_registers(profile)->len) {
        return status;
    }
    if (report.since == UINT32_MAX) {
        tool_error(&verb_profile,
                   "%s has no phase '%s'; 'vfio-trace stat --by phase' lists the phases",
                   path, opt_since);
        return TOOL_TROUBLE;
    }
    if (profile_others(profile)) {
        tool_error(&verb_profile, "%s: %" PRIu64
                   " accesses are left out: there are more than %u registers",
                   path, profile_others(profile), PROFILE_REGISTERS_MAX);
    }
    profile_items_find(&report);
    print(&report);
    g_array_unref(report.items);
    return status;
}

static int profile(int argc, char **argv)
{
    ProfilePrint *print;

    if (!tool_options_group(&verb_profile, "LOG", details, entries,
                            analysis_option_group(), &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc != 2) {
        tool_error(&verb_profile,
                   "a single LOG is needed; try 'vfio-trace profile --help'");
        return TOOL_TROUBLE;
    }
    print = find_format();
    if (!print) {
        tool_error(&verb_profile, "invalid format '%s': use ranges or rnndb",
                   opt_as);
        return TOOL_TROUBLE;
    }
    if (opt_as && opt_json) {
        tool_error(&verb_profile, "--as and --json exclude each other");
        return TOOL_TROUBLE;
    }
    return analysis_finish(&verb_profile, profile_log(argv[1], print));
}

const Verb verb_profile = {
    .name = "profile",
    .brief = "Show what each register of a log probably is, and why",
    .run = profile,
};
