/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: XML of a new libvirt domain (see new-xml.h)
 *
 * The elements are in libvirt's own order.
 */
#include "tools/virt/new-xml.h"

#include "tools/run/slot.h"
#include "tools/virt/build.h"
#include "tools/virt/dom.h"
#include "tools/virt/new-board.h"
#include "tools/virt/new-internal.h"
#include "tools/virt/xml-edit.h"

#include <string.h>

#define OSINFO_NS "http://libosinfo.org/xmlns/libvirt/domain/1.0"

/* As virt-install has it, so that virt-manager shows the system */
static void add_os_id(const VirtNew *new)
{
    xmlNode *metadata;
    xmlNode *info;
    xmlNs *ns;

    if (!new->guest->os_id) {
        return;
    }
    metadata = build_add(new->root, "metadata", NULL);
    info = xml_append(metadata, NULL, "libosinfo");
    ns = xmlNewNs(info, BAD_CAST OSINFO_NS, BAD_CAST "libosinfo");
    xmlSetNs(info, ns);
    xml_set(xml_append(info, ns, "os"), "id", new->guest->os_id);
}

static void add_memory(const VirtNew *new)
{
    g_autofree char *kib = g_strdup_printf("%" G_GUINT64_FORMAT,
                                           (new->guest->memory + 1023) / 1024);
    xmlNode *memory = build_text(new->root, "memory", kib);

    xml_set(memory, "unit", "KiB");
    /* virtiofsd maps the guest's memory. */
    if (new->guest->shares && new->guest->shares->len &&
        new->guest->virtiofs) {
        xmlNode *backing = build_add(new->root, "memoryBacking", NULL);

        build_add(backing, "source", "type", "memfd", NULL);
        build_add(backing, "access", "mode", "shared", NULL);
    }
}

static void add_firmware_feature(xmlNode *firmware, const char *name,
                                 bool enabled)
{
    build_add(firmware, "feature", "enabled", enabled ? "yes" : "no", "name",
              name, NULL);
}

/* libvirt chooses OVMF's files by their descriptions. */
static void add_any_efi(const VirtNewGuest *guest, xmlNode *os)
{
    xmlNode *firmware = build_add(os, "firmware", NULL);

    xml_set(os, "firmware", "efi");
    add_firmware_feature(firmware, "secure-boot", guest->secure_boot);
    if (guest->secure_boot) {
        add_firmware_feature(firmware, "enrolled-keys", true);
    }
}

static void add_efi(const VirtNewGuest *guest, xmlNode *os)
{
    xmlNode *loader;
    xmlNode *nvram;

    if (!guest->loader) {
        add_any_efi(guest, os);
    } else {
        loader = build_text(os, "loader", guest->loader);
        xml_set(loader, "readonly", "yes");
        xml_set(loader, "secure",
                guest->secure_boot && guest->board->smm ? "yes" : NULL);
        xml_set(loader, "type", "pflash");
    }
    if (guest->nvram || (guest->loader && guest->vars)) {
        nvram = guest->nvram ? build_text(os, "nvram", guest->nvram) :
                build_add(os, "nvram", NULL);
        xml_set(nvram, "template", guest->loader ? guest->vars : NULL);
    }
}

static void add_os(const VirtNew *new)
{
    const VirtNewGuest *guest = new->guest;
    xmlNode *os = build_add(new->root, "os", NULL);
    xmlNode *type = build_text(os, "type", "hvm");

    xml_set(type, "arch", host_arch_of(guest->board->arch)->name);
    xml_set(type, "machine", guest->board->machine);
    if (guest->efi) {
        add_efi(guest, os);
    } else if (guest->loader) {
        xml_set(build_text(os, "loader", guest->loader), "type", "rom");
    }
    if (guest->kernel) {
        build_text(os, "kernel", guest->kernel);
    }
    if (guest->initrd) {
        build_text(os, "initrd", guest->initrd);
    }
    if (guest->append) {
        build_text(os, "cmdline", guest->append);
    }
    if (guest->smbios && guest->smbios->len) {
        build_add(os, "smbios", "mode", "sysinfo", NULL);
    }
}

static void add_hyperv(const VirtNewGuest *guest, xmlNode *features)
{
    xmlNode *hyperv;
    size_t i;

    if (!guest->hyperv || !*guest->hyperv) {
        return;
    }
    hyperv = build_add(features, "hyperv", "mode", "custom", NULL);
    for (i = 0; guest->hyperv[i]; i++) {
        xmlNode *feature = build_add(hyperv, guest->hyperv[i], "state", "on",
                                     NULL);

        if (!strcmp(guest->hyperv[i], "spinlocks")) {
            xml_set(feature, "retries", "8191");
        }
    }
}

/* The host's names, instead of QEMU's */
static void add_smbios(const VirtNew *new)
{
    const GPtrArray *texts = new->guest->smbios;
    xmlNode *sysinfo = NULL;
    xmlNode *table = NULL;
    guint i;

    for (i = 0; texts && i < texts->len; i++) {
        const VirtSmbios *smbios = texts->pdata[i];

        if (!sysinfo) {
            sysinfo = build_add(new->root, "sysinfo", "type", "smbios", NULL);
        }
        if (!table || !xml_is_named(table, NULL, smbios->table)) {
            table = build_add(sysinfo, smbios->table, NULL);
        }
        xml_set(build_text(table, "entry", smbios->text), "name",
                smbios->entry);
    }
}

static void add_features(const VirtNew *new)
{
    const VirtNewGuest *guest = new->guest;
    const VirtNewBoard *board = guest->board;
    const char *gic = guest->tcg ? board->gic_tcg : board->gic;
    xmlNode *features = build_add(new->root, "features", NULL);
    const char *const *name;

    if (board->acpi || guest->efi) {
        build_add(features, "acpi", NULL);
    }
    for (name = board->features; *name; name++) {
        build_add(features, *name, NULL);
    }
    add_hyperv(guest, features);
    if (guest->hide) {
        build_add(build_add(features, "kvm", NULL), "hidden", "state", "on",
                  NULL);
    }
    if (gic) {
        build_add(features, "gic", "version", gic, NULL);
    }
    if (guest->secure_boot && board->smm) {
        build_add(features, "smm", "state", "on", NULL);
    }
}

/* One socket: Windows for workstations uses no more than two. */
static void add_cpu(const VirtNew *new)
{
    const VirtNewGuest *guest = new->guest;
    xmlNode *cpu = build_add(new->root, "cpu", "mode",
                             guest->tcg ? "maximum" : "host-passthrough",
                             "check", "none", NULL);
    xmlNode *topology = build_add(cpu, "topology", "sockets", "1", "dies", "1",
                                  NULL);

    build_set(topology, "cores", "%u", guest->cpus);
    xml_set(topology, "threads", "1");
    if (guest->hide) {
        /* Without KVM's clock a guest needs the TSC. */
        xml_set(cpu, "migratable", "off");
        build_add(cpu, "feature", "policy", "disable", "name", "hypervisor",
                  NULL);
    }
}

/* libvirt has hv-time as a timer. */
static void add_clock(const VirtNew *new)
{
    bool windows = new->guest->system == VIRT_SYSTEM_WINDOWS;
    xmlNode *clock = build_add(new->root, "clock", "offset",
                               windows ? "localtime" : "utc", NULL);

    if (new->guest->hyperv && *new->guest->hyperv) {
        build_add(clock, "timer", "name", "hypervclock", "present", "yes",
                  NULL);
    }
}

/* What protects OVMF's variables, SMM, does not survive S3. */
static void add_power(const VirtNew *new)
{
    if (new->guest->secure_boot && new->guest->board->smm) {
        build_add(build_add(new->root, "pm", NULL), "suspend-to-mem",
                  "enabled", "no", NULL);
    }
}

static void add_shares(const VirtNew *new)
{
    const GPtrArray *shares = new->guest->shares;
    guint i;

    for (i = 0; shares && i < shares->len; i++) {
        const VirtShare *share = shares->pdata[i];
        xmlNode *fs = build_add(new->devices, "filesystem", "type", "mount",
                                "accessmode",
                                new->guest->virtiofs ? "passthrough" :
                                "mapped", NULL);

        if (new->guest->virtiofs) {
            build_add(fs, "driver", "type", "virtiofs", NULL);
        }
        build_add(fs, "source", "dir", share->dir, NULL);
        build_add(fs, "target", "dir", share->tag, NULL);
        build_pci_address(fs, 0, g_ascii_strtoull(RUN_SLOT_SHARE, NULL, 16), i,
                          i == 0 && shares->len > 1);
    }
}

static void add_nic(const VirtNew *new)
{
    const VirtNewGuest *guest = new->guest;
    xmlNode *nic;

    if (!guest->net_user && !guest->network) {
        return;
    }
    nic = build_add(new->devices, "interface", "type",
                    guest->network ? "network" : "user", NULL);
    if (guest->network) {
        build_add(nic, "source", "network", guest->network, NULL);
    }
    build_add(nic, "model", "type", guest->nic, NULL);
    /* Without its ROM, the card is not tried for booting by SeaBIOS. */
    build_add(nic, "rom", "enabled", "no", NULL);
    build_slot(nic, RUN_SLOT_NET);
}

/*
 * For 'virsh console', and virt-manager's view of a guest without display.
 * QEMU's own -serial begins at the same I/O ports.
 */
static void add_serial(const VirtNew *new)
{
    const char *const *args = new->guest->qemu_args;

    if (!args || !(g_strv_contains(args, "-serial") ||
                   g_strv_contains(args, "--serial"))) {
        build_add(new->devices, "serial", "type", "pty", NULL);
    }
}

static void add_tpm(const VirtNew *new)
{
    if (new->guest->tpm) {
        build_add(build_add(new->devices, "tpm", "model",
                            new->guest->board->tpm, NULL),
                  "backend", "type", "emulator", "version", "2.0", NULL);
    }
}

static void add_devices(VirtNew *new)
{
    const VirtNewGuest *guest = new->guest;

    new->devices = build_add(new->root, "devices", NULL);
    build_text(new->devices, "emulator", guest->emulator);
    virt_new_drives(new);
    virt_new_usb_bus(new);
    virt_new_roots(new);
    virt_new_serial_bus(new);
    add_shares(new);
    add_nic(new);
    add_serial(new);
    virt_new_ports(new);
    add_tpm(new);
    virt_new_screen(new);
    virt_new_cards(new);
    virt_new_usb(new);
    build_add(new->devices, "memballoon", "model", "none", NULL);
}

static void add_arg(const VirtNew *new, xmlNode *section, const char *arg)
{
    xml_set(xml_append(section, new->qemu, "arg"), "value", arg);
}

/* Before 6.11, Linux does not tell programs the tag of virtiofs. */
static void add_tags(const VirtNew *new, xmlNode *section)
{
    const GPtrArray *shares = new->guest->shares;
    guint i;

    for (i = 0; shares && new->guest->virtiofs && i < shares->len; i++) {
        g_autofree char *arg = g_strdup_printf(
            "name=opt/org.vfio-trace/share%u,string=%s", i,
            ((VirtShare *)shares->pdata[i])->tag);

        add_arg(new, section, "-fw_cfg");
        add_arg(new, section, arg);
    }
}

static void add_qemu_args(const VirtNew *new)
{
    const VirtNewGuest *guest = new->guest;
    bool tags = guest->shares && guest->shares->len && guest->virtiofs;
    xmlNode *section;
    const char *const *arg;

    if (!guest->board->isa_marker && !tags &&
        !(guest->qemu_args && *guest->qemu_args)) {
        return;
    }
    section = xml_append(new->root, new->qemu, "commandline");
    if (guest->board->isa_marker) {
        add_arg(new, section, "-device");
        add_arg(new, section, "isa-vfio-trace-marker");
    }
    add_tags(new, section);
    for (arg = new->guest->qemu_args; arg && *arg; arg++) {
        add_arg(new, section, *arg);
    }
}

char *virt_new_guest_xml(const VirtNewGuest *guest)
{
    g_autoptr(xmlDoc) doc = xmlNewDoc(BAD_CAST "1.0");
    g_autofree char *cpus = g_strdup_printf("%u", guest->cpus);
    VirtNew new = { .guest = guest };

    new.root = xmlNewDocNode(doc, NULL, BAD_CAST "domain", NULL);
    xmlDocSetRootElement(doc, new.root);
    xml_set(new.root, "type", guest->tcg ? "qemu" : "kvm");
    new.qemu = xmlNewNs(new.root, BAD_CAST QEMU_NS, BAD_CAST "qemu");
    build_text(new.root, "name", guest->name);
    build_text(new.root, "uuid", guest->uuid);
    add_os_id(&new);
    add_memory(&new);
    build_text(new.root, "vcpu", cpus);
    add_smbios(&new);
    add_os(&new);
    add_features(&new);
    add_cpu(&new);
    add_clock(&new);
    add_power(&new);
    add_devices(&new);
    add_qemu_args(&new);
    virt_new_port_overrides(&new);
    virt_new_card_overrides(&new);
    return xml_text(doc);
}
