/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a simulated host with a GPU behind a bridge
 */
#ifndef TESTS_UNIT_FAKE_GPU_H
#define TESTS_UNIT_FAKE_GPU_H

#include <glib.h>

#include "fake-host.h"
#include "libpcidev/device.h"

#define BUS "pci0000:00"
#define BEHIND "pci0000:00/0000:00:01.0"

typedef struct Fixture {
    char *root;
    char *gpu;      /* its directory */
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->root = fake_host_new();
    f->gpu = fake_pci(f->root, BEHIND, "0000:01:00.0", 0x030000, "nouveau", 1);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_host_free(f->root);
    g_free(f->gpu);
}

/* A file of the GPU */
static void gpu_file(const Fixture *f, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(f->gpu, name, NULL);

    fake_file(f->root, path, "%s", text);
}

static inline HostPci *get_gpu(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    HostPci *dev = host_pci_get(f->root, "01:00.0", &error);

    g_assert_no_error(error);
    return dev;
}

typedef struct GpuTest {
    const char *path;
    void (*run)(Fixture *f, gconstpointer data);
} GpuTest;

/* Return: the program's status */
static inline int gpu_tests_run(const GpuTest *tests, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run,
                   tear_down);
    }
    return g_test_run();
}

#endif /* TESTS_UNIT_FAKE_GPU_H */
