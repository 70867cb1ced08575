/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: repeated lines at the beginning of a log's next part (see
 * next-part.h)
 */
#include "qemu/osdep.h"
#include "libmmiotrace/parts.h"
#include "hw/vfio-trace/log/next-part.h"

#define PCIDEV_LINE "PCIDEV "

/*
 * LogPartDevice: a device of the machine
 * @pcidev: its PCIDEV line
 * @mark: text of its device mark, or NULL
 */
typedef struct LogPartDevice {
    char *pcidev;
    char *mark;
} LogPartDevice;

static void log_part_free_device(gpointer p)
{
    LogPartDevice *device = p;

    g_free(device->pcidev);
    g_free(device->mark);
    g_free(device);
}

void vfio_trace_parts_init(VFIOTraceParts *parts)
{
    parts->devices = g_ptr_array_new_with_free_func(log_part_free_device);
    parts->maps = g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

static void log_part_see_pcidev(VFIOTraceParts *parts, const char *text,
                                size_t len)
{
    LogPartDevice *device = g_new0(LogPartDevice, 1);

    device->pcidev = g_strndup(text, len);
    g_ptr_array_add(parts->devices, device);
}

/* A device mark follows its device's PCIDEV line. */
static void log_part_see_device(VFIOTraceParts *parts, const char *text,
                                size_t len)
{
    LogPartDevice *device;

    if (parts->devices->len) {
        device = g_ptr_array_index(parts->devices, parts->devices->len - 1);
        if (!device->mark) {
            device->mark = g_strndup(text, len);
        }
    }
}

/* @id: "id=ID", of a device that has left the machine */
static void log_part_see_detached(VFIOTraceParts *parts, const char *id,
                                  size_t len)
{
    guint i;

    for (i = 0; i < parts->devices->len; i++) {
        LogPartDevice *device = g_ptr_array_index(parts->devices, i);
        const char *word = device->mark ? strstr(device->mark, " id=") : NULL;

        if (word && !strncmp(word + 1, id, len) && word[1 + len] == ' ') {
            g_ptr_array_remove_index(parts->devices, i);
            return;
        }
    }
}

/* "MARK SECONDS.FRACTION vfio-trace: ..." */
static void log_part_see_mark(VFIOTraceParts *parts, const char *text,
                              size_t len)
{
    static const char device[] = MMT_MARK_PREFIX "device ";
    static const char detached[] = MMT_MARK_PREFIX "detached ";
    const char *end = text + len - (len && text[len - 1] == '\n');
    const char *p = memchr(text, ' ', end - text);

    p = p ? memchr(p + 1, ' ', end - (p + 1)) : NULL;
    if (!p) {
        return;
    }
    p++;
    if (end - p > strlen(device) && !memcmp(p, device, strlen(device))) {
        log_part_see_device(parts, p, end - p);
    } else if (end - p > strlen(detached) &&
               !memcmp(p, detached, strlen(detached))) {
        p += strlen(detached);
        log_part_see_detached(parts, p, end - p);
    }
}

void vfio_trace_parts_see(VFIOTraceParts *parts, const MmtSlot *slot,
                          const char *text, size_t len)
{
    const MmtRecord *rec = &slot->rec;
    gpointer id = GUINT_TO_POINTER(rec->map_id);

    static const char mark[] = "MARK ";

    switch (rec->kind) {
    case MMT_KIND_MAP:
        g_hash_table_replace(parts->maps, id, g_memdup2(rec, sizeof(*rec)));
        break;
    case MMT_KIND_UNMAP:
        g_hash_table_remove(parts->maps, id);
        break;
    case MMT_KIND_TEXT:
        if (len > strlen(PCIDEV_LINE) &&
            !memcmp(text, PCIDEV_LINE, strlen(PCIDEV_LINE))) {
            log_part_see_pcidev(parts, text, len);
        } else if (len > strlen(mark) && !memcmp(text, mark, strlen(mark))) {
            log_part_see_mark(parts, text, len);
        }
        break;
    default:
        break;
    }
}

static char *log_part_mark_line(const char *text, uint64_t ns)
{
    return g_strdup_printf("MARK %" PRIu64 ".%06" PRIu64 " %s\n",
                           ns / 1000000000, ns % 1000000000 / 1000, text);
}

static char *log_part_mark(MmtPartMark mark, uint32_t part, uint64_t ns)
{
    g_autofree char *text = mmt_part_mark_text(mark, part + 1);

    return log_part_mark_line(text, ns);
}

static void log_part_put_device(const LogPartDevice *device, uint64_t ns,
                                GString *text)
{
    g_autofree char *mark = device->mark ?
        log_part_mark_line(device->mark, ns) : NULL;

    g_string_append(text, device->pcidev);
    g_string_append(text, mark ?: "");
}

char *vfio_trace_parts_end(uint32_t part, uint64_t ns)
{
    return log_part_mark(MMT_PART_CONTINUES, part, ns);
}

static gint log_part_by_number(gconstpointer a, gconstpointer b,
                               gpointer unused)
{
    return GPOINTER_TO_UINT(a) < GPOINTER_TO_UINT(b) ? -1 : 1;
}

GString *vfio_trace_parts_begin(VFIOTraceParts *parts, uint32_t part,
                                MmtFormatter *fmt)
{
    uint64_t ns = fmt->last_ns;
    g_autofree char *begins = log_part_mark(MMT_PART_BEGINS, part, ns);
    g_autofree char *ends = log_part_mark(MMT_PART_HEADER_ENDS, part, ns);
    g_autoptr(GList) ids =
        g_list_sort_with_data(g_hash_table_get_keys(parts->maps),
                              log_part_by_number, NULL);
    GString *text = g_string_new(MMT_VERSION_LINE "\n");
    char buf[MMT_FORMAT_MAX];
    GList *l;
    guint i;

    g_string_append(text, begins);
    for (i = 0; i < parts->devices->len; i++) {
        log_part_put_device(g_ptr_array_index(parts->devices, i), ns, text);
    }
    for (l = ids; l; l = l->next) {
        MmtSlot slot = {
            .rec = *(MmtRecord *)g_hash_table_lookup(parts->maps, l->data),
        };

        g_string_append_len(text, buf, mmt_format(fmt, &slot, buf));
    }
    g_string_append(text, ends);
    return text;
}

void vfio_trace_parts_destroy(VFIOTraceParts *parts)
{
    g_ptr_array_free(parts->devices, true);
    g_hash_table_destroy(parts->maps);
}
