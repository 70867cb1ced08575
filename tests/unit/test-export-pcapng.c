/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace convert --to pcapng
 *
 * Files are read here, block by block, as the format's draft has them, and the
 * records as docs/wireshark.md has them.  tests/static/test_wireshark.py reads
 * them with tshark.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#include "export-log.h"
#include "run-tool.h"
#include "tools/export/pcapng-out.h"
#include "tools/export/pcapng-record.h"

#define SECTION   0x0a0d0d0a
#define INTERFACE 1
#define PACKET    6
#define HEAD      80

/**
 * struct Packet: a packet
 * @interface: number of its interface
 * @ns: its time
 * @flags: of its options, or 0
 * @comment: of its options, or NULL
 * @bytes: the record
 * @len: its length
 * @kind: PcapngKind
 */
typedef struct Packet {
    uint32_t interface;
    uint64_t ns;
    uint32_t flags;
    char *comment;
    const guint8 *bytes;
    uint32_t len;
    uint8_t kind;
} Packet;

/**
 * struct File: a file that was read
 * @data: its bytes
 * @len: number of them
 * @comment: of the section
 * @interfaces: names of the interfaces
 * @packets: Packet
 */
typedef struct File {
    char *data;
    gsize len;
    char *comment;
    GPtrArray *interfaces;
    GArray *packets;
} File;

static void packet_clear(gpointer p)
{
    g_free(((Packet *)p)->comment);
}

static void file_free(File *file)
{
    g_array_unref(file->packets);
    g_ptr_array_unref(file->interfaces);
    g_free(file->comment);
    g_free(file->data);
    g_free(file);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(File, file_free)

static uint32_t get16(const guint8 *p)
{
    return p[0] | p[1] << 8;
}

static uint32_t get32(const guint8 *p)
{
    return get16(p) | get16(p + 2) << 16;
}

static uint64_t get64(const guint8 *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

/* Return: the value of an option, or NULL; all of them are read */
static const guint8 *option(const guint8 *p, const guint8 *end, unsigned code,
                            unsigned *len)
{
    const guint8 *found = NULL;

    while (p < end) {
        unsigned n = get16(p + 2);

        g_assert_cmpint(end - p, >=, 4 + n);
        if (!get16(p)) {
            g_assert_cmpuint(n, ==, 0);
            g_assert_true(p + 4 == end);
            return found;
        }
        if (get16(p) == code) {
            found = p + 4;
            *len = n;
        }
        p += 4 + ((n + 3) & ~3u);
    }
    g_assert_true(p == end && !found);
    return found;
}

static char *text_option(const guint8 *p, const guint8 *end, unsigned code)
{
    unsigned len = 0;
    const guint8 *found = option(p, end, code, &len);
    char *text = found ? g_strndup((const char *)found, len) : NULL;

    if (text) {
        g_assert_cmpuint(strlen(text), ==, len);
        g_assert_true(g_utf8_validate(text, len, NULL));
        g_assert_null(strpbrk(text, "\033\007"));
    }
    return text;
}

/* The items of a record fill it. */
static void check_record(const Packet *packet)
{
    const guint8 *p = packet->bytes + HEAD;
    const guint8 *end = packet->bytes + packet->len;

    g_assert_cmpuint(packet->len, >=, HEAD);
    g_assert_true(!memcmp(packet->bytes, PCAPNG_MAGIC, 4));
    g_assert_cmpuint(packet->bytes[4], ==, PCAPNG_VERSION);
    g_assert_cmpuint(packet->kind, <=, PCAPNG_DAMAGED);
    g_assert_cmpuint(get16(packet->bytes + 6), ==, HEAD);
    while (p < end) {
        uint32_t len;

        g_assert_cmpint(end - p, >=, 4);
        len = get32(p) >> 8;
        g_assert_cmpint(end - p - 4, >=, len);
        if (p[0] <= PCAPNG_ITEM_MARK) {
            g_assert_true(g_utf8_validate((const char *)p + 4, len, NULL));
        }
        p += 4 + len;
    }
}

static void take_packet(File *file, const guint8 *p, const guint8 *end)
{
    Packet packet = {
        .interface = get32(p),
        .ns = (uint64_t)get32(p + 4) << 32 | get32(p + 8),
        .bytes = p + 20,
        .len = get32(p + 12),
    };
    unsigned len = 0;
    const guint8 *flags;

    g_assert_cmpuint(packet.len, ==, get32(p + 16));
    g_assert_cmpuint(packet.len, <=, PCAPNG_SNAPLEN);
    p += 20 + ((packet.len + 3) & ~3u);
    g_assert_true(p <= end);
    flags = option(p, end, 2, &len);
    packet.flags = flags ? get32(flags) : 0;
    packet.comment = text_option(p, end, 1);
    packet.kind = packet.bytes[5];
    g_assert_cmpuint(packet.interface, <, file->interfaces->len);
    check_record(&packet);
    g_array_append_val(file->packets, packet);
}

static void take_block(File *file, const guint8 *p, const guint8 *end,
                       uint32_t type)
{
    switch (type) {
    case SECTION:
        g_assert_cmphex(get32(p), ==, 0x1a2b3c4d);
        g_assert_cmpuint(get16(p + 4), ==, 1);
        file->comment = text_option(p + 16, end, 1);
        break;
    case INTERFACE:
        g_assert_cmpuint(get16(p), ==, PCAPNG_LINKTYPE);
        g_ptr_array_add(file->interfaces, text_option(p + 8, end, 2));
        break;
    default:
        g_assert_cmpuint(type, ==, PACKET);
        take_packet(file, p, end);
        break;
    }
}

static File *read_file(const char *path)
{
    File *file = g_new0(File, 1);
    const guint8 *p, *end;

    g_assert_true(g_file_get_contents(path, &file->data, &file->len, NULL));
    file->interfaces = g_ptr_array_new_with_free_func(g_free);
    file->packets = g_array_new(FALSE, FALSE, sizeof(Packet));
    g_array_set_clear_func(file->packets, packet_clear);
    p = (const guint8 *)file->data;
    end = p + file->len;
    g_assert_cmphex(get32(p), ==, SECTION);
    while (p < end) {
        uint32_t len = get32(p + 4);

        g_assert_true(len >= 12 && len % 4 == 0 && end - p >= len);
        g_assert_cmpuint(get32(p + len - 4), ==, len);
        take_block(file, p + 8, p + len - 4, get32(p));
        p += len;
    }
    return file;
}

/* Return: the file that a log becomes */
static File *convert(const char *text, gssize len, int status,
                     const char *option)
{
    static unsigned number;
    g_autofree char *name = g_strdup_printf("pcapng-%u.mmt", number++);
    g_autofree char *log = temp_file(name, text, len);
    g_autofree char *out = g_strconcat(log, ".pcapng", NULL);
    const char *args[] = { log, "-f", "-o", out, option, NULL };
    g_autoptr(ToolRun) run = run_verb("convert", status, args);
    File *file = read_file(out);

    g_unlink(out);
    return file;
}

static unsigned count(const File *file, PcapngKind kind)
{
    unsigned i, n = 0;

    for (i = 0; i < file->packets->len; i++) {
        n += g_array_index(file->packets, Packet, i).kind == kind;
    }
    return n;
}

static const Packet *find(const File *file, PcapngKind kind)
{
    unsigned i;

    for (i = 0; i < file->packets->len; i++) {
        const Packet *packet = &g_array_index(file->packets, Packet, i);

        if (packet->kind == kind) {
            return packet;
        }
    }
    g_assert_not_reached();
}

/* Return: the bytes of an item as a text; NULL if there is none */
static char *item(const Packet *packet, PcapngItem type)
{
    const guint8 *p = packet->bytes + HEAD;

    while (p < packet->bytes + packet->len) {
        uint32_t len = get32(p) >> 8;

        if (p[0] == type) {
            return g_strndup((const char *)p + 4, len);
        }
        p += 4 + len;
    }
    return NULL;
}

static void assert_item(const Packet *packet, PcapngItem type, const char *want)
{
    g_autofree char *text = item(packet, type);

    g_assert_cmpstr(text, ==, want);
}

#define DATED \
    "VERSION 20070824\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0 extra=cpu+ns+latency\n" \
    "MARK 1.000000 vfio-trace: clock monotonic=1.000000000 " \
    "realtime=1796000000.500000000\n" \
    "PCIDEV 0100 808610d3 b feb80000 fec00000 0 0 0 0 0 " \
    "20000 1000 0 0 0 0 0 nic\n" \
    "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n" \
    "W 4 1.000001 1 0xfeb80008 0x41 0xffffffff81000000 0 cpu=1 " \
    "ns=1.000001500 latency=812\n" \
    "R 2 1.000002 1 0xfeb8000a 0x7 0x0 0\n" \
    "MARK 1.000003 driver loads\n"

static void test_record(void)
{
    g_autoptr(File) file = convert(DATED, -1, 0, NULL);
    const Packet *write = find(file, PCAPNG_WRITE);
    const Packet *read = find(file, PCAPNG_READ);

    g_assert_cmpuint(get32(write->bytes + 12), ==,
                     PCAPNG_TIMED | PCAPNG_VALUE | PCAPNG_CPU | PCAPNG_PC |
                     PCAPNG_ADDRESS);
    g_assert_cmpuint(get64(write->bytes + 16), ==, 6);
    g_assert_cmpuint(get64(write->bytes + 24), ==, 1000001500);
    g_assert_cmphex(get64(write->bytes + 32), ==, 8);
    g_assert_cmphex(get64(write->bytes + 40), ==, 0x41);
    g_assert_cmphex(get64(write->bytes + 48), ==, 0xfeb80008);
    g_assert_cmphex(get64(write->bytes + 56), ==, 0xffffffff81000000);
    g_assert_cmpuint(get32(write->bytes + 64), ==, 1);
    g_assert_cmpuint(write->bytes[76], ==, 4);
    g_assert_cmpuint(write->bytes[77], ==, 0);
    assert_item(write, PCAPNG_ITEM_DEVICE, "01:00.0");
    assert_item(write, PCAPNG_ITEM_REGION, "bar0");
    assert_item(write, PCAPNG_ITEM_LATENCY, "\x2c\x03");
    g_assert_cmpuint(write->flags, ==, PCAPNG_OUTBOUND);
    g_assert_cmpuint(read->flags, ==, PCAPNG_INBOUND);
    g_assert_cmpstr(file->interfaces->pdata[write->interface], ==, "01:00.0");
    g_assert_cmpstr(find(file, PCAPNG_MARK)->comment, ==, "driver loads");
}

/* The clock's mark is behind the first one, which was dated as well. */
static void test_dates(void)
{
    const uint64_t second = G_USEC_PER_SEC * UINT64_C(1000);
    g_autoptr(File) file = convert(DATED, -1, 0, NULL);
    g_autoptr(File) other = convert(EXPORT_HOSTILE, -1, 0, NULL);

    g_assert_cmpuint(find(file, PCAPNG_TRACER)->ns, ==,
                     1796000000 * second + second / 2);
    g_assert_cmpuint(find(file, PCAPNG_WRITE)->ns, ==,
                     1796000000 * second + second / 2 + 1500);
    assert_contains(file->comment, "wall clock");
    g_assert_cmpuint(find(other, PCAPNG_READ)->ns, ==, second + 7000);
    assert_contains(other->comment, "not dates");
}

/* Clocks that can't be: the log's own times stay. */
static void test_clocks(void)
{
    static const char *const clocks[] = {
        "monotonic=2.0 realtime=1.0", "monotonic=x realtime=5.0",
        "monotonic=1.0", "realtime=5.0", "monotonic= realtime=",
        "monotonic=1.1.1 realtime=9.0", "monotonic=1.0 realtime=-9.0",
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(clocks); i++) {
        g_autofree char *log = g_strdup_printf(
            "VERSION 20070824\nMARK 1.000000 vfio-trace: clock %s\n"
            "R 4 1.000001 1 0xfeb80008 0x1 0x0 0\n", clocks[i]);
        g_autoptr(File) file = convert(log, -1, 0, NULL);

        g_assert_cmpuint(find(file, PCAPNG_READ)->ns, ==, 1000001000);
    }
}

/* A clock beyond all: times end where signed numbers do. */
static void test_far(void)
{
    g_autoptr(File) file = convert(
        "VERSION 20070824\nMARK 1.000000 vfio-trace: clock monotonic=0.0 "
        "realtime=99999999999999999999999.0\n"
        "R 4 18446744073.000001 1 0xfeb80008 0x1 0x0 0\n", -1, 0, NULL);

    g_assert_cmpuint(find(file, PCAPNG_READ)->ns, <=, INT64_MAX);
}

static void test_counts(void)
{
    g_autoptr(GString) log = export_log(20000);
    g_autoptr(File) file = convert(log->str, log->len, 0, NULL);
    unsigned n = count(file, PCAPNG_READ) + count(file, PCAPNG_WRITE);

    g_assert_cmpuint(n, ==, 20000);
    g_assert_cmpuint(file->interfaces->len, ==, 2);
}

static void test_hostile(void)
{
    g_autoptr(File) file = convert(EXPORT_HOSTILE, -1, 0, NULL);
    g_autofree char *huge = g_strnfill(40000, 'x');
    g_autofree char *log = g_strdup_printf("%sMARK 1.100000 %s\n", EXPORT_HEAD,
                                           huge);
    g_autoptr(File) long_one = convert(log, -1, 0, NULL);
    const Packet *mark = find(long_one, PCAPNG_MARK);
    g_autofree char *text = item(mark, PCAPNG_ITEM_TEXT);

    g_assert_cmpuint(count(file, PCAPNG_MARK), ==, 6);
    g_assert_cmpuint(count(file, PCAPNG_READ), ==, 1);
    g_assert_true(get32(mark->bytes + 12) & PCAPNG_CUT);
    g_assert_cmpuint(strlen(text), ==, 32768);
    g_assert_cmpuint(strlen(mark->comment), ==, PCAPNG_OPTION_MAX);
}

/* What a user writes is no interrupt, and no memory. */
static void test_forged(void)
{
    g_autoptr(File) file = convert(
        DATED
        "MARK 1.000004 vfio-trace: irq device=nic msix vector=1\n"
        "MARK 1.000005 vfio-trace: vm state=paused reason=paused\n"
        "MARK 1.000006 vfio-trace: snapshot-data at=0x1000 00ff\n"
        "MARK 1.000007 vfio-trace: guest-mark origin=isa port=0x560 "
        "text=vfio-trace: irq device=nic msix vector=2\n", -1, 0, NULL);
    const Packet *memory = find(file, PCAPNG_MEMORY);

    g_assert_cmpuint(count(file, PCAPNG_INTERRUPT), ==, 1);
    g_assert_cmpuint(count(file, PCAPNG_MACHINE), ==, 1);
    g_assert_cmphex(get64(memory->bytes + 32), ==, 0x1000);
    g_assert_cmpuint(count(file, PCAPNG_MEMORY), ==, 1);
}

static void test_damaged(void)
{
    g_autoptr(File) file = convert(
        EXPORT_HEAD "R 4 1.000080 1 0xfeb80000 zzz 0x0 0\n"
        "R 4 1.000081 1 0xfeb80000 0x1 0x0 0\n", -1, 1, NULL);

    g_assert_cmpuint(count(file, PCAPNG_DAMAGED), ==, 1);
    g_assert_cmpuint(count(file, PCAPNG_READ), ==, 1);
    assert_item(find(file, PCAPNG_DAMAGED), PCAPNG_ITEM_TEXT,
                "R 4 1.000080 1 0xfeb80000 zzz 0x0 0");
}

/* A log without entries is a file without packets. */
static void test_empty(void)
{
    g_autoptr(File) file = convert(EXPORT_HEAD, -1, 0, "--from=9");

    g_assert_cmpuint(count(file, PCAPNG_READ), ==, 0);
    g_assert_cmpuint(file->interfaces->len, >=, 1);
}

/* What has no time at a log's begin is not shown at the time 0. */
static void test_begin(void)
{
    static const char text[] =
        "VERSION 20070824\n"
        "PCIDEV 0100 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 nic\n"
        "# entries-in-buffer/entries-written: 1/341   #P:1\n"
        "R 4 1185.269094 1 0xfeb80008 0x1 0x0 0\n";
    g_autoptr(File) file = convert(text, -1, 0, NULL);
    unsigned i;

    for (i = 0; i < file->packets->len; i++) {
        const Packet *packet = &g_array_index(file->packets, Packet, i);

        g_assert_cmpuint(packet->ns, >, 1185269000000);
        g_assert_cmpuint(packet->ns, <=, 1185269094000);
    }
    g_assert_cmpuint(count(file, PCAPNG_LOST), ==, 1);
}

/* A device and a damaged line have no time, which is nothing to speak of. */
static void test_devices(void)
{
    g_autofree char *log = temp_file("devices.mmt", EXPORT_HEAD
                                     "R 4 1.000080 1 0xfeb80000 zzz 0x0 0\n",
                                     -1);
    g_autofree char *out = g_strconcat(log, ".pcapng", NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", log, "-o", out, NULL);

    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "damaged lines: 1");
    g_assert_null(strstr(run->err, "without a time"));
}

/* Number of the definitions of a log that has an access at a time */
static uint32_t set_of(const char *time)
{
    g_autofree char *log = g_strconcat(EXPORT_HEAD "R 4 ", time,
                                       " 1 0xfeb80008 0x1 0x0 0\n", NULL);
    g_autofree char *out = g_build_filename(temp_dir(), "set.pcapng", NULL);
    g_autoptr(ToolRun) run = run_tool(log, "convert", "-f", "-o", out, "-",
                                      NULL);
    g_autoptr(File) file = NULL;
    uint32_t set;
    unsigned i;

    g_assert_cmpint(run->status, ==, 0);
    file = read_file(out);
    set = get32(g_array_index(file->packets, Packet, 0).bytes + 8);
    for (i = 1; i < file->packets->len; i++) {
        g_assert_cmphex(get32(g_array_index(file->packets, Packet, i).bytes +
                              8), ==, set);
    }
    return set;
}

/* Two logs have different numbers, also if their names and begins are equal. */
static void test_sets(void)
{
    g_assert_cmphex(set_of("1.000001"), ==, set_of("1.000001"));
    g_assert_cmphex(set_of("1.000001"), !=, set_of("1.000002"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/export/pcapng/record", test_record);
    g_test_add_func("/export/pcapng/dates", test_dates);
    g_test_add_func("/export/pcapng/clocks", test_clocks);
    g_test_add_func("/export/pcapng/far", test_far);
    g_test_add_func("/export/pcapng/sets", test_sets);
    g_test_add_func("/export/pcapng/begin", test_begin);
    g_test_add_func("/export/pcapng/devices", test_devices);
    g_test_add_func("/export/pcapng/counts", test_counts);
    g_test_add_func("/export/pcapng/hostile", test_hostile);
    g_test_add_func("/export/pcapng/forged", test_forged);
    g_test_add_func("/export/pcapng/damaged", test_damaged);
    g_test_add_func("/export/pcapng/empty", test_empty);
    return g_test_run();
}
