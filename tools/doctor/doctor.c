/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: options of the verb, and the list of its checks
 */
#include "libpcidev/group.h"
#include "tools/common/json-text.h"
#include "tools/common/qemu-name.h"
#include "tools/common/sizes.h"
#include "tools/common/tool.h"
#include "tools/doctor/ask.h"
#include "tools/doctor/bars.h"
#include "tools/doctor/cpu.h"
#include "tools/doctor/device.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/iommu.h"
#include "tools/doctor/json.h"
#include "tools/doctor/kvm.h"
#include "tools/doctor/limits.h"
#include "tools/doctor/print.h"
#include "tools/doctor/qemu.h"
#include "tools/doctor/reset.h"
#include "tools/doctor/token.h"
#include "tools/doctor/vfio.h"
#include "tools/host/fs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMORY_DEFAULT (4ull << 30)

static gboolean opt_json;
static gboolean opt_ask;
static char *opt_memory;
static char *opt_qemu;
static char *opt_token;

static const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print everything as one JSON object", NULL },
    { "memory", 'm', 0, G_OPTION_ARG_STRING, &opt_memory,
      "The guest's memory (default: 4G)", "SIZE" },
    { "qemu", 0, 0, G_OPTION_ARG_FILENAME, &opt_qemu,
      "The QEMU to use (default: " TOOL_QEMU_NAME ")", "PROGRAM" },
    { "ask-vfio", 0, 0, G_OPTION_ARG_NONE, &opt_ask,
      "Open the device by VFIO and query it; this resets it", NULL },
    { "vf-token", 0, 0, G_OPTION_ARG_STRING, &opt_token,
      "The token of a virtual function whose physical function is bound to VFIO",
      "UUID" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/**
 * struct DoctorCheck: a check
 * @name: one or two words
 * @of_device: it checks the device, and is skipped without one
 * @run: the check's function
 */
typedef struct DoctorCheck {
    const char *name;
    bool of_device;
    void (*run)(Doctor *doctor);
} DoctorCheck;

/* In the order in which a user would solve the problems */
static const DoctorCheck checks[] = {
    { "CPU", false, doctor_check_cpu },
    { "KVM", false, doctor_check_kvm },
    { "IOMMU", false, doctor_check_iommu },
    { "interrupts", false, doctor_check_interrupts },
    { "addresses", false, doctor_check_addresses },
    { "pages", false, doctor_check_pages },
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
    { "VF token", true, doctor_check_token },
    { "reset", true, doctor_check_reset },
    { "BARs", true, doctor_check_bars },
    { "direct", true, doctor_check_direct },
    { "MSI-X", true, doctor_check_msix },
    { "speed", true, doctor_check_speed },
    { "ROM", true, doctor_check_rom },
    { "VFIO", true, doctor_check_vfio },
};

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

/* Devices that leave the host with the device: run takes all of its group. */
static GPtrArray *find_taken(const Doctor *doctor)
{
    GPtrArray *taken = g_ptr_array_new();
    guint i;

    for (i = 0; i < doctor->group->len; i++) {
        HostPci *member = doctor->group->pdata[i];

        if (host_pci_member(doctor->dev, member) == HOST_PCI_MEMBER_TAKE) {
            g_ptr_array_add(taken, member);
        }
    }
    host_pci_drop_leaving(taken);
    return taken;
}

/* A missing device is a finding; the host is checked all the same. */
static bool find_device(Doctor *doctor, const char *text)
{
    g_autoptr(GError) error = NULL;

    doctor->dev = host_pci_get(doctor->root, text, &error);
    if (doctor->dev) {
        doctor->bdf = doctor->dev->bdf;
        doctor->group = host_pci_group(doctor->root, doctor->dev);
        doctor->taken = find_taken(doctor);
        return true;
    }
    if (error->code == HOST_PCI_ERROR_SYNTAX) {
        tool_error(&verb_doctor, "%s", error->message);
        return false;
    }
    doctor->bdf = text;
    doctor->check = "device";
    if (error->code == HOST_PCI_ERROR_SYSFS) {
        doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", error->message);
        return true;
    }
    doctor_say(doctor, DOCTOR_FAIL, "'lspci -D' lists the devices",
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
    g_clear_pointer(&doctor->taken, g_ptr_array_unref);
    g_clear_pointer(&doctor->group, g_ptr_array_unref);
    host_pci_survey_free(doctor->survey);
    g_ptr_array_unref(doctor->findings);
}

static int run_doctor(int argc, char **argv)
{
    Doctor doctor = {
        .root = host_root(),
        .memory = MEMORY_DEFAULT,
    };
    g_autoptr(GError) error = NULL;
    bool fails;

    if (!tool_options(&verb_doctor, "[BDF]",
                      "BDF is a PCI address: 0000:01:00.0, or 01:00.0.  Without one, all devices are listed.\n\n"
                      "Exit status: 0 nothing prevents tracing, 1 something will fail, 2 bad usage.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    if (argc > 2) {
        tool_error(&verb_doctor, "unexpected operand '%s'", argv[2]);
        return TOOL_TROUBLE;
    }
    if (opt_memory && !size_parse(opt_memory, &doctor.memory, &error)) {
        tool_error(&verb_doctor, "--memory %s", error->message);
        return TOOL_TROUBLE;
    }
    if (opt_ask && argc < 2) {
        tool_error(&verb_doctor, "--ask-vfio needs a device: BDF is missing");
        return TOOL_TROUBLE;
    }
    if (opt_token && !g_uuid_string_is_valid(opt_token)) {
        tool_error(&verb_doctor, "--vf-token %s: it is not a UUID", opt_token);
        return TOOL_TROUBLE;
    }
    doctor.qemu = opt_qemu;
    doctor.token = opt_token;
    doctor.ask = opt_ask;
    doctor.survey = host_pci_survey(doctor.root);
    doctor.findings = g_ptr_array_new_with_free_func(doctor_free_finding);
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
    .brief = "Check whether a device can be traced on this machine",
    .run = run_doctor,
};
