/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: repeated lines at the beginning of a log's next part (see
 * next-part.h)
 */
#include "qemu/osdep.h"
#include "libmmiotrace/parts.h"
#include "hw/vfio-trace/log/next-part.h"

#define PCIDEV_LINE "PCIDEV "

void vfio_trace_parts_init(VFIOTraceParts *parts)
{
    parts->pcidevs = g_ptr_array_new_with_free_func(g_free);
    parts->maps = g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

static void log_part_see_pcidev(VFIOTraceParts *parts, const char *text,
                                size_t len)
{
    g_autofree char *line = g_strndup(text, len);

    /* A device that was plugged in again has only one line. */
    if (!g_ptr_array_find_with_equal_func(parts->pcidevs, line, g_str_equal,
                                          NULL)) {
        g_ptr_array_add(parts->pcidevs, g_steal_pointer(&line));
    }
}

void vfio_trace_parts_see(VFIOTraceParts *parts, const MmtSlot *slot,
                          const char *text, size_t len)
{
    const MmtRecord *rec = &slot->rec;
    gpointer id = GUINT_TO_POINTER(rec->map_id);

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
        }
        break;
    default:
        break;
    }
}

static char *log_part_mark(MmtPartMark mark, uint32_t part, uint64_t ns)
{
    g_autofree char *text = mmt_part_mark_text(mark, part + 1);

    return g_strdup_printf("MARK %" PRIu64 ".%06" PRIu64 " %s\n",
                           ns / 1000000000, ns % 1000000000 / 1000, text);
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
    for (i = 0; i < parts->pcidevs->len; i++) {
        g_string_append(text, g_ptr_array_index(parts->pcidevs, i));
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
    g_ptr_array_free(parts->pcidevs, true);
    g_hash_table_destroy(parts->maps);
}
