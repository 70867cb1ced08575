/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the scripts that ship (lua/), with entries of rings
 *
 * The same words as of snapshots, which test-script-ships.c has; snapshots of
 * what has entries are not looked at.
 */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "run-tool.h"

#define MARK "MARK 2.000000 vfio-trace: "
#define W(address, value) "W 4 2.000000 1 0xfeb8" address " " value " 0x0 0\n"
#define RING(name, layout) MARK "ring device=dut0 ring=" name \
    " base=0x1000000 count=4 entry=16 layout=" layout "\n"
#define ENTRY(name, index, at, len, bytes) MARK "entry device=dut0 ring=" name \
    " index=" index " at=" at " len=" len " " bytes "\n"
#define DATA(name, index, item, len, of, bytes) MARK "data device=dut0 ring=" \
    name " index=" index " name=" item " at=0x1004000 len=" len " of=" of " " \
    bytes "\n"

/* Zeros, as hexadecimal digits */
#define ZERO4 "00000000"
#define ZERO8 ZERO4 ZERO4
#define ZERO16 ZERO8 ZERO8
#define ZERO32 ZERO16 ZERO16

static char *head(const char *ids)
{
    return g_strdup_printf("VERSION 20070824\n"
                           "PCIDEV 0028 %s b feb80000 0 0 0 0 0 0 10000 0 0 0 0 "
                           "0 0 vfio-pci\n"
                           MARK "device id=dut0 host=0000:00:05.0 "
                           "type=vfio-pci-trace addresses=host\n"
                           "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x10000 0x0 "
                           "0\n", ids);
}

static char *run(const char *ids, const char *text, const char *script)
{
    g_autofree char *first = head(ids);
    g_autofree char *log = g_strconcat(first, text, NULL);
    g_autofree char *path = temp_file("entries.mmt", log, strlen(log));
    g_autoptr(ToolRun) result = run_tool(NULL, "stat", "--script", script,
                                         path, NULL);
    const char *end = strstr(result->out, path);

    g_assert_cmpstr(result->err, ==, "");
    g_assert_cmpint(result->status, ==, 0);
    g_assert_nonnull(end);
    return g_strndup(result->out, end - result->out);
}

static void assert_emits(const char *ids, const char *log, const char *script,
                         const char *want)
{
    g_autofree char *lines = run(ids, log, script);

    g_assert_cmpstr(lines, ==, want);
}

/* --- nvme ---------------------------------------------------------------- */

/* Identify, and Create I/O Submission Queue 1 */
#define IDENTIFY "06000500" ZERO4 ZERO16 "0040000100000000" ZERO8 \
    "01000000" ZERO4 ZERO16
#define CREATE "01000600" ZERO4 ZERO16 "0020000100000000" ZERO8 \
    "01000300" "01000100" ZERO16
#define READ "02000900" "01000000" ZERO16 "0040000100000000" ZERO8 \
    "05000000" ZERO4 "07000000" ZERO4 ZERO8

/* 4096 bytes of an identify structure: 256 in the mark, the rest behind it */
static char *identify(void)
{
    g_autoptr(GString) hex = g_string_new(NULL);
    uint8_t bytes[4096] = { 0x36, 0x1b };
    unsigned i;

    memcpy(bytes + 4, "abc                 ", 20);
    memcpy(bytes + 24, "QEMU NVMe Ctrl                          ", 40);
    memcpy(bytes + 64, "1.0     ", 8);
    bytes[516] = 3;
    for (i = 0; i < sizeof(bytes); i++) {
        if (i >= 256 && (i - 256) % 384 == 0) {
            g_string_append_printf(hex, "\n" MARK "snapshot-data at=0x%x ",
                                   0x1004000 + i);
        }
        g_string_append_printf(hex, "%02x", bytes[i]);
    }
    return g_strconcat(MARK "data device=dut0 ring=CQ[0] index=0 name=identify "
                       "at=0x1004000 len=4096 of=4096 ", hex->str, "\n", NULL);
}

static void test_nvme(void)
{
    g_autofree char *data = identify();
    g_autofree char *log = g_strconcat(
        W("0024", "0x001f001f") W("0028", "0x1000000") W("0014", "0x460001")
        W("1000", "0x2") RING("SQ[0]", "NVME_SQE")
        ENTRY("SQ[0]", "0", "0x1000000", "64", IDENTIFY)
        ENTRY("SQ[0]", "1", "0x1000040", "64", CREATE)
        W("1004", "0x1") RING("CQ[0]", "NVME_CQE")
        ENTRY("CQ[0]", "0", "0x1001000", "16", ZERO8 "0100" "0000" "0500" "0100"),
        data,
        /* of a queue that has entries, nothing is missing */
        W("1008", "0x1") RING("SQ[1]", "NVME_SQE")
        ENTRY("SQ[1]", "0", "0x1002000", "64", READ)
        W("1008", "0x3") W("1008", "0x3")
        /* not whole, and of another layout */
        MARK "entry device=dut0 ring=SQ[1] index=1 at=0x1002040 len=2 "
        "state=not-memory 0200\n"
        RING("Q[2]", "OTHER") ENTRY("Q[2]", "0", "0x1000000", "64", READ),
        NULL);

    assert_emits("1b360010", log, "nvme",
                 "    nvme: SQ 0 cid 0x5: Identify controller\n"
                 "    nvme: SQ 0 cid 0x6: Create I/O Submission Queue 1, 4 "
                 "entries at 0x1002000, completion queue 1\n"
                 "    nvme: CQ 0: SQ 0 cid 0x5 Identify controller: success\n"
                 "    nvme: controller: vendor 0x1b36, model 'QEMU NVMe Ctrl', "
                 "serial 'abc', firmware '1.0', 3 namespaces\n"
                 "    nvme: SQ 1 cid 0x9: Read nsid 1 lba 5 blocks 8\n");
}

/* Snapshots say the same once more. */
static void test_nvme_both(void)
{
    g_autofree char *log = g_strconcat(
        W("0024", "0x001f001f") W("0028", "0x1000000") W("0014", "0x460001")
        W("1000", "0x1") RING("SQ[0]", "NVME_SQE")
        ENTRY("SQ[0]", "0", "0x1000000", "64", IDENTIFY)
        MARK "snapshot device=dut0 map=1 addr=0xfeb81000 at=0x1000000 len=64 "
        "sha256=" ZERO32 "\n"
        MARK "snapshot-data at=0x1000000 " IDENTIFY "\n", NULL);

    assert_emits("1b360010", log, "nvme",
                 "    nvme: SQ 0 cid 0x5: Identify controller\n");
}

/* --- others -------------------------------------------------------------- */

static void test_hda(void)
{
    static const char log[] =
        "W 2 2.000000 1 0xfeb80048 0x2 0x0 0\n" RING("CORB", "HDA_VERB")
        ENTRY("CORB", "1", "0x1000004", "4", "09003f00")
        ENTRY("CORB", "2", "0x1000008", "4", "001c3f00")
        "R 2 2.000000 1 0xfeb80058 0x2 0x0 0\n" RING("RIRB", "HDA_RESPONSE")
        ENTRY("RIRB", "1", "0x1000808", "8", "01014000" ZERO4)
        ENTRY("RIRB", "2", "0x1000810", "8", "34120000" "12000000");

    assert_emits("8086293e", log, "hda",
                 "    hda: codec 0 node 0x03: Get Parameter Audio Widget "
                 "Capabilities\n"
                 "    hda: codec 0 node 0x03: Get Configuration Default\n"
                 "    hda: codec 0 node 0x03: Get Parameter Audio Widget "
                 "Capabilities -> 0x00400101 (pin complex)\n"
                 "    hda: codec 2, unsolicited -> 0x00001234\n");
}

static void test_xhci(void)
{
    static const char log[] =
        "R 4 2.000000 1 0xfeb80014 0x2000 0x0 0\n" W("2000", "0x0")
        RING("COMMAND", "XHCI_TRB")
        ENTRY("COMMAND", "0", "0x1000000", "16", ZERO8 ZERO4 "01240000")
        ENTRY("COMMAND", "1", "0x1000010", "16", "0000000100000000" ZERO4
              "03180000")
        RING("EVENT[0]", "XHCI_EVENT")
        ENTRY("EVENT[0]", "0", "0x1001000", "16", "0000000100000000" "00000001"
              "01840001")
        RING("TR[33]", "XHCI_TRB")
        ENTRY("TR[33]", "0", "0x1002000", "16", "8006000100001200" "08000000"
              "41080300")
        ENTRY("TR[33]", "1", "0x1002010", "16", "0040000100000000" "12000000"
              "010c0100")
        RING("TR[34]", "XHCI_TRB")
        ENTRY("TR[34]", "0", "0x1003000", "16", "0102030405060708" "08000000"
              "41040000");

    assert_emits("1b36000d", log, "xhci",
                 "    xhci: command: Enable Slot\n"
                 "    xhci: Command Completion Event: Enable Slot, slot 1: "
                 "Success\n"
                 "    xhci: transfer: slot 1, endpoint 0: Setup Stage: "
                 "GET_DESCRIPTOR value 0x0100 index 0 length 18\n"
                 "    xhci: transfer: slot 1, endpoint 0: Data Stage: 18 bytes "
                 "at 0x1004000\n"
                 "    xhci: transfer: slot 1, endpoint 1 OUT: Normal: 8 bytes "
                 "in the TRB\n");
}

#define FRAME "ffffffffffff" "525400123456" "0806"

static void test_e1000e(void)
{
    static const char log[] =
        W("3818", "0x4") RING("TX[0]", "E1000E_TXD")
        ENTRY("TX[0]", "0", "0x1000000", "16", "0040000100000000" "0e00000b"
              ZERO4)
        DATA("TX[0]", "0", "buffer", "14", "14", FRAME)
        /* a context, and data of two descriptors */
        ENTRY("TX[0]", "1", "0x1000010", "16", ZERO8 "00000020" ZERO4)
        ENTRY("TX[0]", "2", "0x1000020", "16", "0040000100000000" "0e001020"
              ZERO4)
        DATA("TX[0]", "2", "buffer", "14", "14", FRAME)
        ENTRY("TX[0]", "3", "0x1000030", "16", "0050000100000000" "64001121"
              ZERO4)
        DATA("TX[0]", "3", "buffer", "14", "65636", FRAME)
        RING("RXDONE[1]", "E1000E_RXD_DONE")
        ENTRY("RXDONE[1]", "5", "0x1001050", "16", ZERO8 "03000000" "3c000000")
        DATA("RXDONE[1]", "5", "buffer", "14", "60", FRAME)
        ENTRY("RXDONE[1]", "6", "0x1001060", "16", ZERO8 "2a000000" "03000000")
        DATA("RXDONE[1]", "6", "buffer", "14", "42", FRAME);

    assert_emits("808610d3", log, "e1000e",
                 "    e1000e: TX[0]: 14 bytes, 52:54:00:12:34:56 -> "
                 "ff:ff:ff:ff:ff:ff, type 0x0806\n"
                 "    e1000e: TX[0]: 14 bytes, 52:54:00:12:34:56 -> "
                 "ff:ff:ff:ff:ff:ff, type 0x0806, more follows\n"
                 "    e1000e: TX[0]: 65636 bytes\n"
                 "    e1000e: RXDONE[1]: 60 bytes, 52:54:00:12:34:56 -> "
                 "ff:ff:ff:ff:ff:ff, type 0x0806\n"
                 "    e1000e: RXDONE[1]: 42 bytes, 52:54:00:12:34:56 -> "
                 "ff:ff:ff:ff:ff:ff, type 0x0806\n");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_setenv("VFIO_TRACE_REGDB_PATH", TEST_DATA_DIR "/../../../regdb", TRUE);
    g_test_add_func("/script-entries/nvme", test_nvme);
    g_test_add_func("/script-entries/nvme-both", test_nvme_both);
    g_test_add_func("/script-entries/hda", test_hda);
    g_test_add_func("/script-entries/xhci", test_xhci);
    g_test_add_func("/script-entries/e1000e", test_e1000e);
    status = g_test_run();
    temp_clean();
    return status;
}
