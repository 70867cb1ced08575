/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run: the command line of a rehearsal
 */
#include <glib.h>
#include <string.h>

#include "tools/run/stand-in.h"

#define DEVICES "name \"edu\", bus PCI\nname \"e1000e\", bus PCI\n"
#define NOWHERE "socket,udp=127.0.0.1:9,localaddr=127.0.0.1:0"

/* "qemu OPTION VALUE" and what becomes of it */
static const struct {
    const char *option;
    const char *value;
    const char *want;
} cases[] = {
    { "-device", "vfio-pci-trace,host=01:00.0,id=a,bus=port0,addr=00.1,"
      "multifunction=on,trace-log=log,x-vga=on,romfile=a,,b,bootindex=3",
      "-device|e1000e,romfile=,id=a,bus=port0,addr=00.1,multifunction=on,"
      "romfile=a,,b,bootindex=3" },
    { "-device", "{\"driver\": \"vfio-pci\", \"host\": \"01:00.0\", "
      "\"id\": \"b\", \"multifunction\": true, \"rombar\": 0}",
      "-device|e1000e,romfile=,id=b,multifunction=on,rombar=0" },
    { "-device", "vfio-pci-nohotplug,host=1:0.0", "-device|e1000e,romfile=" },
    { "-device", "edu,addr=5", "-device|edu,addr=5" },
    { "--device", "usb-host,vendorid=1", "" },
    { "-device", "tpm-crb,tpmdev=t", "" },
    { "-tpmdev", "emulator,id=t,chardev=c", "" },
    { "-chardev", "socket,id=own-qmp,path=x,server=on",
      "-chardev|socket,id=own-qmp,path=x,server=on" },
    { "-chardev", "file,path=/log,id=c,mux=on", "-chardev|null,id=c,mux=on" },
    { "-serial", "file:/log", "-serial|null" },
    { "-serial", "chardev:c", "-serial|chardev:c" },
    { "-monitor", "stdio", "-monitor|null" },
    { "-netdev", "tap,id=n,ifname=tap0", "-netdev|" NOWHERE ",id=n" },
    { "-netdev", "{\"type\": \"tap\", \"id\": \"n\"}",
      "-netdev|" NOWHERE ",id=n" },
    { "-netdev", "user,id=n", "-netdev|user,id=n" },
    { "-nic", "bridge,br=virbr0,model=e1000,mac=52:54:00:00:00:01",
      "-nic|" NOWHERE ",model=e1000,mac=52:54:00:00:00:01" },
    { "-audiodev", "pa,id=a,server=x", "-audiodev|none,id=a" },
    { "-pidfile", "/run/x", "" },
    { "-incoming", "tcp:0:4444", "" },
    { "-object", "filter-dump,id=f,file=x,netdev=n", "" },
    { "-object", "vfio-trace-log,id=log,file=x",
      "-object|vfio-trace-log,id=log,file=x" },
    { "-object", "vfio-trace-log,id=other,file=y", "" },
    { "-object", "memory-backend-file,id=m,mem-path=/h,prealloc=on",
      "-object|memory-backend-file,id=m,mem-path=/h,prealloc=on,prealloc=off" },
    { "-mem-prealloc", NULL, "" },
    { "-vga", "std", "-vga|std" },
    { "-device", NULL, "-device" },
};

static void test_words(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *argv[] = { (char *)"qemu", (char *)cases[i].option,
                         (char *)cases[i].value, NULL };
        const char *rest = cases[i].want;
        g_autofree char *want = g_strdup_printf("qemu|-S%s%s",
                                                *rest ? "|" : "", rest);
        g_auto(GStrv) words = NULL;
        g_autofree char *got = NULL;
        const char *why;

        words = run_stand_in(argv, DEVICES, &why);
        g_assert_null(why);
        got = g_strjoinv("|", words);
        g_assert_cmpstr(got, ==, want);
    }
}

static void test_none(void)
{
    char *user[] = { (char *)"qemu", (char *)"-device",
                     (char *)"vhost-user-fs-pci,chardev=c", NULL };
    char *vfio[] = { (char *)"qemu", (char *)"-device", (char *)"vfio-pci",
                     NULL };
    const char *why;

    g_assert_null(run_stand_in(user, DEVICES, &why));
    g_assert_nonnull(strstr(why, "vhost-user"));
    g_assert_null(run_stand_in(vfio, "name \"nvme\"", &why));
    g_assert_nonnull(strstr(why, "stand in"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/run/stand-in/words", test_words);
    g_test_add_func("/run/stand-in/none", test_none);
    return g_test_run();
}
