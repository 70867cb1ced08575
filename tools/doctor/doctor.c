/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: will this machine, this device and this user do?
 */
#include "tools/doctor/doctor.h"
#include "tools/host/fs.h"
#include "tools/common/json-text.h"
#include "tools/common/tool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMORY_DEFAULT (4ull << 30)

static gboolean opt_json;
static gboolean opt_ask;
static char *opt_memory;
static char *opt_qemu;

static const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print everything as one JSON object", NULL },
    { "memory", 'm', 0, G_OPTION_ARG_STRING, &opt_memory,
      "Memory that the guest is to have (4G)", "SIZE" },
    { "qemu", 0, 0, G_OPTION_ARG_FILENAME, &opt_qemu,
      "The QEMU to use (qemu-system-x86_64-vfio-trace)", "PROGRAM" },
    { "ask-vfio", 0, 0, G_OPTION_ARG_NONE, &opt_ask,
      "Open the device by VFIO and ask; this resets it", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

const char *const doctor_state_names[DOCTOR_STATES] = {
    [DOCTOR_OK] = "ok",
    [DOCTOR_NOTE] = "note",
    [DOCTOR_WARN] = "warn",
    [DOCTOR_FAIL] = "fail",
};

/* In the order in which a user would set things right. */
static const DoctorCheck checks[] = {
    { "KVM", false, doctor_check_kvm },
    { "IOMMU", false, doctor_check_iommu },
    { "interrupts", false, doctor_check_interrupts },
    { "vfio-pci", false, doctor_check_module },
    { "container", false, doctor_check_container },
    { "iommufd", false, doctor_check_iommufd },
    { "memlock", false, doctor_check_memlock },
    { "memory", false, doctor_check_memory },
    { "lockdown", false, doctor_check_lockdown },
    { "confinement", false, doctor_check_confinement },
    { "ring", false, doctor_check_ring },
    { "QEMU", false, doctor_check_qemu },
    { "device", true, doctor_check_device },
    { "use", true, doctor_check_use },
    { "group", true, doctor_check_group },
    { "driver", true, doctor_check_driver },
    { "group file", true, doctor_check_node },
    { "reset", true, doctor_check_reset },
    { "BARs", true, doctor_check_bars },
    { "direct", true, doctor_check_direct },
    { "MSI-X", true, doctor_check_msix },
    { "speed", true, doctor_check_speed },
    { "ROM", true, doctor_check_rom },
    { "VFIO", true, doctor_check_vfio },
};

static void free_finding(gpointer data)
{
    DoctorFinding *finding = data;

    g_free(finding->found);
    g_free(finding->remedy);
    g_free(finding);
}

void doctor_say(Doctor *doctor, DoctorState state, const char *remedy,
                const char *fmt, ...)
{
    DoctorFinding *finding = g_new(DoctorFinding, 1);
    va_list ap;

    finding->check = doctor->check;
    finding->state = state;
    finding->remedy = g_strdup(remedy);
    va_start(ap, fmt);
    finding->found = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_ptr_array_add(doctor->findings, finding);
}

DoctorState doctor_worst(const Doctor *doctor)
{
    DoctorState worst = DOCTOR_OK;
    guint i;

    for (i = 0; i < doctor->findings->len; i++) {
        const DoctorFinding *finding = doctor->findings->pdata[i];

        worst = MAX(worst, finding->state);
    }
    return worst;
}

/* "4G", "512M"; a plain number is MiB, as with QEMU's -m */
static bool parse_memory(const char *text, uint64_t *bytes)
{
    static const char units[] = "KMGT";
    char *end;
    uint64_t value = g_ascii_strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, g_ascii_toupper(*end)) : NULL;
    unsigned shift = unit ? 10 * (unit - units + 1) : 20;

    if (!g_ascii_isdigit(*text) || (*end && !unit) || (unit && end[1]) ||
        !value || value > (uint64_t)INT64_MAX >> shift) {
        return false;
    }
    *bytes = value << shift;
    return true;
}

static void examine(Doctor *doctor)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(checks); i++) {
        if (!checks[i].of_device || doctor->dev) {
            doctor->check = checks[i].name;
            checks[i].run(doctor);
        }
    }
}

/* A device that is not there is a finding like others: the host's stand. */
static bool find_device(Doctor *doctor, const char *text)
{
    g_autoptr(GError) error = NULL;

    doctor->dev = host_pci_get(doctor->root, text, &error);
    if (doctor->dev) {
        doctor->bdf = doctor->dev->bdf;
        doctor->group = host_pci_group(doctor->root, doctor->dev);
        return true;
    }
    if (error->code == HOST_PCI_ERROR_SYNTAX) {
        tool_error(&verb_doctor, "%s", error->message);
        return false;
    }
    doctor->bdf = text;
    doctor->check = "device";
    doctor_say(doctor, DOCTOR_FAIL, "lspci -D shows what there is",
               "there is no PCI device %s", text);
    return true;
}

static void print_json(const Doctor *doctor)
{
    g_autoptr(JsonNode) node = doctor_to_json(doctor);
    g_autofree char *text = json_text(node, TRUE);

    puts(text);
}

static void print_text(const Doctor *doctor)
{
    const char *no_colour = g_getenv("NO_COLOR");
    const char *term = g_getenv("TERM");

    doctor_print(doctor, stdout, isatty(STDOUT_FILENO) &&
                 !(no_colour && *no_colour) && term && strcmp(term, "dumb"));
    if (!doctor->bdf) {
        doctor_print_candidates(doctor, stdout);
    }
}

static void clean(Doctor *doctor)
{
    unsigned i;

    for (i = 0; i < HOST_PCI_REGIONS; i++) {
        g_free(doctor->mmappable[i]);
    }
    host_pci_free(doctor->dev);
    g_clear_pointer(&doctor->group, g_ptr_array_unref);
    g_ptr_array_unref(doctor->findings);
}

static int run_doctor(int argc, char **argv)
{
    Doctor doctor = {
        .root = host_root(),
        .memory = MEMORY_DEFAULT,
    };
    bool fails;

    if (!tool_options(&verb_doctor, "[BDF]",
                      "BDF is a PCI address: 0000:01:00.0, or 01:00.0.  "
                      "Without one all devices are listed.\n\n"
                      "Exit status: 0 nothing stands in the way, 1 something "
                      "will fail, 2 bad usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc > 2) {
        tool_error(&verb_doctor, "'%s' is one word too many", argv[2]);
        return TOOL_TROUBLE;
    }
    if (opt_memory && !parse_memory(opt_memory, &doctor.memory)) {
        tool_error(&verb_doctor, "--memory %s is no size; 8G and 512M are",
                   opt_memory);
        return TOOL_TROUBLE;
    }
    if (opt_ask && argc < 2) {
        tool_error(&verb_doctor, "--ask-vfio needs a device: BDF is missing");
        return TOOL_TROUBLE;
    }
    doctor.qemu = opt_qemu;
    doctor.ask = opt_ask;
    doctor.findings = g_ptr_array_new_with_free_func(free_finding);
    if (argc == 2 && !find_device(&doctor, argv[1])) {
        clean(&doctor);
        return TOOL_TROUBLE;
    }
    examine(&doctor);
    if (opt_json) {
        print_json(&doctor);
    } else {
        print_text(&doctor);
    }
    fails = doctor_worst(&doctor) == DOCTOR_FAIL;
    clean(&doctor);
    return tool_finish(&verb_doctor, fails ? TOOL_FAULT : TOOL_OK);
}

const Verb verb_doctor = {
    .name = "doctor",
    .brief = "Tell whether a device can be traced on this machine",
    .run = run_doctor,
};
