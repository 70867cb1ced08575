/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: the format of a trace, and who wrote it (see origin.h)
 *
 * Theory of operation
 *
 * Until the first line of mmiotrace or of another format has come, lines that
 * can't be parsed are held: other programs may have written them into the same
 * file.  A log is the kernel's if it begins with "# tracer: mmiotrace" or with
 * an access or a mapping instead of VERSION, if two PCIDEV lines follow each
 * other: the kernel lists all devices of the machine, while our tracer writes
 * marks about each device after its PCIDEV, or if it has a line of lspci.  So
 * the faults of a PCIDEV are held until the next line.
 *
 * A log of our tracer whose beginning is missing or damaged looks the same, up
 * to its first mark or extra field.  So the faults that were held are kept until
 * the end.
 */
#include "tools/check/origin.h"
#include "tools/check/fault.h"
#include "tools/check/other.h"

#include <string.h>

void check_origin_init(Check *check)
{
    check->kernel = check->options->kernel;
    check->last_pcidev = -1;
    check->holding = true;
}

static bool begins_kernels_view(const MmtEvent *ev)
{
    static const char tracer[] = " tracer: mmiotrace";

    return ev->type == MMT_EVENT_COMMENT &&
           ev->text.len >= sizeof(tracer) - 1 &&
           !memcmp(ev->text.p, tracer, sizeof(tracer) - 1);
}

/* The first line of mmiotrace */
static void decide(Check *check, const MmtEvent *ev)
{
    bool view = begins_kernels_view(ev);

    /* ftrace's notice of lost events is the same in two formats */
    if ((ev->type == MMT_EVENT_COMMENT && !view) ||
        ev->type == MMT_EVENT_LOST_CPU) {
        return;
    }
    check->decided = true;
    if (view || mmt_event_is_access(ev) || ev->type == MMT_EVENT_MAP ||
        ev->type == MMT_EVENT_UNMAP || ev->type == MMT_EVENT_LOST) {
        check->guessed = !check->kernel;
        check->kernel = true;
        check->headless = true;
        check->holding = false;
    } else {
        check_report_pending(check);
    }
}

static void follow_pcidev(Check *check, const MmtEvent *ev)
{
    bool is_lspci = ev && ev->type == MMT_EVENT_LSPCI;
    int place = -1;

    if (ev && ev->type == MMT_EVENT_PCIDEV) {
        place = ev->pci.bus << 8 | ev->pci.devfn;
    }
    if (check->last_pcidev >= 0 || is_lspci) {
        if ((is_lspci || (place >= 0 && place != check->last_pcidev)) &&
            !check->ours) {
            check->guessed |= !check->kernel;
            check->kernel = true;
        } else if (!check->kernel) {
            check_report_pending(check);
        }
    }
    check->last_pcidev = place;
    check->holding = place >= 0 && !check->kernel;
}

void check_origin_line(Check *check, const MmtLine *line, const MmtEvent *ev)
{
    if (!check->decided) {
        if (ev) {
            decide(check, ev);
        } else if (!line->overlong) {
            check->other = check_other_begin(check, line);
        }
        if (check->other) {
            check_drop_pending(check);
        }
    }
    if (check->decided) {
        follow_pcidev(check, ev);
    }
}

void check_origin_ours(Check *check)
{
    Place first = { .file = check->name, .line = 1 };

    if (!check->guessed) {
        return;
    }
    check->guessed = false;
    check->kernel = false;
    if (check->headless) {
        check->headless = false;
        check_fault(check, first, 1,
                    "the beginning of the log is missing: it does not begin with VERSION");
    }
    check_report_pending(check);
}

void check_origin_end(Check *check)
{
    if (check->kernel && check->decided) {
        check_drop_pending(check);
    }
    check_report_pending(check);
}
