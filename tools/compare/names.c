/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace compare: names of registers (see names.h)
 */
#include "tools/compare/names.h"

#include "tools/analysis/db-device.h"
#include "tools/common/tool.h"
#include "tools/compare/report.h"

/**
 * struct Named: a device and its names
 * @trace: the device
 * @regions: its BARs
 * @device: its database
 */
typedef struct Named {
    MmtRegionDevice trace;
    MmtRegion regions[MMT_PCI_RESOURCES];
    AnalysisDbDevice *device;
} Named;

/**
 * struct CompareNames: names of a log's registers
 * @log: the log
 * @files: databases
 * @devices: Named, by the device's index, or NULL
 */
struct CompareNames {
    const AccessLog *log;
    AnalysisDbFiles *files;
    GPtrArray *devices;
};

static void free_named(gpointer p)
{
    Named *named = p;

    if (named) {
        analysis_db_device_free(named->device);
        g_free((gpointer)named->trace.id);
        g_free(named);
    }
}

CompareNames *compare_names_new(const AccessLog *log)
{
    CompareNames *names = g_new0(CompareNames, 1);

    names->log = log;
    names->files = analysis_db_files_new(&verb_compare);
    names->devices = g_ptr_array_new_with_free_func(free_named);
    return names;
}

void compare_names_free(CompareNames *names)
{
    if (names) {
        g_ptr_array_unref(names->devices);
        analysis_db_files_free(names->files);
        g_free(names);
    }
}

static Named *new_named(CompareNames *names, unsigned index)
{
    const MmtPciDev *pci = &accesses_device(names->log, index)->pci;
    Named *named = g_new0(Named, 1);
    unsigned i;

    named->trace.id = g_strdup(report_device(names->log, index));
    named->trace.host = "";
    named->trace.name = named->trace.address = named->trace.title = "";
    named->trace.vendor = pci->vendor;
    named->trace.device = pci->device;
    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        named->regions[i].number = i;
        named->regions[i].name = mmt_resource_name(i);
    }
    named->device = analysis_db_device_new(names->files, &named->trace);
    analysis_db_device_choose(named->device);
    return named;
}

const char *compare_names_get(CompareNames *names, const Access *access)
{
    const RegDbRegister *reg;
    Named *named;

    if (access->device >= names->devices->len) {
        g_ptr_array_set_size(names->devices, access->device + 1);
    }
    named = names->devices->pdata[access->device];
    if (!named) {
        named = new_named(names, access->device);
        names->devices->pdata[access->device] = named;
    }
    reg = analysis_db_device_register(named->device,
                                      &named->regions[access->bar],
                                      access->offset);
    return reg ? reg->name : NULL;
}
