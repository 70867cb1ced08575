/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the guest's network (see net.h)
 */
#include "tools/run/net.h"

#include "tools/run/argv.h"
#include "tools/run/ask.h"
#include "tools/run/error.h"
#include "tools/run/slot.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define USER "user"

/* Linux has a driver for it; Windows and most others have one for the e1000e */
#define MODEL_LINUX "virtio-net-pci"
#define MODEL_OTHER "e1000e"

/* "user" or "user:MODEL" */
static bool parse(RunPlan *plan, GError **error)
{
    const char *word = plan->vm.net;
    const char *colon = word ? strchr(word, ':') : NULL;

    if (!word || !strcmp(word, "none")) {
        return true;
    }
    if (!strcmp(word, USER)) {
        plan->net_model = g_strdup(plan->os == GUEST_OS_LINUX ?
                                   MODEL_LINUX : MODEL_OTHER);
        return true;
    }
    if (colon && g_str_has_prefix(word, USER ":") && colon[1] &&
        !strpbrk(colon, ",\"=")) {
        plan->net_model = g_strdup(colon + 1);
        return true;
    }
    return run_error(error,
                     "--net %s: it must be none, user, or user:MODEL with a network card of QEMU, as user:virtio-net-pci",
                     word);
}

/*
 * QEMU can't be given the listening socket, so another program could get the
 * port before QEMU does; QEMU does not start then.
 */
static bool choose_port(RunPlan *plan, GError **error)
{
    struct sockaddr_in addr = {
        .sin_family = AF_INET,
        .sin_addr = { htonl(INADDR_LOOPBACK) },
    };
    socklen_t len = sizeof(addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && !bind(fd, (struct sockaddr *)&addr, sizeof(addr)) &&
              !getsockname(fd, (struct sockaddr *)&addr, &len);

    if (!ok) {
        run_error(error, "--net %s: no port of 127.0.0.1 is free for ssh: %s",
                  plan->vm.net, g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    plan->ssh_port = ok ? ntohs(addr.sin_port) : 0;
    return ok;
}

bool run_net_plan(RunPlan *plan, GError **error)
{
    return parse(plan, error) && (!plan->net_model || choose_port(plan, error));
}

static bool has_slirp(const RunPlan *plan)
{
    static const char *const args[] = { "-netdev", "help", NULL };
    g_autofree char *text = NULL;

    return !run_ask(plan, args, &text, NULL) || !*text ||
           strstr(text, "\n" USER "\n");
}

bool run_net_check(const RunPlan *plan, GError **error)
{
    if (!plan->net_model) {
        return true;
    }
    if (!has_slirp(plan)) {
        return run_error(error,
                         "--net %s: %s was built without libslirp; build it again with './configure --install-deps', or install the package vfio-trace-qemu",
                         plan->vm.net, plan->vm.qemu);
    }
    return run_ask_device(plan, plan->net_model) ||
           run_error(error,
                     "--net %s: %s has no network card %s ('-device help' lists all)",
                     plan->vm.net, plan->vm.qemu, plan->net_model);
}

char *run_net_command(const RunPlan *plan)
{
    return plan->net_model ?
           g_strdup_printf("ssh -p %u USER@127.0.0.1", plan->ssh_port) : NULL;
}

/* Without its ROM, the card is not tried for booting by SeaBIOS. */
void run_net_options(const RunPlan *plan, GPtrArray *argv)
{
    bool pci = plan->net_model && !g_str_has_prefix(plan->net_model, "usb-");

    if (!plan->net_model) {
        return;
    }
    run_argv_add(argv, "-netdev",
                 "user,id=net,hostfwd=tcp:127.0.0.1:%u-:22", plan->ssh_port);
    run_argv_add(argv, "-device", "%s,netdev=net,id=nic%s", plan->net_model,
                 pci ? ",addr=" RUN_SLOT_NET ",romfile=" : "");
}
