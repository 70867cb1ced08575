/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run: the command line of a rehearsal
 */
#include <glib.h>
#include <string.h>

#include "tools/run/stand-in.h"

#define DEVICES "name \"edu\", bus PCI\nname \"e1000e\", bus PCI\n" \
    "Available display backend types:\nnone\ngtk\nspice-app\negl-headless\n" \
    "-display spice-app[,gl=on|off]\n-spice [port=port][,tls-port=...\n" \
    "-vnc <display>\n"
#define FEW "name \"e1000e\", bus PCI\nAvailable display backend types:\nnone\n"
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
    { "-object", "memory-backend-file,id=m,mem-path=/,prealloc=on",
      "-object|memory-backend-file,id=m,mem-path=/,prealloc=on,prealloc=off" },
    { "-mem-prealloc", NULL, "" },
    /* QEMU's other forms of the same */
    { "-device", "driver=vfio-pci,host=01:00.0,id=a",
      "-device|e1000e,romfile=,id=a" },
    { "-device", "id=a,driver=vfio-pci,host=01:00.0",
      "-device|e1000e,romfile=,id=a" },
    { "-device", "{\"driver\": \"vfio-pci\", \"romfile\": \"/a,b\"}",
      "-device|e1000e,romfile=,romfile=/a,,b" },
    { "-device", "{\"driver\": \"usb-host\"}", "" },
    { "-netdev", "type=tap,id=n", "-netdev|" NOWHERE ",id=n" },
    { "-audiodev", "{\"driver\": \"pa\", \"id\": \"a\"}",
      "-audiodev|none,id=a" },
    { "-audiodev", "id=a,driver=pa", "-audiodev|none,id=a" },
    { "-audio", "pa,model=hda", "-audio|none,model=hda" },
    { "-object", "{\"qom-type\": \"filter-dump\", \"file\": \"x\"}", "" },
    { "-object", "{\"qom-type\": \"vfio-trace-log\", \"id\": \"x\"}", "" },
    { "-object", "id=f,qom-type=filter-dump,file=x", "" },
    { "-object", "{\"qom-type\": \"memory-backend-ram\", \"id\": \"m\", "
      "\"prealloc\": true, \"policy\": \"bind\", \"host-nodes\": [0]}",
      "-object|memory-backend-ram,id=m,prealloc=on,prealloc=off" },
    { "-object", "memory-backend-file,id=m,share=on,mem-path=/no/x,pmem=on",
      "-object|memory-backend-ram,id=m,share=on,prealloc=off" },
    { "-mem-path", "/nowhere/x", "" },
    { "-mem-path", "/", "-mem-path|/" },
    { "-overcommit", "mem-lock=on", "" },
    /* The user's keyboard, and devices of the host */
    { "-object", "input-linux,id=k,evdev=/dev/input/event0,grab_all=on", "" },
    { "-object", "input-barrier,id=b,name=x", "" },
    { "-device", "virtio-input-host-pci,id=k,evdev=/dev/input/event0",
      "-device|e1000e,romfile=,id=k" },
    { "-device", "virtio-input-host-device,evdev=/dev/input/event0", "" },
    { "-device", "vhost-vdpa-device-pci,vhostdev=/dev/vhost-vdpa-0,addr=7",
      "-device|e1000e,romfile=,addr=7" },
    { "-device", "vhost-scsi-pci,wwpn=naa.5", "-device|e1000e,romfile=" },
    { "-device", "vfio-trace-marker,id=marker",
      "-device|vfio-trace-marker,id=marker" },
    /* Programs that serve one connection */
    { "-device", "vhost-user-fs-pci,id=f,chardev=c,tag=t",
      "-device|e1000e,romfile=,id=f" },
    { "-device", "vhost-user-device,chardev=c", "" },
    { "-device", "vfio-user-pci,socket=/s", "-device|e1000e,romfile=" },
    { "-device", "ivshmem-doorbell,chardev=c,vectors=2",
      "-device|e1000e,romfile=" },
    { "-netdev", "user,id=n,guestfwd=tcp:10.0.2.9:1-tcp:127.0.0.1:2,smb=/x,"
      "hostfwd=tcp::2222-:22", "-netdev|user,id=n,hostfwd=tcp::2222-:22" },
    /* Displays, and ports that others wait for */
    { "-display", "gtk", "-display|none" },
    { "-display", "spice-app", "-display|none" },
    { "-display", "egl-headless", "-display|egl-headless" },
    { "-display", "vnc=:1", "-display|none" },
    /* QEMU does not have it, and says so. */
    { "-display", "sdl", "-display|sdl" },
    { "-vnc", ":0,reverse=on", "-vnc|none" },
    { "-spice", "port=5930", "" },
    { "-gdb", "tcp::1234", "" },
    { "-s", NULL, "" },
    /* Others that have effects, or that a stand-in does not take */
    { "-set", "device.a.x-vga=on", "" },
    { "-loadvm", "x", "" },
    { "-preconfig", NULL, "" },
    { "-d", "exec", "" },
    { "-drive", "file=/nbd/x.img,if=none", "-drive|file=/nbd/x.img,if=none" },
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

/* What can't be rehearsed, and a word of the reason */
static const struct {
    const char *words;
    const char *devices;
    const char *why;
} refused[] = {
    { "-device|vfio-pci", "name \"nvme\"", "stand in" },
    { "-readconfig|/x", DEVICES, "readconfig" },
    { "-drive|file=nbd:unix:/s,if=none", DEVICES, "another program" },
    { "-blockdev|{\"driver\": \"nbd\", \"node-name\": \"n\"}", DEVICES,
      "another program" },
    { "-drive|file=nvme://0000:01:00.0/1,if=none", DEVICES, "controller" },
    { "-object|cryptodev-vhost-user,id=c,chardev=d", DEVICES, "vhost-user" },
    { "-device|virtio-vga-gl|-display|gtk,gl=on", DEVICES, "OpenGL" },
};

static void test_none(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *line = g_strconcat("qemu|", refused[i].words, NULL);
        g_auto(GStrv) argv = g_strsplit(line, "|", -1);
        const char *why;

        g_assert_null(run_stand_in(argv, refused[i].devices, &why));
        g_assert_nonnull(strstr(why, refused[i].why));
    }
}

/* An option that QEMU does not have stays, so that it says so. */
static void test_absent(void)
{
    char *argv[] = { (char *)"qemu", (char *)"-spice", (char *)"port=1", NULL };
    const char *why;
    g_auto(GStrv) words = run_stand_in(argv, FEW, &why);

    g_assert_cmpuint(g_strv_length(words), ==, 4);
    g_assert_cmpstr(words[2], ==, "-spice");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/run/stand-in/words", test_words);
    g_test_add_func("/run/stand-in/none", test_none);
    g_test_add_func("/run/stand-in/absent", test_absent);
    return g_test_run();
}
