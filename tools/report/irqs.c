/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: interrupts (see irqs.h)
 */
#include "tools/report/irqs.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "tools/report/json.h"

typedef enum IrqKind {
    IRQ_INTX,
    IRQ_MSI,
    IRQ_MSIX,
} IrqKind;

/**
 * struct ReportIrqs: interrupts
 * @max: how many are kept
 * @count: how many there were
 * @devices: names of their devices; ends with NULL once they are asked for
 * @t: double, by interrupt, as what follows
 * @line: double
 * @device: uint16_t
 * @vector: uint16_t
 * @kind: uint8_t
 * @level: uint8_t
 */
struct ReportIrqs {
    uint32_t max;
    uint64_t count;
    GPtrArray *devices;
    GArray *t;
    GArray *line;
    GArray *device;
    GArray *vector;
    GArray *kind;
    GArray *level;
};

ReportIrqs *report_irqs_new(uint32_t max)
{
    ReportIrqs *irqs = g_new0(ReportIrqs, 1);

    irqs->max = max;
    irqs->devices = g_ptr_array_new_with_free_func(g_free);
    irqs->t = g_array_new(FALSE, FALSE, sizeof(double));
    irqs->line = g_array_new(FALSE, FALSE, sizeof(double));
    irqs->device = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    irqs->vector = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    irqs->kind = g_array_new(FALSE, FALSE, sizeof(uint8_t));
    irqs->level = g_array_new(FALSE, FALSE, sizeof(uint8_t));
    return irqs;
}

void report_irqs_free(ReportIrqs *irqs)
{
    if (!irqs) {
        return;
    }
    g_ptr_array_unref(irqs->devices);
    g_array_unref(irqs->t);
    g_array_unref(irqs->line);
    g_array_unref(irqs->device);
    g_array_unref(irqs->vector);
    g_array_unref(irqs->kind);
    g_array_unref(irqs->level);
    g_free(irqs);
}

static uint16_t find_device(ReportIrqs *irqs, MmtSpan text)
{
    MmtSpan name = mmt_mark_value(text, "device");
    guint i;

    for (i = 0; i < irqs->devices->len; i++) {
        if (mmt_words_are(name, irqs->devices->pdata[i])) {
            return i;
        }
    }
    if (i == REPORT_IRQ_DEVICES) {
        /* the last one is several by now */
        g_free(irqs->devices->pdata[i - 1]);
        irqs->devices->pdata[i - 1] = g_strdup("of other devices");
        return i - 1;
    }
    g_ptr_array_add(irqs->devices, g_strndup(name.p ? name.p : "", name.len));
    return i;
}

static uint8_t kind_of(MmtSpan text)
{
    return mmt_words_have(text, "msix") ? IRQ_MSIX :
           mmt_words_have(text, "msi") ? IRQ_MSI : IRQ_INTX;
}

static uint16_t vector_of(MmtSpan text, uint8_t kind)
{
    MmtSpan pin = mmt_mark_value(text, "intx");

    if (kind != IRQ_INTX) {
        return MIN(mmt_words_number(text, "vector"), UINT16_MAX);
    }
    return pin.len == 1 && *pin.p >= 'A' && *pin.p <= 'D' ? *pin.p - 'A' : 0;
}

uint32_t report_irqs_take(ReportIrqs *irqs, MmtSpan text, uint64_t t,
                          uint64_t line)
{
    uint16_t device = find_device(irqs, text);
    uint8_t kind = kind_of(text);
    uint16_t vector = vector_of(text, kind);
    uint8_t level = mmt_words_number(text, "level") != 0;
    double at = t;
    double in_line = line;

    if (irqs->count++ < irqs->max) {
        g_array_append_val(irqs->t, at);
        g_array_append_val(irqs->line, in_line);
        g_array_append_val(irqs->device, device);
        g_array_append_val(irqs->vector, vector);
        g_array_append_val(irqs->kind, kind);
        g_array_append_val(irqs->level, level);
    }
    return device;
}

char *const *report_irqs_devices(ReportIrqs *irqs)
{
    GPtrArray *devices = irqs->devices;

    if (!devices->len || devices->pdata[devices->len - 1]) {
        g_ptr_array_add(devices, NULL);
    }
    return (char *const *)devices->pdata;
}

uint64_t report_irqs_count(const ReportIrqs *irqs)
{
    return irqs->count;
}

void report_irqs_put(ReportIrqs *irqs, ReportBlocks *blocks, GString *json)
{
    const struct {
        const char *name;
        ReportItem type;
        const GArray *items;
    } columns[] = {
        { "t", REPORT_F64, irqs->t },
        { "line", REPORT_F64, irqs->line },
        { "device", REPORT_U16, irqs->device },
        { "vector", REPORT_U16, irqs->vector },
        { "kind", REPORT_U8, irqs->kind },
        { "level", REPORT_U8, irqs->level },
    };
    char *const *name;
    size_t i;

    if (!irqs->count) {
        report_json_null(json, "irqs");
        return;
    }
    report_json_open(json, "irqs", '{');
    report_json_number(json, "n", irqs->t->len);
    report_json_number(json, "left-out", irqs->count - irqs->t->len);
    report_json_open(json, "devices", '[');
    for (name = report_irqs_devices(irqs); *name; name++) {
        report_json_text(json, NULL, *name);
    }
    report_json_close(json, ']');
    for (i = 0; i < G_N_ELEMENTS(columns); i++) {
        report_block_put(blocks, json, columns[i].name, columns[i].type,
                         columns[i].items->data, columns[i].items->len);
    }
    report_json_close(json, '}');
}
