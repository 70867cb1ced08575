/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: options of the verb
 */
#include "tools/play/backend.h"
#include "tools/play/device.h"
#include "tools/play/engine.h"
#include "tools/play/show.h"
#include "tools/play/take.h"

#include "tools/common/tool.h"
#include "tools/host/fs.h"
#include "tools/run/error.h"
#include "tools/sequence/json.h"

#include <inttypes.h>
#include <unistd.h>

/* Most time that can be asked for, and what a sequence gets unasked */
#define TIMEOUT_MAX (365.0 * 86400)
#define TIMEOUT_DEFAULT 600

#define NS_PER_SECOND 1e9

static PlayPlan plan;
static char *opt_from;
static char *opt_to;
static double opt_timeout = TIMEOUT_DEFAULT;
static gboolean opt_dry_run;

static const GOptionEntry entries[] = {
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &opt_dry_run,
      "Only print the operations; needs no device", NULL },
    { "step", 's', 0, G_OPTION_ARG_NONE, &plan.step,
      "Ask before each operation", NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING, &opt_from,
      "Begin with this phase", "PHASE" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &opt_to,
      "End with this phase", "PHASE" },
    { "log", 'l', 0, G_OPTION_ARG_FILENAME, &plan.log,
      "Write what is done to a file, as a trace", "FILE" },
    { "buffers", 'b', 0, G_OPTION_ARG_FILENAME, &plan.buffers,
      "Save the buffers at the end to this directory", "DIR" },
    { "any-device", 0, 0, G_OPTION_ARG_NONE, &plan.any_device,
      "Play on a device with other IDs, too", NULL },
    { "with-group", 0, 0, G_OPTION_ARG_NONE, &plan.host.vm.with_group,
      "Also take the other devices of its IOMMU group", NULL },
    { "vf-token", 0, 0, G_OPTION_ARG_STRING, &plan.token,
      "Token of a virtual function, whose physical function is bound to VFIO",
      "UUID" },
    { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &opt_timeout,
      "End after this time (default: 600)", "SECONDS" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &plan.yes,
      "Don't ask before the device is taken", NULL },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &plan.force,
      "Replace files that exist", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const char details[] =
    "FILE is a sequence, as 'vfio-trace sequence' writes it. The device is taken from its\n"
    "driver, as 'vfio-trace run' does, reset, and given back at the end.\n\n"
    "Exit status: 0 all was carried out, 1 a check failed, or it was not carried out to\n"
    "the end, 2 the device can't be used or bad usage.";

static void print_line(void *opaque, const char *text)
{
    (void)opaque;
    tool_print("%s\n", text);
}

/* What surrounds the operations of a dry run, as comments */
static void print_buffers(void)
{
    guint i;

    for (i = 0; i < plan.seq->buffers->len; i++) {
        const SeqBuffer *buffer = &g_array_index(plan.seq->buffers, SeqBuffer,
                                                 i);
        g_autofree char *address = buffer->address ?
            g_strdup_printf(", at 0x%" PRIx64 " if that can be mapped",
                            buffer->address) : g_strdup("");

        tool_print("# buffer %s: %zu bytes%s%s, first %s\n",
                   buffer->name, (size_t)buffer->size,
                   buffer->below_4g ? " below 4 GiB" : "", address,
                   buffer->file == SEQUENCE_NONE ? "zeros" :
                   g_array_index(plan.seq->files, SeqFile, buffer->file).name);
    }
}

static ToolStatus dry_run(void)
{
    g_autoptr(GError) error = NULL;

    if (plan.host.guests->len && !play_device_check(&plan, &error)) {
        tool_error(&verb_play, "%s", error->message);
        return TOOL_TROUBLE;
    }
    print_buffers();
    play_show_all(plan.seq, plan.first, plan.end, print_line, NULL);
    return TOOL_OK;
}

static bool find_device(const char *bdf, GError **error)
{
    HostPci *dev;

    plan.host.root = host_root();
    plan.host.play = true;
    plan.host.guests = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    plan.host.others = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    plan.host.usb = g_ptr_array_new();
    if (!bdf) {
        return opt_dry_run ||
               play_error(error,
                          "on which device? ('lspci -D' lists all devices, 'vfio-trace doctor' those that can be taken; --dry-run needs none)");
    }
    dev = host_pci_get(plan.host.root, bdf, error);
    if (!dev) {
        return false;
    }
    g_ptr_array_add(plan.host.guests, dev);
    return play_device_fits(&plan, error);
}

static bool make_plan(int argc, char **argv, GError **error)
{
    if (argc < 2 || argc > 3) {
        return play_error(error, "%s", argc < 2 ? "which sequence?" :
                          "one sequence and one device are expected");
    }
    if (!(opt_timeout > 0 && opt_timeout <= TIMEOUT_MAX)) {
        return play_error(error,
                          "--timeout must be more than 0 and at most a year");
    }
    if (plan.token && !g_uuid_string_is_valid(plan.token)) {
        return play_error(error, "--vf-token %s: it is not a UUID", plan.token);
    }
    plan.limit_ns = opt_timeout * NS_PER_SECOND;
    plan.file = argv[1];
    plan.seq = sequence_read_json(plan.file, error);
    return plan.seq &&
           play_phases(plan.seq, opt_from, opt_to, &plan.first, &plan.end,
                       error) &&
           find_device(argc > 2 ? argv[2] : NULL, error);
}

static int play(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (!tool_options(&verb_play, "FILE BDF", details, entries, &argc,
                      &argv)) {
        return TOOL_TROUBLE;
    }
    run_speak_as(&verb_play);
    if (!make_plan(argc, argv, &error)) {
        tool_error(&verb_play, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (opt_dry_run) {
        return tool_finish(&verb_play, dry_run());
    }
    if (geteuid()) {
        tool_error(&verb_play,
                   "only root can take devices from their drivers: use sudo");
        return TOOL_TROUBLE;
    }
    return tool_finish(&verb_play, play_take(&plan));
}

const Verb verb_play = {
    .name = "play",
    .brief = "Carry a sequence out on a device",
    .run = play,
};
