/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, devices of a trace that look alike
 */
#include "libmmiotrace/trace.h"

#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#include "device-lines.h"
#define MAP(map, addr) "MAP 2.000000 " map " " addr " 0x0 0x1000 0x0 0\n"
#define READ(map, addr) "R 4 3.000000 " map " " addr " 0x1 0x0 0\n"

/* Equal devices at the same address in two domains */
#define TWO_DOMAINS VERSION \
    PCIDEV("8900", GPU, "f6000000") DEVICE("a", "0000:89:00.0") \
    COVERAGE("a", "1", "0xf6000000") \
    PCIDEV("8900", GPU, "d6000000") DEVICE("b", "0001:89:00.0") \
    COVERAGE("b", "2", "0xd6000000") \
    PCIDEV("0100", NVME, "f8000000") DEVICE("c", "10000:01:00.0") \
    COVERAGE("c", "3", "0xf8000000") \
    MAP("1", "0xf6000000") MAP("2", "0xd6000000") MAP("3", "0xf8000000") \
    READ("1", "0xf6000000") READ("2", "0xd6000004") READ("3", "0xf8000008")

typedef struct {
    const char *name;
    const char *device;     /* argument of "device", or NULL */
    const char *log;
    const char *accesses;
} Case;

static const Case cases[] = {
    { "two-domains", NULL, TWO_DOMAINS,
      "a(10de:26ba)+0 b(10de:26ba)+4 c(1b36:0010)+8 " },
    { "domain", "0001:89:00.0", TWO_DOMAINS, "b(10de:26ba)+4 " },
    { "domain-0", "0000:89:00.0", TWO_DOMAINS, "a(10de:26ba)+0 " },
    { "domain-5-digits", "10000:01:00.0", TWO_DOMAINS, "c(1b36:0010)+8 " },
    { "domain-other", "0002:89:00.0", TWO_DOMAINS, "" },
    { "no-domain", "89:00.0", TWO_DOMAINS, "a(10de:26ba)+0 b(10de:26ba)+4 " },
    { "no-domain-5-digits", "01:00.0", TWO_DOMAINS, "c(1b36:0010)+8 " },
    { "id", "b", TWO_DOMAINS, "b(10de:26ba)+4 " },
    { "ids", "10de:26ba", TWO_DOMAINS, "a(10de:26ba)+0 b(10de:26ba)+4 " },
    /* emulated devices behind root ports: the guest has not numbered buses */
    { "root-ports", NULL, VERSION
      PCIDEV("0000", NVME, "10000000") DEVICE("d0", "none")
      COVERAGE("d0", "1", "0x10000000")
      PCIDEV("0000", NVME, "20000000") DEVICE("d1", "none")
      COVERAGE("d1", "2", "0x20000000")
      READ("1", "0x10000000") READ("2", "0x20000000")
      /* a later part repeats the lines alone */
      "VERSION 20070824\nMARK 3.000000 vfio-trace: part 2 begins\n"
      PCIDEV("0000", NVME, "10000000") PCIDEV("0000", NVME, "20000000")
      "MARK 3.000000 vfio-trace: part 2 header ends\n"
      READ("1", "0x10000004") READ("2", "0x20000004"),
      "d0(1b36:0010)+0 d1(1b36:0010)+0 d0(1b36:0010)+4 d1(1b36:0010)+4 " },
    /* and now it has */
    { "numbered", NULL, VERSION
      PCIDEV("0000", NVME, "10000000") DEVICE("d0", "none")
      COVERAGE("d0", "1", "0x10000000") READ("1", "0x10000000") DETACHED("d0")
      PCIDEV("0100", NVME, "10000000") DEVICE("d0", "none")
      COVERAGE("d0", "2", "0x10000000") READ("2", "0x10000004"),
      "d0(1b36:0010)+0 d0(1b36:0010)+4 " },
    { "numbered-other", NULL, VERSION
      PCIDEV("0000", NVME, "10000000") DEVICE("d0", "none") DETACHED("d0")
      PCIDEV("0100", NVME, "10000000") DEVICE("d0", "none")
      PCIDEV("0200", GPU, "30000000") DEVICE("d1", "none")
      COVERAGE("d0", "1", "0x10000000") COVERAGE("d1", "2", "0x30000000")
      READ("1", "0x10000000") READ("2", "0x30000000"),
      "d0(1b36:0010)+0 d1(10de:26ba)+0 " },
    /* the kernel's list has no domains, and no marks */
    { "kernels", NULL, VERSION
      PCIDEV("8900", GPU, "f6000000") PCIDEV("8900", GPU, "d6000000")
      READ("1", "0xf6000000") READ("2", "0xd6000004"),
      "89:00.0(10de:26ba)+0 89:00.0#2(10de:26ba)+4 " },
    { "kernels-one", "89:00.0#2", VERSION
      PCIDEV("8900", GPU, "f6000000") PCIDEV("8900", GPU, "d6000000")
      READ("1", "0xf6000000") READ("2", "0xd6000004"),
      "89:00.0#2(10de:26ba)+4 " },
    /* the same list twice, and later with other addresses */
    { "kernels-again", NULL, VERSION
      PCIDEV("8900", GPU, "f6000000") PCIDEV("8900", GPU, "d6000000") VERSION
      PCIDEV("8900", GPU, "f6000000") PCIDEV("8900", GPU, "d6000000")
      READ("1", "0xf6000000") READ("2", "0xd6000004") VERSION
      PCIDEV("8900", GPU, "e6000000") PCIDEV("8900", GPU, "c6000000")
      READ("1", "0xe6000008") READ("2", "0xc600000c"),
      "89:00.0(10de:26ba)+0 89:00.0#2(10de:26ba)+4 "
      "89:00.0(10de:26ba)+8 89:00.0#2(10de:26ba)+c " },
    /* an ID that another device gets, and the first one again */
    { "same-id", NULL, VERSION
      PCIDEV("0100", GPU, "f6000000") DEVICE("gpu", "0000:01:00.0")
      COVERAGE("gpu", "1", "0xf6000000") READ("1", "0xf6000000")
      DETACHED("gpu")
      PCIDEV("0200", GPU, "d6000000") DEVICE("gpu", "0000:02:00.0")
      COVERAGE("gpu", "2", "0xd6000000") READ("2", "0xd6000000")
      DETACHED("gpu")
      PCIDEV("0100", GPU, "e6000000") DEVICE("gpu", "0000:01:00.0")
      COVERAGE("gpu", "3", "0xe6000000") READ("3", "0xe6000004"),
      "gpu(10de:26ba)+0 gpu@0000:02:00.0(10de:26ba)+0 gpu(10de:26ba)+4 " },
    { "same-id-other-kind", "d", VERSION
      PCIDEV("0000", GPU, "10000000") DEVICE("d", "none")
      COVERAGE("d", "1", "0x10000000") READ("1", "0x10000000") DETACHED("d")
      PCIDEV("0000", NVME, "10000000") DEVICE("d", "none")
      COVERAGE("d", "2", "0x10000000") READ("2", "0x10000000"),
      "d(10de:26ba)+0 d#2(1b36:0010)+0 " },
    /* map ids that no mark tells of: the address is the later device's */
    { "address-reused", NULL, VERSION
      PCIDEV("0000", GPU, "10000000") DEVICE("a", "none")
      READ("1", "0x10000000") DETACHED("a")
      PCIDEV("0000", GPU, "10000000") DEVICE("b", "none")
      READ("2", "0x10000004"), "a(10de:26ba)+0 b(10de:26ba)+4 " },
    { "map-reused", NULL, VERSION
      PCIDEV("0000", GPU, "10000000") DEVICE("a", "none")
      COVERAGE("a", "1", "0x10000000") READ("1", "0x10000000") DETACHED("a")
      PCIDEV("0000", GPU, "10000000") DEVICE("b", "none")
      COVERAGE("b", "1", "0x10000000") READ("1", "0x10000004"),
      "a(10de:26ba)+0 b(10de:26ba)+4 " },
    /* an access comes between the line and its mark */
    { "between", NULL, VERSION
      PCIDEV("8900", GPU, "f6000000") DEVICE("a", "0000:89:00.0")
      COVERAGE("a", "1", "0xf6000000")
      PCIDEV("8900", GPU, "d6000000") READ("1", "0xf6000000")
      DEVICE("b", "0001:89:00.0") COVERAGE("b", "2", "0xd6000000")
      READ("2", "0xd6000000") READ("1", "0xf6000004"),
      "a(10de:26ba)+0 b(10de:26ba)+0 a(10de:26ba)+4 " },
    /* a mark that can't belong to the line before it */
    { "other-mark", NULL, VERSION
      PCIDEV("0100", GPU, "f6000000") DEVICE("a", "0000:02:00.0")
      READ("1", "0xf6000000"), "01:00.0(10de:26ba)+0 " },
};

static char *path;

static void test_case(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(MmtSelection) selection = mmt_selection_new();
    g_autoptr(MmtTrace) trace = NULL;
    const MmtEntry *entries;
    size_t n;
    size_t i;

    g_assert_true(g_file_set_contents(path, c->log, -1, NULL));
    trace = mmt_trace_open(path, NULL);
    if (c->device) {
        g_assert_true(mmt_selection_add(selection, "device", c->device, NULL));
    }
    mmt_trace_select(trace, selection);
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            const MmtRegion *r = mmt_trace_region(trace, entries[i].region);

            if (entries[i].kind == MMT_ENTRY_READ) {
                g_string_append_printf(text, "%s(%04x:%04x)+%" PRIx64 " ",
                                       r->device, r->vendor, r->device_id,
                                       entries[i].offset);
            }
        }
    }
    g_assert_cmpstr(text->str, ==, c->accesses);
}

static void read_all(MmtTrace *trace)
{
    const MmtEntry *entries;
    size_t n;

    do {
        n = mmt_trace_next(trace, &entries);
    } while (n);
}

/* Lines of lspci, before or behind those of the devices */
static void test_lspci(void)
{
    static const char log[] = VERSION
        "LSPCI 01:00.0 VGA compatible controller: A\033GPU\n"
        "LSPCI \tFlags: bus master\nLSPCI\nLSPCI 02:00.0\n"
        "LSPCI 0000:89:00.0 3D controller: A\nLSPCI 0001:89:00.0 Other: B\n"
        PCIDEV("0100", GPU, "f6000000") PCIDEV("0200", NVME, "d6000000")
        PCIDEV("8900", GPU, "e6000000")
        "LSPCI 02:00.0 Non-Volatile memory controller: N\n"
        READ("1", "0xf6000000") READ("2", "0xd6000000")
        READ("3", "0xe6000000");
    g_autoptr(MmtTrace) trace = NULL;
    const MmtRegions *table;

    g_assert_true(g_file_set_contents(path, log, -1, NULL));
    trace = mmt_trace_open(path, NULL);
    read_all(trace);
    table = mmt_trace_table(trace);
    g_assert_cmpstr(mmt_regions_device(table, 0)->title, ==,
                    "VGA compatible controller: A?GPU");
    g_assert_cmpstr(mmt_regions_device(table, 1)->title, ==,
                    "Non-Volatile memory controller: N");
    /* which of the two domains it is in is not known */
    g_assert_cmpstr(mmt_regions_device(table, 2)->title, ==, "");
}

/* More devices than are told apart, all with the same name */
static void test_many(void)
{
    g_autoptr(GString) log = g_string_new(VERSION);
    g_autoptr(MmtTrace) trace = NULL;
    unsigned i;

    for (i = 0; i < MMT_DEVICES_MAX + 100; i++) {
        g_string_append_printf(log, "PCIDEV 0000 %08x 0 0 0 0 0 0 0 0 0 0 0 0 "
                               "0 0 0 x\n" DEVICE("d", "none")
                               COVERAGE("d", "%u", "0x1000"), i + 1, i + 1);
    }
    g_string_append(log, READ("1", "0x1000"));
    g_assert_true(g_file_set_contents(path, log->str, -1, NULL));
    trace = mmt_trace_open(path, NULL);
    read_all(trace);
    g_assert_cmpstr(mmt_trace_region(trace, 0)->device, ==, "d");
    g_assert_cmpstr(mmt_trace_region(trace, 1)->device, ==, "d#2");
    i = mmt_trace_regions(trace);
    g_assert_cmpuint(i, <=, MMT_DEVICES_MAX);
}

int main(int argc, char **argv)
{
    int fd = g_file_open_tmp("vfio-trace-test-XXXXXX", &path, NULL);
    int status;
    size_t i;

    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strconcat("/devices/", cases[i].name, NULL);

        g_test_add_data_func(name, &cases[i], test_case);
    }
    g_test_add_func("/devices/lspci", test_lspci);
    g_test_add_func("/devices/many", test_many);
    status = g_test_run();
    g_unlink(path);
    g_free(path);
    return status;
}
