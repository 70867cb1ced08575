/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace compare: check that a log contains the guest kernel's own log
 *
 * accesses.h reads the logs, align.h aligns them; this file has the options,
 * counts the differences and prints them.
 */
#include "tools/compare/accesses.h"
#include "tools/compare/align.h"
#include "tools/common/tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CONTEXT_DEFAULT     3
#define DIFFERENCES_DEFAULT 10

/* 128 MiB for each log, and as much again for the alignment */
#define ACCESSES_DEFAULT (4 << 20)

/* Accesses shown at each end of a long run of extras */
#define EXTRA_ENDS 3

/* Distance within which an access that is out of order is searched */
#define DISORDER_REACH 256

static char *opt_device;
static int opt_context = CONTEXT_DEFAULT;
static int opt_max_differences = DIFFERENCES_DEFAULT;
static gboolean opt_contiguous;
static gboolean opt_exact;
static gint64 opt_max_accesses = ACCESSES_DEFAULT;

static const GOptionEntry entries[] = {
    { "device", 'd', 0, G_OPTION_ARG_STRING, &opt_device,
      "Compare this device only, given by its IDs or its address in LOG",
      "VENDOR:DEVICE|BDF" },
    { "context", 'c', 0, G_OPTION_ARG_INT, &opt_context,
      "Show N accesses around a difference (default: 3)", "N" },
    { "max-differences", 'm', 0, G_OPTION_ARG_INT, &opt_max_differences,
      "Show at most N differences (default: 10); all are counted", "N" },
    { "contiguous", 0, 0, G_OPTION_ARG_NONE, &opt_contiguous,
      "Permit no extras in LOG between accesses of ORACLE", NULL },
    { "max-accesses", 'a', 0, G_OPTION_ARG_INT64, &opt_max_accesses,
      "Keep at most N accesses of each log in memory (default: 4194304)", "N" },
    { "exact", 0, 0, G_OPTION_ARG_NONE, &opt_exact,
      "Permit no extras in LOG at all", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct Step: one line of the two logs side by side
 * @i: access of the oracle, or ALIGN_NONE
 * @j: access of the log, or ALIGN_NONE
 * @bad: it is a difference, which is shown
 */
typedef struct Step {
    uint32_t i;
    uint32_t j;
    bool bad;
} Step;

/**
 * struct Comparison: state of the comparison
 * @oracle: the guest kernel's log
 * @log: our log
 * @a: accesses of @oracle
 * @b: accesses of @log
 * @al: alignment of @a and @b
 * @pairs: number of devices compared
 * @steps: Step, both logs side by side
 * @taken: for each access of @b, whether it has a counterpart
 */
typedef struct Comparison {
    AccessLog *oracle;
    AccessLog *log;
    const Access *a;
    const Access *b;
    Alignment *al;
    unsigned pairs;
    GArray *steps;
    bool *taken;
} Comparison;

static bool is_extra_bad(const Alignment *al, uint32_t j)
{
    return opt_exact ||
           (opt_contiguous && j >= al->before && j < al->m - al->after);
}

static void add_extras(Comparison *c, uint32_t *j, uint32_t to)
{
    while (*j < to) {
        Step step = { .i = ALIGN_NONE, .j = *j,
                      .bad = is_extra_bad(c->al, *j) };

        g_array_append_val(c->steps, step);
        (*j)++;
    }
}

static void make_steps(Comparison *c)
{
    uint32_t j = 0;
    size_t i;

    c->steps = g_array_new(FALSE, FALSE, sizeof(Step));
    c->taken = g_new0(bool, MAX(1, c->al->m));
    for (i = 0; i < c->al->n; i++) {
        Step step = { .i = i, .j = c->al->peer[i] };

        if (step.j == ALIGN_NONE) {
            step.bad = true;
        } else {
            add_extras(c, &j, step.j);
            step.bad = !access_match(&c->a[i], &c->b[j]);
            c->taken[j++] = true;
        }
        g_array_append_val(c->steps, step);
    }
    add_extras(c, &j, c->al->m);
}

static const char *describe_pci(const MmtPciDev *pci)
{
    static char text[32];

    snprintf(text, sizeof(text), "%02x:%02x.%x", pci->bus, pci->devfn >> 3,
             pci->devfn & 7);
    return text;
}

static const char *describe_device(const Comparison *c, unsigned device)
{
    return describe_pci(&accesses_device(c->log, device)->pci);
}

static void print_row(const Comparison *c, char sign, uint32_t i, uint32_t j)
{
    const Access *a = i == ALIGN_NONE ? &c->b[j] : &c->a[i];
    char left[24] = "";
    char right[24] = "";

    if (i != ALIGN_NONE) {
        snprintf(left, sizeof(left), "%" PRIu64, c->a[i].line);
    }
    if (j != ALIGN_NONE) {
        snprintf(right, sizeof(right), "%" PRIu64, c->b[j].line);
    }
    tool_print("  %c %9s %9s  ", sign, left, right);
    if (c->pairs > 1) {
        tool_print("%s ", describe_device(c, a->device));
    }
    if (a->op == ACCESS_UNKNOWN) {
        tool_print("UNKNOWN %s+0x%05" PRIx64 "\n", mmt_resource_name(a->bar),
                   a->offset);
    } else {
        tool_print("%c %u %s+0x%05" PRIx64 "  0x%" PRIx64 "\n",
                   a->op == ACCESS_READ ? 'R' : 'W', a->width,
                   mmt_resource_name(a->bar), a->offset, a->value);
    }
}

/*
 * The kernel's decoder does not skip a SIB byte: it reads the immediate of a
 * store one byte early.
 */
static bool looks_like_sib(const Access *a, const Access *b)
{
    uint64_t kept = b->width > 1 && b->width < 8 ?
                    b->value & ((1ull << (b->width * 8 - 8)) - 1) : 0;

    return a->op == ACCESS_WRITE && b->width > 1 && b->width < 8 && kept &&
           a->value >> 8 == kept;
}

/* If a missing access is in our log at another place, print where. */
static void print_disorder(const Comparison *c, guint at)
{
    const Access *a = &c->a[g_array_index(c->steps, Step, at).i];
    guint from = at > DISORDER_REACH ? at - DISORDER_REACH : 0;
    guint to = MIN(at + DISORDER_REACH, c->steps->len);
    guint k;

    for (k = from; k < to; k++) {
        const Step *step = &g_array_index(c->steps, Step, k);

        if (step->i == ALIGN_NONE && access_match(a, &c->b[step->j])) {
            tool_print("      (out of order? %s:%" PRIu64 " is the same)\n",
                       c->log->name, c->b[step->j].line);
            return;
        }
    }
}

static void print_step(const Comparison *c, guint at)
{
    const Step *step = &g_array_index(c->steps, Step, at);

    if (step->i == ALIGN_NONE) {
        print_row(c, '+', ALIGN_NONE, step->j);
    } else if (step->j == ALIGN_NONE) {
        print_row(c, '-', step->i, ALIGN_NONE);
        print_disorder(c, at);
    } else if (step->bad) {
        print_row(c, '-', step->i, ALIGN_NONE);
        print_row(c, '+', ALIGN_NONE, step->j);
        if (looks_like_sib(&c->a[step->i], &c->b[step->j])) {
            tool_print(
                "      (the kernel's decoder misreads an immediate store with a SIB byte like this)\n");
        }
    } else {
        print_row(c, ' ', step->i, step->j);
    }
}

static guint extras_from(const Comparison *c, guint k, guint end)
{
    guint n = 0;

    while (k + n < end && g_array_index(c->steps, Step, k + n).i ==
           ALIGN_NONE) {
        n++;
    }
    return n;
}

static void print_steps(const Comparison *c, guint k, guint end)
{
    while (k < end) {
        guint extras = extras_from(c, k, end);

        if (extras > 2 * EXTRA_ENDS + 1) {
            guint skip = extras - 2 * EXTRA_ENDS;
            guint i;

            for (i = 0; i < EXTRA_ENDS; i++) {
                print_step(c, k++);
            }
            tool_print("      ... %u more, in %s only\n", skip, c->log->name);
            k += skip;
        } else {
            print_step(c, k++);
        }
    }
}

/*
 * Return: end of the hunk that begins with the bad step @k: after the last bad
 * step that is at most two contexts from the previous bad step
 */
static guint end_of_hunk(const Comparison *c, guint k, guint limit)
{
    guint last = k;
    guint shown = 0;

    for (; k < c->steps->len && k - last <= 2 * (guint)opt_context; k++) {
        if (g_array_index(c->steps, Step, k).bad) {
            if (shown++ == limit) {
                break;
            }
            last = k;
        }
    }
    return last + 1;
}

static void print_differences(const Comparison *c)
{
    guint left = opt_max_differences;
    uint64_t hidden = 0;
    guint shown_to = 0;
    guint k;

    for (k = 0; k < c->steps->len; k++) {
        guint from;
        guint end;
        guint to;

        if (!g_array_index(c->steps, Step, k).bad) {
            continue;
        }
        if (!left) {
            hidden++;
            continue;
        }
        end = end_of_hunk(c, k, left);
        from = k > (guint)opt_context ? k - opt_context : 0;
        from = MAX(from, shown_to);
        to = MIN(end + opt_context, c->steps->len);
        if (!shown_to) {
            tool_print("  %11s %9s  (lines; - %s, + %s)\n", "oracle", "log",
                       c->oracle->name, c->log->name);
        } else {
            tool_print("  ...\n");
        }
        for (; k < end; k++) {
            left -= g_array_index(c->steps, Step, k).bad;
        }
        /* Bad steps in the context belong to the next hunk. */
        while (left == 0 && to > end &&
               g_array_index(c->steps, Step, to - 1).bad) {
            to--;
        }
        print_steps(c, from, to);
        shown_to = to;
        k = end - 1;
    }
    if (hidden) {
        tool_print("  ... and %" PRIu64 " more (--max-differences)\n", hidden);
    }
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "es";
}

/* Print the number of extras between the oracle's accesses, for each BAR. */
static void print_between(const Comparison *c)
{
    g_autofree uint64_t *n = g_new0(uint64_t, c->log->devices->len *
                                              MMT_PCI_RESOURCES);
    unsigned d;
    size_t j;
    int i;

    for (j = c->al->before; j < c->al->m - c->al->after; j++) {
        n[c->b[j].device * MMT_PCI_RESOURCES + c->b[j].bar] += !c->taken[j];
    }
    for (d = 0; d < c->log->devices->len; d++) {
        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            uint64_t k = n[d * MMT_PCI_RESOURCES + i];

            if (k) {
                const MmtPciDev *pci = &accesses_device(c->log, d)->pci;

                tool_print(
                    "note: %" PRIu64
                    " access%s to %s of %04x:%04x (%s) between the oracle's %s in %s only\n",
                    k, plural(k),
                            mmt_resource_name(i), pci->vendor, pci->device,
                            describe_device(c, d), k == 1 ? "is" : "are",
                            c->log->name);
            }
        }
    }
}

static void print_quirks(const Comparison *c)
{
    uint64_t unknown = 0;
    uint64_t rex_w = 0;
    uint64_t sign = 0;
    size_t i;

    for (i = 0; i < c->al->n; i++) {
        const Access *a = &c->a[i];
        uint32_t j = c->al->peer[i];

        if (j == ALIGN_NONE || !access_match(a, &c->b[j])) {
            continue;
        }
        if (a->op == ACCESS_UNKNOWN) {
            unknown++;
        } else if (a->quirk == ACCESS_QUIRK_REX_W ||
                   a->width != c->b[j].width) {
            rex_w++;
        } else {
            sign += a->quirk == ACCESS_QUIRK_SIGN_EXTENDED;
        }
    }
    if (rex_w) {
        tool_print(
            "note: %" PRIu64
            " 8-byte store%s logged as 4 bytes by the kernel, a known fault of its decoder (REX.W C7)\n",
            rex_w,
                    rex_w == 1 ? " was" : "s were");
    }
    if (sign) {
        tool_print(
            "note: %" PRIu64
            " read%s logged sign-extended by the kernel, a known fault of its decoder\n",
            sign,
                    sign == 1 ? " was" : "s were");
    }
    if (unknown) {
        tool_print("note: %" PRIu64 " UNKNOWN record%s compared by address only\n",
                   unknown, unknown == 1 ? " was" : "s were");
    }
}

/* The ROM is not compared: a guest often has another one, or none. */
static bool same_sizes(const MmtPciDev *a, const MmtPciDev *b)
{
    int i;

    for (i = 0; i < MMT_PCI_RESOURCES - 1; i++) {
        if (!mmt_resource_is_port(a, i) && a->size[i] != b->size[i]) {
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

/*
 * Print the oracle's devices that have accesses, but no counterpart.  The
 * guest's kernel also traces devices that are not passed through.  If our log
 * has no device with these IDs, the user can exclude the device (--device).
 *
 * Return: number of accesses that are missing because of this
 */
static uint64_t print_missing_devices(const Comparison *c)
{
    uint64_t missing = 0;
    unsigned d;

    for (d = 0; d < c->oracle->devices->len; d++) {
        const AccessDevice *device = accesses_device(c->oracle, d);
        const MmtPciDev *pci = &device->pci;
        bool known;

        if (!device->missing) {
            continue;
        }
        missing += device->accesses;
        known = has_kind(c->log, pci);
        tool_print("%s: %" PRIu64 " access%s to %04x:%04x (%s) in %s %s to ",
                   known ? "error" : "note", device->accesses,
                   plural(device->accesses), pci->vendor, pci->device,
                   describe_pci(pci), c->oracle->name,
                   device->accesses == 1 ? "is" : "are");
        tool_print(known ? "one more such device than %s has\n" :
                   "a device that %s does not have (--device can leave it out)\n",
                   c->log->name);
    }
    return missing;
}

/* Print notes and errors.  Return: false if they invalidate the comparison */
static bool print_reservations(const Comparison *c)
{
    const AccessLog *logs[] = { c->oracle, c->log };
    bool ok = true;
    unsigned d;
    size_t i;

    for (d = 0; d < c->log->devices->len; d++) {
        const AccessDevice *device = accesses_device(c->log, d);

        if (device->peer < 0 && !opt_device) {
            tool_print("note: %s has no %04x:%04x to compare %s with\n",
                       c->oracle->name, device->pci.vendor, device->pci.device,
                       describe_device(c, d));
        } else if (device->peer >= 0 &&
                   !same_sizes(&device->pci,
                               &accesses_device(c->oracle,
                                                device->peer)->pci)) {
            tool_print("note: the BARs of %s have other sizes in %s\n",
                       describe_device(c, d), c->oracle->name);
        }
    }
    if (c->oracle->elsewhere) {
        tool_print(
            "note: %" PRIu64 " access%s of %s, from line %" PRIu64
            " on, left out: not in a BAR of any device\n", c->oracle->elsewhere,
                    plural(c->oracle->elsewhere), c->oracle->name,
                    c->oracle->elsewhere_line);
    }
    if (c->log->elsewhere) {
        tool_print(
            "note: %" PRIu64 " access%s of %s, from line %" PRIu64
            " on, left out: not in a BAR of any device\n", c->log->elsewhere,
                    plural(c->log->elsewhere), c->log->name,
                    c->log->elsewhere_line);
    }
    if (c->log->ports) {
        tool_print(
            "note: %" PRIu64
            " access%s to I/O ports, which mmiotrace never sees, left out\n",
            c->log->ports, plural(c->log->ports));
    }
    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        const AccessLog *log = logs[i];

        if (log->lost) {
            uint64_t n = MAX(log->lost_marks, log->lost_cpu);

            tool_print("%s: %s itself is incomplete: it has lost ",
                       i == 0 ? "error" : "note", log->name);
            if (n) {
                tool_print("%" PRIu64 " events\n", n);
            } else {
                tool_print("events\n");
            }
            ok &= i != 0;
        }
        ok &= print_bad_lines(log);
    }
    return ok;
}

static bool print_result(Comparison *c)
{
    const Alignment *al = c->al;
    uint64_t extra = al->before + al->between + al->after;
    uint64_t nowhere;
    bool ok = !al->missing && !al->different;

    make_steps(c);
    ok &= !opt_exact || !extra;
    ok &= !opt_contiguous || !al->between;
    if (!ok) {
        print_differences(c);
    }
    print_between(c);
    print_quirks(c);
    ok &= print_reservations(c);
    nowhere = print_missing_devices(c);
    ok &= !nowhere;
    if (!al->n) {
        tool_print("error: %s has no access to compare\n", c->oracle->name);
        ok = false;
    }
    tool_print("oracle %" PRIu64 " accesses, log %zu: %" PRIu64 " missing, %" PRIu64
               " different, %" PRIu64 " extra (%" PRIu64 " before, %" PRIu64
               " between, %" PRIu64 " after)\n", al->n + nowhere, al->m,
               al->missing + nowhere, al->different, extra, al->before,
               al->between, al->after);
    return ok;
}

static int compare_logs(const char *oracle_path, const char *log_path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AccessLog) oracle = NULL;
    g_autoptr(AccessLog) log = NULL;
    g_autoptr(Alignment) al = NULL;
    Comparison c = { 0 };
    bool ok;

    oracle = accesses_load(oracle_path, ACCESS_VIEW_GUEST,
                           opt_max_accesses, &error);
    if (oracle) {
        log = accesses_load(log_path, ACCESS_VIEW_HOST, opt_max_accesses,
                            &error);
    }
    if (!log) {
        tool_error(&verb_compare, "%s", error->message);
        return TOOL_TROUBLE;
    }
    c = (Comparison) { .oracle = oracle, .log = log };
    c.pairs = accesses_pair(oracle, log, opt_device);
    if (!c.pairs) {
        if (opt_device) {
            tool_error(&verb_compare, "no device %s is in both %s and %s",
                       opt_device, oracle->name, log->name);
        } else {
            tool_error(&verb_compare,
                       "no device (PCIDEV) is in both %s and %s",
                       oracle->name, log->name);
        }
        return TOOL_TROUBLE;
    }
    c.a = (const Access *)oracle->accesses->data;
    c.b = (const Access *)log->accesses->data;
    c.al = al = align_logs(c.a, oracle->accesses->len, c.b,
                           log->accesses->len);
    ok = print_result(&c);
    g_array_unref(c.steps);
    g_free(c.taken);
    return tool_finish(&verb_compare, ok ? TOOL_OK : TOOL_FAULT);
}

static int compare(int argc, char **argv)
{
    if (!tool_options(&verb_compare, "ORACLE LOG",
                      "ORACLE is the log of the guest kernel's own mmiotrace, LOG that of vfio-pci-trace;\n"
                      "'-' is standard input.\n\n"
                      "Exit status: 0 every access of ORACLE is in LOG, in order and with the same value;\n"
                      "1 it is not, or ORACLE is incomplete, or a log is garbled or cut off;\n"
                      "2 a log can't be read, or bad usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc != 3) {
        tool_error(&verb_compare,
                   "ORACLE and LOG are needed; try 'vfio-trace compare --help'");
        return TOOL_TROUBLE;
    }
    if (opt_context < 0 || opt_context > 1000 || opt_max_differences < 0 ||
        opt_max_accesses < 1) {
        tool_error(&verb_compare,
                   "--context must be 0 to 1000, --max-differences must not be negative, and --max-accesses must be at least 1");
        return TOOL_TROUBLE;
    }
    if (!strcmp(argv[1], "-") && !strcmp(argv[2], "-")) {
        tool_error(&verb_compare, "only one of the logs can be standard input");
        return TOOL_TROUBLE;
    }
    return compare_logs(argv[1], argv[2]);
}

const Verb verb_compare = {
    .name = "compare",
    .brief = "Check that a log contains the guest kernel's own log",
    .run = compare,
};
