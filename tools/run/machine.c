/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: room in the guest's machine and on the host (see machine.h)
 */
#include "tools/run/machine.h"

#include "libpcidev/msix.h"
#include "tools/common/sizes.h"
#include "tools/host/address.h"
#include "tools/host/cgroup.h"
#include "tools/host/fs.h"
#include "tools/run/display.h"
#include "tools/run/error.h"
#include "tools/run/kvm.h"
#include "tools/run/large.h"
#include "tools/run/port.h"
#include "tools/run/qemu.h"
#include "tools/run/usb.h"

#include <linux/kvm.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Slots 1 to 0xf (slot.h); the marker's virtio-serial has one of them. */
#define VIRTIO_SLOTS 14

/* SeaBIOS stops if more root ports need I/O ports: each gets 4096 of 65536. */
#define SEABIOS_IO_PORTS 14

/* Descriptors that QEMU opens for itself, and for a device without vectors */
#define OWN_FILES 128
#define DEVICE_FILES 16

#define GIB (1ull << 30)

static bool check_ports(const RunPlan *plan, GError **error)
{
    unsigned ports = run_port_count(plan->guests);

    return ports <= RUN_PORTS ||
           run_error(error,
                     "the devices are %u cards, and the guest's machine has root ports for %u",
                     ports, RUN_PORTS);
}

static bool has_io(const HostPci *dev)
{
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        if (dev->regions[i].flags & HOST_PCI_IORESOURCE_IO) {
            return true;
        }
    }
    return false;
}

static bool is_seabios(const RunPlan *plan)
{
    return plan->board->seabios && !plan->firmware && !plan->vars &&
           !run_qemu_has_option(plan->vm.qemu_args, "bios") &&
           !run_qemu_has_option(plan->vm.qemu_args, "pflash");
}

/* "PCI: out of I/O address space" */
static bool check_io(const RunPlan *plan, GError **error)
{
    unsigned cards = 0;
    guint first;
    guint n;

    for (first = 0; first < plan->guests->len; first += n) {
        bool io = false;
        guint i;

        n = run_port_card(plan->guests, first);
        for (i = first; i < first + n; i++) {
            io |= has_io(plan->guests->pdata[i]);
        }
        cards += io;
    }
    return cards <= SEABIOS_IO_PORTS || !is_seabios(plan) || plan->vm.force ||
           run_error(error,
                     "%u of the cards have I/O ports, and SeaBIOS, which has room for %u, does not start then: give the guest fewer cards, or another firmware",
                     cards, SEABIOS_IO_PORTS);
}

/* Slots that other devices take */
static unsigned count_slots(const RunPlan *plan)
{
    return run_display_has_inputs(plan) + run_usb_needs_controller(plan) +
           (plan->net_model != NULL) + (plan->shares->len != 0);
}

static bool check_drives(const RunPlan *plan, GError **error)
{
    unsigned disks = plan->vm.disks ? g_strv_length(plan->vm.disks) : 0;
    unsigned isos = plan->vm.isos ? g_strv_length(plan->vm.isos) : 0;
    bool virtio = run_qemu_has_virtio_disks(plan);
    unsigned slots = VIRTIO_SLOTS - count_slots(plan);
    unsigned sata = plan->board->sata_ports;

    if ((virtio || !sata) && disks > slots) {
        return run_error(error,
                         "--disk is given %u times, and the guest's machine has slots for %u %s disks; '-- -device virtio-scsi-pci ...' can add more",
                         disks, slots, virtio ? "virtio" : "NVMe");
    }
    if (sata && isos + (virtio ? 0 : disks) > sata) {
        return run_error(error,
                         "--disk and --iso are given %u times, and the guest's machine has %u SATA ports%s",
                         disks + isos, sata,
                         virtio ? ", which CDs need" :
                         "; with --os linux, disks need none");
    }
    return true;
}

static bool check_cpus(const RunPlan *plan, GError **error)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    int kvm = plan->tcg ? -1 : run_kvm_open(plan->root);
    int most = kvm < 0 ? 0 : run_kvm_has(kvm, KVM_CAP_MAX_VCPUS);

    if (kvm >= 0) {
        close(kvm);
    }
    if (most && plan->vm.smp > most) {
        return run_error(error,
                         "--smp %d: this host's KVM has at most %d CPUs for a guest",
                         plan->vm.smp, most);
    }
    if (kvm >= 0 && cpus > 0 && plan->vm.smp > cpus) {
        run_note("--smp %d: the host has %ld CPUs; the guest will be slow",
                 plan->vm.smp, cpus);
    }
    return true;
}

static bool check_smm(const RunPlan *plan, GError **error)
{
    int kvm = plan->tcg ? -1 : run_kvm_open(plan->root);
    bool has = kvm < 0 || run_kvm_has(kvm, KVM_CAP_X86_SMM);

    if (kvm >= 0) {
        close(kvm);
    }
    return has || !plan->vm.secure_boot || !plan->board->smm ||
           run_error(error,
                     "--secure-boot needs SMM, which this host's KVM does not have: use --no-secure-boot");
}

/* Return: a number of KiB in /proc/meminfo, as bytes; 0 if it is not there */
static uint64_t memory_of(const char *text, const char *label)
{
    const char *line = g_str_has_prefix(text, label) ? text :
                       strstr(text, label);

    return line ? g_ascii_strtoull(line + strlen(label), NULL, 10) << 10 : 0;
}

/* Is it unknown how much is locked, since the user's arguments choose that? */
static bool has_own_memory(const RunPlan *plan)
{
    size_t i;

    for (i = 0; plan->vm.qemu_args && plan->vm.qemu_args[i]; i++) {
        if (strstr(plan->vm.qemu_args[i], "memory-backend")) {
            return true;
        }
    }
    return run_qemu_has_option(plan->vm.qemu_args, "m") ||
           run_qemu_has_option(plan->vm.qemu_args, "mem-path");
}

static char *gib(uint64_t bytes)
{
    return g_strdup_printf("%.1fG", (double)bytes / GIB);
}

/* A control group without room has a process killed: QEMU. */
static bool check_group_memory(const RunPlan *plan, GError **error)
{
    g_autofree char *group = NULL;
    uint64_t left = host_cgroup_memory(plan->root, &group);
    g_autofree char *have = gib(left);
    uint64_t bytes = 0;

    size_parse(plan->vm.memory, &bytes, NULL);
    return bytes <= left || plan->vm.force || plan->no_device ||
           has_own_memory(plan) ||
           run_error(error,
                     "--memory %s: all of it is locked when the guest starts, and the control group %s has only %s left; give the guest less, raise the limit of the container or unit, or use --force",
                     plan->vm.memory, group, have);
}

/* VFIO locks all of the guest's memory when the guest starts. */
static bool check_memory(const RunPlan *plan, GError **error)
{
    g_autofree char *path = host_fs_path(plan->root, "/proc/meminfo");
    g_autofree char *text = host_fs_text(path);
    uint64_t available = text ? memory_of(text, "MemAvailable:") : 0;
    uint64_t most = available + (text ? memory_of(text, "SwapFree:") : 0);
    g_autofree char *have = gib(available);
    uint64_t bytes = 0;

    size_parse(plan->vm.memory, &bytes, NULL);
    if (!available || bytes <= available || plan->no_device ||
        has_own_memory(plan)) {
        return true;
    }
    if (bytes > most && !plan->vm.force) {
        return run_error(error,
                         "--memory %s: all of it is locked when the guest starts, and the host has only %s available; give the guest less, end programs, or use --force",
                         plan->vm.memory, have);
    }
    run_note(
        "--memory %s: all of it is locked when the guest starts, and the host has only %s available",
        plan->vm.memory, have);
    return true;
}

/* The window is aligned to its size, above the guest's memory and 256G. */
static bool check_guest_addresses(const RunPlan *plan, GError **error)
{
    unsigned bits = plan->tcg ? 0 : host_address_guest_bits(plan->root);
    uint64_t wanted = run_large_window(plan);
    uint64_t window = wanted ? wanted : plan->board->large_window;
    uint64_t bars = run_large_bars(plan);
    g_autofree char *size = gib(bars);
    uint64_t bytes = 0;

    size_parse(plan->vm.memory, &bytes, NULL);
    bytes = MAX(bytes + GIB, 256 * GIB);
    return !bars || !bits ||
           ((bytes + window - 1) / window + 1) * window <= 1ull << bits ||
           run_error(error,
                     "the devices' large BARs have %s, and KVM on this host gives a guest addresses of %u bits: there is no room for them",
                     size, bits);
}

/* Firmware and kernel place large BARs above the guest's memory. */
static bool check_addresses(const RunPlan *plan, GError **error)
{
    unsigned cpu = host_address_cpu_bits(plan->root);
    unsigned iommu = host_address_iommu_bits(plan->root);
    uint64_t bars = run_large_bars(plan);
    g_autofree char *size = gib(bars);
    uint64_t bytes = 0;

    if (plan->board->large_window) {
        return check_guest_addresses(plan, error);
    }
    size_parse(plan->vm.memory, &bytes, NULL);
    if (!bars || !cpu || cpu > 62) {
        return true;
    }
    if (bytes > (1ull << cpu) || bars > (1ull << cpu) - bytes) {
        return run_error(error,
                         "the devices' large BARs have %s and the guest's memory %s, more than this host's processor can address (%u bits)",
                         size, plan->vm.memory, cpu);
    }
    if (iommu && iommu < cpu &&
        !run_qemu_has_option(plan->vm.qemu_args, "cpu")) {
        run_note(
            "the IOMMU has addresses of %u bits, the processor of %u: if QEMU says that it can't map a BAR, use '-- -cpu host,host-phys-bits-limit=%u'",
            iommu, cpu, iommu);
    }
    return true;
}

/* An interrupt vector takes two eventfds; QEMU raises the soft limit itself. */
static bool check_files(const RunPlan *plan, GError **error)
{
    unsigned files = OWN_FILES;
    struct rlimit limit;
    guint i;

    for (i = 0; i < plan->guests->len; i++) {
        HostPciMsix msix;

        files += DEVICE_FILES;
        if (host_pci_msix(plan->guests->pdata[i], &msix) ==
            HOST_PCI_MSIX_FOUND) {
            files += 2 * msix.vectors;
        }
    }
    return getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_max >= files ||
           run_error(error,
                     "QEMU may need %u open files for the devices, and the limit is %lu: raise it (ulimit -Hn)",
                     files, (unsigned long)limit.rlim_max);
}

bool run_machine_check(const RunPlan *plan, GError **error)
{
    typedef bool Check(const RunPlan *plan, GError **error);
    static Check *const checks[] = {
        check_ports, check_io, check_drives, check_cpus, check_smm,
        check_memory, check_group_memory, check_addresses, check_files,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(checks); i++) {
        if (!checks[i](plan, error)) {
            return false;
        }
    }
    return true;
}
