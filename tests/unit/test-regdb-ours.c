/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The register databases that come with vfio-trace: regdb/ */
#include <inttypes.h>
#include <string.h>

#include "libregdb/devices.h"
#include "libregdb/text.h"
#include "libregdb/view.h"

#define OURS TEST_DATA_DIR "/../../../regdb"

static void assert_no_messages(const RegDbMessages *messages)
{
    if (messages->n) {
        g_test_message("%s", (const char *)messages->lines->pdata[0]);
    }
    g_assert_cmpuint(messages->n, ==, 0);
}

static RegDb *load(const char *name)
{
    g_autofree char *path = g_build_filename(OURS, name, NULL);
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    RegDb *db = regdb_load(path, NULL, messages);

    assert_no_messages(messages);
    g_assert_nonnull(db);
    return db;
}

/* Fields do not overlap. */
static void assert_fields(const RegDbType *type)
{
    uint64_t seen = 0;
    uint32_t i;

    for (i = 0; i < type->n_fields; i++) {
        const RegDbField *f = &type->fields[i];
        uint64_t mask = UINT64_MAX >> (63 - (f->high - f->low)) << f->low;

        g_assert_cmphex(seen & mask, ==, 0);
        seen |= mask;
    }
}

typedef struct Walk {
    RegDbView *view;
    GHashTable *names;
    unsigned n;
} Walk;

/* Both ends of a register that is repeated are found under its name. */
static void assert_found(Walk *walk, const RegDbMatch *match, bool last)
{
    g_autoptr(GString) name = g_string_new(NULL);
    const RegDbRegister *reg;
    uint64_t offset = match->offset;
    const char *at = match->name;
    const char *star;
    unsigned i = 0;

    while ((star = strstr(at, "[*]"))) {
        uint64_t index = last ? match->length[i] - 1 : 0;

        g_string_append_len(name, at, star - at);
        g_string_append_printf(name, index ? "[0x%" PRIx64 "]" : "[0]",
                               index);
        offset += index * match->stride[i++];
        at = star + strlen("[*]");
    }
    g_string_append(name, at);
    reg = regdb_view_find(walk->view, offset, match->element->access);
    g_assert_nonnull(reg);
    g_assert_cmpstr(reg->name, ==, name->str);
    g_assert_cmphex(reg->offset, ==, offset);
}

static bool take_register(const RegDbMatch *match, void *opaque)
{
    Walk *walk = opaque;

    g_test_message("%s", match->name);
    g_assert_true(g_hash_table_add(walk->names, g_strdup(match->name)));
    assert_found(walk, match, false);
    assert_found(walk, match, true);
    assert_fields(match->element->type);
    walk->n++;
    return true;
}

static void assert_domain(const RegDb *db, const RegDbDomain *domain)
{
    Walk walk = {
        .view = regdb_view_new(db, domain, NULL),
        .names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };

    g_assert_true(regdb_view_each(walk.view, NULL, take_register, &walk));
    g_assert_cmpuint(walk.n, >, 0);
    g_assert_cmpuint(domain->size, >, 0);
    g_assert_nonnull(domain->brief);
    g_hash_table_unref(walk.names);
    regdb_view_free(walk.view);
}

static void test_databases(void)
{
    g_autoptr(GDir) dir = g_dir_open(OURS, 0, NULL);
    const char *name;
    unsigned n = 0;
    uint32_t i;

    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir))) {
        if (g_str_has_suffix(name, ".xml")) {
            g_autoptr(RegDb) db = load(name);

            g_test_message("%s", name);
            g_assert_cmpstr(db->format, ==, "rnndb");
            for (i = 0; i < db->n_domains; i++) {
                assert_domain(db, db->domains[i]);
            }
            n++;
        }
    }
    g_assert_cmpuint(n, >=, 6);
}

static void test_manifests(void)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(GPtrArray) all = regdb_device_all(messages);
    unsigned ours = 0;
    unsigned i;
    unsigned k;

    assert_no_messages(messages);
    for (i = 0; i < all->len; i++) {
        const RegDbDevice *d = all->pdata[i];
        g_autoptr(RegDb) db = NULL;
        g_autofree char *name = NULL;

        g_test_message("%s: %s", d->manifest, d->match);
        g_assert_nonnull(d->title);
        if (!d->file) {
            /* somebody else's: says where to get it */
            g_assert_nonnull(d->source);
            continue;
        }
        name = g_path_get_basename(d->file);
        db = load(name);
        for (k = 0; k < d->regions->len; k++) {
            const RegDbRegionOf *of = &g_array_index(d->regions,
                                                     RegDbRegionOf, k);

            g_test_message("%s:%s", of->region, of->domain);
            g_assert_nonnull(regdb_domain(db, of->domain));
        }
        ours++;
    }
    g_assert_cmpuint(ours, >=, 10);
}

typedef struct Choice {
    uint16_t vendor;
    uint16_t device;
    uint32_t class_code;
    const char *file;
} Choice;

/* The lab's devices, and what stands for others */
static void test_choice(void)
{
    static const Choice choices[] = {
        { 0x8086, 0x10d3, 0, "e1000e.xml" },
        { 0x8086, 0x10d3, 0x020000, "e1000e.xml" },
        { 0x8086, 0x105e, 0x020000, "e1000e.xml" },
        { 0x1b36, 0x0010, 0x010802, "nvme.xml" },
        { 0xabcd, 0x0001, 0x010802, "nvme.xml" },
        { 0x1b36, 0x000d, 0x0c0330, "xhci.xml" },
        { 0xabcd, 0x0001, 0x0c0330, "xhci.xml" },
        { 0x8086, 0x293e, 0x040300, "hda.xml" },
        { 0xabcd, 0x0001, 0x040300, "hda.xml" },
        { 0x8086, 0x2922, 0x010601, "ahci.xml" },
        { 0xabcd, 0x0001, 0x010601, "ahci.xml" },
        { 0x1af4, 0x1042, 0x010000, "virtio.xml" },
        { 0x1af4, 0x1000, 0x020000, "virtio.xml" },
        { 0xabcd, 0x0001, 0x020000, "pci.xml" },
        { 0xabcd, 0x0001, 0, "pci.xml" },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(choices); i++) {
        const Choice *c = &choices[i];
        g_autoptr(RegDbMessages) messages = regdb_messages_new();
        g_autoptr(RegDbDevice) d = regdb_device_find(c->vendor, c->device,
                                                     c->class_code, messages);
        g_autofree char *name = NULL;

        g_test_message("%04x:%04x %06x", c->vendor, c->device, c->class_code);
        assert_no_messages(messages);
        g_assert_nonnull(d);
        g_assert_nonnull(d->file);
        name = g_path_get_basename(d->file);
        g_assert_cmpstr(name, ==, c->file);
    }
}

typedef struct Sample {
    const char *file;
    const char *domain;
    uint64_t offset;
    uint64_t value;
    const char *name;
    const char *text;
} Sample;

static void test_samples(void)
{
    static const Sample samples[] = {
        { "e1000e.xml", "E1000E", 0x0, 0x48080241, "CTRL",
          "{ FD | SLU | SPEED = 1000 | SWDPIN1 | RFCE | VME }" },
        { "e1000e.xml", "E1000E", 0x8, 0x80083, "STATUS",
          "{ FD | LU | FUNC = 0 | SPEED = 1000 | ASDV = 10 | GIO_MASTER_ENABLE }" },
        { "e1000e.xml", "E1000E", 0x20, 0x18210000, "MDIC",
          "{ DATA = 0 | REG = STATUS | PHY = 1 | OP = READ | READY }" },
        { "e1000e.xml", "E1000E", 0xf8, 0x8, "EITR[0x4]",
          "{ INTERVAL = 8 }" },
        { "e1000e.xml", "E1000E", 0x2918, 0xff, "RDT[0x1]", "255" },
        { "e1000e.xml", "E1000E", 0x3818, 1, "TDT[0]", "1" },
        { "e1000e.xml", "E1000E", 0x53fc, 0, "MTA[0x7f]", "0" },
        { "e1000e.xml", "E1000E", 0x5404, 0x80005634, "RAH[0]",
          "{ ADDR = 0x5634 | ASEL = DESTINATION | AV }" },
        { "e1000e.xml", "E1000E", 0x5ca4, 0x1234, "RSSRK[0x9]", "0x1234" },
        { "ahci.xml", "AHCI", 0x4, 0x80000002, "GHC", "{ IE | AE }" },
        { "ahci.xml", "AHCI", 0x1a4, 0xeb140101, "PORT[0x1].SIG", "ATAPI" },
        { "ahci.xml", "AHCI", 0x128, 0x113, "PORT[0].SSTS",
          "{ DET = PRESENT | SPD = 1_5GBPS | IPM = ACTIVE }" },
        { "nvme.xml", "NVME", 0x0, 0x4008200f0107ff, "CAP",
          "{ MQES = 2047 | CQR | TO = 15 | DSTRD = 0 | CSS_NVM | CSS_IO | CPS = NOT_REPORTED | MPSMIN = 0 | MPSMAX = 4 }"
        },
        { "nvme.xml", "NVME", 0x14, 0x460001, "CC",
          "{ EN | CSS = NVM | MPS = 0 | AMS = RR | SHN = NONE | IOSQES = 6 | IOCQES = 4 }"
        },
        { "nvme.xml", "NVME", 0x20, 0x4e564d65, "NSSR", "RESET" },
        { "nvme.xml", "NVME", 0x100c, 5, "CQHDBL[0x1]", "{ CQH = 5 }" },
        { "nvme.xml", "MSIX", 0x18, 0x25, "VECTOR[0x1].DATA", "0x25" },
        { "xhci.xml", "XHCI_CAP", 0x14, 0x2000, "DBOFF",
          "{ OFFSET = 0x2000 }" },
        { "xhci.xml", "XHCI_OP", 0x410, 0x220e03, "PORT[0x1].SC",
          "{ CCS | PED | PLS = U0 | PP | SPEED = HIGH | PIC = OFF | CSC | PRC }" },
        { "xhci.xml", "XHCI_RT", 0x58, 0x7a01008, "IR[0x1].ERDP",
          "{ DESI = 0 | EHB | PTR = 0x7a01000 }" },
        { "xhci.xml", "XHCI_DB", 0x4, 3, "DB[0x1]",
          "{ TARGET = EP1_IN | STREAM = 0 }" },
        { "xhci.xml", "PCI", 0x60, 0x30, "SBRN", "USB_3_0" },
        { "hda.xml", "HDA", 0x4a, 0x8000, "CORBRP", "{ CORBRP = 0 | RST }" },
        { "hda.xml", "HDA", 0x112, 0x11, "SD[0x4].FMT",
          "{ CHAN = 2 | BITS = 16 | DIV = 1 | MULT = 1 | BASE = 48KHZ | TYPE = PCM }" },
        { "hda.xml", "HDA", 0x102, 0x14, "SD[0x4].CTL_STRM",
          "{ STRIPE = 1 | TP | STRM = 1 }" },
        { "hda.xml", "HDA_ALIASES", 0x104, 0x100, "SDA[0x4].LPIB", "0x100" },
        { "hda.xml", "PCI", 0x44, 1, "TCSEL", "{ TC = 1 }" },
        { "pci.xml", "PCI", 0x4, 0x406, "COMMAND",
          "{ MEMORY | MASTER | INTX_DISABLE }" },
        { "pci.xml", "PCI", 0xa, 0x108, "CLASS", "NVM" },
        { "pci.xml", "PCI", 0x24, 0xfebd0000, "BAR[0x5]", "0xfebd0000" },
        { "pci.xml", "PCI_MSIX", 0x4, 0x2004, "MSIX_TABLE",
          "{ BAR = 4 | OFFSET = 0x2000 }" },
        { "pci.xml", "PCI_EXPRESS", 0x8, 0x2810, "DEVCTL",
          "{ RELAXED_ORDER | PAYLOAD = 128 | NO_SNOOP | READ_REQUEST = 512 }" },
        { "pci.xml", "MSIX", 0x1c, 0x1, "VECTOR[0x1].CONTROL", "{ MASK }" },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(samples); i++) {
        const Sample *s = &samples[i];
        g_autoptr(RegDb) db = load(s->file);
        g_autoptr(RegDbView) view = regdb_view_new(
            db, regdb_domain(db, s->domain), NULL);
        const RegDbRegister *reg = regdb_view_find(view, s->offset,
                                                   REGDB_READ_WRITE);
        g_autoptr(GString) text = g_string_new(NULL);

        g_assert_nonnull(reg);
        g_assert_cmpstr(reg->name, ==, s->name);
        regdb_put_value(view, reg->type, s->value, reg->bits,
                        &regdb_no_colors, text);
        g_assert_cmpstr(text->str, ==, s->text);
    }
}

int main(int argc, char **argv)
{
    g_setenv("VFIO_TRACE_REGDB_PATH", OURS, true);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regdb-ours/databases", test_databases);
    g_test_add_func("/regdb-ours/manifests", test_manifests);
    g_test_add_func("/regdb-ours/choice", test_choice);
    g_test_add_func("/regdb-ours/samples", test_samples);
    return g_test_run();
}
