/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: notes and errors about a comparison (see report.h)
 */
#include "tools/compare/report.h"

#include <inttypes.h>

#include "tools/common/tool.h"

/* Devices that are listed at most */
#define LISTED_MAX 10

const char *report_device(const AccessLog *log, unsigned device)
{
    return accesses_device(log, device)->is.id;
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "es";
}

void report_extras(const Report *r)
{
    unsigned d;
    int i;

    for (d = 0; d < r->log->devices->len; d++) {
        const MmtPciDev *pci = &accesses_device(r->log, d)->pci;

        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            uint64_t n = tally_between(r->tally, d, i);

            if (n) {
                tool_print(
                    "note: %" PRIu64
                    " access%s to %s of %04x:%04x (%s) between the oracle's %s in %s only\n",
                    n, plural(n), mmt_resource_name(i), pci->vendor,
                    pci->device, report_device(r->log, d),
                    n == 1 ? "is" : "are", r->log->name);
            }
        }
    }
}

void report_quirks(const Report *r)
{
    const Tally *t = r->tally;

    if (t->rex_w) {
        tool_print(
            "note: %" PRIu64
            " 8-byte store%s logged as 4 bytes by the kernel, a known fault of its decoder (REX.W C7)\n",
            t->rex_w, t->rex_w == 1 ? " was" : "s were");
    }
    if (t->sign) {
        tool_print(
            "note: %" PRIu64
            " read%s logged sign-extended by the kernel, a known fault of its decoder\n",
            t->sign, t->sign == 1 ? " was" : "s were");
    }
    if (t->unknown) {
        tool_print("note: %" PRIu64
                   " UNKNOWN record%s compared by address only\n",
                   t->unknown, t->unknown == 1 ? " was" : "s were");
    }
}

/*
 * The ROM is not compared: a guest often has another one, or none.  A format
 * without PCIDEV does not tell the sizes.
 */
static bool same_sizes(const AccessDevice *a, const AccessDevice *b)
{
    int i;

    for (i = 0; i < MMT_PCI_RESOURCES - 1 && a->has_pci && b->has_pci; i++) {
        if (!mmt_resource_is_port(&a->pci, i) &&
            a->pci.size[i] != b->pci.size[i]) {
            return false;
        }
    }
    return true;
}

/* Print lines that could not be parsed.  Return: false if there is an error */
static bool print_bad_lines(const AccessLog *log)
{
    if (log->foreign) {
        tool_print("note: %s:%" PRIu64 ": '%s' is not a line of a log (%" PRIu64
                   " such line%s left out)\n", log->name, log->foreign_line,
                   log->foreign_text, log->foreign, log->foreign == 1 ? "" : "s");
    }
    if (log->bad_events) {
        tool_print(
            "error: %s:%" PRIu64 ":%zu: %s (%" PRIu64
            " such line%s; try 'vfio-trace check')\n", log->name, log->bad_line,
                    log->bad_error.column, log->bad_error.message,
                    log->bad_events, log->bad_events == 1 ? "" : "s");
    }
    if (log->cut_line) {
        tool_print(
            "error: %s:%" PRIu64
            ": the log ends without a newline: its last line is cut off\n",
            log->name, log->cut_line);
    }
    if (log->cut_file) {
        tool_print("error: %s ends within a compressed frame: it is cut off\n",
                   log->cut_file);
    }
    if (log->parts > 1) {
        tool_print(
            "note: %s is in %u parts; line numbers are those of 'vfio-trace cat'\n",
            log->name, log->parts);
    }
    return !log->bad_events && !log->cut_line && !log->cut_file;
}

static bool has_kind(const AccessLog *log, const MmtPciDev *pci)
{
    unsigned i;

    for (i = 0; i < log->devices->len; i++) {
        const MmtPciDev *ours = &accesses_device(log, i)->pci;

        if (ours->vendor == pci->vendor && ours->device == pci->device) {
            return true;
        }
    }
    return false;
}

uint64_t report_missing_devices(const Report *r)
{
    uint64_t missing = 0;
    unsigned d;

    for (d = 0; d < r->oracle->devices->len; d++) {
        const AccessDevice *device = accesses_device(r->oracle, d);
        const MmtPciDev *pci = &device->pci;
        bool known;

        if (!device->missing) {
            continue;
        }
        missing += device->accesses;
        known = has_kind(r->log, pci);
        tool_print("%s: %" PRIu64 " access%s to %04x:%04x (%s) in %s %s to ",
                   known ? "error" : "note", device->accesses,
                   plural(device->accesses), pci->vendor, pci->device,
                   report_device(r->oracle, d), r->oracle->name,
                   device->accesses == 1 ? "is" : "are");
        tool_print(known ? "one more such device than %s has\n" :
                   "a device that %s does not have (--device can leave it out)\n",
                   r->log->name);
    }
    return missing;
}

static void print_devices(const Report *r)
{
    unsigned d;

    for (d = 0; d < r->log->devices->len; d++) {
        const AccessDevice *device = accesses_device(r->log, d);

        if (device->gone) {
            continue;
        }
        if (device->peer < 0 && !r->filter) {
            tool_print("note: %s has no %04x:%04x to compare %s with\n",
                       r->oracle->name, device->pci.vendor, device->pci.device,
                       report_device(r->log, d));
        } else if (device->peer >= 0 &&
                   !same_sizes(device, accesses_device(r->oracle,
                                                       device->peer))) {
            tool_print("note: the BARs of %s have other sizes in %s\n",
                       report_device(r->log, d), r->oracle->name);
        }
    }
}

/* What the user names may be several devices. */
static void print_filter(const Report *r)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    g_autoptr(GString) list = g_string_new(NULL);
    unsigned d;

    for (d = 0; r->filter && d < r->log->devices->len; d++) {
        AccessDevice *device = accesses_device(r->log, d);

        if (!device->gone && mmt_devices_fit(&device->is, r->filter)) {
            g_ptr_array_add(found, &device->is);
        }
    }
    for (d = 0; d < found->len && d < LISTED_MAX; d++) {
        g_string_append(list, d ? ", " : "");
        mmt_devices_put_choice(found->pdata[d], found, list);
    }
    if (found->len > 1) {
        tool_print(
            "note: --device '%s' is %u devices of %s: %s%s; its name selects one\n",
            r->filter, found->len, r->log->name, list->str,
            found->len > LISTED_MAX ? ", ..." : "");
    }
}

/* Equal devices whose addresses tell nothing are paired in their order. */
static void print_guesses(const Report *r)
{
    unsigned d;

    for (d = 0; d < r->log->devices->len; d++) {
        const AccessDevice *device = accesses_device(r->log, d);

        if (device->peer >= 0 && device->guessed) {
            tool_print(
                "note: %s of %s is one of several %04x:%04x that nothing tells apart; it is compared with %s of %s, in the order of the logs (--pair %s=%s)\n",
                report_device(r->oracle, device->peer), r->oracle->name,
                device->pci.vendor, device->pci.device,
                report_device(r->log, d), r->log->name,
                report_device(r->oracle, device->peer),
                report_device(r->log, d));
        }
    }
}

static void print_elsewhere(const AccessLog *log)
{
    if (log->elsewhere) {
        tool_print(
            "note: %" PRIu64 " access%s of %s, from line %" PRIu64
            " on, left out: not in a BAR of any device\n", log->elsewhere,
            plural(log->elsewhere), log->name, log->elsewhere_line);
    }
}

static void print_lost(const AccessLog *log, const char *severity)
{
    uint64_t n = MAX(log->lost_marks, log->lost_cpu);

    if (!log->lost) {
        return;
    }
    tool_print("%s: %s itself is incomplete: it has lost ", severity,
               log->name);
    if (n) {
        tool_print("%" PRIu64 " events\n", n);
    } else {
        tool_print("events\n");
    }
}

bool report_reservations(const Report *r)
{
    bool ok = !r->oracle->lost;

    print_filter(r);
    print_devices(r);
    print_guesses(r);
    print_elsewhere(r->oracle);
    print_elsewhere(r->log);
    if (r->log->ports) {
        tool_print(
            "note: %" PRIu64
            " access%s to I/O ports, which mmiotrace never sees, left out\n",
            r->log->ports, plural(r->log->ports));
    }
    print_lost(r->oracle, "error");
    ok &= print_bad_lines(r->oracle);
    print_lost(r->log, "note");
    ok &= print_bad_lines(r->log);
    return ok;
}
