/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt create: a new domain with the guest of 'vfio-trace run'
 */
#include "tools/virt/new-board.h"
#include "tools/virt/new-plan.h"
#include "tools/virt/rings.h"
#include "tools/virt/tracing.h"
#include "tools/virt/virt.h"

#include "tools/host/fs.h"
#include "tools/host/pci.h"
#include "tools/virt/new-dropped.h"
#include "tools/virt/new-names.h"
#include "tools/virt/new-options.h"
#include "tools/virt/new-xml.h"
#include "tools/virt/xml-edit.h"

#include <gio/gio.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static GuestSettings settings;
static VirtTracing tracing;
static char *opt_vm;
static char *opt_osinfo;
static char *opt_network;
static char *opt_uuid;
static gboolean opt_no_device;
static gboolean opt_yes;
static gboolean opt_dry_run;

/* Options of 'run' with another meaning here, and what only a domain has */
static const GOptionEntry entries[] = {
    { "vm", 0, 0, G_OPTION_ARG_FILENAME, &opt_vm,
      "Read settings that are not given here from a settings file",
      "NAME|FILE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &settings.log,
      "File for the log (default: " VIRT_LOG_DIR "/NAME.mmt)", "LOG" },
    { "overwrite", 0, 0, G_OPTION_ARG_NONE, &settings.overwrite,
      "Empty the log at each start", NULL },
    { "accel", 0, 0, G_OPTION_ARG_STRING, &settings.accel,
      "kvm, or tcg, which is slow and needs no KVM (default: kvm)", "ACCEL" },
    { "with-group", 0, 0, G_OPTION_ARG_NONE, &settings.with_group,
      "Take the other devices of the IOMMU group from their drivers, too",
      NULL },
    { "force", 0, 0, G_OPTION_ARG_NONE, &settings.force,
      "Give devices to the guest even if the host needs them", NULL },
    { "no-device", 0, 0, G_OPTION_ARG_NONE, &opt_no_device,
      "A domain without a traced device", NULL },
    { "network", 0, 0, G_OPTION_ARG_STRING, &opt_network,
      "A network of libvirt's, instead of --net", "NAME" },
    { "osinfo", 0, 0, G_OPTION_ARG_STRING, &opt_osinfo,
      "The system's name for virt-manager: win11, debian12, ...", "NAME" },
    { "uuid", 0, 0, G_OPTION_ARG_STRING, &opt_uuid,
      "The domain's UUID (default: a new one)", "UUID" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &opt_yes,
      "Do not ask", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &opt_dry_run,
      "Only show the domain", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static GOptionGroup *get_group(void)
{
    GOptionGroup *group = g_option_group_new(
        "guest", "The guest, as with 'vfio-trace run':",
        "Print the options that describe the guest, and exit", NULL, NULL);

    guest_settings_init(&settings);
    g_option_group_add_entries(group, guest_options(&settings,
                                                    GUEST_OPTIONS_GUEST,
                                                    NULL));
    return group;
}

/* Words after "--" are QEMU's arguments. */
static void split_qemu_args(int *argc, char **argv)
{
    settings.qemu_args = guest_split_args(argc, argv);
}

static bool refuse(GError **error, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(GError **error, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
    return false;
}

/* ---- libvirt -------------------------------------------------------------*/

static bool check_connection(const VirtDomain *domain, bool devices,
                             GError **error)
{
    const char *type = virConnectGetType(domain->conn);
    char *uri = virConnectGetURI(domain->conn);
    bool ok = true;

    if (g_strcmp0(type, "QEMU")) {
        ok = refuse(error,
                    "libvirt at %s has domains of another hypervisor, %s: only those of QEMU can be traced (--connect qemu:///system)",
                    uri ? uri : "?", type ? type : "?");
    } else if (devices && virt_tracing_is_session(domain->conn)) {
        ok = refuse(error,
                    "libvirt at %s has no right to take devices from their drivers: use --connect qemu:///system, as root or in the group libvirt; or --no-device",
                    uri ? uri : "?");
    }
    free(uri);
    return ok && virt_tracing_check_libvirt(domain->conn, error);
}

/* Return: whether a lookup found nothing, and failed for no other reason */
static bool is_free(virDomainPtr found, const char *what, const char *value,
                    const char *remedy, GError **error)
{
    g_autofree char *text = g_strdup_printf("the %s %s", what, value);

    if (found) {
        const char *name = virDomainGetName(found);

        refuse(error, "there is a domain %s with %s already: %s",
               name ? name : "?", text, remedy);
        virDomainFree(found);
        return false;
    }
    if (virGetLastErrorCode() != VIR_ERR_NO_DOMAIN) {
        libvirt_set_error(error, text);
        return false;
    }
    return true;
}

static bool check_free(const VirtDomain *domain, const char *uuid,
                       GError **error)
{
    return is_free(virDomainLookupByName(domain->conn, domain->name), "name",
                   domain->name,
                   "choose another name; 'vfio-trace virt enable' traces a device of an existing domain",
                   error) &&
           is_free(virDomainLookupByUUIDString(domain->conn, uuid), "UUID",
                   uuid, "choose another one, or leave out --uuid", error);
}

static xmlDoc *read_caps(const VirtDomain *domain, const VirtNewGuest *guest,
                         GError **error)
{
    char *text = virConnectGetDomainCapabilities(
        domain->conn, guest->emulator, host_arch_of(guest->board->arch)->name,
        guest->board->machine,
        guest->tcg ? "qemu" : "kvm", 0);
    xmlDoc *caps = NULL;

    if (text) {
        caps = xml_parse(text, error);
    } else {
        g_autofree char *what = g_strdup_printf("libvirt can't use %s",
                                                guest->emulator);

        libvirt_set_error(error, what);
    }
    free(text);
    return caps;
}

static bool check_network(const VirtDomain *domain, const VirtNewPlan *plan,
                          GError **error)
{
    const char *name = plan->guest.network;
    virNetworkPtr network = name ? virNetworkLookupByName(domain->conn, name)
                                 : NULL;

    if (name && !network) {
        g_autofree char *what = g_strdup_printf("--network %s", name);

        libvirt_set_error(error, what);
        return false;
    }
    if (network && virNetworkIsActive(network) == 0) {
        g_ptr_array_add(plan->notes, g_strdup_printf(
            "the network %s must be started before the domain: virsh net-start %s",
            name, name));
    }
    if (network) {
        virNetworkFree(network);
    }
    return true;
}

/* Disks of other domains, which must not run at the same time */
static void note_shared_disks(const VirtDomain *domain, VirtNewPlan *plan)
{
    virDomainPtr *all = NULL;
    int n = virConnectListAllDomains(domain->conn, &all, 0);
    int i;

    for (i = 0; i < n; i++) {
        char *xml = virDomainGetXMLDesc(all[i], VIR_DOMAIN_XML_INACTIVE);
        const char *disk = xml ? virt_new_shared_disk(xml, plan->guest.disks)
                               : NULL;

        if (disk) {
            g_ptr_array_add(plan->notes, g_strdup_printf(
                "the domain %s has the disk %s as well: never run both at the same time",
                virDomainGetName(all[i]), disk));
        }
        free(xml);
        virDomainFree(all[i]);
    }
    free(all);
}

/* ---- the plan ------------------------------------------------------------*/

static bool read_settings(GError **error)
{
    GuestSettings of_file;
    bool ok;

    guest_settings_init(&of_file);
    ok = !opt_vm || guest_file_load(&of_file, opt_vm, error);
    guest_settings_merge(&settings, &of_file);
    guest_settings_clear(&of_file);
    if (ok && !guest_settings_complete(&settings, error)) {
        if (opt_vm) {
            g_prefix_error(error, "with the settings of --vm %s: ", opt_vm);
        }
        ok = false;
    }
    if (ok && settings.overwrite) {
        char *options = g_strconcat("overwrite=on", settings.log_opts ? "," :
                                    NULL, settings.log_opts, NULL);

        g_free(settings.log_opts);
        settings.log_opts = options;
    }
    tracing.log = settings.log;
    tracing.log_options = settings.log_opts;
    tracing.qemu = settings.qemu;
    return ok;
}

/* Return: the devices' addresses, to be freed; or NULL */
static char **choose_hosts(const char *const *operands, GError **error)
{
    static char *none[] = { NULL };
    char **words = *operands ? (char **)operands :
                   settings.devices && !opt_no_device ? settings.devices :
                   none;

    if (*operands && opt_no_device) {
        refuse(error, "--no-device, and the device %s: use one of them",
               *operands);
        return NULL;
    }
    if (!*words && !opt_no_device) {
        refuse(error,
               "which device? ('lspci -D' lists all devices, 'vfio-trace doctor' those that can be traced); or use --no-device");
        return NULL;
    }
    return virt_hosts(words, error);
}

/* A machine has the legacy VGA's ports and memory once. */
static bool check_vga(const VirtNewPlan *plan, GError **error)
{
    guint i;

    for (i = 0; plan->guest.graphics && i < plan->properties->len; i++) {
        const VirtProperty *property = plan->properties->pdata[i];

        if (!strcmp(property->name, "x-vga") &&
            !strcmp(property->value, "true")) {
            return refuse(error,
                          "--display %s adds an emulated VGA, and x-vga=on makes %s the guest's VGA: use one of them",
                          plan->guest.graphics, property->host);
        }
    }
    return true;
}

/* Take what is not of tracing from --device-opts.  Return: the rest, or NULL */
static char **take_properties(VirtNewPlan *plan, GError **error)
{
    const GPtrArray *guests = plan->devices.guests;
    char **rest = NULL;

    plan->properties = virt_new_options_parse(
        settings.device_words,
        guests->len ? ((HostPci *)guests->pdata[0])->bdf : NULL, &rest, error);
    plan->guest.properties = plan->properties;
    if (!plan->properties || !check_vga(plan, error)) {
        g_clear_pointer(&rest, g_strfreev);
    }
    return rest;
}

static bool make_plan(VirtNewPlan *plan, const VirtDomain *domain,
                      const VirtHost *host, const char *const *hosts,
                      GError **error)
{
    g_autoptr(xmlDoc) caps = NULL;

    plan->guest.network = opt_network;
    plan->os_word = opt_osinfo;
    plan->devices.root = domain->local ? host_root() : NULL;
    plan->devices.force = settings.force;
    plan->devices.with_group = settings.with_group;
    if (!virt_new_plan_settings(plan, error) ||
        !virt_new_devices_find(&plan->devices, hosts, settings.usb, error)) {
        return false;
    }
    caps = read_caps(domain, &plan->guest, error);
    if (!caps || !virt_new_plan_caps(plan, caps, error)) {
        return false;
    }
    if (!check_network(domain, plan, error)) {
        return false;
    }
    note_shared_disks(domain, plan);
    return !domain->local || virt_new_plan_files(plan, host, error);
}

/* ---- the domain ----------------------------------------------------------*/

static bool define(const VirtDomain *domain, const char *xml,
                   const VirtXmlRequest *request, GError **error)
{
    char *result = virt_define(domain, xml, error);
    g_autofree char *dropped = result ? virt_new_dropped(xml, result) : NULL;
    virDomainPtr made;

    if (!result) {
        return false;
    }
    if (!dropped && *request->hosts && !virt_tracing_is_in(result, request)) {
        dropped = g_strdup("qemu:override");
    }
    free(result);
    if (!dropped) {
        return true;
    }
    made = virDomainLookupByName(domain->conn, domain->name);
    if (made) {
        virDomainUndefineFlags(made, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM);
        virDomainFree(made);
    }
    return refuse(error,
                  "libvirt dropped <%s> of the definition of %s; the domain was not created",
                  dropped, domain->name);
}

static void print_notes(const VirtNewPlan *plan)
{
    guint i;

    for (i = 0; i < plan->notes->len; i++) {
        g_autofree char *text = g_strdup(plan->notes->pdata[i]);

        tool_print("Note: %s\n", tool_printable(text));
    }
}

/*
 * Return: what virsh takes for the domain and no other, to be freed.  It takes
 * numbers for IDs of running domains, and UUIDs for UUIDs, before names.
 */
static char *virsh_word(const VirtNewGuest *guest)
{
    const char *name = guest->name;
    g_autofree char *shown = g_strdup(name);

    if (!name[strspn(name, " +0123456789")] || g_uuid_string_is_valid(name) ||
        strcmp(tool_printable(shown), name)) {
        return g_strdup(guest->uuid);
    }
    return strpbrk(name, " '\"$`\\!*?&;|<>(){}[]#~") ? g_shell_quote(name)
                                                     : g_strdup(name);
}

static void print_result(const VirtNewPlan *plan, const VirtXmlRequest *request)
{
    const VirtNewGuest *guest = &plan->guest;
    g_autofree char *name = virsh_word(guest);

    tool_print("Created the domain %s.\n", guest->name);
    if (*request->hosts) {
        tool_print("The log will be %s.\n", request->log);
    }
    tool_print("To start it, use virt-manager, or: virsh start %s\n", name);
    tool_print("To remove it without its disks: virsh undefine%s %s\n",
               guest->nvram ? " --keep-nvram" : guest->efi ? " --nvram" : "",
               name);
    if (guest->nvram) {
        tool_print("(With --nvram instead, %s is deleted, too.)\n",
                   guest->nvram);
    }
}

/* Return: the XML with tracing, to be freed; or NULL */
static char *make_xml(const VirtNewPlan *plan, const VirtXmlRequest *request,
                      GError **error)
{
    char *plain = virt_new_guest_xml(&plan->guest);
    char *traced = *request->hosts ? virt_xml_enable(plain, request, error)
                                   : g_strdup(plain);

    g_free(plain);
    return traced;
}

static bool show_and_define(const VirtDomain *domain, const VirtNewPlan *plan,
                            const VirtHost *host,
                            const VirtXmlRequest *request, GError **error)
{
    g_autofree char *xml = NULL;

    if (*request->hosts && !virt_tracing_check(domain, host, &tracing, request,
                                               error)) {
        return false;
    }
    xml = make_xml(plan, request, error);
    if (!xml) {
        return false;
    }
    tool_print("%s", xml);
    print_notes(plan);
    if (*request->hosts) {
        virt_tracing_print_needs(domain, host, request);
    }
    if (opt_dry_run) {
        return true;
    }
    if (!virt_confirm("Create the domain?", opt_yes, error) ||
        (*request->hosts &&
         !virt_tracing_make_log_dir(domain, host, &tracing, error)) ||
        !define(domain, xml, request, error)) {
        return false;
    }
    print_result(plan, request);
    return true;
}

/* The devices were found, and put in order, before. */
static bool choose_rings(VirtNewPlan *plan, const VirtDomain *domain,
                         const VirtHost *host, char **options, VirtRings *rings,
                         GError **error)
{
    char **note;

    if (settings.rings_words && !domain->local) {
        static const char *const none[] = { NULL };

        return virt_rings_choose_hosts(rings, settings.rings_words, options,
                                       none, false, error);
    }
    if (!virt_rings_choose(rings, settings.rings_words, options,
                           plan->devices.guests, error) ||
        !virt_rings_check(rings, host, error)) {
        return false;
    }
    for (note = rings->notes; *note; note++) {
        g_ptr_array_add(plan->notes, g_strdup(*note));
    }
    return true;
}

static bool create_planned(VirtNewPlan *plan, const VirtDomain *domain,
                           const char *const *hosts, GError **error)
{
    g_autofree char *log = virt_tracing_log(domain, &tracing);
    g_autofree char *ring_dir = NULL;
    VirtXmlRequest request = {
        .hosts = hosts,
        .log = log,
        .windows = (const char *const *)settings.windows_words,
        .log_options = settings.log_opts,
    };
    g_auto(GStrv) rest = NULL;
    VirtRings rings = { 0 };
    VirtHost host;
    bool ok;

    if (!virt_tracing_read_host(domain->conn, settings.accel[0] == 'k' ?
                                "kvm" : "qemu", NULL, &host, error)) {
        return false;
    }
    plan->guest.board = virt_new_board(host.arch->id);
    if (!plan->guest.board) {
        return refuse(error,
                      "the architecture of libvirt's machine is %s: 'create' knows machines of x86_64 and aarch64 only",
                      host.arch->name);
    }
    plan->guest.emulator = virt_tracing_emulator(domain, &host, tracing.qemu,
                                                 NULL, error);
    if (!plan->guest.emulator) {
        return false;
    }
    g_ptr_array_add(plan->owned, (char *)plan->guest.emulator);
    request.emulator = plan->guest.emulator;
    request.ring_dir = ring_dir = virt_tracing_ring_dir(
        &host, plan->guest.uuid, &tracing);
    if (!make_plan(plan, domain, &host, hosts, error)) {
        return false;
    }
    rest = take_properties(plan, error);
    ok = rest && choose_rings(plan, domain, &host, rest, &rings, error) &&
         virt_new_name_check("the log", log, error);
    request.device_options = (const char *const *)rings.options;
    request.files = (const char *const *)rings.paths;
    ok = ok && show_and_define(domain, plan, &host, &request, error);
    virt_rings_clear(&rings);
    return ok;
}

static bool create(const VirtDomain *domain, const char *const *operands,
                   GError **error)
{
    g_autofree char *uuid = opt_uuid ? g_ascii_strdown(opt_uuid, -1)
                                     : g_uuid_string_random();
    g_auto(GStrv) hosts = NULL;
    VirtNewPlan plan;
    bool ok;

    if (!g_uuid_string_is_valid(uuid)) {
        return refuse(error, "--uuid %s: it is not a UUID", opt_uuid);
    }
    if (!read_settings(error)) {
        return false;
    }
    hosts = choose_hosts(operands, error);
    if (!hosts || !check_connection(domain, *hosts, error) ||
        !check_free(domain, uuid, error)) {
        return false;
    }
    virt_new_plan_init(&plan, &settings);
    plan.guest.name = domain->name;
    plan.guest.uuid = uuid;
    ok = create_planned(&plan, domain, (const char *const *)hosts, error);
    virt_new_plan_clear(&plan);
    return ok;
}

const VirtVerb virt_create = {
    .verb = {
        .name = "virt create",
        .brief = "Create a libvirt domain with the guest of 'vfio-trace run'",
    },
    .operands = "NAME [BDF...] [-- QEMU-ARGUMENT...]",
    .details =
        "The domain is shown first.  It is traced as after 'vfio-trace virt enable'; 'vfio-trace\n"
        "virt disable' makes its devices ordinary ones.\n\n"
        "Exit status: 0 done, 1 not done, 2 bad usage.",
    .entries = entries,
    .get_group = get_group,
    .begin = split_qemu_args,
    .creates = true,
    .takes_hosts = true,
    .run = create,
};
