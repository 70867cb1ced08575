/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: rules-ng-ng XML to start a register database from
 *
 * The elements and attributes are those that envytools' schema,
 * rules-ng-ng.xsd, knows; Mesa's reads them as well.
 */
#include "tools/common/tool.h"
#include "tools/profile/names.h"

#include <inttypes.h>

static unsigned bits_of(unsigned width)
{
    return width >= 8 ? 64 : width >= 4 ? 32 : width >= 2 ? 16 : 8;
}

static void print_brief(const char *indent, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);

    tool_print("%s<brief>%s</brief>\n", indent, escaped);
}

static void print_bit(int bit)
{
    tool_print("      <bitfield low=\"%d\" high=\"%d\"", bit, bit);
    tool_print(" name=\"POLLED_%d\"/>\n", bit);
}

/* A bit that ends polls is the first of which something is known. */
static void print_bits(const ProfileRegister *reg)
{
    const ProfileClass *class;
    ProfileFinding finding;
    int bit;

    for (class = profile_classes; class->name; class++) {
        if (g_str_equal(class->name, "polled-status") &&
            profile_judge(class, reg, &finding)) {
            for (bit = 0; bit < 64; bit++) {
                if (finding.bits >> bit & 1) {
                    print_bit(bit);
                }
            }
            profile_finding_clear(&finding);
        }
    }
}

static void print_register(const ProfileReport *report,
                           const ProfileItem *item)
{
    g_autofree char *name = profile_name(report, item);
    g_autofree char *doc = profile_doc(item);
    unsigned bits = bits_of(profile_width(item->reg));

    tool_print("    <reg%u offset=\"0x%" PRIx64
               "\" name=\"%s\" access=\"%s\">\n",
               bits, item->start, name, profile_access(item));
    print_brief("      ", doc);
    print_bits(item->reg);
    tool_print("    </reg%u>\n", bits);
}

static void print_window(const ProfileReport *report, const ProfileItem *item)
{
    const ProfileWindow *window = item->window;
    g_autofree char *name = profile_name(report, item);
    g_autofree char *doc = profile_doc(item);
    uint64_t length = (item->end - item->start - 1) / window->stride + 1;

    tool_print("    <array offset=\"0x%" PRIx64
               "\" name=\"%s\" stride=\"0x%" PRIx64
               "\" length=\"%" PRIu64 "\">\n",
               item->start, name, window->stride, length);
    print_brief("      ", doc);
    tool_print("      <reg%u offset=\"0x0\" name=\"ENTRY\" access=\"%s\"/>\n",
               bits_of(window->width), profile_access(item));
    tool_print("    </array>\n");
}

static void print_domain(const ProfileReport *report, uint32_t region)
{
    const MmtRegion *r = mmt_trace_region(report->trace, region);
    g_autofree char *text = r->vendor ?
        g_strdup_printf("PCI_%04X_%04X_%s", r->vendor, r->device_id, r->name) :
        g_strdup_printf("DEVICE_%s_%s", r->device, r->name);
    g_autofree char *name = profile_word(text);

    tool_print("  <domain name=\"%s\" bare=\"true\"", name);
    if (r->size) {
        tool_print(" size=\"0x%" PRIx64 "\"", r->size);
    }
    tool_print(">\n");
}

void profile_print_rnndb(const ProfileReport *report)
{
    uint32_t region = MMT_NO_REGION;
    guint i;

    tool_print("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<database xmlns=\"http://nouveau.freedesktop.org/\">\n");
    for (i = 0; i < report->items->len; i++) {
        const ProfileItem *item =
            &g_array_index(report->items, ProfileItem, i);

        if (item->region != region && (item->reg || item->window)) {
            if (region != MMT_NO_REGION) {
                tool_print("  </domain>\n");
            }
            region = item->region;
            print_domain(report, region);
        }
        if (item->reg) {
            print_register(report, item);
        } else if (item->window) {
            print_window(report, item);
        }
    }
    if (region != MMT_NO_REGION) {
        tool_print("  </domain>\n");
    }
    tool_print("</database>\n");
}
