/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: what simulated hosts need their disks, networks, keyboards and
 * consoles for
 *
 * The host's GPU stands for any PCI device here.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "fake-gpu.h"
#include "fake-uses.h"

#define VIRTUAL "/sys/devices/virtual"

/* A list that can't be read is not an empty one. */
static void test_unread_lists(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *class;
        const char *path;
    } cases[] = {
        { "0x030200\n", "/proc/iomem" },
        { "0x010802\n", "/proc/self/mountinfo" },
        { "0x0c0330\n", "/proc/swaps" },
        { "0x020000\n", "/proc/net/route" },
        { "0x070002\n", "/proc/consoles" },
    };
    g_autofree char *driver = g_strconcat(f->root, f->gpu, "/driver", NULL);
    size_t i;

    (void)data;
    g_unlink(driver);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *full = g_strconcat(f->root, cases[i].path, NULL);
        g_autofree char *wanted = g_strdup_printf("?%s can't be read",
                                                  cases[i].path);

        gpu_file(f, "class", cases[i].class);
        g_unlink(full);
        assert_uses(f->root, "");
        /* To read a directory as a file fails, for root as well. */
        g_assert_cmpint(g_mkdir_with_parents(full, 0755), ==, 0);
        assert_uses(f->root, wanted);
        gpu_file(f, "class", "0x040300\n");
        assert_uses(f->root, "");
        gpu_file(f, "class", "\n");
        assert_uses(f->root, wanted);
        g_assert_cmpint(g_rmdir(full), ==, 0);
    }
}

/* ---- disks ---------------------------------------------------------------*/

static void slave(const Fixture *f, const char *of, const char *name)
{
    g_autofree char *link = g_strdup_printf(VIRTUAL "/block/%s/slaves/%s", of,
                                            name);
    g_autofree char *to = g_strconcat("/sys/class/block/", name, NULL);

    fake_link(f->root, link, to);
}

/* Swap on LUKS on a RAID, named as device mapper does */
static void test_swap_stack(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_disk(f->root, f->gpu, "nvme/nvme0/nvme0n1", "259:0");
    fake_disk(f->root, VIRTUAL "/block", "md127", "9:127");
    fake_disk(f->root, VIRTUAL "/block", "dm-3", "254:3");
    fake_file(f->root, VIRTUAL "/block/dm-3/dm/name", "cryptswap\n");
    slave(f, "md127", "nvme0n1");
    slave(f, "dm-3", "md127");
    fake_file(f->root, "/proc/swaps", "Filename Type Size Used Priority\n"
              "/dev/mapper/cryptswap partition 4 0 -2\n");
    assert_uses(f->root, "!swap space /dev/mapper/cryptswap");
}

/* A volume that is not mounted here: of a guest, in another namespace */
static void test_holders(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_disk(f->root, f->gpu, "ata1/block/sda", "8:0");
    fake_disk(f->root, VIRTUAL "/block", "dm-0", "254:0");
    fake_file(f->root, VIRTUAL "/block/dm-0/dm/name", "vg-guest\n");
    assert_uses(f->root, "");
    {
        g_autofree char *holder =
            g_strconcat(f->gpu, "/ata1/block/sda/holders/dm-0", NULL);

        fake_link(f->root, holder, VIRTUAL "/block/dm-0");
    }
    assert_uses(f->root, "!disk sda is in use by dm-0 (vg-guest)");
}

/* A loop device on a disk, compressed memory that is written to a disk */
static void test_backing(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_disk(f->root, f->gpu, "ata1/block/sda", "8:0");
    fake_disk(f->root, VIRTUAL "/block", "loop3", "7:3");
    fake_disk(f->root, VIRTUAL "/block", "zram0", "253:0");
    fake_file(f->root, VIRTUAL "/block/zram0/backing_dev", "none\n");
    fake_file(f->root, VIRTUAL "/block/loop3/loop/backing_file",
              "/srv/image\n");
    fake_mounts(f->root, "20 1 7:3 / /mnt rw - ext4 /dev/loop3 rw\n");
    fake_file(f->root, "/proc/swaps", "Filename Type Size Used Priority\n"
              "/dev/zram0 partition 4 0 100\n");
    assert_uses(f->root, "");
    fake_file(f->root, VIRTUAL "/block/loop3/loop/backing_file", "/dev/sda\n");
    fake_file(f->root, VIRTUAL "/block/zram0/backing_dev", "/dev/sda\n");
    assert_uses(f->root, "!file system /mnt (/dev/loop3)\n"
                "!swap space /dev/zram0");
}

/* A disk, and its cache on another controller */
static void test_bcache(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:1f.2", 0x010601,
                                      "ahci", 2);
    g_autofree char *disk = g_strconcat(other, "/ata2/block/sdb/bcache", NULL);
    g_autofree char *set = g_strconcat(disk, "/cache", NULL);
    g_autofree char *cache = g_strconcat(f->gpu, "/nvme/nvme0/nvme0n1/bcache",
                                         NULL);

    (void)data;
    fake_disk(f->root, other, "ata2/block/sdb", "8:16");
    fake_disk(f->root, f->gpu, "nvme/nvme0/nvme0n1", "259:0");
    fake_disk(f->root, VIRTUAL "/block", "bcache0", "251:0");
    gpu_file(f, "nvme/nvme0/nvme0n1/bcache/label", "");
    fake_link(f->root, set, "/sys/fs/bcache/1111");
    fake_link(f->root, VIRTUAL "/block/bcache0/bcache", disk);
    fake_mounts(f->root, "20 1 251:0 / / rw - ext4 /dev/bcache0 rw\n");
    assert_uses_of(f->root, "00:1f.2", "!file system / (/dev/bcache0)");
    assert_uses(f->root, "");
    fake_link(f->root, "/sys/fs/bcache/1111/cache0", cache);
    assert_uses(f->root, "!file system / (/dev/bcache0)");
}

/* Each file system of btrfs has its own disks; bcachefs names all of them. */
static void test_multi_disk(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:1f.2", 0x010601,
                                      "ahci", 2);

    (void)data;
    fake_disk(f->root, f->gpu, "ata1/block/sda", "8:0");
    fake_disk(f->root, other, "ata2/block/sdb", "8:16");
    fake_link(f->root, "/sys/fs/btrfs/1111/devices/sda",
              "/sys/class/block/sda");
    fake_link(f->root, "/sys/fs/btrfs/2222/devices/sdb",
              "/sys/class/block/sdb");
    fake_mounts(f->root, "20 1 0:25 / / rw - btrfs /dev/sdb rw\n");
    assert_uses(f->root, "");
    assert_uses_of(f->root, "00:1f.2", "!file system / (/dev/sdb)");
    fake_mounts(f->root, "20 1 0:25 / / rw - btrfs /dev/sda rw\n");
    assert_uses(f->root, "!file system / (/dev/sda)");
    fake_mounts(f->root, "20 1 0:26 / / rw - bcachefs /dev/sdb:/dev/sda rw\n");
    assert_uses(f->root, "!file system / (/dev/sdb:/dev/sda)");
    fake_mounts(f->root,
                "20 1 8:16 / / rw - xfs /dev/sdb rw,logdev=/dev/sda\n");
    assert_uses(f->root, "!file system / (/dev/sdb)");
}

/* sysfs does not know the disks of a pool. */
static void test_zfs(Fixture *f, gconstpointer data)
{
    static const char cache[] = "\0\0\0\x04path\0\0\0\x09/dev/sda\0\0\0\0\x01";
    g_autofree char *other = NULL;

    (void)data;
    fake_disk(f->root, f->gpu, "ata1/block/sda", "8:0");
    fake_mounts(f->root, "20 1 0:25 / / rw - zfs rpool/ROOT/debian rw\n");
    assert_uses(f->root, "!ZFS pool rpool: the device has all of the host's "
                "disks");
    other = fake_pci(f->root, BUS, "0000:00:1f.2", 0x010601, "ahci", 2);
    fake_disk(f->root, other, "ata2/block/sdb", "8:16");
    assert_uses(f->root, "?ZFS pool rpool is in use; whether it has disk sda "
                "can't be seen");
    fake_file(f->root, "/run/udev/data/b8:0",
              "E:ID_FS_LABEL=rpool\nE:ID_FS_TYPE=zfs_member\n");
    fake_file(f->root, "/run/udev/data/b8:16", "E:ID_FS_TYPE=ext4\n");
    assert_uses(f->root, "!ZFS pool rpool (sda)");
    assert_uses_of(f->root, "00:1f.2", "");
    /* A pool that is not imported is not in use. */
    fake_mounts(f->root, "");
    assert_uses(f->root, "");
    fake_file(f->root, "/proc/spl/kstat/zfs/rpool/state", "ONLINE\n");
    assert_uses(f->root, "!ZFS pool rpool (sda)");
    fake_file(f->root, "/run/udev/data/b8:0", "E:ID_BUS=ata\n");
    fake_bytes(f->root, "/etc/zfs/zpool.cache", cache, sizeof(cache));
    assert_uses(f->root, "!ZFS pool rpool (sda)");
}

/* Many file systems: the list is short, and quick. */
static void test_many(Fixture *f, gconstpointer data)
{
    g_autoptr(GString) mounts = g_string_new(NULL);
    unsigned i;

    (void)data;
    fake_disk(f->root, f->gpu, "ata1/block/sda", "8:0");
    for (i = 0; i < 500; i++) {
        g_autofree char *name = g_strdup_printf("dm-%u", i);
        g_autofree char *number = g_strdup_printf("254:%u", i);

        fake_disk(f->root, VIRTUAL "/block", name, number);
        slave(f, name, "sda");
        g_string_append_printf(mounts, "20 1 %s / /m%u rw - ext4 /dev/%s rw\n",
                               number, i, name);
    }
    fake_mounts(f->root, mounts->str);
    {
        g_autofree char *text = uses_text(f->root, "01:00.0");

        g_assert_true(g_str_has_prefix(text, "!file system /m0 (/dev/dm-0)\n"));
        g_assert_true(g_str_has_suffix(text, "!492 more file systems and swap "
                                       "spaces"));
    }
}

/* ---- networks ------------------------------------------------------------*/

/* The GPU is a network card; there is another one. */
static char *make_cards(const Fixture *f)
{
    char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x020000, "igb", 2);

    fake_net(f->root, f->gpu, "eth0", "up");
    fake_net(f->root, other, "eth1", "up");
    /* 10.0.0.0/8 by eth0, the rest by eth1 */
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("eth0", "0000000A", "0001", "000000FF")
              ROUTE("eth1", "00000000", "0003", "00000000"));
    return other;
}

#define LINK "-network interface eth0 has a link"

static void test_network_mounts(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *mount;
        const char *what;   /* NULL: it comes by eth1 */
    } cases[] = {
        { "nfs4 srv:/x rw,vers=4.2,addr=10.1.2.3", "srv:/x" },
        { "nfs4 srv:/x rw,vers=4.2,addr=192.0.2.1", NULL },
        { "nfs srv:/x rw,addr=127.0.0.1", NULL },
        { "cifs //srv/x rw,addr=10.1.2.3", "//srv/x" },
        { "ceph 10.1.2.3:6789,10.1.2.4:6789:/ rw", "10.1.2.3:6789,"
          "10.1.2.4:6789:/" },
        { "ceph me@1-2.fs=/ rw,mon_addr=10.1.2.3:3300/10.1.2.4:3300",
          "me@1-2.fs=/" },
        { "fuse.sshfs me@10.1.2.3:/home rw", "me@10.1.2.3:/home" },
        { "lustre 10.1.2.3@tcp:/fs rw", "10.1.2.3@tcp:/fs" },
        { "9p srv rw,trans=virtio,addr=10.1.2.3", NULL },
        { "9p srv rw,trans=tcp,addr=10.1.2.3", "srv" },
        { "nfs4 srv:/x rw,addr=::ffff:10.1.2.3", "srv:/x" },
        { "nfs4 srv:/x rw,addr=fe80::1%eth0", "srv:/x" },
        { "tmpfs tmp rw,addr=10.1.2.3", NULL },
    };
    G_GNUC_UNUSED g_autofree char *other = make_cards(f);
    size_t i;

    (void)data;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *mount = g_strdup_printf("20 1 0:30 / /srv rw - %s\n",
                                                 cases[i].mount);
        g_autofree char *wanted = g_strdup_printf(
            LINK "\n!file system /srv (%s) comes over network interface eth0",
            cases[i].what);

        fake_mounts(f->root, mount);
        if (cases[i].what) {
            assert_uses(f->root, wanted);
        } else {
            assert_uses(f->root, LINK);
        }
    }
    /* A server that is known by its name only */
    fake_mounts(f->root, "20 1 0:30 / / rw - fuse.glusterfs srv:/vol rw\n");
    assert_uses(f->root, LINK "\n?file system / (srv:/vol) comes over network "
                "interface eth0");
}

/* The host's only card */
static void test_nfs_root(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_net(f->root, f->gpu, "eth0", "up");
    fake_mounts(f->root, "20 1 0:30 / / rw - nfs 10.0.0.1:/root rw\n");
    assert_uses(f->root, "!network interface eth0 is the only one with a link\n"
                "!file system / (10.0.0.1:/root) comes over network interface "
                "eth0");
}

/* Over a bond: not needed as long as another card of the bond has a link */
static void test_nfs_bond(Fixture *f, gconstpointer data)
{
    G_GNUC_UNUSED g_autofree char *other = make_cards(f);

    (void)data;
    fake_net(f->root, VIRTUAL, "bond0", "up");
    fake_link(f->root, VIRTUAL "/net/bond0/lower_eth0", "/sys/class/net/eth0");
    fake_link(f->root, VIRTUAL "/net/bond0/lower_eth1", "/sys/class/net/eth1");
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("bond0", "0000000A", "0001", "000000FF"));
    fake_mounts(f->root, "20 1 0:30 / /x rw - nfs a:/ rw,addr=10.0.0.1\n");
    assert_uses(f->root, LINK "\n-file system /x (a:/) comes over network "
                "interface eth0");
}

/* A bridge of Open vSwitch is not linked with its ports. */
static void test_ovs(Fixture *f, gconstpointer data)
{
    (void)data;
    g_free(make_cards(f));
    fake_net(f->root, VIRTUAL, "ovs-system", "down");
    fake_net(f->root, VIRTUAL, "br0", "unknown");
    fake_link(f->root, VIRTUAL "/net/ovs-system/lower_eth0",
              "/sys/class/net/eth0");
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("br0", "00000000", "0003", "00000000"));
    assert_uses(f->root, "!network interface eth0 has the only default route");
}

static void test_iscsi(Fixture *f, gconstpointer data)
{
    const char *dir = "/sys/devices/platform/host5/session7/target5:0:0";

    (void)data;
    g_free(make_cards(f));
    fake_disk(f->root, dir, "5:0:0:0/block/sdb", "8:16");
    fake_file(f->root, "/sys/class/iscsi_connection/connection7:0/address",
              "10.3.3.3\n");
    fake_mounts(f->root, "20 1 8:16 / /x rw - xfs /dev/sdb rw\n");
    assert_uses(f->root, "!file system /x (/dev/sdb) comes over network "
                "interface eth0\n" LINK);
    fake_file(f->root, "/sys/class/iscsi_connection/connection7:0/address",
              "192.0.2.3\n");
    assert_uses(f->root, LINK);
}

static void test_nvme_tcp(Fixture *f, gconstpointer data)
{
    const char *subsystem = VIRTUAL "/nvme-subsystem/nvme-subsys1";
    const char *controller = VIRTUAL "/nvme-fabrics/ctl/nvme1";
    const char *address = VIRTUAL "/nvme-fabrics/ctl/nvme1/address";

    (void)data;
    g_free(make_cards(f));
    fake_disk(f->root, subsystem, "nvme1n1", "259:5");
    fake_link(f->root, VIRTUAL "/nvme-subsystem/nvme-subsys1/nvme1",
              controller);
    fake_file(f->root, address, "traddr=10.3.3.3,trsvcid=4420\n");
    fake_mounts(f->root, "20 1 259:5 / / rw - xfs /dev/nvme1n1 rw\n");
    assert_uses(f->root, "!file system / (/dev/nvme1n1) comes over network "
                "interface eth0\n" LINK);
    /* By a fibre channel adapter */
    {
        g_autofree char *host = g_strconcat(f->gpu, "/host3/fc_host/host3",
                                            NULL);
        g_autofree char *port = g_strconcat(host, "/port_name", NULL);

        fake_file(f->root, port, "0x2000\n");
        fake_link(f->root, "/sys/class/fc_host/host3", host);
    }
    fake_file(f->root, address, "traddr=nn-0x1:pn-0x2,host_traddr=nn-0x1000:"
              "pn-0x2000\n");
    assert_uses(f->root, "!file system / (/dev/nvme1n1)\n" LINK);
}

static void test_nbd(Fixture *f, gconstpointer data)
{
    (void)data;
    g_free(make_cards(f));
    fake_disk(f->root, VIRTUAL "/block", "nbd0", "43:0");
    fake_mounts(f->root, "20 1 43:0 / /x rw - xfs /dev/nbd0 rw\n");
    assert_uses(f->root, "?file system /x (/dev/nbd0) comes over network "
                "interface eth0\n" LINK);
}

static void test_ssh(Fixture *f, gconstpointer data)
{
    (void)data;
    g_free(make_cards(f));
    g_setenv("SSH_CONNECTION", "10.0.0.9 50000 10.0.0.1 22", TRUE);
    assert_uses(f->root, LINK "\n!your SSH session from 10.0.0.9 comes over "
                "network interface eth0");
    g_setenv("SSH_CONNECTION", "192.0.2.9 50000 192.0.2.1 22", TRUE);
    assert_uses(f->root, LINK);
    g_setenv("SSH_CONNECTION", "nonsense", TRUE);
    assert_uses(f->root, LINK);
    g_unsetenv("SSH_CONNECTION");
    /* sudo has removed it. */
    {
        g_autofree char *file = g_strdup_printf("/proc/%u/environ", getppid());
        static const char text[] = "A=b\0SSH_CONNECTION=10.0.0.9 5 10.0.0.1 22";

        fake_bytes(f->root, file, text, sizeof(text));
    }
    assert_uses(f->root, LINK "\n!your SSH session from 10.0.0.9 comes over "
                "network interface eth0");
}

static void test_netconsole(Fixture *f, gconstpointer data)
{
    const char *dir = "/sys/kernel/config/netconsole/a/";
    g_autofree char *name = g_strconcat(dir, "dev_name", NULL);
    g_autofree char *enabled = g_strconcat(dir, "enabled", NULL);

    (void)data;
    g_free(make_cards(f));
    fake_file(f->root, name, "eth0\n");
    fake_file(f->root, enabled, "1\n");
    assert_uses(f->root, LINK "\n-netconsole sends the kernel's messages over "
                "network interface eth0");
}

/* Virtual functions end with the driver of their physical function. */
static void test_virtual_functions(Fixture *f, gconstpointer data)
{
    g_autofree char *vf = fake_pci(f->root, BEHIND, "0000:01:10.0", 0x020000,
                                   "igbvf", 5);
    g_autofree char *link = g_strconcat(f->gpu, "/virtfn0", NULL);

    (void)data;
    fake_net(f->root, vf, "eth0", "up");
    assert_uses(f->root, "");
    fake_link(f->root, link, vf);
    assert_uses(f->root,
                "!network interface eth0 is the only one with a link");
}

/* ---- keyboards, consoles, services ---------------------------------------*/

/* As those of real devices: a keyboard, a mouse, a power button */
#define KEYS "10000 7 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n"
#define BUTTONS "1f0000 0 0 0 0\n"
#define POWER "10000000000000 0\n"

static void add_input(const Fixture *f, const char *parent, const char *name,
                      const char *label, const char *key, const char *rel)
{
    g_autofree char *dir = g_strconcat(parent, "/input/", name, NULL);
    g_autofree char *link = g_strconcat("/sys/class/input/", name, NULL);
    const struct {
        const char *file;
        const char *text;
    } files[] = {
        { "name", label }, { "capabilities/key", key },
        { "capabilities/rel", rel },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(dir, files[i].file, NULL);

        fake_file(f->root, path, "%s", files[i].text);
    }
    fake_link(f->root, link, dir);
}

static void test_input(Fixture *f, gconstpointer data)
{
    g_autofree char *port = g_strconcat(f->gpu, "/usb1/1-2", NULL);

    (void)data;
    add_input(f, f->gpu, "input1", "Power", POWER, "0\n");
    add_input(f, "/sys/devices/virtual", "input2", "uinput", KEYS, "0\n");
    assert_uses(f->root, "");
    add_input(f, port, "input3", "ACME Keyboard", KEYS, "0\n");
    add_input(f, port, "input4", "ACME Mouse", BUTTONS, "143\n");
    assert_uses(f->root,
                "!the host's only keyboard (ACME Keyboard) is connected to it\n"
                "-the host's only mouse (ACME Mouse) is connected to it");
    add_input(f, "/sys/devices/platform/i8042/serio0", "input5",
              "AT Translated Set 2 keyboard", KEYS, "0\n");
    assert_uses(f->root, "-a keyboard (ACME Keyboard) is connected to it\n"
                "-the host's only mouse (ACME Mouse) is connected to it");
}

static void test_serial(Fixture *f, gconstpointer data)
{
    g_autofree char *port = g_strconcat(f->gpu, "/0000:01:00.0:0/"
                                        "0000:01:00.0:0.0/tty/ttyS4", NULL);
    g_autofree char *dev = g_strconcat(port, "/dev", NULL);

    (void)data;
    fake_file(f->root, dev, "4:68\n");
    fake_link(f->root, "/sys/class/tty/ttyS4", port);
    fake_file(f->root, "/proc/consoles", "tty0  -WU (E  p )  4:1\n");
    assert_uses(f->root, "");
    fake_program(f->root, "100", "agetty", "/dev/ttyS4");
    assert_uses(f->root, "-serial port in use by agetty (pid 100)");
    fake_file(f->root, "/proc/consoles", "tty0  -WU (E  p )  4:1\n"
              "ttyS4                -W- (EC p a)    4:68\n");
    assert_uses(f->root, "!the kernel's serial console ttyS4 is on it\n"
                "-serial port in use by agetty (pid 100)");
    /* Without /proc/consoles; only with the kernel's command line */
    {
        g_autofree char *path = g_strconcat(f->root, "/proc/consoles", NULL);

        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    fake_file(f->root, "/proc/cmdline", "quiet console=ttyS4,115200n8\n");
    assert_uses(f->root, "!the kernel's serial console ttyS4 is on it\n"
                "-serial port in use by agetty (pid 100)");
    fake_file(f->root, "/proc/cmdline", "quiet\n");
    fake_file(f->root, "/sys/class/tty/console/active", "tty0 ttyS4\n");
    assert_uses(f->root, "!the kernel's serial console ttyS4 is on it\n"
                "-serial port in use by agetty (pid 100)");
}

static void test_services(Fixture *f, gconstpointer data)
{
    g_autofree char *watchdog = g_strconcat(f->gpu, "/iTCO_wdt/watchdog0",
                                            NULL);
    g_autofree char *tunnel = g_strconcat(f->gpu, "/domain0/0-0/0-1", NULL);
    g_autofree char *own = g_strconcat(f->gpu, "/domain0/0-0", NULL);
    g_autofree char *device = g_strconcat(f->gpu, "/ipmi", NULL);

    (void)data;
    gpu_file(f, "iTCO_wdt/watchdog0/state", "inactive\n");
    fake_link(f->root, "/sys/class/watchdog/watchdog0", watchdog);
    gpu_file(f, "domain0/0-0/0-1/device_name", "Dock\n");
    fake_link(f->root, "/sys/bus/thunderbolt/devices/0-0", own);
    assert_uses(f->root, "");
    fake_link(f->root, "/sys/bus/thunderbolt/devices/0-1", tunnel);
    gpu_file(f, "ipmi/x", "");
    fake_link(f->root, VIRTUAL "/ipmi/ipmi0/device", device);
    fake_link(f->root, "/sys/class/ipmi/ipmi0", VIRTUAL "/ipmi/ipmi0");
    gpu_file(f, "iTCO_wdt/watchdog0/state", "active\n");
    assert_uses(f->root, "!watchdog0 is running: it resets the host if nobody "
                "serves it\n"
                "-the host reaches its management controller (ipmi0) by it\n"
                "-Thunderbolt or USB4 device Dock (0-1) is connected to it");
}

static void test_mdev(Fixture *f, gconstpointer data)
{
    static const char uuid[] = "5f0b6c3e-1f0c-4c8a-9d7e-0a1b2c3d4e5f";
    g_autofree char *dir = g_strconcat(f->gpu, "/", uuid, NULL);
    g_autofree char *file = g_strconcat(dir, "/remove", NULL);
    g_autofree char *link = g_strconcat("/sys/bus/mdev/devices/", uuid, NULL);
    g_autofree char *wanted = g_strdup_printf("!mediated device %s is a part of "
        "it, and would disappear with its driver", uuid);

    (void)data;
    fake_file(f->root, file, "%s", "");
    fake_link(f->root, link, dir);
    assert_uses(f->root, wanted);
}

int main(int argc, char **argv)
{
    static const GpuTest tests[] = {
        { "/host-uses/unread-lists", test_unread_lists },
        { "/host-uses/disk/swap-stack", test_swap_stack },
        { "/host-uses/disk/holders", test_holders },
        { "/host-uses/disk/backing", test_backing },
        { "/host-uses/disk/bcache", test_bcache },
        { "/host-uses/disk/multi-disk", test_multi_disk },
        { "/host-uses/disk/zfs", test_zfs },
        { "/host-uses/disk/many", test_many },
        { "/host-uses/net/mounts", test_network_mounts },
        { "/host-uses/net/nfs-root", test_nfs_root },
        { "/host-uses/net/nfs-bond", test_nfs_bond },
        { "/host-uses/net/ovs", test_ovs },
        { "/host-uses/net/iscsi", test_iscsi },
        { "/host-uses/net/nvme-tcp", test_nvme_tcp },
        { "/host-uses/net/nbd", test_nbd },
        { "/host-uses/net/ssh", test_ssh },
        { "/host-uses/net/netconsole", test_netconsole },
        { "/host-uses/net/virtual-functions", test_virtual_functions },
        { "/host-uses/input", test_input },
        { "/host-uses/serial", test_serial },
        { "/host-uses/services", test_services },
        { "/host-uses/mdev", test_mdev },
    };

    g_test_init(&argc, &argv, NULL);
    /* Of the developer who runs the tests */
    g_unsetenv("SSH_CONNECTION");
    return gpu_tests_run(tests, G_N_ELEMENTS(tests));
}
