/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: XML of new libvirt domains; libvirt's own schema judges it
 */
#include <gio/gio.h>
#include <libxml/relaxng.h>
#include <string.h>

#include "run-tool.h"
#include "tools/host/pci.h"
#include "tools/virt/host.h"
#include "tools/virt/new-board.h"
#include "tools/virt/new-names.h"
#include "tools/virt/new-options.h"
#include "tools/virt/new-xml.h"
#include "tools/virt/xml.h"
#include "tools/virt/xml-edit.h"

#define SCHEMA "/usr/share/libvirt/schemas/domain.rng"
#define EMULATOR "/usr/local/bin/qemu-system-x86_64-vfio-trace"

/* Names with everything that XML, QEMU and a shell treat specially */
#define ODD "/x/<a b=\"c\">&amp;'],,\\{}$`]]>\303\251"

static xmlRelaxNG *schema;

static void be_quiet(G_GNUC_UNUSED void *data, G_GNUC_UNUSED const char *fmt,
                     ...)
{
}

static G_GNUC_PRINTF(2, 3)
void note_fault(G_GNUC_UNUSED void *data, const char *fmt, ...)
{
    va_list ap;
    g_autofree char *text = NULL;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_test_message("%s", text);
}

static void read_schema(void)
{
    xmlRelaxNGParserCtxt *parser;

    if (!g_file_test(SCHEMA, G_FILE_TEST_EXISTS)) {
        return;
    }
    parser = xmlRelaxNGNewParserCtxt(SCHEMA);
    xmlRelaxNGSetParserErrors(parser, be_quiet, be_quiet, NULL);
    schema = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    g_assert_nonnull(schema);
}

static bool is_valid(const char *xml)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, NULL);
    xmlRelaxNGValidCtxt *judge = xmlRelaxNGNewValidCtxt(schema);
    int result;

    g_assert_nonnull(doc);
    xmlRelaxNGSetValidErrors(judge, note_fault, note_fault, NULL);
    result = xmlRelaxNGValidateDoc(judge, doc);
    xmlRelaxNGFreeValidCtxt(judge);
    return result == 0;
}

/* The schema judges: nothing is valid that libvirt would not take. */
static void test_schema(void)
{
    if (!schema) {
        g_test_skip("no " SCHEMA);
        return;
    }
    g_assert_false(is_valid("<domain type='kvm'><name>a</name><x/></domain>"));
}

/* ---- guests --------------------------------------------------------------*/

static const char *const no_words[] = { NULL };
static const char *const one_disk[] = { "/images/a.qcow2", NULL };
static const char *const formats[] = { "qcow2", "raw", "raw", NULL };

static GPtrArray *new_devices(const char *const *bdfs)
{
    GPtrArray *devices = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);

    for (; *bdfs; bdfs++) {
        HostPci *dev = g_new0(HostPci, 1);

        dev->bdf = g_strdup(*bdfs);
        g_ptr_array_add(devices, dev);
    }
    return devices;
}

static VirtNewGuest base_guest(const GPtrArray *guests)
{
    return (VirtNewGuest) {
        .name = "dut",
        .uuid = "c7a5fdbd-edaf-4455-926a-d65c16db1809",
        .board = virt_new_board(HOST_ARCH_X86),
        .system = VIRT_SYSTEM_LINUX,
        .emulator = EMULATOR,
        .memory = 4ull << 30,
        .cpus = 2,
        .disks = one_disk,
        .formats = formats,
        .nic = "virtio",
        .guests = guests,
    };
}

/* Make the XML, trace @hosts, and stop tracing: valid each time, and undone */
static char *check_guest(const VirtNewGuest *guest, const char *const *hosts)
{
    g_autofree char *xml = virt_new_guest_xml(guest);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *traced = NULL;
    g_autofree char *after = NULL;
    VirtXmlRequest request = { .hosts = hosts, .emulator = EMULATOR,
                               .log = "/var/log/vfio-trace/dut.mmt" };

    g_assert_true(!schema || is_valid(xml));
    if (!*hosts) {
        return g_steal_pointer(&xml);
    }
    traced = virt_xml_enable(xml, &request, &error);
    g_assert_no_error(error);
    g_assert_true(!schema || is_valid(traced));
    after = virt_xml_disable(traced, no_words, notes, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(notes->len, ==, 0);
    g_assert_cmpstr(after, ==, xml);
    return g_steal_pointer(&traced);
}

static void count_is(const char *xml, const char *part, unsigned n)
{
    unsigned found = 0;

    while ((xml = strstr(xml, part))) {
        found++;
        xml += strlen(part);
    }
    g_test_message("%s", part);
    g_assert_cmpuint(found, ==, n);
}

/* ---- tests ---------------------------------------------------------------*/

static const char *const two_functions[] = { "0000:01:00.0", "0000:01:00.1",
                                             "0000:03:00.1", NULL };
static const char *const bridge[] = { "0000:01:00.2", NULL };

static void test_linux(void)
{
    g_autoptr(GPtrArray) guests = new_devices(two_functions);
    g_autoptr(GPtrArray) others = new_devices(bridge);
    VirtNewGuest guest = base_guest(guests);
    g_autofree char *xml = NULL;

    guest.others = others;
    guest.os_id = virt_new_os_id("debian12");
    xml = check_guest(&guest, two_functions);
    assert_contains(xml, "<libosinfo:os id=\"http://debian.org/debian/12\"/>");
    assert_contains(xml, "<memory unit=\"KiB\">4194304</memory>");
    assert_contains(xml, "mode=\"host-passthrough\"");
    assert_contains(xml, "<topology sockets=\"1\" dies=\"1\" cores=\"2\" "
                    "threads=\"1\"/>");
    assert_contains(xml, "<target dev=\"vda\" bus=\"virtio\"/>");
    assert_contains(xml, "<memballoon model=\"none\"/>");
    assert_contains(xml, "name=\"org.vfio-trace.mark.0\"");
    assert_contains(xml, "value=\"isa-vfio-trace-marker\"");
    assert_contains(xml, "<address type=\"unassigned\"/>");
    count_is(xml, "managed=\"yes\"", 4);
    count_is(xml, "value=\"vfio-pci-trace\"", 3);
    count_is(xml, "model=\"pcie-root-port\"", 2);
    /* function 1 alone becomes function 0 of its slot */
    assert_contains(xml, "<address type=\"pci\" domain=\"0x0000\" bus=\"0x02\" "
                    "slot=\"0x00\" function=\"0x0\"/>");
    assert_contains(xml, "bus=\"0x01\" slot=\"0x00\" function=\"0x0\" "
                    "multifunction=\"on\"/>");
    /* the places of 'run' */
    assert_contains(xml, "bus=\"0x00\" slot=\"0x10\" function=\"0x0\"/>");
    assert_contains(xml, "bus=\"0x00\" slot=\"0x11\" function=\"0x0\"/>");
    g_assert_null(strstr(xml, "<graphics"));
    g_assert_null(strstr(xml, "<tpm"));
    g_assert_null(strstr(xml, "<interface"));
    g_assert_null(strstr(xml, "hyperv"));
}

static void test_windows(void)
{
    static const char *const hyperv[] = { "relaxed", "vapic", "spinlocks",
                                          "vpindex", "synic", NULL };
    static const char *const isos[] = { "/images/win.iso", "/images/d.iso",
                                        NULL };
    g_autoptr(GPtrArray) guests = new_devices(two_functions);
    VirtNewGuest guest = base_guest(guests);
    VirtUsb key = { 0x46d, 0xc077 };
    g_autoptr(GArray) usb = g_array_new(FALSE, FALSE, sizeof(VirtUsb));
    g_autofree char *xml = NULL;

    g_array_append_val(usb, key);
    guest.system = VIRT_SYSTEM_WINDOWS;
    guest.os_id = virt_new_os_id("win11");
    guest.isos = isos;
    guest.efi = guest.secure_boot = guest.tpm = true;
    guest.loader = "/usr/share/OVMF/OVMF_CODE_4M.ms.fd";
    guest.vars = "/usr/share/OVMF/OVMF_VARS_4M.ms.fd";
    guest.nvram = "/images/a.nvram";
    guest.hyperv = hyperv;
    guest.graphics = "spice";
    guest.network = "default";
    guest.nic = "e1000e";
    guest.usb = usb;
    xml = check_guest(&guest, two_functions);
    assert_contains(xml, "<loader readonly=\"yes\" secure=\"yes\" "
                    "type=\"pflash\">/usr/share/OVMF/OVMF_CODE_4M.ms.fd<");
    assert_contains(xml, "<nvram template=\"/usr/share/OVMF/"
                    "OVMF_VARS_4M.ms.fd\">/images/a.nvram</nvram>");
    assert_contains(xml, "<smm state=\"on\"/>");
    assert_contains(xml, "<suspend-to-mem enabled=\"no\"/>");
    assert_contains(xml, "<tpm model=\"tpm-crb\">");
    assert_contains(xml, "<backend type=\"emulator\" version=\"2.0\"/>");
    assert_contains(xml, "<spinlocks state=\"on\" retries=\"8191\"/>");
    assert_contains(xml, "<clock offset=\"localtime\">");
    assert_contains(xml, "<timer name=\"hypervclock\" present=\"yes\"/>");
    assert_contains(xml, "<listen type=\"socket\"/>");
    assert_contains(xml, "<vendor id=\"0x046d\"/>");
    assert_contains(xml, "<target dev=\"sda\" bus=\"sata\"/>");
    assert_contains(xml, "<target dev=\"sdc\" bus=\"sata\"/>");
    count_is(xml, "device=\"cdrom\"", 2);
    assert_contains(xml, "<source network=\"default\"/>");
    assert_contains(xml, "<rom enabled=\"no\"/>");
}

/* QEMU's arguments may have the first serial port. */
/* What x86 alone has is not there, and what Arm has is. */
static void test_arm(void)
{
    static const char *const isos[] = { "/images/a.iso", "/images/b.iso",
                                        NULL };
    g_autoptr(GPtrArray) guests = new_devices(two_functions);
    VirtNewGuest guest = base_guest(guests);
    g_autofree char *plain = NULL;
    g_autofree char *xml = NULL;
    g_autofree char *other = NULL;

    guest.board = virt_new_board(HOST_ARCH_ARM);
    /* A kernel needs no firmware, and libvirt wants no ACPI then. */
    guest.kernel = "/images/vmlinuz";
    plain = check_guest(&guest, two_functions);
    g_assert_null(strstr(plain, "<acpi"));
    g_assert_null(strstr(plain, "usb\" index=\"0\" model=\"qemu-xhci"));
    g_assert_null(strstr(plain, "isa-"));
    guest.kernel = NULL;
    guest.efi = guest.secure_boot = guest.tpm = true;
    guest.loader = "/usr/share/AAVMF/AAVMF_CODE.ms.fd";
    guest.vars = "/usr/share/AAVMF/AAVMF_VARS.ms.fd";
    guest.graphics = "vnc";
    guest.isos = isos;
    xml = check_guest(&guest, two_functions);
    assert_contains(xml, "<type arch=\"aarch64\" machine=\"virt\">hvm</type>");
    assert_contains(xml, "<loader readonly=\"yes\" type=\"pflash\">"
                    "/usr/share/AAVMF/AAVMF_CODE.ms.fd<");
    assert_contains(xml, "<acpi/>");
    assert_contains(xml, "<gic version=\"host\"/>");
    assert_contains(xml, "<target dev=\"vda\" bus=\"virtio\"/>");
    assert_contains(xml, "<target dev=\"sda\" bus=\"usb\"/>");
    assert_contains(xml, "<target dev=\"sdb\" bus=\"usb\"/>");
    assert_contains(xml, "model=\"qemu-xhci\"");
    assert_contains(xml, "<tpm model=\"tpm-tis\">");
    assert_contains(xml, "<model type=\"virtio\"/>");
    assert_contains(xml, "name=\"org.vfio-trace.mark.0\"");
    count_is(xml, "value=\"vfio-pci-trace\"", 3);
    g_assert_null(strstr(xml, "apic"));
    g_assert_null(strstr(xml, "smm"));
    g_assert_null(strstr(xml, "suspend"));
    g_assert_null(strstr(xml, "isa-"));
    g_assert_null(strstr(xml, "sata"));
    guest.system = VIRT_SYSTEM_WINDOWS;
    guest.tcg = true;
    guest.isos = NULL;
    other = check_guest(&guest, two_functions);
    assert_contains(other, "<gic version=\"3\"/>");
    assert_contains(other, "mode=\"maximum\"");
    assert_contains(other, "<target dev=\"sda\" bus=\"usb\"/>");
    assert_contains(other, "<model type=\"ramfb\"/>");
    g_assert_null(virt_new_board(HOST_ARCH_POWER));
}

static void test_arch_of_host(void)
{
    static const struct {
        const char *cpu;
        const char *name;
    } cases[] = {
        { "<cpu><arch>aarch64</arch></cpu>", "aarch64" },
        { "<cpu><arch>x86_64</arch></cpu>", "x86_64" },
        { "<cpu><arch>ppc64le</arch></cpu>", "ppc64" },
        { "<cpu><arch>vax</arch></cpu>", "x86_64" },
        { "", "x86_64" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "<capabilities><host>%s</host></capabilities>", cases[i].cpu);
        g_autoptr(GError) error = NULL;
        VirtHost host;

        g_assert_true(virt_host_read(&host, text, "kvm", NULL, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(host.arch->name, ==, cases[i].name);
    }
}

static void test_serial(void)
{
    static const char *const own[] = { "-serial", "null", NULL };
    g_autoptr(GPtrArray) none = new_devices(no_words);
    VirtNewGuest guest = base_guest(none);
    g_autofree char *with = check_guest(&guest, no_words);
    g_autofree char *without = NULL;

    guest.qemu_args = own;
    without = check_guest(&guest, no_words);
    count_is(with, "<serial type=\"pty\"/>", 1);
    count_is(without, "<serial", 0);
}

/* What libvirt chooses itself, a hidden hypervisor, no KVM, a kernel */
static void test_others(void)
{
    g_autoptr(GPtrArray) none = new_devices(no_words);
    g_autoptr(GPtrArray) shares = g_ptr_array_new();
    g_autoptr(GPtrArray) smbios = g_ptr_array_new();
    VirtShare share = { (char *)"/home/me/share", (char *)"share" };
    VirtSmbios texts[] = {
        { "bios", "vendor", (char *)"ACME" },
        { "bios", "date", (char *)"01/02/2024" },
        { "system", "product", (char *)"a & b" },
        { "baseBoard", "product", (char *)"c" },
        { "chassis", "manufacturer", (char *)"d" },
    };
    VirtNewGuest guest = base_guest(none);
    g_autofree char *efi = NULL;
    g_autofree char *secure = NULL;
    g_autofree char *hidden = NULL;
    g_autofree char *kernel = NULL;
    g_autofree char *bios = NULL;
    size_t i;

    guest.efi = true;
    guest.net_user = true;
    efi = check_guest(&guest, no_words);
    assert_contains(efi, "<os firmware=\"efi\">");
    assert_contains(efi, "<feature enabled=\"no\" name=\"secure-boot\"/>");
    assert_contains(efi, "<interface type=\"user\">");
    g_assert_null(strstr(efi, "<nvram"));

    guest.secure_boot = true;
    guest.nvram = "/images/a.nvram";
    secure = check_guest(&guest, no_words);
    assert_contains(secure, "<feature enabled=\"yes\" name=\"enrolled-keys\"/>");
    assert_contains(secure, "<nvram>/images/a.nvram</nvram>");

    guest = base_guest(none);
    guest.hide = true;
    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_ptr_array_add(smbios, &texts[i]);
    }
    guest.smbios = smbios;
    guest.loader = "/images/bios.bin";
    hidden = check_guest(&guest, no_words);
    assert_contains(hidden, "<hidden state=\"on\"/>");
    assert_contains(hidden, "<feature policy=\"disable\" name=\"hypervisor\"/>");
    assert_contains(hidden, "migratable=\"off\"");
    assert_contains(hidden, "<entry name=\"product\">a &amp; b</entry>");
    assert_contains(hidden, "<smbios mode=\"sysinfo\"/>");
    assert_contains(hidden, "<loader type=\"rom\">/images/bios.bin</loader>");
    count_is(hidden, "<bios>", 1);

    g_ptr_array_add(shares, &share);
    guest = base_guest(none);
    guest.tcg = true;
    guest.system = VIRT_SYSTEM_OTHER;
    guest.kernel = "/boot/vmlinuz";
    guest.initrd = "/boot/initrd";
    guest.append = "console=ttyS0 a=\"b & c\"";
    guest.shares = shares;
    guest.virtiofs = true;
    kernel = check_guest(&guest, no_words);
    assert_contains(kernel, "<domain xmlns:qemu=");
    assert_contains(kernel, "type=\"qemu\"");
    assert_contains(kernel, "mode=\"maximum\"");
    assert_contains(kernel, "a=\"b &amp; c\"</cmdline>");
    assert_contains(kernel, "<driver type=\"virtiofs\"/>");
    assert_contains(kernel, "<access mode=\"shared\"/>");
    assert_contains(kernel, "\"name=opt/org.vfio-trace/share0,string=share\"");
    /* another system may not work with a virtio device */
    g_assert_null(strstr(kernel, "virtio-serial"));
    g_assert_null(strstr(kernel, "qemu:override"));

    guest.virtiofs = false;
    bios = check_guest(&guest, no_words);
    assert_contains(bios, "<filesystem type=\"mount\" accessmode=\"mapped\">");
    g_assert_null(strstr(bios, "memoryBacking"));
}

/* Return: the contents of the first element of a name, in any depth */
static char *content_of(xmlNode *node, const char *name)
{
    char *found = NULL;

    for (; node && !found; node = node->next) {
        found = node->type == XML_ELEMENT_NODE &&
                !strcmp((const char *)node->name, name) ? xml_content(node) :
                content_of(node->children, name);
    }
    return found;
}

/* Odd names come back from the XML as they were. */
static void test_odd_names(void)
{
    static const char *const disks[] = { ODD, NULL };
    static const char *const args[] = { "-fw_cfg", ODD, NULL };
    g_autoptr(GPtrArray) none = new_devices(no_words);
    VirtNewGuest guest = base_guest(none);
    g_autofree char *xml = NULL;
    g_autoptr(xmlDoc) doc = NULL;
    const char *elements[] = { "name", "nvram", "kernel", "emulator" };
    xmlNode *arg;
    g_autofree char *source = NULL;
    g_autofree char *last = NULL;
    size_t i;

    guest.name = &ODD[3];
    guest.disks = disks;
    guest.qemu_args = args;
    guest.emulator = guest.kernel = ODD;
    guest.efi = true;
    guest.nvram = ODD;
    xml = virt_new_guest_xml(&guest);
    doc = xml_parse(xml, NULL);
    g_assert_nonnull(doc);
    for (i = 0; i < G_N_ELEMENTS(elements); i++) {
        g_autofree char *text = content_of(xmlDocGetRootElement(doc),
                                           elements[i]);

        g_assert_cmpstr(text, ==, i ? ODD : &ODD[3]);
    }
    source = xml_get(xml_child(xml_child(xml_child(xmlDocGetRootElement(doc),
                                                   NULL, "devices"),
                                         NULL, "disk"), NULL, "source"),
                     "file");
    g_assert_cmpstr(source, ==, ODD);
    arg = xmlDocGetRootElement(doc)->children;
    while (arg && strcmp((const char *)arg->name, "commandline")) {
        arg = arg->next;
    }
    for (arg = arg->children; arg; arg = arg->next) {
        if (arg->type == XML_ELEMENT_NODE) {
            g_free(last);
            last = xml_get(arg, "value");
        }
    }
    g_assert_cmpstr(last, ==, ODD);
}

static void test_refused_names(void)
{
    static const char *const good[] = { "a", ODD, "\302\240", "\360\237\230\200" };
    static const char *const bad[] = { "a\nb", "a\tb", "\033[2J", "\177",
                                       "\302\205", "\377", "\357\277\277",
                                       "\355\240\200" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(good); i++) {
        g_assert_true(virt_new_name_check("x", good[i], NULL));
    }
    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(virt_new_name_check("the disk", bad[i], &error));
        assert_contains(error->message, "the disk '");
    }
    g_assert_true(virt_new_name_check("x", NULL, NULL));
}

static void test_options(void)
{
    static const char *const words[] = {
        "x-vga=on,start=off,romfile=/images/vbios.rom",
        "01:00.1:rombar=0,x-pci-vendor-id=0x10de", "config=on", NULL
    };
    static const char *const wrong[][2] = { { "x-vga=maybe", NULL },
                                            { "rombar=", NULL },
                                            { "x-pci-vendor-id=x", NULL },
                                            { "x-igd-gms=-1", NULL } };
    g_auto(GStrv) rest = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) properties = virt_new_options_parse(
        (char **)words, "0000:01:00.0", &rest, &error);
    g_autoptr(GPtrArray) guests = new_devices(two_functions);
    VirtNewGuest guest = base_guest(guests);
    g_autofree char *xml = NULL;
    g_autofree char *left = NULL;
    size_t i;

    g_assert_no_error(error);
    left = g_strjoinv(" ", rest);
    g_assert_cmpstr(left, ==, "start=off config=on");
    guest.properties = properties;
    /* disabling tracing leaves them: check_guest() compares */
    xml = check_guest(&guest, two_functions);
    assert_contains(xml, "<rom file=\"/images/vbios.rom\"/>");
    assert_contains(xml, "<rom bar=\"off\"/>");
    assert_contains(xml, "<alias name=\"ua-host-0000-01-00-0\"/>");
    assert_contains(xml, "<qemu:property name=\"x-vga\" type=\"bool\" "
                    "value=\"true\"/>");
    assert_contains(xml, "<qemu:property name=\"x-pci-vendor-id\" "
                    "type=\"unsigned\" value=\"4318\"/>");
    g_assert_null(strstr(xml, "ua-host-0000-03"));
    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_auto(GStrv) left_over = NULL;

        g_test_message("%s", wrong[i][0]);
        g_assert_null(virt_new_options_parse((char **)wrong[i], "0000:01:00.0",
                                             &left_over, NULL));
    }
}

/* More disks and cards than slots */
static void test_many(void)
{
    g_autoptr(GPtrArray) bdfs = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) disks = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) raw = g_ptr_array_new();
    g_autoptr(GPtrArray) guests = NULL;
    VirtNewGuest guest;
    g_autofree char *xml = NULL;
    unsigned i;

    for (i = 0; i < 30; i++) {
        g_ptr_array_add(bdfs, g_strdup_printf("0000:%02x:00.0", i + 1));
        g_ptr_array_add(disks, g_strdup_printf("/images/%u.raw", i));
        g_ptr_array_add(raw, (char *)"raw");
    }
    g_ptr_array_add(bdfs, NULL);
    g_ptr_array_add(disks, NULL);
    guests = new_devices((const char *const *)bdfs->pdata);
    guest = base_guest(guests);
    guest.disks = (const char *const *)disks->pdata;
    guest.formats = (const char *const *)raw->pdata;
    xml = check_guest(&guest, (const char *const *)bdfs->pdata);
    assert_contains(xml, "<target dev=\"vdz\" bus=\"virtio\"/>");
    assert_contains(xml, "<target dev=\"vdad\" bus=\"virtio\"/>");
    count_is(xml, "model=\"pcie-root-port\"", 30);
    assert_contains(xml, "bus=\"0x00\" slot=\"0x10\" function=\"0x0\" "
                    "multifunction=\"on\"/>");
    assert_contains(xml, "bus=\"0x00\" slot=\"0x12\" function=\"0x1\"/>");
    /* slots from 13 on have other devices */
    g_assert_null(strstr(xml, "bus=\"0x00\" slot=\"0x0d\""));
}

static void test_os_ids(void)
{
    static const char *const wrong[] = {
        "", "http://", "http:///", "http://x\">", "http://x y", "http://x&y",
        "http://x\n", "http://\xc3\xa4", "HTTP://x", "https://x",
    };
    g_autofree char *words = virt_new_os_words();
    size_t i;

    assert_contains(words, "win11, ");
    g_assert_null(virt_new_os_id("win12"));
    g_assert_cmpstr(virt_new_os_id("http://example.org/os/1"), ==,
                    "http://example.org/os/1");
    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_null(virt_new_os_id(wrong[i]));
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    read_schema();
    g_test_add_func("/virt-new/schema", test_schema);
    g_test_add_func("/virt-new/linux", test_linux);
    g_test_add_func("/virt-new/windows", test_windows);
    g_test_add_func("/virt-new/arm", test_arm);
    g_test_add_func("/virt-new/arch-of-host", test_arch_of_host);
    g_test_add_func("/virt-new/serial", test_serial);
    g_test_add_func("/virt-new/others", test_others);
    g_test_add_func("/virt-new/odd-names", test_odd_names);
    g_test_add_func("/virt-new/refused-names", test_refused_names);
    g_test_add_func("/virt-new/options", test_options);
    g_test_add_func("/virt-new/many", test_many);
    g_test_add_func("/virt-new/os-ids", test_os_ids);
    status = g_test_run();
    xmlRelaxNGFree(schema);
    xmlRelaxNGCleanupTypes();
    temp_clean();
    return status;
}
