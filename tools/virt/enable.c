/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt enable: trace devices of a domain
 */
#include "tools/virt/new-board.h"
#include "tools/virt/rings.h"
#include "tools/virt/tracing.h"
#include "tools/virt/virt.h"

#include <gio/gio.h>
#include <stdlib.h>

static VirtTracing tracing;
static char **opt_device_options;
static char **opt_windows;
static char **opt_rings;
static gboolean opt_yes;
static gboolean opt_dry_run;

static const GOptionEntry entries[] = {
    { "log", 'o', 0, G_OPTION_ARG_FILENAME, &tracing.log,
      "File for the log (default: " VIRT_LOG_DIR "/DOMAIN.mmt)", "FILE" },
    { "trace-windows", 'w', 0, G_OPTION_ARG_STRING_ARRAY, &opt_windows,
      "What to trace: all, registers, or BAR[:OFFSET:LEN]+...; of one device with BDF:",
      "[BDF:]WINDOWS" },
    /* Old name of --trace-windows */
    { "windows", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING_ARRAY,
      &opt_windows, NULL, NULL },
    { "rings", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt_rings,
      "A rings file, which says what of the guest's memory to log: its name, its path, or auto (repeatable); for one device with BDF:",
      "[BDF:]NAME|FILE" },
    { "log-opts", 0, 0, G_OPTION_ARG_STRING, &tracing.log_options,
      "Properties of the vfio-trace-log: overwrite=on,pc=on,...", "K=V,..." },
    { "device-opts", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_device_options,
      "Properties of the devices: start=off,hot-page-limit=1000,...; of one device with BDF:",
      "[BDF:]K=V,..." },
    { "qemu", 0, 0, G_OPTION_ARG_FILENAME, &tracing.qemu,
      "The QEMU that was built with vfio-trace", "PATH" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &opt_yes,
      "Do not ask", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &opt_dry_run,
      "Only show what would change", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* ---- requirements --------------------------------------------------------*/

static bool check_domain(const VirtDomain *domain, GError **error)
{
    const HostArch *arch;

    if (virDomainIsPersistent(domain->domain) != 1) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "domain %s is transient: it does not exist after it stops; define it first (virsh define)",
                    domain->name);
        return false;
    }
    if (g_strcmp0(domain->info->type, "kvm") &&
        g_strcmp0(domain->info->type, "qemu")) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "domain %s has the type '%s': only domains of QEMU can be traced",
                    domain->name,
                    domain->info->type ? domain->info->type : "?");
        return false;
    }
    arch = host_arch_named(domain->info->arch);
    if (!arch || !virt_new_board(arch->id)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "domain %s has the architecture %s: only x86_64 and aarch64 can be traced",
                    domain->name,
                    domain->info->arch ? domain->info->arch : "?");
        return false;
    }
    if (virDomainHasManagedSaveImage(domain->domain, 0) == 1) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "domain %s has a managed save image, and its next start restores that, with the definition in it and without tracing: start the domain and shut it down, or drop the image and the guest's state in it (virsh managedsave-remove %s)",
                    domain->name, domain->name);
        return false;
    }
    return virt_tracing_check_libvirt(domain->conn, error);
}

/* ---- the change ----------------------------------------------------------*/

static bool define(const VirtDomain *domain, const char *xml,
                   const VirtXmlRequest *request, GError **error)
{
    char *result = virt_define(domain, xml, error);
    bool ok;

    if (!result) {
        return false;
    }
    ok = virt_tracing_is_in(result, request);
    free(result);
    if (!ok) {
        free(virt_define(domain, domain->xml, NULL));
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "libvirt dropped parts of the new definition of %s; the old definition was restored",
                    domain->name);
    }
    return ok;
}

/* Without addresses, the only device is traced, if there is one. */
static bool choose_rings(const VirtDomain *domain, const char *const *hosts,
                         VirtRings *rings, GError **error)
{
    const GPtrArray *all = domain->info->devices;
    const char *only[2] = { NULL };

    if (!*hosts && all->len == 1) {
        only[0] = ((VirtXmlDevice *)all->pdata[0])->host;
    }
    return virt_rings_choose_hosts(rings, opt_rings, opt_device_options,
                                   *hosts ? hosts : only, domain->local, error);
}

/* Show the change, make it if the user agrees. */
static bool change(const VirtDomain *domain, const VirtHost *host,
                   const VirtXmlRequest *request, GError **error)
{
    g_autofree char *xml = virt_xml_enable(domain->xml, request, error);
    g_autofree char *shown = xml ? virt_xml_enable(domain->shown, request,
                                                   error) : NULL;

    if (!shown) {
        g_prefix_error(error, "domain %s: ", domain->name);
        return false;
    }
    if (!virt_tracing_check(domain, host, &tracing, request, error)) {
        return false;
    }
    virt_show(domain, shown);
    virt_tracing_print_needs(domain, host, request);
    if (opt_dry_run) {
        return true;
    }
    if (!virt_confirm("Change the domain?", opt_yes, error) ||
        !virt_tracing_make_log_dir(domain, host, &tracing, error) ||
        !define(domain, xml, request, error)) {
        return false;
    }
    tool_print("Enabled: the log will be %s.%s\n", request->log,
               domain->running ?
               " The domain runs: the change takes effect when it is shut down and started again."
               : "");
    return true;
}

static void print_notes(char *const *notes)
{
    for (; *notes; notes++) {
        tool_print("Note: %s\n", *notes);
    }
}

static bool enable_rings(const VirtDomain *domain, const char *const *hosts,
                         const VirtRings *rings, GError **error)
{
    g_autofree char *emulator = NULL;
    g_autofree char *log = NULL;
    g_autofree char *ring_dir = NULL;
    VirtXmlRequest request = {
        .hosts = hosts,
        .windows = (const char *const *)opt_windows,
        .log_options = tracing.log_options,
        .device_options = (const char *const *)rings->options,
        .pools = (const char *const *)domain->pools,
        .files = (const char *const *)rings->paths,
    };
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    VirtHost host;

    if (!virt_tracing_read_host(domain->conn, domain->info->type,
                                domain->info->dac_label, &host, error) ||
        !virt_rings_check(rings, &host, error)) {
        return false;
    }
    virDomainGetUUIDString(domain->domain, uuid);
    request.log = log = virt_tracing_log(domain, &tracing);
    request.ring_dir = ring_dir = virt_tracing_ring_dir(&host, uuid, &tracing);
    request.emulator = emulator = virt_tracing_emulator(
        domain, &host, tracing.qemu, domain->info->emulator, error);
    if (!emulator) {
        return false;
    }
    print_notes(rings->notes);
    return change(domain, &host, &request, error);
}

static bool enable(const VirtDomain *domain, const char *const *hosts,
                   GError **error)
{
    VirtRings rings = { 0 };
    bool ok = check_domain(domain, error) &&
              choose_rings(domain, hosts, &rings, error) &&
              enable_rings(domain, hosts, &rings, error);

    virt_rings_clear(&rings);
    return ok;
}

const VirtVerb virt_enable = {
    .verb = {
        .name = "virt enable",
        .brief = "Trace devices of a libvirt domain",
    },
    .operands = "DOMAIN [BDF...]",
    .details =
        "Several devices, such as a GPU and its audio function, write to one log.  The change\n"
        "is shown first, takes effect at the domain's next start, and can be reverted with\n"
        "'vfio-trace virt disable'.\n\n"
        "Exit status: 0 done, 1 not done, 2 bad usage.",
    .entries = entries,
    .takes_hosts = true,
    .run = enable,
};
