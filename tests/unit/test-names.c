/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: names of registers in traces: the choice of a database, the
 * selection by name, and names in the output of verbs
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "run-tool.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/chip-nvidia.h"
#include "tools/analysis/db-options.h"
#include "tools/analysis/db.h"
#include "tools/analysis/options.h"

static const Verb verb_test = { .name = "test" };

#define RANGES \
    "0:0x0:4 CTRL\n" \
    "0:0x8:4 STATUS\n" \
    "0:0x10:1 LOW\n" \
    "0:0x11:1 HIGH\n" \
    "0:0x100:0x100 TABLE\n"

#define PCIDEV "PCIDEV 0100 808610d3 b feb80000 fec00000 0 0 0 0 0 20000 " \
               "1000 0 0 0 0 0 nic\n"
#define MAPS "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n" \
             "MAP 1.000000 2 0xfec00000 0x0 0x1000 0x0 0\n"
#define READ(width, address, value) \
    "R " #width " 1.000001 1 " #address " " #value " 0x0 0\n"
#define WRITE(width, address, value) \
    "W " #width " 1.000001 1 " #address " " #value " 0x0 0\n"

#define LOG PCIDEV MAPS \
    READ(4, 0xfeb80000, 0x1) \
    WRITE(4, 0xfeb80000, 0x2) \
    READ(4, 0xfeb80008, 0x3) \
    READ(2, 0xfeb8000a, 0x4) \
    READ(2, 0xfeb80010, 0x5) \
    WRITE(4, 0xfeb80104, 0x6) \
    READ(4, 0xfeb90000, 0x7)

/* A chip decides what 0x100 is; DATA begins where OFFSET says. */
#define XML \
    "<database xmlns=\"http://nouveau.freedesktop.org/\">" \
    "<enum name=\"chipset\"><value name=\"G80\" value=\"0x50\"/>" \
    "<value name=\"GV100\" value=\"0x140\"/></enum>" \
    "<domain name=\"MMIO\" bare=\"yes\" prefix=\"chipset\" size=\"0x1000\">" \
    "<reg32 offset=\"0x0\" name=\"ID\"/>" \
    "<reg32 offset=\"0x100\" name=\"OLD\" variants=\"G80\"/>" \
    "<reg32 offset=\"0x100\" name=\"NEW\" variants=\"GV100\"/>" \
    "<reg32 offset=\"0x20\" name=\"WHERE\">" \
    "<bitfield low=\"8\" high=\"15\" name=\"OFFSET\" shr=\"4\"/></reg32>" \
    "</domain>" \
    "<domain name=\"DATA\" size=\"0x10\">" \
    "<reg32 offset=\"0x4\" name=\"DOORBELL\"/></domain>" \
    "</database>"

#define GPU "PCIDEV 0100 10de1d81 b feb80000 0 0 0 0 0 0 1000000 0 0 0 0 0 0 " \
            "gpu\nMAP 1.000000 1 0xfeb80000 0x0 0x1000000 0x0 0\n"

/* Databases are in this directory only. */
static char *database(const char *name, const char *text)
{
    g_setenv("VFIO_TRACE_REGDB_PATH", temp_dir(), TRUE);
    return temp_file(name, text, -1);
}

static void forget(char *path)
{
    g_remove(path);
    g_free(path);
}

static void give(const char *first, ...)
{
    g_autoptr(GPtrArray) args = g_ptr_array_new();
    g_autoptr(GOptionContext) context = g_option_context_new("");
    g_autoptr(GError) error = NULL;
    char **argv;
    int argc;
    va_list ap;
    const char *arg;

    analysis_options_reset();
    g_ptr_array_add(args, (gpointer)"test");
    va_start(ap, first);
    for (arg = first; arg; arg = va_arg(ap, const char *)) {
        g_ptr_array_add(args, (gpointer)arg);
    }
    va_end(ap);
    argc = args->len;
    g_ptr_array_add(args, NULL);
    argv = (char **)args->pdata;
    g_option_context_add_group(context, analysis_option_group());
    g_option_context_parse(context, &argc, &argv, &error);
    g_assert_no_error(error);
}

/* Names of the registers that the accesses of a trace reach, and the end's */
static char *names_of(const char *text)
{
    g_autofree char *path = temp_file("log", text, -1);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(MmtTrace) trace = mmt_trace_open(path, NULL);
    G_GNUC_UNUSED g_autoptr(MmtSelection) selection =
        analysis_options_apply(trace);
    bool failed = false;
    g_autoptr(AnalysisDb) db = analysis_db_new(&verb_test, trace, &failed);
    const MmtEntry *entries;
    size_t n;
    size_t i;

    g_assert_false(failed);
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        analysis_db_watch(db, entries, n);
        for (i = 0; i < n; i++) {
            RegDbPart parts[REGDB_PARTS_MAX];
            RegDbView *view;
            unsigned k, n_parts = analysis_db_parts(db, &entries[i], &view,
                                                    parts);

            if (entries[i].kind > MMT_ENTRY_UNKNOWN) {
                continue;
            }
            g_string_append_c(names, ' ');
            for (k = 0; k < n_parts; k++) {
                g_string_append_printf(names, "%s%s", k ? "," : "",
                                       parts[k].reg ? parts[k].reg->name
                                                    : "?");
            }
            g_string_append(names, n_parts ? "" : "-");
        }
    }
    return g_strdup(names->str);
}

static void take_text(const char *text, void *opaque)
{
    g_string_append_printf(opaque, "%s\n", text);
}

/* What is said of a trace's databases at its end */
static char *description_of(const char *text)
{
    g_autofree char *path = temp_file("log", text, -1);
    g_autoptr(GString) lines = g_string_new(NULL);
    g_autoptr(MmtTrace) trace = mmt_trace_open(path, NULL);
    bool failed = false;
    g_autoptr(AnalysisDb) db = analysis_db_new(&verb_test, trace, &failed);
    const MmtEntry *entries;
    size_t n;

    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        analysis_db_watch(db, entries, n);
    }
    analysis_db_describe(db, take_text, lines);
    return g_strdup(lines->str);
}

#define assert_names(text, want) \
    do { \
        g_autofree char *names_ = names_of(text); \
        g_assert_cmpstr(names_, ==, want); \
    } while (0)

static void test_given(void)
{
    char *ranges = database("names.txt", RANGES);

    give("--db", ranges, NULL);
    assert_names(LOG, " CTRL CTRL STATUS STATUS LOW,HIGH TABLE+0x4 ?");
    give("--db", ranges, "--domain", "bar1+0x100=BAR0", NULL);
    assert_names(PCIDEV MAPS READ(4, 0xfec00100, 0x1) READ(4, 0xfec00000, 0x1)
                 READ(4, 0xfeb80000, 0x1), " CTRL - -");
    give("--no-db", "--db", ranges, NULL);
    assert_names(LOG, " - - - - - - -");
    forget(ranges);
}

/* Names of files in the search path, as lookup takes them */
static void test_search_path(void)
{
    char *ranges = database("names.txt", RANGES);
    g_autofree char *parent = g_path_get_dirname(temp_dir());
    g_autofree char *folder = g_path_get_basename(temp_dir());
    g_autofree char *name = g_strdup_printf("%s/names.txt", folder);

    give("--db", "names.txt", NULL);
    assert_names(LOG, " CTRL CTRL STATUS STATUS LOW,HIGH TABLE+0x4 ?");
    g_setenv("VFIO_TRACE_REGDB_PATH", parent, TRUE);
    give("--db", name, NULL);
    assert_names(LOG, " CTRL CTRL STATUS STATUS LOW,HIGH TABLE+0x4 ?");
    g_setenv("VFIO_TRACE_REGDB_PATH", temp_dir(), TRUE);
    forget(ranges);
}

/* --db names what is in the BARs; config space keeps its names. */
static void test_given_and_config(void)
{
    char *ranges = database("names.txt", RANGES);
    char *config = database("config.txt", "config:0:2 VENDOR\n");
    char *manifest = database("a.regdb", "[database]\nfile=config.txt\n"
                              "[device]\nids=*:*\nregions=config:CONFIG\n");
    char *both = database("both.txt", RANGES "config:0:2 MINE\n");
    char *xml = database("names.xml", XML);
    g_autoptr(ToolRun) run = NULL;
    static const char log[] =
        "vfio_pci_read_config  (0000:01:00.0, @0x0, len=0x2) 0x8086\n"
        "vfio_region_write  (0000:01:00.0:region0+0x0, 0x1, 4)\n";

    give("--db", ranges, NULL);
    assert_names(log, " VENDOR CTRL");
    give("--db", both, NULL);
    assert_names(log, " MINE CTRL");
    /* config space's database does not hide that there is no place for this */
    run = run_tool(log, "stat", "--db", xml, "-", NULL);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "has the domains MMIO, DATA: say which of them");
    forget(xml);
    forget(both);
    forget(manifest);
    forget(config);
    forget(ranges);
}

/* Mesa's registers of AMD's GPUs are in BAR 5, or 2 of old ones. */
static void test_mesa(void)
{
    static const char *const files[] = { "gfx9.json", "gfx6.json" };
    static const char *const names[] = { " - GRBM", " GRBM -" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(files); i++) {
        char *json = database(files[i],
            "{\"register_mappings\": [{\"chips\": [\"gfx\"], "
            "\"map\": {\"at\": 8, \"to\": \"mm\"}, \"name\": \"GRBM\"}]}");

        give("--db", json, NULL);
        assert_names("vfio_region_write  (0000:01:00.0:region2+0x8, 0x1, 4)\n"
                     "vfio_region_write  (0000:01:00.0:region5+0x8, 0x1, 4)\n",
                     names[i]);
        forget(json);
    }
}

/* Domains have the names that 'profile --as rnndb' gives them. */
static void test_of_profile(void)
{
    char *xml = database("profile.xml",
        "<database><domain name=\"PCI_8086_10D3_bar0\">"
        "<reg32 offset=\"0\" name=\"CTRL\"/></domain>"
        "<domain name=\"PCI_8086_10D4_bar0\">"
        "<reg32 offset=\"0\" name=\"OTHER\"/></domain>"
        "<domain name=\"DEVICE_0000_01_00_0_bar1\">"
        "<reg32 offset=\"0\" name=\"DOORBELL\"/></domain></database>");

    give("--db", xml, NULL);
    assert_names(PCIDEV MAPS READ(4, 0xfeb80000, 0x1) READ(4, 0xfec00000, 0x1),
                 " CTRL -");
    assert_names("vfio_region_write  (0000:01:00.0:region1+0x0, 0x1, 4)\n",
                 " DOORBELL");
    forget(xml);
}

static void test_by_id(void)
{
    char *ranges = database("names.txt", RANGES);
    char *manifest = database("a.regdb", "[database]\nfile=names.txt\n"
                              "[device]\nids=8086:10d3\n"
                              "regions=bar1:BAR0\n");

    give(NULL);
    assert_names(PCIDEV MAPS READ(4, 0xfec00000, 0x1) READ(4, 0xfeb80000, 0x1),
                 " CTRL -");
    /* the same for --db of that file, also if the trace has no IDs */
    give("--db", ranges, NULL);
    assert_names(PCIDEV MAPS READ(4, 0xfec00000, 0x1) READ(4, 0xfeb80000, 0x1),
                 " CTRL -");
    give("--db", ranges, "--bar", "1=0xfec00000:4K", NULL);
    assert_names(READ(4, 0xfec00000, 0x1), " CTRL");
    forget(manifest);
    forget(ranges);
}

/* Other IDs count from their line on, also for --reg. */
static void test_new_ids(void)
{
    static const char other[] =
        "PCIDEV 0100 80861234 b feb80000 fec00000 0 0 0 0 0 20000 1000 0 0 0 "
        "0 0 nic\n";
    char *ranges = database("names.txt", RANGES);
    char *manifest = database("a.regdb", "[database]\nfile=names.txt\n"
                              "[device]\nids=8086:10d3\n"
                              "regions=bar0:BAR0\n");
    g_autofree char *log = g_strconcat(other, READ(4, 0xfeb80008, 0x1),
                                       PCIDEV, READ(4, 0xfeb80008, 0x2),
                                       other, READ(4, 0xfeb80008, 0x3), NULL);

    give(NULL);
    assert_names(log, " - STATUS -");
    give("--reg", "STATUS", NULL);
    assert_names(log, " STATUS");
    forget(manifest);
    forget(ranges);
}

/* What is folded keeps the names of before. */
static void test_new_ids_folded(void)
{
    static const char log[] =
        "PCIDEV 0100 80861234 b feb80000 fec00000 0 0 0 0 0 20000 1000 0 0 0 "
        "0 0 nic\n"
        READ(4, 0xfeb80008, 0x1) READ(4, 0xfeb80008, 0x1)
        PCIDEV READ(4, 0xfeb80008, 0x1) READ(4, 0xfeb80008, 0x1);
    char *ranges = database("names.txt", RANGES);
    char *manifest = database("a.regdb", "[database]\nfile=names.txt\n"
                              "[device]\nids=8086:10d3\n"
                              "regions=bar0:BAR0\n");
    g_autoptr(ToolRun) run = run_tool(log, "decode", "--fold", "--no-marks",
                                      "-", NULL);

    assert_contains(run->out, "R4 bar0+0x8 x2 = 0x1;");
    assert_contains(run->out, "R4 STATUS x2 = 0x1;");
    forget(manifest);
    forget(ranges);
}

static void test_class(void)
{
    char *ranges = database("names.txt", RANGES);
    char *manifest = database("a.regdb", "[database]\nfile=names.txt\n"
                              "[device]\nclass=0108\nregions=bar0:BAR0\n");

    give("--pci", "1234:5678", NULL);
    /* the class counts from the next batch on, which begins behind it */
    assert_names("vfio_region_read  (0000:01:00.0:region0+0x0, 4) = 0x0\n"
                 "vfio_pci_read_config  (0000:01:00.0, @0x8, len=0x4) "
                 "0x1080201\n"
                 "vfio_region_read  (0000:01:00.0:region0+0x0, 4) = 0x0\n",
                 " - - CTRL");
    forget(manifest);
    forget(ranges);
}

static void test_chip(void)
{
    char *xml = database("names.xml", XML);
    char *manifest = database("a.regdb", "[database]\nfile=names.xml\n"
                              "[device]\nids=10de:*\nregions=bar0:MMIO\n"
                              "detect=nvidia\n");
    g_autofree char *description = NULL;
    g_autofree char *unknown = NULL;

    give(NULL);
    assert_names(GPU READ(4, 0xfeb80000, 0x140000a1) READ(4, 0xfeb80100, 0x1)
                 READ(4, 0xfeb80000, 0x50000a1) READ(4, 0xfeb80100, 0x1),
                 " ID NEW ID NEW");
    /* before the chip is known, the first of the two counts */
    assert_names(GPU READ(4, 0xfeb80100, 0x1) READ(4, 0xfeb80000, 0xffffffff)
                 READ(4, 0xfeb80000, 0x140000a1) READ(4, 0xfeb80100, 0x1),
                 " OLD ID ID NEW");
    /* also if that access is not selected */
    give("--reg", "new", NULL);
    assert_names(GPU READ(4, 0xfeb80100, 0x1) READ(4, 0xfeb80000, 0x140000a1)
                 READ(4, 0xfeb80100, 0x1), " NEW");
    give("--variant", "GV100", NULL);
    assert_names(GPU READ(4, 0xfeb80100, 0x1) READ(4, 0xfeb80000, 0x50000a1)
                 READ(4, 0xfeb80100, 0x1), " NEW ID NEW");
    give("--variant", "chipset=0x50", NULL);
    assert_names(GPU READ(4, 0xfeb80000, 0x140000a1) READ(4, 0xfeb80100, 0x1),
                 " ID OLD");
    give(NULL);
    description = description_of(GPU READ(4, 0xfeb80000, 0x140000a1));
    assert_contains(description,
                    "01:00.0 (10de:1d81): bar0:MMIO of ");
    assert_contains(description,
                    "names.xml; chipset GV100 (0x140000a1 in bar0+0x0, line 3)");
    unknown = description_of(GPU READ(4, 0xfeb80000, 0x120000a1));
    assert_contains(unknown, "unknown chip 0x120");
    forget(manifest);
    forget(xml);
}

static void test_at(void)
{
    char *xml = database("names.xml", XML);
    char *manifest = database("a.regdb", "[database]\nfile=names.xml\n"
                              "[device]\nids=10de:*\n"
                              "regions=bar0:MMIO bar0+@WHERE.OFFSET:DATA\n");
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    give(NULL);
    /* of two, the first one counts; half of the register is sufficient */
    assert_names(GPU READ(4, 0xfeb80404, 0x1) WRITE(4, 0xfeb80020, 0x1000)
                 READ(4, 0xfeb80020, 0xffffffff)
                 READ(2, 0xfeb80020, 0x4000) READ(4, 0xfeb80404, 0x1)
                 READ(4, 0xfeb80020, 0x8000) READ(4, 0xfeb80404, 0x1)
                 READ(4, 0xfeb80440, 0x1),
                 " ? WHERE WHERE WHERE DOORBELL WHERE DOORBELL -");
    before = description_of(GPU READ(4, 0xfeb80404, 0x1));
    assert_contains(before, "01:00.0 (10de:1d81): bar0:MMIO of ");
    assert_contains(before,
                    "\n01:00.0 (10de:1d81): bar0+@WHERE.OFFSET:DATA, not read yet\n");
    after = description_of(GPU READ(4, 0xfeb80020, 0x4000)
                           READ(4, 0xfeb80404, 0x1));
    assert_contains(after,
                    "\n01:00.0 (10de:1d81): bar0+0x400:DATA, from WHERE.OFFSET\n");
    forget(manifest);
    forget(xml);
}

/* All devices have these; the network card's own database has CTRL only. */
#define COMMON_XML \
    "<database xmlns=\"http://nouveau.freedesktop.org/\">" \
    "<domain name=\"PCI\" size=\"0x40\">" \
    "<reg16 offset=\"0x0\" name=\"VENDOR\"/>" \
    "<reg8 offset=\"0x34\" name=\"CAP_PTR\"/></domain>" \
    "<domain name=\"MSIX_CAP\" size=\"0xc\">" \
    "<reg16 offset=\"0x2\" name=\"MSIX_CTRL\"/>" \
    "<reg32 offset=\"0x4\" name=\"MSIX_TABLE\"/></domain>" \
    "<domain name=\"CAP\" size=\"0x4\">" \
    "<reg16 offset=\"0x0\" name=\"CAP\"/></domain>" \
    "<domain name=\"AER\" size=\"0x2c\">" \
    "<reg32 offset=\"0x4\" name=\"AER_STATUS\"/></domain>" \
    "<domain name=\"MSIX\" size=\"0x10\">" \
    "<reg32 offset=\"0xc\" name=\"MASK\"/></domain></database>"
#define COMMON \
    "[database]\nfile=common.xml\n[device]\nids=*:*\n" \
    "regions=config:PCI config+cap0x11:MSIX_CAP config+cap*:CAP " \
    "config+ecap0x1:AER msix-table:MSIX\n"
#define CONFIG(width, offset, value) \
    "MARK 1.000002 vfio-trace: config R width=" #width " map=9 offset=" \
    #offset " value=" #value "\n"
#define FOREIGN \
    "MARK 1.000000 vfio-trace: device id=nic host=0000:01:00.0 " \
    "type=vfio-pci-trace addresses=host\n" \
    "MARK 1.000000 vfio-trace: coverage device=nic config map=9 addr=0x0 " \
    "len=0x1000 state=trapped\n"

/* Capabilities are where the guest's reads of the list say. */
static void test_capabilities(void)
{
    char *xml = database("common.xml", COMMON_XML);
    char *common = database("common.regdb", COMMON);
    char *ranges = database("nic.txt", "0:0x0:4 CTRL\n");
    char *nic = database("nic.regdb",
                         "[database]\nfile=nic.txt\n[device]\n"
                         "ids=8086:10d3\nregions=bar0:BAR0\n");

    give(NULL);
    assert_names(PCIDEV MAPS FOREIGN
                 CONFIG(2, 0x0, 0x8086)
                 READ(4, 0xfeb80000, 0x1)
                 CONFIG(2, 0x42, 0x0)           /* not known yet */
                 READ(4, 0xfec0000c, 0x1)
                 CONFIG(1, 0x34, 0x40)
                 CONFIG(2, 0x40, 0x6009)        /* read once: only a header */
                 CONFIG(2, 0x60, 0x0011)
                 CONFIG(2, 0x62, 0x8004)
                 CONFIG(4, 0x64, 0x00000001)    /* BAR 1 */
                 READ(4, 0xfec0000c, 0x1)
                 CONFIG(4, 0x100, 0x14010001)
                 CONFIG(4, 0x104, 0x0),
                 " VENDOR CTRL - - CAP_PTR CAP CAP MSIX_CTRL MSIX_TABLE MASK "
                 "- AER_STATUS");
    /* a list in a circle, and ones */
    assert_names(PCIDEV MAPS FOREIGN
                 CONFIG(1, 0x34, 0x40)
                 CONFIG(2, 0x40, 0x4011)
                 CONFIG(2, 0x42, 0x0)
                 CONFIG(4, 0x100, 0xffffffff)
                 CONFIG(4, 0xfff, 0x0)
                 CONFIG(4, 0x104, 0x0),
                 " CAP_PTR CAP MSIX_CTRL - -");
    forget(nic);
    forget(ranges);
    forget(common);
    forget(xml);
}

static void test_only_domain(void)
{
    char *xml = database("one.xml",
        "<database xmlns=\"http://nouveau.freedesktop.org/\">"
        "<domain name=\"REGS\" size=\"0x100\">"
        "<reg32 offset=\"0x0\" name=\"CTRL\"/></domain></database>");
    g_autofree char *log = temp_file("both", PCIDEV MAPS
                                     READ(4, 0xfec00000, 0x1)
                                     READ(4, 0xfeb80000, 0x1), -1);
    g_autoptr(ToolRun) run = NULL;

    give("--db", xml, NULL);
    assert_names(PCIDEV MAPS READ(4, 0xfec00000, 0x1) READ(4, 0xfec00004, 0x1),
                 " CTRL ?");
    /* it could be in either BAR: nothing is guessed */
    run = run_tool(NULL, "stat", "--db", xml, log, NULL);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->err, "are accessed: say which of them has which domain");
    assert_contains(run->err, "--domain bar");
    g_assert_null(strstr(run->out, "CTRL"));
    forget(xml);
}

static void test_bad(void)
{
    char *xml = database("names.xml", XML);
    g_autofree char *log = temp_file("log", LOG, -1);
    const struct {
        const char *option;
        const char *argument;
        const char *message;
    } cases[] = {
        { "--variant", "chipset=NV1", "there is no variant 'chipset=NV1'" },
        { "--variant", "NV1", "it has chipset=G80, chipset=GV100" },
        { "--domain", "MMIOO", "there is no domain 'MMIOO' in " },
        { "--domain", "bar0+x=MMIO", "REGION=DOMAIN, REGION+OFFSET=DOMAIN" },
        { "--range", "0", "has the domains MMIO, DATA: say which of them" },
        { "--db", "/nonexistent", "/nonexistent: can't be opened" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = run_tool(NULL, "stat", "--db", xml,
                                          cases[i].option, cases[i].argument,
                                          log, NULL);

        g_test_message("%s %s", cases[i].option, cases[i].argument);
        g_assert_cmpint(run->status, ==, 2);
        assert_contains(run->err, cases[i].message);
    }
    forget(xml);
}

static void test_reg(void)
{
    char *ranges = database("names.txt", RANGES);

    give("--db", ranges, "--reg", "ctrl", NULL);
    assert_names(LOG, " CTRL CTRL");
    give("--db", ranges, "--reg", "high", NULL);
    assert_names(LOG, " LOW,HIGH");
    give("--db", ranges, "--reg", "TABLE*", NULL);
    assert_names(LOG, " TABLE+0x4");
    give("--db", ranges, "--reg", "bar0+0x8", "--reg", "CTRL", "--op", "r",
         NULL);
    assert_names(LOG, " CTRL STATUS");
    /* as decode prints them */
    give("--db", ranges, "--reg", "bar0:ctrl", "--reg", "bar1:STATUS", NULL);
    assert_names(LOG, " CTRL CTRL");
    give("--db", ranges, "--reg", "01:00.0:BAR0:STATUS", NULL);
    assert_names(LOG, " STATUS STATUS");
    give("--no-db", "--reg", "ctrl", NULL);
    assert_names(LOG, "");
    forget(ranges);
}

static void test_unmatched(void)
{
    static const char *const verbs[] = {
        "stat", "fold", "profile", "cat", "check"
    };
    char *ranges = database("names.txt", RANGES);
    g_autofree char *log = temp_file("log", LOG, -1);
    g_autoptr(ToolRun) none = NULL;
    g_autoptr(ToolRun) unknown = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autoptr(ToolRun) run = run_tool(NULL, verbs[i], "--db", ranges,
                                          "--reg", "CTL", "--reg", "CTRL",
                                          log, NULL);

        assert_contains(run->err, "--reg 'CTL' matched no register");
        g_assert_null(strstr(run->err, "'CTRL'"));
    }
    none = run_tool(NULL, "stat", "--reg", "CTRL", log, NULL);
    assert_contains(none->err, "--reg 'CTRL' matched no register");
    assert_contains(none->err,
                    "01:00.0 (8086:10d3): no names: there is no register database for it");
    unknown = run_tool(READ(4, 0xfeb80000, 0x1), "stat", "--reg", "CTRL", "-",
                       NULL);
    assert_contains(unknown->err,
                    "the device: no names: its PCI IDs are not known; --pci VENDOR:DEVICE or --db FILE chooses a database");
    forget(ranges);
}

static void test_not_installed(void)
{
    char *manifest = database("a.regdb", "[database]\ntitle=NIC\n"
                              "file=nic.xml\nsource=https://example.org\n"
                              "[device]\nids=8086:*\n");
    g_autofree char *log = temp_file("log", LOG, -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "stat", "--reg", "CTRL", log, NULL);

    assert_contains(run->err,
                    "no names: the database 'NIC' is not installed; it is at https://example.org");
    forget(manifest);
}

static void test_verbs(void)
{
    char *ranges = database("names.txt", RANGES);
    g_autofree char *log = temp_file("log", LOG, -1);
    g_autofree char *other = temp_file("other", PCIDEV MAPS
                                       READ(4, 0xfeb80000, 0x2), -1);
    const struct {
        const char *args[4];
        const char *want;
    } cases[] = {
        { { "stat" }, "\nbar0+0x8 STATUS" },
        { { "stat" }, "\nbar0+0xa STATUS+0x2 " },
        { { "stat", "--json" }, "\"offset\": \"0x8\", \"name\": \"STATUS\"" },
        { { "fold" }, "W4 bar0+0x104 TABLE+0x4 = 0x6\n" },
        { { "fold", "--json" }, "\"name\": \"TABLE+0x4\"" },
        { { "profile" }, "\nbar0+0x8 STATUS" },
        { { "profile", "--json" }, "\"name\": \"STATUS\"" },
        { { "profile", "--as", "ranges" }, "\n0:0x8:0x4 STATUS r\n" },
        { { "profile", "--as", "rnndb" }, "name=\"STATUS\"" },
        { { "cat", "--as=csv", "-N" }, ",phase,text,name\n" },
        { { "cat", "--as=csv", "-N" }, ",start,,STATUS\n" },
        { { "cat", "--as=csv", "-N" }, ",start,,\n" },
        { { "cat", "--as=jsonl", "-N" },
          "\"phase-name\": \"start\", \"name\": \"STATUS\"}\n" },
        { { "compare", other },
          "R 4 BAR0+0x00000 CTRL  0x1\n" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) args = g_ptr_array_new();
        g_autoptr(ToolRun) run = NULL;
        size_t k;

        for (k = 0; cases[i].args[k]; k++) {
            g_ptr_array_add(args, (gpointer)cases[i].args[k]);
        }
        g_ptr_array_add(args, (gpointer)"--db");
        g_ptr_array_add(args, ranges);
        g_ptr_array_add(args, log);
        g_ptr_array_add(args, NULL);
        run = run_toolv(NULL, (const char *const *)args->pdata);
        assert_contains(run->out, cases[i].want);
    }
    forget(ranges);
}

/* Values of other cards, from envytools' documentation of the register */
static void test_nvidia(void)
{
    static const struct {
        uint32_t id;
        unsigned chip;
        const char *name;
    } cases[] = {
        { 0x140000a1, 0x140, NULL },
        { 0x050200a2, 0x50, NULL },
        { 0xa2000205, 0x50, NULL },     /* big-endian */
        { 0x010100a1, 0x10, NULL },
        { 0x00010100, 1, "NV1" },
        { 0x00030110, 3, "NV3" },
        { 0x00030120, 3, "NV3T" },
        { 0x00004000, 4, "NV4" },
        { 0x00204000, 5, "NV5" },
        { 0xffffffff, 0, NULL },
        { 0, 0, NULL },
        { 0xbad0acc0, 0, NULL },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *name = "";

        g_assert_cmphex(analysis_chip_nvidia(cases[i].id, &name), ==,
                        cases[i].chip);
        g_assert_cmpstr(name, ==, cases[i].name);
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/names/given", test_given);
    g_test_add_func("/names/search-path", test_search_path);
    g_test_add_func("/names/given-and-config", test_given_and_config);
    g_test_add_func("/names/mesa", test_mesa);
    g_test_add_func("/names/of-profile", test_of_profile);
    g_test_add_func("/names/by-id", test_by_id);
    g_test_add_func("/names/class", test_class);
    g_test_add_func("/names/chip", test_chip);
    g_test_add_func("/names/at", test_at);
    g_test_add_func("/names/capabilities", test_capabilities);
    g_test_add_func("/names/only-domain", test_only_domain);
    g_test_add_func("/names/bad", test_bad);
    g_test_add_func("/names/reg", test_reg);
    g_test_add_func("/names/unmatched", test_unmatched);
    g_test_add_func("/names/new-ids", test_new_ids);
    g_test_add_func("/names/new-ids-folded", test_new_ids_folded);
    g_test_add_func("/names/not-installed", test_not_installed);
    g_test_add_func("/names/verbs", test_verbs);
    g_test_add_func("/names/nvidia", test_nvidia);
    status = g_test_run();
    analysis_options_reset();
    temp_clean();
    return status;
}
