/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the scripts that ship (lua/), each with a small log
 */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "run-tool.h"

/* Address of BAR 0 */
#define BAR UINT64_C(0xfeb80000)

/* Where the queues and rings of these logs are */
#define MEMORY UINT64_C(0x1000000)

static uint8_t memory[0x10000];

/* A log of a device with 64 KiB of registers in BAR 0 */
static GString *new_log(const char *ids)
{
    GString *log = g_string_new("VERSION 20070824\n");

    g_string_append_printf(log, "PCIDEV 0028 %s b feb80000 0 0 0 0 0 0 10000 "
                           "0 0 0 0 0 0 vfio-pci\n"
                           "MARK 1.000000 vfio-trace: device id=dut0 "
                           "host=0000:00:05.0 type=vfio-pci-trace "
                           "addresses=host\n"
                           "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x10000 0x0 "
                           "0\n", ids);
    memset(memory, 0, sizeof(memory));
    return log;
}

static void put(GString *log, char op, unsigned width, unsigned offset,
                uint64_t value)
{
    g_string_append_printf(log, "%c %u 2.000000 1 0x%" G_GINT64_MODIFIER "x 0x%"
                           G_GINT64_MODIFIER "x 0x0 0\n", op, width,
                           BAR + offset, value);
}

/* @len bytes of memory from @at on, as the write to @offset shows them */
static void put_snapshot(GString *log, unsigned offset, uint64_t at,
                         unsigned len)
{
    unsigned done, i;

    g_string_append_printf(log, "MARK 2.000000 vfio-trace: snapshot device=dut0"
                           " map=1 addr=0x%" G_GINT64_MODIFIER "x at=0x%"
                           G_GINT64_MODIFIER "x len=%u sha256=%064d\n",
                           BAR + offset, at, len, 0);
    for (done = 0; done < len; done += 384) {
        g_string_append_printf(log, "MARK 2.000000 vfio-trace: snapshot-data "
                               "at=0x%" G_GINT64_MODIFIER "x ", at + done);
        for (i = done; i < MIN(done + 384, len); i++) {
            g_string_append_printf(log, "%02x", memory[at - MEMORY + i]);
        }
        g_string_append_c(log, '\n');
    }
}

/* 64 bytes of zeros at any address */
static void put_zeros(GString *log, unsigned offset, uint64_t at)
{
    g_string_append_printf(log, "MARK 2.000000 vfio-trace: snapshot device=dut0"
                           " map=1 addr=0x%" G_GINT64_MODIFIER "x at=0x%"
                           G_GINT64_MODIFIER "x len=64 sha256=%064d\n"
                           "MARK 2.000000 vfio-trace: snapshot-data at=0x%"
                           G_GINT64_MODIFIER "x %0128d\n", BAR + offset, at,
                           0, at, 0);
}

static void store(uint64_t at, unsigned bytes, uint64_t value)
{
    unsigned i;

    for (i = 0; i < bytes; i++) {
        memory[at - MEMORY + i] = value >> i * 8;
    }
}

/* What a script emits, without what stat prints behind it; frees the log */
static char *run(GString *log, const char *script)
{
    g_autofree char *path = temp_file("ships.mmt", log->str, log->len);
    g_autoptr(ToolRun) result = run_tool(NULL, "stat", "--script", script,
                                         path, NULL);
    const char *end = strstr(result->out, path);

    g_string_free(log, TRUE);
    g_assert_cmpstr(result->err, ==, "");
    g_assert_cmpint(result->status, ==, 0);
    g_assert_nonnull(end);
    return g_strndup(result->out, end - result->out);
}

static void assert_emits(GString *log, const char *script, const char *want)
{
    g_autofree char *lines = run(log, script);

    g_assert_cmpstr(lines, ==, want);
}

/* --- e1000e -------------------------------------------------------------- */

static void test_phy(void)
{
    GString *log = new_log("808610d3");

    put(log, 'W', 4, 0x20, 0x08220000);     /* read PHYSID1 of PHY 1 */
    put(log, 'R', 4, 0x20, 0x08220000);     /* not ready */
    put(log, 'R', 4, 0x20, 0x18220141);
    put(log, 'R', 4, 0x20, 0x18220141);     /* nothing new */
    put(log, 'W', 4, 0x20, 0x04201340);     /* write BMCR */
    put(log, 'W', 4, 0x20, 0x08310000);     /* read register 17 */
    put(log, 'R', 4, 0x20, 0x1831ac08);
    put(log, 'W', 4, 0x20, 0x04360002);     /* page 2 */
    put(log, 'W', 4, 0x20, 0x04311234);
    put(log, 'W', 4, 0x20, 0x08210000);
    put(log, 'R', 4, 0x20, 0x50210000);     /* error */
    assert_emits(log, "e1000e",
                 "    e1000e: PHY 1 read PHYSID1 -> 0x0141\n"
                 "    e1000e: PHY 1 write BMCR = 0x1340 { ANENABLE | ANRESTART "
                 "| FULLDPLX | SPEED1000 }\n"
                 "    e1000e: PHY 1 read COPPER_STATUS1 -> 0xac08 { SPEED = 1000 "
                 "| DUPLEX | RESOLVED | LINK | GLOBAL_LINK }\n"
                 "    e1000e: PHY 1 write PAGE = 0x0002\n"
                 "    e1000e: PHY 1 write page 0x2 register 17 = 0x1234\n"
                 "    e1000e: PHY 1 read register 1: error\n");
}

static void test_eeprom(void)
{
    GString *log = new_log("808610d3");

    put(log, 'W', 4, 0x14, 0x1);            /* word 0 */
    put(log, 'R', 4, 0x14, 0x1);            /* not done */
    put(log, 'R', 4, 0x14, 0x54520002);
    put(log, 'W', 4, 0x14, 0x3f << 2 | 1);
    put(log, 'R', 4, 0x14, 0xbabau << 16 | 0x3f << 2 | 2);
    put(log, 'W', 4, 0x102c, 0x12340000 | 0x10 << 2 | 1);
    assert_emits(log, "e1000e",
                 "    e1000e: EEPROM read word 0x00 -> 0x5452 (MAC address, "
                 "bytes 0 and 1)\n"
                 "    e1000e: EEPROM read word 0x3f -> 0xbaba (checksum)\n"
                 "    e1000e: EEPROM write word 0x10 = 0x1234\n");
}

/* The same offsets of another device, which has a database of its own */
static void test_other_device(void)
{
    GString *log = new_log("1b360010");

    put(log, 'W', 4, 0x20, 0x04201340);
    put(log, 'W', 4, 0x14, 0x1);
    put(log, 'R', 4, 0x14, 0x54520002);
    assert_emits(log, "e1000e", "");
}

/* --- pair ---------------------------------------------------------------- */

static void put_pairs(GString *log)
{
    put(log, 'R', 4, 0x64, 0x1);
    put(log, 'W', 4, 0x60, 0x12);
    put(log, 'R', 4, 0x64, 0xabcd);
    put(log, 'W', 4, 0x64, 0x1);
    put(log, 'R', 4, 0x68, 0x1);
}

static void test_pair(void)
{
    GString *log = new_log("12345678");

    put_pairs(log);
    assert_emits(log, "pair:pair=0:0x60/0x64",
                 "    pair: PAIR[?] -> 0x1\n"
                 "    pair: PAIR[0x12] -> 0xabcd\n"
                 "    pair: PAIR[0x12] = 0x1\n");
    log = new_log("12345678");
    put_pairs(log);
    assert_emits(log, "pair:pair=bar0:96/100,step=4,name=IND,mask=0xf",
                 "    pair: IND[?] -> 0x1\n"
                 "    pair: IND[0x2] -> 0xabcd\n"
                 "    pair: IND[0x6] = 0x1\n");
}

static void test_pair_option(void)
{
    GString *log = new_log("12345678");
    g_autofree char *db = temp_file("pair.xml",
        "<database>\n"
        "<domain name=\"REGS\" size=\"0x1000\">\n"
        "<reg32 offset=\"0x60\" name=\"INDEX\"/>\n"
        "<reg32 offset=\"0x64\" name=\"DATA\"/>\n"
        "</domain>\n"
        "<domain name=\"BEHIND\" size=\"0x100\">\n"
        "<reg32 offset=\"0x12\" name=\"SECRET\">\n"
        "<bitfield pos=\"0\" name=\"ON\"/>\n"
        "</reg32>\n"
        "</domain>\n"
        "</database>\n", -1);
    g_autofree char *path = NULL;
    g_autoptr(ToolRun) result = NULL;
    g_autoptr(ToolRun) none = NULL;

    put_pairs(log);
    path = temp_file("pair.mmt", log->str, log->len);
    g_string_free(log, TRUE);
    result = run_tool(NULL, "stat", "--db", db, "--domain", "REGS",
                      "--pair", "0:0x60/0x64=BEHIND", path, NULL);
    g_assert_cmpstr(result->err, ==, "");
    assert_contains(result->out, "    pair: PAIR[0x12] SECRET = { ON }\n");
    g_assert_null(strstr(result->out, "no index has a name"));
    none = run_tool(NULL, "stat", "--db", db, "--domain", "REGS", "--pair",
                    "0:0x60/0x64=BEHIN", path, NULL);
    assert_contains(none->out,
                    "    pair: no index has a name in a domain BEHIN of the device's database\n");
}

/* --- nvme ---------------------------------------------------------------- */

#define ASQ MEMORY
#define ACQ (MEMORY + 0x1000)
#define IOSQ (MEMORY + 0x2000)
#define IOCQ (MEMORY + 0x3000)
#define DATA (MEMORY + 0x4000)

static void command(uint64_t at, unsigned opcode, unsigned cid, unsigned nsid,
                    uint64_t prp1, uint64_t cdw10, unsigned cdw12)
{
    store(at, 4, opcode | cid << 16);
    store(at + 4, 4, nsid);
    store(at + 24, 8, prp1);
    store(at + 40, 8, cdw10);
    store(at + 48, 4, cdw12);
}

static void completion(uint64_t at, unsigned dw0, unsigned sq, unsigned cid,
                       unsigned status)
{
    store(at, 4, dw0);
    store(at + 10, 2, sq);
    store(at + 12, 2, cid);
    store(at + 14, 2, status << 1 | 1);
}

static GString *new_nvme_log(void)
{
    GString *log = new_log("1b360010");

    put(log, 'R', 4, 0x0, 0x0f0107ff);
    put(log, 'R', 4, 0x4, 0x20);
    put(log, 'W', 4, 0x24, 0x001f001f);
    put(log, 'W', 8, 0x28, ASQ);
    put(log, 'W', 4, 0x30, ACQ);
    put(log, 'W', 4, 0x34, 0);
    put(log, 'W', 4, 0x14, 0x460001);
    return log;
}

static void test_nvme_admin(void)
{
    GString *log = new_nvme_log();

    command(ASQ, 0x06, 5, 0, DATA, 1, 0);
    put(log, 'W', 4, 0x1000, 1);
    put_snapshot(log, 0x1000, ASQ, 2048);
    completion(ACQ, 0, 0, 5, 0);
    store(DATA, 2, 0x1b36);
    memcpy(memory + (DATA - MEMORY) + 4, "abc\033                ", 20);
    memcpy(memory + (DATA - MEMORY) + 24, "QEMU NVMe Ctrl                ",
           30);
    memcpy(memory + (DATA - MEMORY) + 64, "1.0     ", 8);
    store(DATA + 516, 4, 3);
    put(log, 'W', 4, 0x1004, 1);
    put_snapshot(log, 0x1004, ACQ, 512);
    put_snapshot(log, 0x1004, DATA, 4096);
    /* two at once, and one that is not known; entry 3 is not announced */
    command(ASQ + 64, 0x09, 6, 0, 0, 0x0003000300000007, 0);
    command(ASQ + 128, 0xc1, 7, 0, 0, 0, 0);
    command(ASQ + 192, 0x06, 8, 0, 0, 1, 0);
    put(log, 'W', 4, 0x1000, 3);
    put_snapshot(log, 0x1000, ASQ, 2048);
    completion(ACQ + 16, 0x00010001, 0, 6, 0);
    completion(ACQ + 32, 0, 0, 7, 0x101);
    put(log, 'W', 4, 0x1004, 3);
    put_snapshot(log, 0x1004, ACQ, 512);
    assert_emits(log, "nvme",
                 "    nvme: SQ 0 cid 0x5: Identify controller\n"
                 "    nvme: CQ 0: SQ 0 cid 0x5 Identify controller: success\n"
                 "    nvme: controller: vendor 0x1b36, model 'QEMU NVMe Ctrl', "
                 "serial 'abc?', firmware '1.0', 3 namespaces\n"
                 "    nvme: SQ 0 cid 0x6: Set Features Number of Queues: 4 "
                 "submission, 4 completion\n"
                 "    nvme: SQ 0 cid 0x7: opcode 0xc1\n"
                 "    nvme: CQ 0: SQ 0 cid 0x6 Set Features Number of Queues: 4 "
                 "submission, 4 completion: success, 2 submission, 2 completion "
                 "queues\n"
                 "    nvme: CQ 0: SQ 0 cid 0x7 opcode 0xc1: Invalid Queue "
                 "Identifier\n");
}

static void test_nvme_io(void)
{
    GString *log = new_nvme_log();

    command(ASQ, 0x05, 1, 0, IOCQ, 0x0001000300030001, 0);
    command(ASQ + 64, 0x01, 2, 0, IOSQ, 0x0001000100030001, 0);
    put(log, 'W', 4, 0x1000, 2);
    put_snapshot(log, 0x1000, ASQ, 2048);
    command(IOSQ, 0x02, 9, 1, DATA, 0x123456789, 7);
    put(log, 'W', 4, 0x1008, 1);
    put_snapshot(log, 0x1008, MEMORY, 0x4000);
    completion(IOCQ, 0, 1, 9, 0x281);
    put(log, 'W', 4, 0x100c, 1);
    put_snapshot(log, 0x100c, MEMORY, 0x4000);
    /* around the end of the queue of four */
    command(IOSQ + 64, 0x01, 10, 1, DATA, 0, 0);
    command(IOSQ + 128, 0x00, 11, 1, 0, 0, 0);
    command(IOSQ + 192, 0x09, 12, 2, DATA, 0x400000000, 0);
    command(IOSQ, 0x08, 13, 1, 0, 8, 0x40000000);
    put(log, 'W', 4, 0x1008, 1);
    put(log, 'W', 4, 0x1008, 0);
    put_snapshot(log, 0x1008, MEMORY, 0x4000);
    put(log, 'W', 4, 0x1008, 1);
    put_snapshot(log, 0x1008, MEMORY, 0x4000);
    /* without a snapshot, and of a queue that does not exist */
    put(log, 'W', 4, 0x1008, 3);
    put(log, 'W', 4, 0x1008, 3);
    put(log, 'W', 4, 0x1010, 3);
    assert_emits(log, "nvme",
                 "    nvme: SQ 0 cid 0x1: Create I/O Completion Queue 1, 4 "
                 "entries at 0x1003000, interrupt vector 1\n"
                 "    nvme: SQ 0 cid 0x2: Create I/O Submission Queue 1, 4 "
                 "entries at 0x1002000, completion queue 1\n"
                 "    nvme: SQ 1 cid 0x9: Read nsid 1 lba 4886718345 blocks 8\n"
                 "    nvme: CQ 1: SQ 1 cid 0x9 Read nsid 1 lba 4886718345 "
                 "blocks 8: Unrecovered Read Error\n"
                 "    nvme: SQ 1 cid 0xa: Write nsid 1 lba 0 blocks 1\n"
                 "    nvme: SQ 1 cid 0xb: Flush nsid 1\n"
                 "    nvme: SQ 1 cid 0xc: Dataset Management nsid 2 ranges 1 "
                 "deallocate\n"
                 "    nvme: SQ 1 cid 0xd: Write Zeroes nsid 1 lba 8 blocks 1 "
                 "FUA\n"
                 "    nvme: SQ 1: entry 1 of the queue at 0x1002000 is in no "
                 "snapshot, nor are those behind it\n"
                 "    nvme: doorbell of SQ 2: that queue is not known\n");
}

/* Nonsense in memory and in registers is no error of the script. */
static void test_nvme_hostile(void)
{
    GString *log = new_nvme_log();
    g_autofree char *lines = NULL;
    unsigned i;

    memset(memory, 0xff, sizeof(memory));
    put(log, 'W', 8, 0x28, UINT64_MAX);
    put(log, 'W', 4, 0x14, 0);
    put(log, 'W', 4, 0x14, 1);
    for (i = 0; i < 32; i++) {
        put(log, 'W', 4, 0x1000 + i * 4, UINT32_MAX);
        put_snapshot(log, 0x1000 + i * 4, MEMORY, 4096);
    }
    put(log, 'W', 8, 0x28, ASQ);
    put(log, 'W', 4, 0x14, 0);
    put(log, 'W', 4, 0x14, 1);
    put(log, 'W', 4, 0x1000, 30);
    put_snapshot(log, 0x1000, MEMORY, 4096);
    put(log, 'W', 4, 0x1004, 30);
    put_snapshot(log, 0x1004, MEMORY, 0x2000);
    lines = run(log, "nvme");
    assert_contains(lines, "SQ 0 cid 0xffff: opcode 0xff");
    assert_contains(lines, "status 7/0xff");
}

/* --- hda ----------------------------------------------------------------- */

#define CORB MEMORY
#define RIRB (MEMORY + 0x800)

/* Distances between addresses that Lua's integers barely hold */
static void test_far(void)
{
    GString *nvme = new_nvme_log();
    GString *hda = new_log("8086293e");
    GString *xhci = new_log("1b36000d");

    put(nvme, 'W', 8, 0x28, INT64_MAX - 31);
    put(nvme, 'W', 4, 0x14, 0);
    put(nvme, 'W', 4, 0x14, 1);
    put(nvme, 'W', 4, 0x1000, 1);
    put_zeros(nvme, 0x1000, 0);
    put(nvme, 'W', 8, 0x28, ASQ);
    put(nvme, 'W', 4, 0x14, 0);
    put(nvme, 'W', 4, 0x14, 1);
    command(ASQ, 0x06, 5, 0, INT64_MAX - 15, 1, 0);
    put(nvme, 'W', 4, 0x1000, 1);
    put_snapshot(nvme, 0x1000, ASQ, 2048);
    completion(ACQ, 0, 0, 5, 0);
    put(nvme, 'W', 4, 0x1004, 1);
    put_snapshot(nvme, 0x1004, ACQ, 512);
    put_zeros(nvme, 0x1004, 0);
    g_free(run(nvme, "nvme"));

    put(hda, 'W', 8, 0x40, INT64_MAX - 127);
    put(hda, 'W', 2, 0x48, 5);
    put_zeros(hda, 0x48, UINT64_MAX - 121);
    g_free(run(hda, "hda"));

    put(xhci, 'R', 4, 0x0, 0x01000040);
    put(xhci, 'R', 4, 0x14, 0x2000);
    put(xhci, 'W', 8, 0x58, INT64_MAX - 62);
    put(xhci, 'W', 4, 0x2000, 0);
    put_zeros(xhci, 0x2000, UINT64_MAX - 55);
    g_free(run(xhci, "xhci"));
}

static void test_hda_immediate(void)
{
    GString *log = new_log("8086293e");

    put(log, 'W', 4, 0x60, 0x000f0000);
    put(log, 'R', 4, 0x64, 0x1af40012);
    put(log, 'R', 4, 0x64, 0x1af40012);
    put(log, 'W', 4, 0x60, 0x10270640);
    put(log, 'R', 4, 0x64, 0);
    put(log, 'W', 4, 0x60, 0x003a0011);
    put(log, 'W', 4, 0x60, 0x003e0011);
    assert_emits(log, "hda",
                 "    hda: codec 0 node 0x00: Get Parameter Vendor ID\n"
                 "    hda: codec 0 node 0x00: Get Parameter Vendor ID -> "
                 "0x1af40012 (vendor 0x1af4, device 0x0012)\n"
                 "    hda: codec 1 node 0x02: Set Converter Stream, Channel "
                 "0x40\n"
                 "    hda: codec 1 node 0x02: Set Converter Stream, Channel "
                 "0x40 -> 0x00000000\n"
                 "    hda: codec 0 node 0x03: Get Converter Format 0x11\n"
                 "    hda: codec 0 node 0x03: verb 0xe00 0x11\n");
}

static GString *new_hda_log(void)
{
    GString *log = new_log("8086293e");

    put(log, 'W', 4, 0x40, CORB);
    put(log, 'W', 4, 0x44, 0);
    put(log, 'W', 1, 0x4e, 2);
    put(log, 'W', 2, 0x48, 0);
    put(log, 'W', 2, 0x4a, 0x8000);
    put(log, 'W', 4, 0x50, RIRB);
    put(log, 'W', 4, 0x54, 0);
    put(log, 'W', 1, 0x5e, 2);
    put(log, 'W', 2, 0x58, 0x8000);
    return log;
}

static void test_hda_rings(void)
{
    GString *log = new_hda_log();

    store(CORB + 4, 4, 0x003f0009);
    store(CORB + 8, 4, 0x003f1c00);
    put(log, 'W', 2, 0x48, 2);
    put_snapshot(log, 0x48, CORB, 1024);
    store(RIRB + 8, 8, 0x00400101);
    store(RIRB + 16, 8, 0x1234 | UINT64_C(0x12) << 32);
    store(RIRB + 24, 8, 0x4010);
    put(log, 'W', 1, 0x5d, 5);
    put_snapshot(log, 0x5d, RIRB, 2048);
    put(log, 'R', 2, 0x58, 3);
    /* a snapshot that comes with the next verb */
    store(CORB + 12, 4, 0x00170503);
    put(log, 'W', 2, 0x48, 3);
    put_snapshot(log, 0x48, CORB, 1024);
    put(log, 'R', 2, 0x58, 4);
    store(RIRB + 32, 8, 0x33);
    put(log, 'W', 2, 0x48, 4);
    put_snapshot(log, 0x48, RIRB, 2048);
    assert_emits(log, "hda",
                 "    hda: codec 0 node 0x03: Get Parameter Audio Widget "
                 "Capabilities\n"
                 "    hda: codec 0 node 0x03: Get Configuration Default\n"
                 "    hda: codec 0 node 0x03: Get Parameter Audio Widget "
                 "Capabilities -> 0x00400101 (pin complex)\n"
                 "    hda: codec 2, unsolicited -> 0x00001234\n"
                 "    hda: codec 0 node 0x03: Get Configuration Default -> "
                 "0x00004010\n"
                 "    hda: codec 0 node 0x01: Set Power State 0x3\n"
                 "    hda: codec 0 node 0x01: Set Power State 0x3 -> "
                 "0x00000033\n"
                 "    hda: dut0: verbs are not in the log; "
                 "docs/memory.md says how to log CORB\n");
}

/* --- xhci ---------------------------------------------------------------- */

#define RING MEMORY
#define EVENTS (MEMORY + 0x1000)

static void trb(uint64_t at, uint64_t parameter, unsigned status,
                unsigned control)
{
    store(at, 8, parameter);
    store(at + 8, 4, status);
    store(at + 12, 4, control);
}

static GString *new_xhci_log(void)
{
    GString *log = new_log("1b36000d");

    put(log, 'R', 4, 0x0, 0x01000040);
    put(log, 'R', 4, 0x14, 0x2000);
    put(log, 'R', 4, 0x18, 0x1000);
    put(log, 'W', 4, 0x58, RING | 1);
    put(log, 'W', 4, 0x5c, 0);
    put(log, 'W', 4, 0x1038, EVENTS);
    put(log, 'W', 4, 0x103c, 0);
    return log;
}

static void test_xhci(void)
{
    GString *log = new_xhci_log();

    trb(RING, 0, 0, 9 << 10 | 1);
    trb(RING + 16, 0x76f3000, 0, 1u << 24 | 11 << 10 | 1 << 9 | 1);
    trb(RING + 32, 0, 0, 11 << 10);         /* not the ring's cycle */
    put(log, 'W', 4, 0x2000, 0);
    put_snapshot(log, 0x2000, RING, 4096);
    trb(EVENTS, RING, 1u << 24, 1u << 24 | 33 << 10 | 1);
    trb(EVENTS + 16, 5u << 24, 1u << 24, 34 << 10 | 1);
    trb(EVENTS + 32, RING + 16, 5u << 24, 1u << 24 | 33 << 10 | 1);
    put(log, 'W', 4, 0x1038, (EVENTS + 48) | 8);
    put_snapshot(log, 0x1038, EVENTS, 4096);
    put(log, 'W', 4, 0x103c, 0);
    put(log, 'W', 4, 0x2004, 1);
    put(log, 'W', 4, 0x2008, 0x20005);
    /* a link to the start, with the other cycle */
    trb(RING + 32, RING, 0, 6 << 10 | 2 | 1);
    trb(RING, 0x7000 | 1, 0, 2u << 24 | 3 << 16 | 16 << 10);
    put(log, 'W', 4, 0x2000, 0);
    put_snapshot(log, 0x2000, RING, 4096);
    /* around the end of the segment */
    put(log, 'W', 4, 0x1038, EVENTS + 0xff0);
    put(log, 'W', 4, 0x103c, 0);
    trb(EVENTS + 0xff0, 0, 13u << 24 | 46, 2u << 24 | 3 << 16 | 32 << 10);
    put(log, 'W', 4, 0x1038, EVENTS);
    put_snapshot(log, 0x1038, EVENTS, 4096);
    put(log, 'W', 4, 0x2000, 0);
    assert_emits(log, "xhci",
                 "    xhci: command: Enable Slot\n"
                 "    xhci: command: Address Device, slot 1, input context at "
                 "0x76f3000, no SET_ADDRESS\n"
                 "    xhci: Command Completion Event: Enable Slot, slot 1: "
                 "Success\n"
                 "    xhci: Port Status Change Event: port 5: Success\n"
                 "    xhci: Command Completion Event: Address Device, slot 1, "
                 "input context at 0x76f3000, no SET_ADDRESS: TRB Error\n"
                 "    xhci: doorbell: slot 1, endpoint 0\n"
                 "    xhci: doorbell: slot 2, endpoint 2 IN, stream 2\n"
                 "    xhci: command: Set TR Dequeue Pointer, slot 2, endpoint 1 "
                 "IN, 0x7000\n"
                 "    xhci: Transfer Event: slot 2, endpoint 1 IN, 46 bytes "
                 "left: Short Packet\n"
                 "    xhci: dut0: the command ring is not in the log; "
                 "docs/memory.md says how to log it\n");
}

/* A ring of links to itself */
static void test_xhci_hostile(void)
{
    GString *log = new_xhci_log();

    trb(RING, RING, 0, 6 << 10 | 1);
    put(log, 'W', 4, 0x2000, 0);
    put_snapshot(log, 0x2000, RING, 4096);
    memset(memory, 0xff, sizeof(memory));
    put(log, 'W', 4, 0x1038, EVENTS + 8);
    put_snapshot(log, 0x1038, EVENTS, 4096);
    put(log, 'W', 8, 0x1038, UINT64_MAX);
    put_snapshot(log, 0x1038, EVENTS, 4096);
    g_free(run(log, "xhci"));
}

/* Registers that say each time that others are elsewhere */
static void test_xhci_places(void)
{
    GString *log = new_xhci_log();
    g_autofree char *lines = NULL;
    unsigned i;

    put(log, 'R', 4, 0x14, UINT64_MAX);
    put(log, 'R', 4, 0x18, UINT64_MAX);
    for (i = 0; i < 300; i++) {
        put(log, 'R', 4, 0x14, 0x3000 + 4 * i);
    }
    put(log, 'W', 4, 0x2000, 0);
    lines = run(log, "xhci");
    assert_contains(lines, "registers are at too many places");
}

/* --- arguments ----------------------------------------------------------- */

static void test_arguments(void)
{
    static const char *const cases[][3] = {
        { "--script", "no-such", "there is no script 'no-such': name one that ships" },
        { "--script", "./no-such.lua", "no such file" },
        { "--script", "/dev/zero", "script 'zero': the file has more than 1 MiB" },
        { "--script", "/", "can not read: Is a directory" },
        { "--script", "nvme:queues", "there is no script 'nvme:queues'" },
        { "--script", "nvme:a=1,b", "'b' is no argument of a script" },
        { "--pair", "0:0x60", "REGION:INDEX/DATA[=DOMAIN] expected" },
        { "--pair", "0:x/y", "REGION:INDEX/DATA[=DOMAIN] expected" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) result = run_tool(NULL, "stat", cases[i][0],
                                             cases[i][1], "/dev/null", NULL);

        g_assert_cmpint(result->status, ==, 2);
        assert_contains(result->err, cases[i][2]);
    }
}

/* A file with a colon in its name, arguments, JSON, and a script that fails */
static void test_verb(void)
{
    GString *log = new_log("12345678");
    g_autofree char *script = temp_file("a:b=c.lua",
        "on_access(function(a)\n"
        "  emit(tostring(args.x) .. tostring(args['y-z']))\n"
        "  error('stop\\27')\n"
        "end)\n", -1);
    g_autofree char *with = g_strconcat(script, ":x=1,y-z=2=3", NULL);
    g_autofree char *path = NULL;
    g_autoptr(ToolRun) result = NULL;

    put(log, 'R', 4, 0, 0);
    put(log, 'R', 4, 0, 0);
    path = temp_file("verb.mmt", log->str, log->len);
    g_string_free(log, TRUE);
    result = run_tool(NULL, "stat", "--json", "--script", script, "--script",
                      with, path, NULL);
    g_assert_cmpint(result->status, ==, 1);
    assert_contains(result->out, "{\"type\": \"script\", \"script\": \"a:b=c\", "
                    "\"line\": 5, \"text\": \"nilnil\"}\n");
    assert_contains(result->out, "\"text\": \"12=3\"}\n");
    assert_contains(result->out, "\"type\": \"summary\"");
    assert_contains(result->err, ":3: stop?\n");
    assert_contains(result->err,
                    "script 'a:b=c' was switched off at line 5: what follows was decoded without it");
}

/* The other verbs that run scripts */
static void test_verbs(void)
{
    GString *log = new_log("808610d3");
    g_autofree char *path = NULL;
    g_autoptr(ToolRun) decode = NULL;
    g_autoptr(ToolRun) tail = NULL;
    g_autoptr(ToolRun) last = NULL;
    g_autoptr(ToolRun) fails = NULL;
    g_autofree char *script = temp_file("end.lua",
        "local n = 0\n"
        "on_access(function() n = n + 1 end)\n"
        "on_end(function() emit(n .. ' accesses') error('x') end)\n", -1);

    put(log, 'W', 4, 0x20, 0x04201340);
    put(log, 'R', 4, 0x8, 1);
    path = temp_file("verbs.mmt", log->str, log->len);
    g_string_free(log, TRUE);
    decode = run_tool(NULL, "decode", "--script", "e1000e", path, NULL);
    g_assert_cmpint(decode->status, ==, 0);
    assert_contains(decode->out, "\n    e1000e: PHY 1 write BMCR = 0x1340 {");
    tail = run_tool(NULL, "tail", "-F", "-n", "all", "--script", "e1000e",
                    path, NULL);
    g_assert_cmpint(tail->status, ==, 0);
    assert_contains(tail->out, "VERSION 20070824\n");
    assert_contains(tail->out,
                    " 0x4201340 0x0 0\n    e1000e: PHY 1 write BMCR = 0x1340 {");
    last = run_tool(NULL, "tail", "-F", "-n", "2", "--script", "e1000e", path,
                    NULL);
    g_assert_true(g_str_has_prefix(last->out, "    e1000e: "));
    fails = run_tool(NULL, "tail", "-F", "-n", "1", "--script", script, path,
                     NULL);
    g_assert_cmpint(fails->status, ==, 1);
    assert_contains(fails->out, " 0x1 0x0 0\n    end: 2 accesses\n");
    assert_contains(fails->err, "script 'end' has failed");
}

/* Registers by name, as vfio-trace-lua(7) has them */
static void test_regdb(void)
{
    static const char text[] =
        "on_access{ reg = 'CTRL', op = 'w', function(a)\n"
        "  local value, names = a:fields()\n"
        "  print(a.name, value.SLU, value.RST, a:describe())\n"
        "  print(regdb.name(a), regdb.name('bar0', 8), regdb.name('bar0', 0xfff8))\n"
        "  print(regdb.find('EERD'))\n"
        "  print(regdb.find('NONE'), regdb.fields('NONE', 1))\n"
        "  print(regdb.describe('CTRL', 0x7f00000040), regdb.fields('CTRL', 0x40).SLU)\n"
        "  print(regdb.behind('PCI', 0), regdb.behind('NONE', 0))\n"
        "end }\n"
        "on_access{ range = '0:8:4', is = 'STATUS', function() print('is') end }\n"
        "on_access{ range = '0:8:4', is = 'CTRL', function() print('no') end }\n"
        "on_access{ reg = 'STAT*', function() print('glob') end }\n"
        "on_end(function() print(regdb.find('CTRL')) end)\n";
    g_autofree char *script = temp_file("regdb.lua", text, -1);
    GString *log = new_log("808610d3");

    put(log, 'W', 4, 0x0, 0x40);
    put(log, 'R', 4, 0x8, 0x0);
    assert_emits(log, script,
                 "    regdb: CTRL 1 0 { SLU | SPEED = 10 }\n"
                 "    regdb: CTRL STATUS nil\n"
                 "    regdb: bar0 20\n"
                 "    regdb: nil nil\n"
                 "    regdb: { SLU | SPEED = 10 } 1\n"
                 "    regdb: VENDOR_ID nil\n"
                 "    regdb: is\n"
                 "    regdb: glob\n"
                 "    regdb: bar0 0\n");
}

/* Two devices have the same addresses. */
static void test_two_memories(void)
{
    static const char text[] =
        "on_access{ range = '0', function(a)\n"
        "  print(a.device, memory.u8(0x1000000))\n"
        "end }\n";
    g_autofree char *script = temp_file("two.lua", text, -1);
    GString *log = new_log("12345678");

    g_string_append(log,
        "PCIDEV 0030 12345678 b fec80000 0 0 0 0 0 0 10000 0 0 0 0 0 0 x\n"
        "MARK 1.000000 vfio-trace: device id=dut1 host=0000:00:06.0 "
        "type=vfio-pci-trace addresses=host\n"
        "MAP 1.000000 2 0xfec80000 0xfec80000 0x10000 0x0 0\n");
    memory[0] = 7;
    put(log, 'W', 4, 0, 0);
    put_snapshot(log, 0, MEMORY, 16);
    put(log, 'W', 4, 0, 0);
    g_string_append(log, "W 4 2.000000 2 0xfec80000 0x1 0x0 0\n");
    put(log, 'W', 4, 0, 0);
    assert_emits(log, script,
                 "    two: dut0 nil\n"
                 "    two: dut0 7\n"
                 "    two: dut1 nil\n"
                 "    two: dut0 7\n");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    /* names of registers tell the devices apart */
    g_setenv("VFIO_TRACE_REGDB_PATH", TEST_DATA_DIR "/../../../regdb", TRUE);
    g_test_add_func("/script-ships/phy", test_phy);
    g_test_add_func("/script-ships/eeprom", test_eeprom);
    g_test_add_func("/script-ships/other-device", test_other_device);
    g_test_add_func("/script-ships/pair", test_pair);
    g_test_add_func("/script-ships/pair-option", test_pair_option);
    g_test_add_func("/script-ships/nvme-admin", test_nvme_admin);
    g_test_add_func("/script-ships/nvme-io", test_nvme_io);
    g_test_add_func("/script-ships/nvme-hostile", test_nvme_hostile);
    g_test_add_func("/script-ships/far", test_far);
    g_test_add_func("/script-ships/hda-immediate", test_hda_immediate);
    g_test_add_func("/script-ships/hda-rings", test_hda_rings);
    g_test_add_func("/script-ships/xhci", test_xhci);
    g_test_add_func("/script-ships/xhci-hostile", test_xhci_hostile);
    g_test_add_func("/script-ships/xhci-places", test_xhci_places);
    g_test_add_func("/script-ships/arguments", test_arguments);
    g_test_add_func("/script-ships/verb", test_verb);
    g_test_add_func("/script-ships/verbs", test_verbs);
    g_test_add_func("/script-ships/regdb", test_regdb);
    g_test_add_func("/script-ships/two-memories", test_two_memories);
    status = g_test_run();
    temp_clean();
    return status;
}
