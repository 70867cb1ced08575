/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: logs and archives for the tests of bundles (see bundle-logs.h)
 */
#include "bundle-logs.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "libmmiotrace/parts.h"
#include "run-tool.h"
#include "zstd-frames.h"

#define BLOCK 512

#define HEADER \
    "PCIDEV 0028 808610d3 1b feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n" \
    "MARK 1.000000 vfio-trace: device id=dut0 host=0000:00:05.0 " \
    "type=vfio-pci-trace addresses=host\n" \
    "MARK 1.000000 vfio-trace: coverage device=dut0 bar=0 map=1 " \
    "addr=0xfeb80000 len=0x20000 state=trapped\n" \
    "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"

static const char *const texts[] = {
    "VERSION 20070824\n"
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0\n"
    HEADER
    "R 4 1.000001 1 0xfeb80008 0x80080783 0x0 0\n"
    "W 4 1.000002 1 0xfeb80000 0x140240 0x0 0\n",
    "VERSION 20070824\n"
    "MARK 1.000003 vfio-trace: part 2 begins\n"
    HEADER
    "MARK 1.000003 vfio-trace: part 2 header ends\n"
    "R 4 1.000004 1 0xfeb80008 0x80080780 0x0 0\n"
    "MARK 1.000005 hello\n",
    "VERSION 20070824\n"
    "MARK 1.000006 vfio-trace: part 3 begins\n"
    HEADER
    "MARK 1.000006 vfio-trace: part 3 header ends\n"
    "W 4 1.000007 1 0xfeb803f0 0x1 0x0 0\n",
};

static const char *const lasts[] = {
    "MARK 1.000003 vfio-trace: part 1 continues in part 2\n",
    "MARK 1.000006 vfio-trace: part 2 continues in part 3\n",
};

char *write_bytes(const char *name, const GByteArray *bytes)
{
    /* Not g_file_set_contents(), which flushes to the disk each time. */
    char *path = g_build_filename(temp_dir(), name, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    g_assert_cmpint(write(fd, bytes->data, bytes->len), ==,
                    (ssize_t)bytes->len);
    close(fd);
    return path;
}

char *bundle_log(const char *name, unsigned parts)
{
    unsigned i;

    for (i = 0; i < parts; i++) {
        g_autofree char *file = mmt_part_name(name, i);
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autofree char *text = g_strconcat(
            texts[i], i + 1 < parts ? lasts[i]
                                    : "MARK 1.000008 vfio-trace: end\n", NULL);

        if (g_str_has_suffix(name, ".zst")) {
            add_frame(bytes, text, -1);
        } else {
            g_byte_array_append(bytes, (guint8 *)text, strlen(text));
        }
        g_free(write_bytes(file, bytes));
    }
    return g_build_filename(temp_dir(), name, NULL);
}

static char *sum_of(const char *text)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

void put_sum(unsigned char *header)
{
    unsigned sum = 0;
    size_t i;

    memset(header + 148, ' ', 8);
    for (i = 0; i < BLOCK; i++) {
        sum += header[i];
    }
    g_snprintf((char *)header + 148, 7, "%06o", sum);
}

void put_member(GByteArray *to, const char *name, char type, const void *text,
                gssize len)
{
    size_t n = len < 0 ? strlen(text) : (size_t)len;
    static const unsigned char zeros[BLOCK];
    unsigned char header[BLOCK] = "";

    memcpy(header, name, MIN(strlen(name), 100));
    strcpy((char *)header + 100, "000644 ");
    g_snprintf((char *)header + 124, 12, "%011o", (unsigned)n);
    header[156] = type;
    memcpy(header + 257, "ustar\0" "00", 8);
    put_sum(header);
    g_byte_array_append(to, header, BLOCK);
    g_byte_array_append(to, text, n);
    g_byte_array_append(to, zeros, -n % BLOCK);
}

void put_end(GByteArray *to)
{
    static const unsigned char zeros[2 * BLOCK];

    g_byte_array_append(to, zeros, sizeof(zeros));
}

char *put_manifest(GByteArray *to, const char *name, ...)
{
    GString *text = g_string_new("{\"format\":\"vfio-trace-bundle\","
                                 "\"version\":1,\"members\":[");
    va_list ap;
    const char *next;

    va_start(ap, name);
    for (next = name; next; next = va_arg(ap, const char *)) {
        const char *contents = va_arg(ap, const char *);
        g_autofree char *sum = sum_of(contents);

        g_string_append_printf(text, "%s{\"name\":\"%s\",\"role\":\"%s\","
                               "\"size\":%zu,\"sha256\":\"%s\"}",
                               next == name ? "" : ",", next,
                               g_str_has_prefix(next, "log.mmt") ? "log"
                                                                 : "file",
                               strlen(contents), sum);
    }
    va_end(ap);
    g_string_append(text, "]}");
    put_member(to, "manifest.json", '0', text->str, -1);
    return g_string_free(text, FALSE);
}

const char small_log[] = "VERSION 20070824\nMARK 1.000000 hello\n";

GByteArray *small_bundle(void)
{
    GByteArray *to = g_byte_array_new();
    g_autofree char *manifest = put_manifest(to, "log.mmt", small_log,
                                             "file-a", "abc", NULL);
    g_autofree char *a = sum_of(manifest);
    g_autofree char *b = sum_of(small_log);
    g_autofree char *c = sum_of("abc");
    g_autofree char *text = g_strdup_printf(
        "%s  manifest.json\n%s  log.mmt\n%s  file-a\n", a, b, c);

    put_member(to, "log.mmt", '0', small_log, -1);
    put_member(to, "file-a", '0', "abc", -1);
    put_member(to, "SHA256SUMS", '0', text, -1);
    put_end(to);
    return to;
}
