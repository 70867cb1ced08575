/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace memory: reads the memory of a running guest (see read.h)
 */
#include "tools/memory/read.h"

#include "tools/common/json-read.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* QEMU's limit for one command; a multiple of MEMORY_DUMP_ROW */
#define PIECE (64u * 1024)

#define FIRST_US  (2 * G_USEC_PER_SEC)
#define PERIOD_US (G_USEC_PER_SEC / 4)

#define MIB (1u << 20)

static bool parse_number(const char *text, uint64_t *number)
{
    static const char units[] = "KMG";
    char *end;
    const char *unit;
    unsigned shift;

    errno = 0;
    *number = g_ascii_strtoull(text, &end,
                               g_str_has_prefix(text, "0x") ? 16 : 10);
    unit = *end ? strchr(units, g_ascii_toupper(*end)) : NULL;
    shift = unit ? 10 * (unit - units + 1) : 0;
    if (!g_ascii_isdigit(*text) || errno || end[unit ? 1 : 0] ||
        (end[-1] == 'x' && end == text + 2) ||
        *number > UINT64_MAX >> shift) {
        return false;
    }
    *number <<= shift;
    return true;
}

static bool fail(GError **error, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static bool fail(GError **error, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error_literal(error, QMP_ERROR, QMP_ERROR_REFUSED, text);
    return false;
}

bool memory_range_parse(const char *at, const char *len, MemoryRange *range,
                        GError **error)
{
    if (!parse_number(at, &range->at)) {
        return fail(error, "ADDR is '%s': a number is expected, as 0x1000", at);
    }
    if (!parse_number(len, &range->len) || !range->len) {
        return fail(error,
                    "LEN is '%s': a number of bytes is expected, as 64, 0x40 or 4K",
                    len);
    }
    if (range->len > MEMORY_READ_MAX) {
        return fail(error,
                    "LEN is '%s': at most 1G can be read at once; read the rest with another command",
                    len);
    }
    return range->len - 1 <= UINT64_MAX - range->at ||
           fail(error, "%s bytes at %s: that is beyond the last address", len,
                at);
}

/**
 * struct Progress: a line on the terminal
 * @begin: when it began
 * @next: when to show it again
 * @shown: there is a line
 */
typedef struct Progress {
    gint64 begin;
    gint64 next;
    bool shown;
} Progress;

static void show_progress(Progress *progress, uint64_t done, uint64_t len)
{
    gint64 now = g_get_monotonic_time();

    if (progress->next && now >= progress->next) {
        /* \033[K: erase the rest of the line */
        fprintf(stderr, "\rvfio-trace memory: %" PRIu64 " of %" PRIu64
                " MiB, %.0f MiB/s\033[K", done / MIB, (len + MIB - 1) / MIB,
                done / (double)MIB * G_USEC_PER_SEC / (now - progress->begin));
        fflush(stderr);
        progress->next = now + PERIOD_US;
        progress->shown = true;
    }
}

static void end_progress(const Progress *progress)
{
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}

static JsonNode *ask(Target *target, const char *device,
                     const MemoryRange *range, uint64_t done, uint64_t len,
                     GError **error)
{
    JsonObject *arguments = json_object_new();

    json_object_set_string_member(arguments, "device", device);
    /* QEMU takes a negative number for one of 64 bits. */
    json_object_set_int_member(arguments, "address", range->at + done);
    json_object_set_int_member(arguments, "length", len);
    if (range->physical) {
        json_object_set_boolean_member(arguments, "physical", true);
    }
    return target_execute(target, "vfio-trace-memory-read", arguments, error);
}

/* Return: the bytes, to be freed; or NULL */
static uint8_t *take_bytes(const Target *target, JsonNode *answer, size_t most,
                           size_t *len, GError **error)
{
    JsonObject *object = JSON_NODE_HOLDS_OBJECT(answer) ?
                         json_node_get_object(answer) : NULL;
    const char *text = object ? json_read_str(object, "data") : NULL;
    g_autofree uint8_t *bytes = text ? g_base64_decode(text, len) : NULL;

    if (!text || *len > most || *len != json_read_int(object, "length")) {
        fail(error,
             "%s: QEMU's answer to vfio-trace-memory-read has not the bytes that it says: QEMU and this tool have different versions",
             target_name(target));
        return NULL;
    }
    return bytes ? g_steal_pointer(&bytes) : g_malloc0(1);
}

/* Return: false with an error; otherwise @len is what was read */
static bool read_piece(Target *target, const char *device,
                       const MemoryRange *range, MemoryDump *dump,
                       uint64_t done, size_t *len, GError **error)
{
    size_t want = MIN(range->len - done, PIECE);
    g_autoptr(JsonNode) answer = ask(target, device, range, done, want, error);
    g_autofree uint8_t *bytes = answer ? take_bytes(target, answer, want, len,
                                                    error) : NULL;

    return bytes && (memory_dump_put(dump, range->at + done, bytes, *len) ||
                     fail(error, "can not write: %s", g_strerror(errno)));
}

bool memory_read(Target *target, const char *device, const MemoryRange *range,
                 MemoryDump *dump, bool quiet, uint64_t *done, GError **error)
{
    gint64 now = g_get_monotonic_time();
    Progress progress = {
        now, quiet || !isatty(STDERR_FILENO) ? 0 : now + FIRST_US, false,
    };
    size_t len = PIECE;
    bool ok = true;

    /* A piece that is not whole is the last one: the next byte is not RAM. */
    for (*done = 0; ok && *done < range->len && len == PIECE; *done += len) {
        len = 0;
        ok = read_piece(target, device, range, dump, *done, &len, error);
        show_progress(&progress, *done + len, range->len);
        len = ok ? len : 0;
    }
    end_progress(&progress);
    return ok;
}
