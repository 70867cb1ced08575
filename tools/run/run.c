/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: options of the verb, and its plan
 */
#include "tools/common/sizes.h"
#include "tools/common/tool.h"
#include "tools/host/fs.h"
#include "tools/run/ask.h"
#include "tools/run/bundle.h"
#include "tools/run/check.h"
#include "tools/run/device-opts.h"
#include "tools/run/display.h"
#include "tools/run/error.h"
#include "tools/run/firmware.h"
#include "tools/run/hide.h"
#include "tools/run/hyperv.h"
#include "tools/run/machine.h"
#include "tools/run/net.h"
#include "tools/run/props.h"
#include "tools/run/qemu.h"
#include "tools/run/rehearse.h"
#include "tools/run/rings.h"
#include "tools/run/session.h"
#include "tools/run/share.h"
#include "tools/run/usb.h"
#include "tools/run/tpm.h"
#include "tools/run/user.h"
#include "tools/session/bind.h"
#include "tools/session/give-back.h"
#include "tools/session/session-file.h"
#include "tools/session/session-log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A UNIX socket's path has at most 107 bytes; hand.c adds a suffix of 8. */
#define SOCKET_PATH_MAX (107 - 8)

/* A descriptor in a command line that is only shown */
#define FIRST_FD 3

static RunPlan plan;
static char *opt_vm;
static char *opt_save_vm;

/* What --save-vm writes */
static char *save_text;

/* The guest's settings come first, by guest_options(). */
static const GOptionEntry own_entries[] = {
    { "vm", 0, 0, G_OPTION_ARG_FILENAME, &opt_vm,
      "Read settings that are not given here from a settings file", "NAME|FILE" },
    { "save-vm", 0, 0, G_OPTION_ARG_FILENAME, &opt_save_vm,
      "Write the settings to a settings file", "NAME|FILE" },
    { "bundle", 0, 0, G_OPTION_ARG_FILENAME, &plan.bundle,
      "At the end, make a bundle of the log: FILE.tar.zst", "FILE" },
    { "no-device", 0, 0, G_OPTION_ARG_NONE, &plan.no_device,
      "Start the guest without a device, and without a log", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &plan.dry_run,
      "Only print what would be done", NULL },
    { "no-rehearsal", 0, 0, G_OPTION_ARG_NONE, &plan.no_rehearsal,
      "Don't start QEMU for a rehearsal first", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* No descriptor of ours may get the number of a closed standard file. */
static void open_standard_files(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        close(fd);
    }
}

/* Words after "--" are QEMU's arguments. */
static void split_qemu_args(int *argc, char **argv)
{
    plan.vm.qemu_args = guest_split_args(argc, argv);
}

static bool check_qemu_args(GError **error)
{
    static const char *const refused[] = { "-daemonize", "--daemonize" };
    size_t i;
    size_t k;

    for (i = 0; plan.vm.qemu_args && plan.vm.qemu_args[i]; i++) {
        for (k = 0; k < G_N_ELEMENTS(refused); k++) {
            if (!strcmp(plan.vm.qemu_args[i], refused[k])) {
                return run_error(error,
                                 "%s: QEMU must stay a child process of this tool",
                                 refused[k]);
            }
        }
    }
    return true;
}

static gint compare_bdf(gconstpointer a, gconstpointer b)
{
    const HostPci *const *x = a;
    const HostPci *const *y = b;

    return strcmp((*x)->bdf, (*y)->bdf);
}

/* Without an operand, the devices are those of the settings file. */
static void take_operands(int argc, char **argv)
{
    if (argc > 1) {
        plan.vm.devices = g_strdupv(argv + 1);
    }
}

/* Read the settings file; the command line has more weight. */
static bool read_settings(GError **error)
{
    GuestSettings of_file;
    bool ok;

    guest_settings_init(&of_file);
    ok = !opt_vm || guest_file_load(&of_file, opt_vm, error);
    guest_settings_merge(&plan.vm, &of_file);
    guest_settings_clear(&of_file);
    save_text = opt_save_vm ? guest_file_text(&plan.vm) : NULL;
    return ok;
}

static bool save_settings(GError **error)
{
    g_autofree char *path = NULL;

    if (!save_text || plan.dry_run) {
        return true;
    }
    if (!guest_file_save(save_text, opt_save_vm, &path, error)) {
        return false;
    }
    run_note("the settings are in %s", path);
    return true;
}

static bool find_devices(GError **error)
{
    guint i;

    plan.guests = g_ptr_array_new_with_free_func((GDestroyNotify)host_pci_free);
    plan.others = g_ptr_array_new_with_free_func((GDestroyNotify)host_pci_free);
    if (plan.no_device) {
        plan.name = session_name_without_devices();
        return true;
    }
    for (i = 0; plan.vm.devices && plan.vm.devices[i]; i++) {
        HostPci *dev = host_pci_get(plan.root, plan.vm.devices[i], error);

        if (!dev) {
            return false;
        }
        g_ptr_array_add(plan.guests, dev);
    }
    if (!plan.guests->len) {
        return run_error(error,
                         "which device? ('lspci -D' lists all devices, 'vfio-trace doctor' those that can be traced; --no-device starts the guest without one)");
    }
    plan.name = g_strdup(((HostPci *)plan.guests->pdata[0])->bdf);
    g_ptr_array_sort(plan.guests, compare_bdf);
    for (i = 1; i < plan.guests->len; i++) {
        if (!compare_bdf(&plan.guests->pdata[i - 1], &plan.guests->pdata[i])) {
            return run_error(error, "%s is named twice",
                             ((HostPci *)plan.guests->pdata[i])->bdf);
        }
    }
    return true;
}

static bool find_qemu(GError **error)
{
    const char *name = plan.vm.qemu ? plan.vm.qemu :
                       host_arch_qemu(host_arch_of(plan.board->arch));
    char *path;
    char *absolute;

    if (!plan.dry_run && !run_check_program(name, error)) {
        return false;
    }
    path = g_find_program_in_path(name);
    /* Absolute, since QEMU may be started in another directory */
    absolute = path ? g_canonicalize_filename(path, NULL) : g_strdup(name);
    g_free(path);
    g_free(plan.vm.qemu);
    plan.vm.qemu = absolute;
    return true;
}

static bool choose_paths(GError **error)
{
    plan.dir = session_path(plan.name, "");
    plan.own_qmp = g_build_filename(plan.dir, "run.sock", NULL);
    plan.qmp = g_build_filename(plan.dir, "qmp.sock", NULL);
    if (strlen(plan.own_qmp) > SOCKET_PATH_MAX) {
        return run_error(error,
                         "%s is too long for a UNIX socket: choose another directory for $VFIO_TRACE_RUN_DIR",
                         plan.own_qmp);
    }
    plan.log = plan.no_device ? NULL : g_strdup(plan.vm.log);
    if (!plan.log && !plan.no_device) {
        g_autoptr(GDateTime) now = g_date_time_new_now_local();
        g_autofree char *time = g_date_time_format(now, "%Y%m%d-%H%M%S");

        plan.log = g_strdup_printf("vfio-trace-%s-%s.mmt",
                                   host_pci_short_bdf(plan.name), time);
        g_strdelimit(plan.log, ":", '.');
    }
    return true;
}

/* A log that is not a file keeps its path, and needs no work directory. */
static void make_log_absolute(void)
{
    if (plan.log && session_log_is_file(plan.log)) {
        char *path = g_canonicalize_filename(plan.log, NULL);

        g_free(plan.log);
        plan.log = path;
    }
}

/* Without root, which only devices need, QEMU is the caller's own. */
static bool choose_user(GError **error)
{
    return plan.vm.as_root || (plan.no_device && geteuid()) ||
           run_user_choose(&plan.uid, error);
}

static bool make_plan(int argc, char **argv, GError **error)
{
    bool ok;

    plan.root = host_root();
    take_operands(argc, argv);
    if (plan.no_device && argc > 1) {
        return run_error(error,
                         "--no-device: the guest gets no device, but %s is named",
                         argv[1]);
    }
    if (!read_settings(error)) {
        return false;
    }
    if (!guest_settings_complete(&plan.vm, error)) {
        if (opt_vm) {
            g_prefix_error(error, "with the settings of --vm %s: ", opt_vm);
        }
        return false;
    }
    plan.os = guest_settings_os(&plan.vm);
    plan.tcg = !strcmp(plan.vm.accel, "tcg");
    plan.board = run_board(plan.root);
    ok = check_qemu_args(error) && find_devices(error) &&
         (plan.no_device || (run_device_opts_parse(&plan, error) &&
                             run_rings_parse(&plan, error))) &&
         find_qemu(error) && choose_paths(error) &&
         run_bundle_check(&plan, error) &&
         run_firmware(&plan, error) && run_tpm(&plan, error) &&
         run_share_plan(&plan, error) &&
         run_display_plan(&plan, error) && run_net_plan(&plan, error) &&
         run_usb_plan(&plan, error) && run_hide_plan(&plan, error);
    if (ok && !plan.vm.as_root && !plan.dry_run) {
        make_log_absolute();
    }
    return ok && (!plan.dry_run || choose_user(error));
}

/* What needs the plan, but no change of the host */
static bool check_all(GError **error)
{
    g_autofree char *missing = NULL;

    if (!run_check(&plan, error) || !run_machine_check(&plan, error) ||
        !run_device_tokens_check(&plan, error) ||
        !run_props_check(&plan, error)) {
        return false;
    }
    if (plan.os == GUEST_OS_WINDOWS && !plan.tcg && plan.board->hides &&
        !plan.vm.hide_hypervisor) {
        /* This device is built with hv-synic, which itself is not listed. */
        plan.cpu_opts = run_hyperv_ask(plan.root,
                                       run_ask_device(&plan, "vmbus-bridge"),
                                       &missing);
    }
    if (missing && !run_qemu_has_option(plan.vm.qemu_args, "cpu")) {
        run_note(
            "this host's KVM, or QEMU, lacks some of Hyper-V's features, and Windows may run slower without them: %s",
            missing);
    }
    return true;
}

/* Print a command line, quoted for a shell. */
static void print_command(char *const *command)
{
    size_t i;

    for (i = 0; command[i]; i++) {
        g_autofree char *quoted = g_shell_quote(command[i]);
        bool plain = g_regex_match_simple("^[A-Za-z0-9_./:=,+-]+$", command[i],
                                          0, 0);

        printf("%s%s", i == 0 ? "" : command[i][0] == '-' ? " \\\n    " : " ",
               plain ? command[i] : quoted);
    }
}

static void print_helper(char **command)
{
    if (command) {
        puts("# Beside QEMU, as the same user:");
        print_command(command);
        puts(" &");
        g_strfreev(command);
    }
}

/* In a run, these programs have sockets without a name. */
static void print_helpers(void)
{
    guint i;

    print_helper(plan.tpm ? run_tpm_command(&plan, -1) : NULL);
    for (i = 0; i < plan.shares->len; i++) {
        print_helper(run_share_command(&plan, i, FIRST_FD));
    }
}

/* Print the plan. */
static void print_plan(const char *untried)
{
    g_auto(GStrv) command = run_qemu_command(&plan);
    guint i;

    if (plan.uid) {
        printf(
            "# QEMU's user: its own (%u); the files named below are handed over\n",
            (unsigned)plan.uid);
    }
    for (i = 0; i < plan.guests->len + plan.others->len; i++) {
        const HostPci *dev = i < plan.guests->len ? plan.guests->pdata[i] :
                             plan.others->pdata[i - plan.guests->len];
        g_autofree char *driver = tool_printable(g_strdup(
            dev->driver ? dev->driver : dev->driver_known ? "no driver" :
            "unknown driver"));

        printf("# %s: %s -> " BIND_DRIVER "%s\n", dev->bdf, driver,
               i < plan.guests->len ? "" : ", not for the guest");
    }
    print_helpers();
    if (untried) {
        printf("# QEMU was not asked whether it accepts this: %s\n", untried);
    } else {
        puts("# QEMU accepts this, as a rehearsal has shown");
    }
    print_command(command);
    putchar('\n');
}

/* Return: all devices of the guest devices' groups, in their current state */
static GPtrArray *list_groups(void)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    guint i;

    for (i = 0; i < plan.guests->len; i++) {
        g_ptr_array_extend_and_steal(all, host_pci_group(
            plan.root, plan.guests->pdata[i]));
    }
    return all;
}

/* Read the devices again: giving back leftovers has changed their state. */
static bool look_again(GError **error)
{
    guint i;

    for (i = 0; i < plan.guests->len; i++) {
        HostPci *old = plan.guests->pdata[i];
        HostPci *now = host_pci_get(plan.root, old->bdf, error);

        if (!now) {
            return false;
        }
        plan.guests->pdata[i] = now;
        host_pci_free(old);
    }
    return true;
}

static ToolStatus run_locked(int lock)
{
    g_autoptr(GPtrArray) groups = list_groups();
    g_autoptr(GError) error = NULL;
    const char *untried;

    if (!give_back_leftovers(plan.root, groups, tool_say, (void *)&verb_run,
                             &error) ||
        !look_again(&error) || !choose_user(&error) ||
        !check_all(&error) ||
        !(plan.no_device || bind_load_driver(plan.root, &error)) ||
        !run_rehearse(&plan, &untried, &error) || !save_settings(&error)) {
        tool_error(&verb_run, "%s", error->message);
        close(lock);
        return TOOL_TROUBLE;
    }
    if (untried && !plan.no_rehearsal) {
        run_note("QEMU was not asked whether it accepts the command line: %s",
                 untried);
    }
    return run_session(&plan, lock);
}

static ToolStatus dry_run(void)
{
    g_autoptr(GError) error = NULL;
    const char *untried;

    if (!check_all(&error) || !run_rehearse(&plan, &untried, &error)) {
        tool_error(&verb_run, "%s", error->message);
        return TOOL_TROUBLE;
    }
    print_plan(untried);
    return tool_finish(&verb_run, TOOL_OK);
}

static int run(int argc, char **argv)
{
    const GOptionEntry *entries = guest_options(&plan.vm, GUEST_OPTIONS_ALL,
                                                own_entries);
    g_autoptr(GError) error = NULL;
    int lock;

    open_standard_files();
    guest_settings_init(&plan.vm);
    split_qemu_args(&argc, argv);
    if (!tool_options(&verb_run, "[BDF...] [-- QEMU-ARGUMENT...]",
                      "Gives the devices to a guest, and traces them.  Lines from standard input become\n"
                      "markers in the log; on a terminal, press Enter to type one.\n\n"
                      "Exit status: 0 QEMU has ended well and the devices are given back, 1 otherwise,\n"
                      "2 nothing was done: bad usage, or the devices can't be traced here.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (plan.no_device && geteuid()) {
        session_use_own_dir();
    }
    if (!make_plan(argc, argv, &error)) {
        tool_error(&verb_run, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (plan.dry_run) {
        return dry_run();
    }
    if (geteuid() && !plan.no_device) {
        tool_error(&verb_run,
                   "only root can take devices from their drivers: use sudo");
        return TOOL_TROUBLE;
    }
    lock = session_file_lock(&error);
    if (lock < 0) {
        tool_error(&verb_run, "%s", error->message);
        return TOOL_TROUBLE;
    }
    return run_locked(lock);
}

const Verb verb_run = {
    .name = "run",
    .brief = "Take a device from its driver, trace it, and give it back",
    .run = run,
};
