/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace compare, which device of one log is which of the other
 */
#include <glib.h>

#include "device-lines.h"
#include "run-tool.h"

#define BIG(bdf, ids, bar) PCIDEV_SIZE(bdf, ids, bar, "4000")
#define MAP(map, addr, guest) \
    "MAP 2.000000 " map " " addr " " guest " 0x1000 0x0 0\n"
#define READ(map, addr, value) \
    "R 4 3.000000 " map " " addr " " value " 0x0 0\n"

/* Equal devices: the guest's kernel sees them at 0xfa000000 and 0xfc000000 */
#define ORACLE VERSION \
    PCIDEV("0100", GPU, "fa000000") PCIDEV("0200", GPU, "fc000000") \
    READ("1", "0xfa000000", "0x11") READ("2", "0xfc000000", "0x22")
#define DOMAINS VERSION \
    PCIDEV("8900", GPU, "f6000000") DEVICE("a", "0000:89:00.0") \
    COVERAGE("a", "1", "0xf6000000") \
    PCIDEV("8900", GPU, "d6000000") DEVICE("b", "0001:89:00.0") \
    COVERAGE("b", "2", "0xd6000000")
/* b is the one at 0xfa000000 */
#define SWAPPED DOMAINS \
    MAP("1", "0xf6000000", "0xfc000000") MAP("2", "0xd6000000", "0xfa000000") \
    READ("2", "0xd6000000", "0x11") READ("1", "0xf6000000", "0x22")
#define UNMAPPED DOMAINS \
    READ("2", "0xd6000000", "0x11") READ("1", "0xf6000000", "0x22")
/* another device gets the ID of one that was unplugged */
#define REPLUGGED VERSION \
    PCIDEV("8900", GPU, "f6000000") DEVICE("a", "0000:89:00.0") \
    COVERAGE("a", "1", "0xf6000000") READ("1", "0xf6000000", "0x11") \
    "MARK 3.000000 vfio-trace: detached id=a\n" \
    PCIDEV("8900", GPU, "d6000000") DEVICE("a", "0001:89:00.0") \
    COVERAGE("a", "2", "0xd6000000") READ("2", "0xd6000000", "0x22")
#define ALL "oracle 2 accesses, log 2: 0 missing, 0 different, 0 extra "
#define HALF "oracle 1 accesses, log 1: 0 missing, 0 different, 0 extra "

typedef struct {
    const char *name;
    const char *options[5];
    const char *oracle;
    const char *log;
    int status;
    const char *part;       /* of the output, or of the message if status is 2 */
    const char *absent;     /* what must not be there, or NULL */
} Case;

static const Case cases[] = {
    { "domains", { NULL }, ORACLE, SWAPPED, 0, ALL, "note: " },
    { "domain", { "-d", "0001:89:00.0" }, ORACLE, SWAPPED, 0, HALF, NULL },
    { "id", { "-d", "a" }, ORACLE, SWAPPED, 0, HALF, NULL },
    { "ids", { "-d", "10DE:26BA" }, ORACLE, SWAPPED, 0, ALL, NULL },
    { "ids-several", { "-d", "10de:26ba" }, ORACLE, SWAPPED, 0,
      "note: --device '10de:26ba' is 2 devices of ", NULL },
    { "address-several", { "-d", "89:00.0" }, ORACLE, SWAPPED, 0,
      "/log.mmt: a, b; its name selects one\n", NULL },
    { "other-domain", { "-d", "0002:89:00.0" }, ORACLE, SWAPPED, 2,
      "no device 0002:89:00.0 is in both ", NULL },
    /* nothing tells which is which, but the user does */
    { "guess", { NULL }, ORACLE, UNMAPPED, 1,
      "is one of several 10de:26ba that nothing tells apart; it is compared "
      "with a of ", NULL },
    { "guess-option", { NULL }, ORACLE, UNMAPPED, 1,
      ", in the order of the logs (--pair 01:00.0=a)\n", NULL },
    { "pair", { "--pair", "01:00.0=b" }, ORACLE, UNMAPPED, 0, ALL, "note: " },
    { "pair-both", { "--pair", "01:00.0=0001:89:00.0", "-p", "02:00.0=a" },
      ORACLE, UNMAPPED, 0, ALL, "note: " },
    { "pair-none", { "--pair", "03:00.0=a" }, ORACLE, UNMAPPED, 2,
      "--pair: '03:00.0' is no device of ", NULL },
    { "pair-list", { "--pair", "03:00.0=a" }, ORACLE, UNMAPPED, 2,
      "; it has: 01:00.0 (10de:26ba), 02:00.0 (10de:26ba)\n", NULL },
    { "pair-several", { "--pair", "01:00.0=89:00.0" }, ORACLE, UNMAPPED, 2,
      "--pair: '89:00.0' is several devices of ", NULL },
    { "pair-usage", { "--pair", "01:00.0" }, ORACLE, UNMAPPED, 2,
      "--pair '01:00.0': ORACLE'S-DEVICE=LOG'S-DEVICE expected", NULL },
    /* two logs of ours, in another order */
    { "hosts", { NULL }, SWAPPED, VERSION
      PCIDEV("8900", GPU, "e6000000") DEVICE("y", "0001:89:00.0")
      COVERAGE("y", "7", "0xe6000000")
      PCIDEV("8900", GPU, "f6000000") DEVICE("x", "0000:89:00.0")
      COVERAGE("x", "8", "0xf6000000")
      READ("7", "0xe6000000", "0x11") READ("8", "0xf6000000", "0x22"), 0, ALL,
      "note: " },
    { "names", { NULL }, VERSION
      PCIDEV("0000", NVME, "10000000") DEVICE("d0", "none")
      PCIDEV("0000", NVME, "20000000") DEVICE("d1", "none")
      READ("1", "0x10000000", "0x11") READ("2", "0x20000000", "0x22"), VERSION
      PCIDEV("0000", NVME, "30000000") DEVICE("d1", "none")
      PCIDEV("0000", NVME, "40000000") DEVICE("d0", "none")
      READ("2", "0x40000000", "0x11") READ("1", "0x30000000", "0x22"), 0, ALL,
      "note: " },
    /* emulated devices behind root ports */
    { "root-ports", { NULL }, VERSION
      PCIDEV("0100", NVME, "fe000000") PCIDEV("0200", NVME, "fd000000")
      READ("1", "0xfe000000", "0x11") READ("2", "0xfd000000", "0x22"), VERSION
      PCIDEV("0000", NVME, "10000000") DEVICE("d0", "none")
      COVERAGE("d0", "1", "0x10000000")
      PCIDEV("0000", NVME, "20000000") DEVICE("d1", "none")
      COVERAGE("d1", "2", "0x20000000")
      MAP("1", "0x10000000", "0xfd000000") MAP("2", "0x20000000", "0xfe000000")
      READ("2", "0x20000000", "0x11") READ("1", "0x10000000", "0x22"), 0, ALL,
      "note: " },
    /* the kernel's list of a guest with two domains */
    { "kernels-domains", { NULL }, VERSION
      PCIDEV("0100", GPU, "fa000000") PCIDEV("0100", GPU, "fc000000")
      READ("1", "0xfa000000", "0x11") READ("2", "0xfc000000", "0x22"), SWAPPED,
      0, ALL, "note: " },
    /* of two traced devices, the guest has that with accesses */
    { "idle", { NULL }, VERSION
      PCIDEV("0200", GPU, "fc000000") READ("2", "0xfc000000", "0x22"), DOMAINS
      READ("2", "0xd6000000", "0x22"), 0,
      "has no 10de:26ba to compare a with\n", NULL },
    /* an address that is a device's whole name */
    { "pair-first", { "-p", "01:00.0=b", "-p", "01:00.0#2=a" }, VERSION
      PCIDEV("0100", GPU, "fa000000") PCIDEV("0100", GPU, "fc000000")
      READ("1", "0xfa000000", "0x11") READ("2", "0xfc000000", "0x22"),
      UNMAPPED, 0, ALL, "note: " },
    { "first-of-a-name", { "-d", "a" }, REPLUGGED, REPLUGGED, 0,
      "/log.mmt: a#1, a@0001:89:00.0; its name selects one\n", NULL },
    { "first", { "-d", "a#1" }, REPLUGGED, REPLUGGED, 0, HALF, "note: " },
    /* firmware had the first one where the kernel has the second one */
    { "moved", { NULL }, ORACLE, DOMAINS
      MAP("1", "0xf6000000", "0xfc000000") "UNMAP 2.000000 1 0x0 0\n"
      MAP("2", "0xd6000000", "0xfc000000") MAP("1", "0xf6000000", "0xfa000000")
      READ("1", "0xf6000000", "0x11") READ("2", "0xd6000000", "0x22"), 0, ALL,
      "note: " },
    { "moved-unmapped", { NULL }, VERSION
      PCIDEV("0200", GPU, "fc000000") READ("2", "0xfc000000", "0x22"), DOMAINS
      MAP("1", "0xf6000000", "0xfc000000") "UNMAP 2.000000 1 0x0 0\n"
      MAP("2", "0xd6000000", "0xfc000000") READ("2", "0xd6000000", "0x22"), 0,
      HALF, NULL },
    /* the sizes of BARs tell */
    { "sizes", { NULL }, VERSION
      PCIDEV("0100", GPU, "fa000000") BIG("0200", GPU, "fc000000")
      READ("1", "0xfa000000", "0x11") READ("2", "0xfc000000", "0x22"), VERSION
      BIG("8900", GPU, "f6000000") DEVICE("a", "0000:89:00.0")
      PCIDEV("8a00", GPU, "d6000000") DEVICE("b", "0000:8a:00.0")
      READ("2", "0xd6000000", "0x11") READ("1", "0xf6000000", "0x22"), 0, ALL,
      "note: " },
    /* a log that was converted: its PCIDEV lines have no BARs */
    { "converted", { NULL },
      "vfio_region_read  (0000:89:00.0:region0+0x100, 4) = 0x1\n"
      "vfio_region_read  (0001:89:00.0:region0+0x104, 4) = 0x2\n", VERSION
      "MARK 0.000001 vfio-trace: converted from=qemu times=none\n"
      "PCIDEV 8900 00000000 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \n"
      DEVICE("0001:89:00.0", "0001:89:00.0")
      COVERAGE("0001:89:00.0", "2", "0x20000")
      "PCIDEV 8900 00000000 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \n"
      DEVICE("0000:89:00.0", "0000:89:00.0")
      COVERAGE("0000:89:00.0", "1", "0x10000")
      MAP("1", "0x10000", "0x0") MAP("2", "0x20000", "0x0")
      READ("1", "0x10100", "0x1") READ("2", "0x20104", "0x2"), 0, ALL,
      "note: " },
    /* an ID that was another device's */
    { "same-id", { "-d", "gpu@0000:02:00.0" }, ORACLE, VERSION
      PCIDEV("0100", GPU, "f6000000") DEVICE("gpu", "0000:01:00.0")
      COVERAGE("gpu", "1", "0xf6000000")
      MAP("1", "0xf6000000", "0xfa000000") READ("1", "0xf6000000", "0x11")
      "UNMAP 3.000000 1 0x0 0\nMARK 3.000000 vfio-trace: detached id=gpu\n"
      PCIDEV("0200", GPU, "f6000000") DEVICE("gpu", "0000:02:00.0")
      COVERAGE("gpu", "2", "0xf6000000")
      MAP("2", "0xf6000000", "0xfc000000") READ("2", "0xf6000000", "0x22"), 0,
      HALF, NULL },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *oracle = temp_file("oracle.mmt", c->oracle, -1);
    g_autofree char *log = temp_file("log.mmt", c->log, -1);
    g_autoptr(GPtrArray) args = g_ptr_array_new();
    g_autoptr(ToolRun) run = NULL;
    unsigned i;

    g_ptr_array_add(args, (gpointer)"compare");
    for (i = 0; c->options[i]; i++) {
        g_ptr_array_add(args, (gpointer)c->options[i]);
    }
    g_ptr_array_add(args, oracle);
    g_ptr_array_add(args, log);
    g_ptr_array_add(args, NULL);
    run = run_toolv(NULL, (const char *const *)args->pdata);
    g_test_message("%s%s", run->out, run->err);
    g_assert_cmpint(run->status, ==, c->status);
    assert_contains(c->status == 2 ? run->err : run->out, c->part);
    g_assert_true(!c->absent || !strstr(run->out, c->absent));
}

int main(int argc, char **argv)
{
    int status;
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strconcat("/compare-devices/", cases[i].name,
                                            NULL);

        g_test_add_data_func(name, &cases[i], test_case);
    }
    status = g_test_run();
    temp_clean();
    return status;
}
