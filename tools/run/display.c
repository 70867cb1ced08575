/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the guest's emulated display (see display.h)
 *
 * QEMU's own user can't reach the X server or the Wayland compositor of the
 * person who called this program, and must not: each client of an X server can
 * read all keys and windows.  So a window of QEMU's own is only possible if
 * QEMU runs as that person, or as root.
 */
#include "tools/run/display.h"

#include "tools/run/argv.h"
#include "tools/run/ask.h"
#include "tools/run/device-opts.h"
#include "tools/run/error.h"
#include "tools/run/slot.h"
#include "tools/session/session.h"

#include <string.h>
#include <unistd.h>

#define BUILD_REMEDY \
    "build it with './configure' without --lean, or install the package vfio-trace-qemu"

/**
 * struct Kind: a kind of display
 * @name: the option's value
 * @options: of QEMU, after -display; NULL for no display
 * @question: QEMU's option that lists what it has
 * @listed: a line of that list begins with this
 * @viewer: command of a viewer, before the socket's path; or NULL
 */
typedef struct Kind {
    const char *name;
    const char *const *options;
    const char *question[3];
    const char *listed;
    const char *viewer;
} Kind;

static const char *const vnc_options[] = { "none", "-vnc", "none", NULL };
static const char *const spice_options[] = {
    "none", "-spice", "port=0,disable-ticketing=on", NULL,
};
static const char *const gtk_options[] = { "gtk", NULL };

static const Kind kinds[] = {
    { "none" },
    { "vnc", vnc_options, { "-h" }, "\n-vnc ", "vncviewer " },
    { "spice", spice_options, { "-h" }, "\n-spice ",
      "remote-viewer spice+unix://" },
    { "gtk", gtk_options, { "-display", "help" }, "\ngtk" },
};

static const Kind *kind_of(const RunPlan *plan)
{
    return &kinds[plan->display];
}

static bool parse(RunPlan *plan, GError **error)
{
    const char *word = plan->vm.display;
    size_t i;

    plan->display = 0;
    for (i = 0; word && i < G_N_ELEMENTS(kinds); i++) {
        if (!strcmp(word, kinds[i].name)) {
            plan->display = i;
            return true;
        }
    }
    return !word ||
           run_error(error, "--display %s: it must be none, vnc, spice or gtk",
                     word);
}

/* A machine has the legacy VGA's ports and memory once. */
static bool check_vga(const RunPlan *plan, GError **error)
{
    guint i;

    for (i = 0; i < plan->guests->len; i++) {
        const HostPci *dev = plan->guests->pdata[i];
        g_autofree char *vga = run_device_opt(plan, dev, "x-vga");

        if (vga && (!strcmp(vga, "on") || !strcmp(vga, "true") ||
                    !strcmp(vga, "yes"))) {
            return run_error(error,
                             "--display %s adds an emulated VGA, and x-vga=on makes %s the guest's VGA: use one of them",
                             kind_of(plan)->name, dev->bdf);
        }
    }
    return true;
}

static bool check_window(const RunPlan *plan, GError **error)
{
    if (strcmp(kind_of(plan)->name, "gtk")) {
        return true;
    }
    if (!geteuid() && !plan->vm.as_root) {
        return run_error(error,
                         "--display gtk: QEMU has a user of its own, which can't open a window on your desktop; use --display vnc or --display spice, whose viewer is your own program, or --as-root");
    }
    return plan->dry_run || g_getenv("DISPLAY") ||
           g_getenv("WAYLAND_DISPLAY") ||
           run_error(error,
                     "--display gtk: neither $DISPLAY nor $WAYLAND_DISPLAY is set, so there is no desktop for a window; use --display vnc or spice, or with sudo --preserve-env=DISPLAY,XAUTHORITY");
}

/* A user who is not root has a session's directory for himself. */
static void choose_socket(RunPlan *plan)
{
    g_autofree char *path = session_display_path(plan->name,
                                                 kind_of(plan)->name);
    g_autofree char *name = g_path_get_basename(path);

    plan->viewer_socket = geteuid() ?
        g_build_filename(plan->dir, name, NULL) : g_steal_pointer(&path);
}

bool run_display_plan(RunPlan *plan, GError **error)
{
    if (!parse(plan, error)) {
        return false;
    }
    if (!kind_of(plan)->options) {
        return true;
    }
    if ((plan->board->vga && !check_vga(plan, error)) ||
        !check_window(plan, error)) {
        return false;
    }
    if (run_display_has_viewers(plan)) {
        choose_socket(plan);
    }
    return true;
}

static bool check_display(const RunPlan *plan, GError **error)
{
    const Kind *kind = kind_of(plan);
    g_autofree char *text = NULL;
    g_autofree char *lines = NULL;

    /* A QEMU that says nothing of itself is not there: --dry-run. */
    if (!run_ask(plan, kind->question, &text, NULL) || !*text) {
        return true;
    }
    lines = g_strconcat("\n", text, NULL);
    return strstr(lines, kind->listed) ||
           run_error(error,
                     "--display %s: %s was built without it; %s, or choose another --display",
                     kind->name, plan->vm.qemu, BUILD_REMEDY);
}

bool run_display_check(const RunPlan *plan, GError **error)
{
    return !kind_of(plan)->options || check_display(plan, error);
}

bool run_display_has_inputs(const RunPlan *plan)
{
    return kind_of(plan)->options != NULL;
}

bool run_display_has_viewers(const RunPlan *plan)
{
    return kind_of(plan)->viewer != NULL;
}

const char *run_display_protocol(const RunPlan *plan)
{
    return kind_of(plan)->name;
}

char *run_display_command(const RunPlan *plan)
{
    return run_display_has_viewers(plan) ?
           g_strconcat(kind_of(plan)->viewer, plan->viewer_socket, NULL) : NULL;
}

void run_display_options(const RunPlan *plan, GPtrArray *argv)
{
    const char *const *option = kind_of(plan)->options;
    const char *adapter;

    run_argv_add(argv, "-display", "%s", option ? option[0] : "none");
    if (!option) {
        return;
    }
    if (option[1]) {
        run_argv_add(argv, option[1], "%s", option[2]);
    }
    adapter = plan->board->displays[plan->os];
    run_argv_add(argv, "-device", "%s,id=vga%s", adapter,
                 strcmp(adapter, "ramfb") ? ",addr=" RUN_SLOT_VGA : "");
}
