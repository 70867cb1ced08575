/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: from a guest's settings to a new domain (see new-plan.h)
 */
#include "tools/virt/new-board.h"
#include "tools/virt/new-plan.h"

#include "tools/common/sizes.h"
#include "tools/guest/image.h"
#include "tools/guest/share.h"
#include "tools/host/ovmf.h"
#include "tools/host/pci.h"
#include "tools/host/virtiofsd.h"
#include "tools/virt/new-caps.h"
#include "tools/virt/new-files.h"
#include "tools/virt/new-names.h"
#include "tools/virt/xml.h"

#include <gio/gio.h>
#include <string.h>

static bool refuse(GError **error, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(GError **error, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, text);
    return false;
}

static void note(VirtNewPlan *plan, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

static void note(VirtNewPlan *plan, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_ptr_array_add(plan->notes, g_strdup_vprintf(fmt, ap));
    va_end(ap);
}

/* Return: @text, which is freed with the plan */
static const char *keep(VirtNewPlan *plan, char *text)
{
    g_ptr_array_add(plan->owned, text);
    return text;
}

void virt_new_plan_init(VirtNewPlan *plan, const GuestSettings *settings)
{
    *plan = (VirtNewPlan) {
        .settings = settings,
        .notes = g_ptr_array_new_with_free_func(g_free),
        .owned = g_ptr_array_new_with_free_func(g_free),
        .devices = {
            .guests = g_ptr_array_new_with_free_func(
                (GDestroyNotify)host_pci_free),
            .others = g_ptr_array_new_with_free_func(
                (GDestroyNotify)host_pci_free),
            .usb = g_array_new(FALSE, FALSE, sizeof(VirtUsb)),
        },
    };
    plan->devices.notes = plan->notes;
    plan->guest.guests = plan->devices.guests;
    plan->guest.others = plan->devices.others;
    plan->guest.usb = plan->devices.usb;
}

void virt_new_plan_clear(VirtNewPlan *plan)
{
    g_clear_pointer(&plan->devices.guests, g_ptr_array_unref);
    g_clear_pointer(&plan->devices.others, g_ptr_array_unref);
    g_clear_pointer(&plan->devices.usb, g_array_unref);
    g_clear_pointer(&plan->smbios, g_ptr_array_unref);
    g_clear_pointer(&plan->shares, g_ptr_array_unref);
    g_clear_pointer(&plan->properties, g_ptr_array_unref);
    g_clear_pointer(&plan->notes, g_ptr_array_unref);
    g_clear_pointer(&plan->owned, g_ptr_array_unref);
}

/* ---- settings ------------------------------------------------------------*/

/* Return: an absolute path, or NULL for NULL */
static const char *path_of(VirtNewPlan *plan, const char *path)
{
    return path ? keep(plan, g_canonicalize_filename(path, NULL)) : NULL;
}

static const char *const *paths_of(VirtNewPlan *plan, char **paths)
{
    size_t n = paths ? g_strv_length(paths) : 0;
    const char **all = g_new0(const char *, n + 1);
    size_t i;

    g_ptr_array_add(plan->owned, all);
    for (i = 0; i < n; i++) {
        all[i] = path_of(plan, paths[i]);
    }
    return all;
}

static const char *const *formats_of(VirtNewPlan *plan)
{
    size_t n = g_strv_length((char **)plan->guest.disks);
    const char **all = g_new0(const char *, n + 1);
    size_t i;

    g_ptr_array_add(plan->owned, all);
    for (i = 0; i < n; i++) {
        all[i] = guest_image_format(plan->guest.disks[i]);
    }
    return all;
}

static bool take_system(VirtNewPlan *plan, GError **error)
{
    static const VirtSystem systems[] = {
        [GUEST_OS_OTHER] = VIRT_SYSTEM_OTHER,
        [GUEST_OS_LINUX] = VIRT_SYSTEM_LINUX,
        [GUEST_OS_WINDOWS] = VIRT_SYSTEM_WINDOWS,
    };
    static const char *const words[] = {
        [VIRT_SYSTEM_LINUX] = "linux2022",
        [VIRT_SYSTEM_WINDOWS] = "win10",
    };
    VirtNewGuest *guest = &plan->guest;
    const char *word = plan->os_word;
    g_autofree char *known = virt_new_os_words();

    guest->system = systems[guest_settings_os(plan->settings)];
    if (!word) {
        word = guest->secure_boot && guest->tpm &&
               guest->system == VIRT_SYSTEM_WINDOWS ? "win11"
                                                    : words[guest->system];
    }
    guest->os_id = word ? virt_new_os_id(word) : NULL;
    return !word || guest->os_id ||
           refuse(error,
                  "--osinfo %s: it must be one of %s, or an ID of libosinfo's, as http://debian.org/debian/12 ('osinfo-query os -f id' lists them)",
                  word, known);
}

/*
 * On this host, the same files as those of 'run', and without them SeaBIOS
 * unless OVMF was asked for; elsewhere libvirt chooses.
 */
static void find_ovmf(VirtNewPlan *plan)
{
    VirtNewGuest *guest = &plan->guest;
    char *code = NULL;
    char *vars = NULL;

    if (plan->devices.root &&
        host_ovmf_find(plan->devices.root, guest->board->arch,
                       guest->secure_boot, &code, &vars)) {
        guest->loader = keep(plan, code);
        guest->vars = keep(plan, vars);
    } else if (plan->devices.root && !plan->settings->firmware &&
               !guest->secure_boot && guest->board->seabios) {
        guest->efi = false;
        note(plan,
             "there is no OVMF on this host (the package is called ovmf or edk2-ovmf), so the domain has SeaBIOS, as in a run; --firmware ovmf lets libvirt choose one");
    }
}

static bool take_firmware(VirtNewPlan *plan, GError **error)
{
    const GuestSettings *settings = plan->settings;
    VirtNewGuest *guest = &plan->guest;
    const char *firmware = settings->firmware;
    bool ovmf = firmware ? !strcmp(firmware, "ovmf") : !settings->kernel;

    guest->secure_boot = settings->secure_boot;
    guest->efi = ovmf || guest->secure_boot;
    if (guest->secure_boot && firmware && !ovmf) {
        return refuse(error,
                      "--secure-boot needs OVMF, and --firmware is %s: leave one of them out",
                      firmware);
    }
    if (firmware && !strcmp(firmware, "seabios") && !guest->board->seabios) {
        return refuse(error,
                      "--firmware seabios: it is for x86 guests, and this one is %s",
                      guest->board->machine);
    }
    if (guest->efi) {
        find_ovmf(plan);
    } else if (firmware && strcmp(firmware, "seabios")) {
        guest->loader = path_of(plan, firmware);
    }
    if (settings->nvram && !guest->efi) {
        return refuse(error,
                      "--nvram: only OVMF has variables, and the guest starts with another firmware");
    }
    guest->nvram = path_of(plan, settings->nvram);
    return true;
}

static void take_tpm(VirtNewPlan *plan)
{
    const char *tpm = plan->settings->tpm;
    g_autofree char *state = NULL;

    plan->guest.tpm = strcmp(tpm, GUEST_NO) != 0;
    if (!plan->guest.tpm || !strcmp(tpm, GUEST_YES)) {
        return;
    }
    state = g_build_filename(tpm, "tpm2-00.permall", NULL);
    if (g_file_test(state, G_FILE_TEST_EXISTS)) {
        note(plan,
             "the domain gets a new TPM, and keys in that of %s are not in it (BitLocker asks for its recovery key): to take it over, start the domain once, shut it down, and copy %s over /var/lib/libvirt/swtpm/%s/tpm2/tpm2-00.permall",
             tpm, state, plan->guest.uuid);
    }
}

static bool take_display(VirtNewPlan *plan, GError **error)
{
    const char *word = plan->settings->display;

    if (!word || !strcmp(word, "none")) {
        return true;
    }
    if (!strcmp(word, "gtk")) {
        return refuse(error,
                      "--display gtk: libvirt's QEMU can't open a window on your desktop; use --display vnc or spice, and 'virt-viewer %s' or virt-manager",
                      plan->guest.name);
    }
    if (strcmp(word, "vnc") && strcmp(word, "spice")) {
        return refuse(error, "--display %s: it must be none, vnc or spice",
                      word);
    }
    plan->guest.graphics = word;
    return true;
}

/* As in run/net.c; libvirt has names of its own for virtio. */
static bool take_net(VirtNewPlan *plan, GError **error)
{
    VirtNewGuest *guest = &plan->guest;
    const char *word = plan->settings->net;
    const char *model = word ? strchr(word, ':') : NULL;

    guest->nic = guest->system == VIRT_SYSTEM_LINUX ? "virtio" : "e1000e";
    if (!word || !strcmp(word, "none")) {
        return true;
    }
    if (guest->network) {
        return refuse(error, "--net %s, and --network %s: use one of them",
                      word, guest->network);
    }
    if (strcmp(word, "user") &&
        (!g_str_has_prefix(word, "user:") || !model[1] ||
         strpbrk(model, ",\"="))) {
        return refuse(error,
                      "--net %s: it must be none, user, or user:MODEL with a network card of QEMU, as user:virtio-net-pci",
                      word);
    }
    if (model && g_str_has_prefix(model + 1, "usb-")) {
        return refuse(error,
                      "--net %s: a domain's card must be a PCI card; leave it out, or use user:e1000e",
                      word);
    }
    guest->net_user = true;
    if (model) {
        guest->nic = !strcmp(model + 1, "virtio-net-pci") ? "virtio"
                                                          : model + 1;
    }
    note(plan,
         "--net user: libvirt forwards no port to the guest's ssh, as 'vfio-trace run' does; with --network default the host reaches the guest");
    return true;
}

static void share_free(gpointer p)
{
    VirtShare *share = p;

    g_free(share->dir);
    g_free(share->tag);
    g_free(share);
}

static bool has_tag(const VirtNewPlan *plan, const char *tag)
{
    guint i;

    for (i = 0; i < plan->shares->len; i++) {
        if (!strcmp(((VirtShare *)plan->shares->pdata[i])->tag, tag)) {
            return true;
        }
    }
    return false;
}

static bool add_share(VirtNewPlan *plan, const char *word, GError **error)
{
    VirtShare *share = g_new0(VirtShare, 1);

    if (!guest_share_parse(word, &share->dir, &share->tag, error) ||
        !virt_new_name_check("--share", share->dir, error) ||
        !virt_new_name_check("--share", share->tag, error)) {
        share_free(share);
        return false;
    }
    if (has_tag(plan, share->tag)) {
        refuse(error,
               "--share %s: another directory has the name %s already: give one another name, as DIR:NAME",
               word, share->tag);
        share_free(share);
        return false;
    }
    g_ptr_array_add(plan->shares, share);
    return !plan->devices.root || g_file_test(share->dir,
                                              G_FILE_TEST_IS_DIR) ||
           refuse(error, "--share %s: there is no such directory", share->dir);
}

/* The functions of one slot */
#define SHARES_MAX 8

static bool take_shares(VirtNewPlan *plan, GError **error)
{
    VirtNewGuest *guest = &plan->guest;
    char **words = plan->settings->shares;
    g_autofree char *virtiofsd = NULL;
    size_t i;

    guest->shares = plan->shares = g_ptr_array_new_with_free_func(share_free);
    for (i = 0; words && words[i]; i++) {
        if (!add_share(plan, words[i], error)) {
            return false;
        }
    }
    if (i > SHARES_MAX) {
        return refuse(error,
                      "--share is given %zu times, and a guest can have %d directories",
                      i, SHARES_MAX);
    }
    virtiofsd = i && plan->devices.root ?
                host_virtiofsd_find(plan->devices.root) : NULL;
    guest->virtiofs = virtiofsd || !plan->devices.root;
    if (i && guest->virtiofs) {
        note(plan,
             "libvirt runs virtiofsd as root: in the directories of --share, the guest's root has the rights of the host's root");
    } else if (i && guest->system == VIRT_SYSTEM_WINDOWS) {
        return refuse(error,
                      "--share: Windows needs virtiofs (and its driver and WinFsp), and there is no virtiofsd: install the package virtiofsd (Debian 13)");
    } else if (i) {
        note(plan,
             "the directories of --share are read and written with the rights of libvirt's QEMU, which the directories must permit");
    }
    return true;
}

static bool take_hide(VirtNewPlan *plan, GError **error)
{
    VirtNewGuest *guest = &plan->guest;

    guest->hide = plan->settings->hide_hypervisor;
    if (guest->hide && !guest->board->hides) {
        return refuse(error,
                      "--hide-hypervisor: a guest of the machine %s always sees KVM: leave it out",
                      guest->board->machine);
    }
    if (guest->hide && plan->devices.root) {
        guest->smbios = virt_new_devices_smbios(plan->devices.root);
        plan->smbios = (GPtrArray *)guest->smbios;
    }
    return true;
}

static bool take_numbers(VirtNewPlan *plan, GError **error)
{
    plan->guest.tcg = !strcmp(plan->settings->accel, "tcg");
    plan->guest.cpus = plan->settings->smp;
    return size_parse(plan->settings->memory, &plan->guest.memory, error);
}

/* Check all texts that come from the user. */
static bool check_texts(const VirtNewPlan *plan, GError **error)
{
    const VirtNewGuest *guest = &plan->guest;
    const struct {
        const char *what;
        const char *text;
    } texts[] = {
        { "the domain's name", guest->name },
        { "--qemu", guest->emulator },
        { "--osinfo", guest->os_id },
        { "--firmware", guest->loader },
        { "--nvram", guest->nvram },
        { "--kernel", guest->kernel },
        { "--initrd", guest->initrd },
        { "--append", guest->append },
        { "--network", guest->network },
        { "--net", guest->nic },
    };
    const struct {
        const char *what;
        const char *const *texts;
    } lists[] = {
        { "--disk", guest->disks },
        { "--iso", guest->isos },
        { "QEMU's argument", guest->qemu_args },
    };
    size_t i;
    size_t k;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (!virt_new_name_check(texts[i].what, texts[i].text, error)) {
            return false;
        }
    }
    for (i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (k = 0; lists[i].texts && lists[i].texts[k]; k++) {
            if (!virt_new_name_check(lists[i].what, lists[i].texts[k],
                                     error)) {
                return false;
            }
        }
    }
    return true;
}

/*
 * QEMU takes a word that no option precedes for a disk.  More than that only
 * QEMU knows, when libvirt starts it.
 */
static bool check_qemu_args(const VirtNewPlan *plan, GError **error)
{
    const char *const *arg = plan->guest.qemu_args;
    bool option = false;

    for (; arg && *arg; arg++) {
        if (**arg != '-' && !option) {
            return refuse(error,
                          "'%s' among QEMU's arguments is neither an option nor its value: after '--', QEMU's options begin with '-'; use --disk for a disk",
                          *arg);
        }
        option = **arg == '-';
    }
    return true;
}

/* libvirt names files and directories after the domain. */
static bool check_name(const VirtNewPlan *plan, GError **error)
{
    const char *name = plan->guest.name;

    return (*name && *name != '.' && !strchr(name, '/') &&
            strspn(name, " ") < strlen(name)) ||
           refuse(error,
                  "'%s' can't be a domain's name: it must not be empty, begin with '.' or have a '/'",
                  name);
}

bool virt_new_plan_settings(VirtNewPlan *plan, GError **error)
{
    const GuestSettings *settings = plan->settings;
    VirtNewGuest *guest = &plan->guest;

    guest->disks = paths_of(plan, settings->disks);
    guest->formats = formats_of(plan);
    guest->isos = paths_of(plan, settings->isos);
    guest->kernel = path_of(plan, settings->kernel);
    guest->initrd = path_of(plan, settings->initrd);
    guest->append = settings->append;
    guest->qemu_args = (const char *const *)settings->qemu_args;
    if (settings->as_root) {
        note(plan,
             "as-root is left out: libvirt's qemu.conf says as which user QEMU runs");
    }
    take_tpm(plan);
    return check_name(plan, error) && take_firmware(plan, error) &&
           take_system(plan, error) &&
           take_display(plan, error) && take_net(plan, error) &&
           take_hide(plan, error) && take_shares(plan, error) &&
           take_numbers(plan, error) &&
           check_texts(plan, error) && check_qemu_args(plan, error);
}

/* ---- capabilities --------------------------------------------------------*/

bool virt_new_plan_caps(VirtNewPlan *plan, xmlDoc *caps, GError **error)
{
    VirtNewGuest *guest = &plan->guest;
    char *missing = NULL;

    if (guest->graphics &&
        !virt_new_caps_lists(caps, "devices", "graphics", "type",
                             guest->graphics)) {
        return refuse(error,
                      "--display %s: %s was built without it; build it with './configure' without --lean, or install the package vfio-trace-qemu, or choose another --display",
                      guest->graphics, guest->emulator);
    }
    if (guest->tpm && (!virt_new_caps_lists(caps, "devices", "tpm",
                                            "backendModel", "emulator") ||
                       !virt_new_caps_lists(caps, "devices", "tpm", "model",
                                            guest->board->tpm))) {
        return refuse(error,
                      "--tpm: libvirt finds no swtpm on its machine: install the packages swtpm and swtpm-tools there, or do without with --no-tpm");
    }
    if (guest->efi && !guest->loader &&
        !virt_new_caps_lists(caps, "os", NULL, "firmware", "efi")) {
        return refuse(error,
                      "libvirt finds no OVMF on its machine: install the package (%s) there%s",
                      host_ovmf_package(guest->board->arch),
                      guest->board->seabios ?
                      ", or use --firmware seabios, and with --os windows also --no-secure-boot --no-tpm"
                      : ", or use --kernel");
    }
    if (guest->system == VIRT_SYSTEM_WINDOWS && guest->board->hyperv &&
        !guest->hide && !guest->tcg) {
        char **names = virt_new_caps_hyperv(caps, &missing);
        size_t i;

        for (i = 0; names[i]; i++) {
            g_ptr_array_add(plan->owned, names[i]);
        }
        g_ptr_array_add(plan->owned, names);
        guest->hyperv = (const char *const *)names;
    }
    if (missing) {
        note(plan,
             "libvirt's machine lacks some of Hyper-V's features, and Windows may run slower without them: %s",
             missing);
    }
    g_free(missing);
    return true;
}

/* ---- files ---------------------------------------------------------------*/

static bool check_file(VirtNewPlan *plan, const VirtHost *host,
                       const char *what, const char *path, bool writes,
                       GHashTable *needs, GError **error)
{
    char *need;

    if (!path) {
        return true;
    }
    if (!virt_new_file_check(what, path, writes, error)) {
        return false;
    }
    need = virt_new_file_need(host, path);
    if (need && g_hash_table_add(needs, need)) {
        g_autofree char *user = virt_host_user_name(host);

        note(plan,
             "the domain can't start yet: libvirt gives %s to the user %s, who can't search the directories above it; allow it with: %s",
             path, user, need);
    }
    return true;
}

/* OVMF's variables: libvirt makes the file, but not its directory. */
static bool check_nvram(VirtNewPlan *plan, const VirtHost *host,
                        GHashTable *needs, GError **error)
{
    const char *path = plan->guest.nvram;
    g_autofree char *dir = path ? g_path_get_dirname(path) : NULL;

    if (path && plan->guest.secure_boot &&
        g_file_test(path, G_FILE_TEST_EXISTS) && !host_ovmf_has_keys(path)) {
        return refuse(error,
                      "--secure-boot: %s has no keys for Secure Boot, so it is of a guest without it: choose another file with --nvram, or use --no-secure-boot",
                      path);
    }
    if (!path || g_file_test(path, G_FILE_TEST_EXISTS)) {
        return check_file(plan, host, "--nvram", path, true, needs, error);
    }
    return g_file_test(dir, G_FILE_TEST_IS_DIR) ||
           refuse(error, "--nvram %s: there is no directory %s", path, dir);
}

bool virt_new_plan_files(VirtNewPlan *plan, const VirtHost *host,
                         GError **error)
{
    const VirtNewGuest *guest = &plan->guest;
    g_autoptr(GHashTable) needs = g_hash_table_new_full(g_str_hash,
                                                        g_str_equal, g_free,
                                                        NULL);
    size_t i;

    for (i = 0; guest->disks[i]; i++) {
        if (!check_file(plan, host, "--disk", guest->disks[i], true, needs,
                        error)) {
            return false;
        }
    }
    for (i = 0; guest->isos[i]; i++) {
        if (!check_file(plan, host, "--iso", guest->isos[i], false, needs,
                        error)) {
            return false;
        }
    }
    return check_file(plan, host, "--kernel", guest->kernel, false, needs,
                      error) &&
           check_file(plan, host, "--initrd", guest->initrd, false, needs,
                      error) &&
           check_file(plan, host, "--firmware", guest->loader, false, needs,
                      error) &&
           check_nvram(plan, host, needs, error);
}
