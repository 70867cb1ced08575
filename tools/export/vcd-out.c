/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to vcd: value changes (see vcd-out.h)
 */
#include "tools/export/vcd-out.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "tools/export/clock.h"

/* Identifier codes have the printable characters of ASCII but the blank. */
#define ID_FIRST '!'
#define ID_CHARS 94

#define COPY_BYTES (256 * 1024)

/**
 * struct VcdOut: the output
 * @file: the temporary file, which has no name
 * @signals: number of signals
 * @first: the first time, or 0
 * @last: the last time
 * @moved: times that were moved by more than EXPORT_CLOCK_PRECISION_NS
 */
struct VcdOut {
    FILE *file;
    uint32_t signals;
    uint64_t first;
    uint64_t last;
    uint64_t moved;
};

static void set_errno(GError **error, const char *what)
{
    int err = errno ?: EIO;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(err),
                "can not %s a temporary file in %s: %s", what,
                g_get_tmp_dir(), g_strerror(err));
}

VcdOut *vcd_out_new(GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("vfio-trace-vcd-XXXXXX", &path, error);
    VcdOut *out;

    if (fd < 0) {
        return NULL;
    }
    g_unlink(path);
    out = g_new0(VcdOut, 1);
    out->file = fdopen(fd, "w+");
    if (!out->file) {
        set_errno(error, "open");
        close(fd);
        g_free(out);
        return NULL;
    }
    setvbuf(out->file, NULL, _IOFBF, COPY_BYTES);
    return out;
}

void vcd_out_free(VcdOut *out)
{
    if (out) {
        fclose(out->file);
        g_free(out);
    }
}

VcdSignal vcd_out_signal(VcdOut *out, unsigned bits)
{
    return (VcdSignal) { .number = out->signals++, .bits = bits };
}

void vcd_out_id(const VcdSignal *signal, char id[VCD_ID_MAX])
{
    uint64_t n = (uint64_t)signal->number + 1;
    unsigned i = 0;

    /* digits from 1 to 94, the lowest one first: no two codes are equal */
    while (n) {
        n--;
        id[i++] = ID_FIRST + n % ID_CHARS;
        n /= ID_CHARS;
    }
    id[i] = '\0';
}

void vcd_out_time(VcdOut *out, uint64_t ns)
{
    if (ns <= out->last) {
        out->moved += out->last + 1 - ns > EXPORT_CLOCK_PRECISION_NS;
        ns = out->last + 1;
    }
    if (!out->first) {
        out->first = ns;
    }
    out->last = ns;
    fprintf(out->file, "#%" PRIu64 "\n", ns);
}

uint64_t vcd_out_first(const VcdOut *out)
{
    return out->first;
}

uint64_t vcd_out_moved(const VcdOut *out)
{
    return out->moved;
}

static unsigned bits_of(uint64_t value)
{
    return value ? 64 - __builtin_clzll(value) : 1;
}

void vcd_out_value(VcdOut *out, VcdSignal *signal, uint64_t value)
{
    char line[64 + VCD_ID_MAX + 4];
    unsigned bits = bits_of(value), i;
    char *p = line;

    if (signal->valid && signal->value == value) {
        return;
    }
    signal->valid = true;
    signal->value = value;
    signal->bits = MAX(signal->bits, bits);
    *p++ = 'b';
    for (i = bits; i > 0; i--) {
        *p++ = '0' + (value >> (i - 1) & 1);
    }
    *p++ = ' ';
    vcd_out_id(signal, p);
    p += strlen(p);
    *p++ = '\n';
    fwrite(line, 1, p - line, out->file);
}

void vcd_out_unknown(VcdOut *out, VcdSignal *signal)
{
    char id[VCD_ID_MAX];

    signal->valid = false;
    vcd_out_id(signal, id);
    fprintf(out->file, "bx %s\n", id);
}

void vcd_out_text(VcdOut *out, const VcdSignal *signal, const char *text)
{
    char id[VCD_ID_MAX];

    vcd_out_id(signal, id);
    fputc('s', out->file);
    for (; *text; text++) {
        /* as GTKWave reads strings: C's escapes for what ends one */
        if (g_ascii_isgraph(*text) && *text != '\\') {
            fputc(*text, out->file);
        } else {
            fprintf(out->file, "\\%03o", (unsigned char)*text);
        }
    }
    fprintf(out->file, " %s\n", id);
}

bool vcd_out_check(const VcdOut *out, GError **error)
{
    if (ferror(out->file)) {
        set_errno(error, "write");
        return false;
    }
    return true;
}

bool vcd_out_copy(VcdOut *out, FILE *stream, GError **error)
{
    g_autofree char *buf = g_malloc(COPY_BYTES);
    size_t n;

    if (out->first) {
        fprintf(out->file, "#%" PRIu64 "\n", out->last + 1);
    }
    if (fflush(out->file) != 0 || ferror(out->file)) {
        set_errno(error, "write");
        return false;
    }
    rewind(out->file);
    while ((n = fread(buf, 1, COPY_BYTES, out->file)) > 0) {
        fwrite(buf, 1, n, stream);
    }
    if (ferror(out->file)) {
        set_errno(error, "read");
        return false;
    }
    return true;
}
