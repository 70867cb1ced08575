/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's network interfaces and routes (see net.h)
 */
#include "tools/host/net.h"
#include "tools/host/fs.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 64

/* include/uapi/linux/route.h */
#define RTF_UP      0x0001u
#define RTF_REJECT  0x0200u

/**
 * struct Route: a route
 * @name: its interface
 * @family: AF_INET or AF_INET6
 * @to: the network's address, in network order
 * @bits: the length of its prefix
 * @metric: lower is better
 */
typedef struct Route {
    char name[NAME_BYTES];
    int family;
    uint8_t to[16];
    unsigned bits;
    unsigned metric;
} Route;

static void free_interface(gpointer data)
{
    HostInterface *interface = data;

    g_free(interface->name);
    g_free(interface->path);
    g_ptr_array_unref(interface->lower);
    g_free(interface);
}

/* Some drivers do not report a state; then the carrier counts. */
static bool has_link(const char *dir)
{
    g_autofree char *state = host_fs_attr(dir, "operstate");

    if (!state || !strcmp(state, "unknown")) {
        return host_fs_attr_number(dir, "carrier", 10, !state) == 1;
    }
    return !strcmp(state, "up");
}

static HostInterface *read_interface(const char *dir, const char *name)
{
    g_autofree char *link = g_build_filename(dir, name, NULL);
    g_auto(GStrv) names = NULL;
    HostInterface *interface;
    char *path = host_fs_real(link);
    size_t i;

    if (!path) {
        return NULL;
    }
    interface = g_new0(HostInterface, 1);
    interface->name = g_strdup(name);
    interface->path = path;
    /* A virtual interface has no device. */
    interface->hardware = !strstr(path, "/devices/virtual/") ||
                          host_fs_exists(path, "device");
    interface->up = has_link(path);
    interface->lower = g_ptr_array_new_with_free_func(g_free);
    names = host_fs_names(path);
    for (i = 0; names[i]; i++) {
        if (g_str_has_prefix(names[i], "lower_")) {
            g_ptr_array_add(interface->lower,
                            g_strdup(names[i] + strlen("lower_")));
        }
    }
    return interface;
}

/*
 * Interface, destination, gateway, flags, three numbers of which the last is
 * the metric, mask, ...: all of the main table
 */
static bool parse_v4(const char *line, Route *route)
{
    uint32_t destination;
    uint32_t mask;
    unsigned flags;

    if (sscanf(line, "%63s %" SCNx32 " %*x %x %*d %*d %u %" SCNx32,
               route->name, &destination, &flags, &route->metric,
               &mask) != 5 || !(flags & RTF_UP) || (flags & RTF_REJECT)) {
        return false;
    }
    /* The kernel prints the bytes as a number of this machine. */
    route->family = AF_INET;
    memcpy(route->to, &destination, sizeof(destination));
    route->bits = __builtin_popcount(mask);
    return true;
}

/*
 * Destination and its length, source likewise, next hop, metric, two counts,
 * flags, interface: of all tables
 */
static bool parse_v6(const char *line, Route *route)
{
    char destination[33];
    unsigned flags;
    size_t i;

    if (sscanf(line, "%32s %x %*s %*x %*s %x %*x %*x %x %63s",
               destination, &route->bits, &route->metric, &flags,
               route->name) != 5 || strlen(destination) != 32 ||
        route->bits > 128 || !(flags & RTF_UP) || (flags & RTF_REJECT)) {
        return false;
    }
    route->family = AF_INET6;
    for (i = 0; i < 16; i++) {
        int high = g_ascii_xdigit_value(destination[2 * i]);
        int low = g_ascii_xdigit_value(destination[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        route->to[i] = high << 4 | low;
    }
    return true;
}

static void read_routes(HostNet *net, const char *root, const char *file,
                        bool (*parse)(const char *line, Route *route))
{
    g_auto(GStrv) lines = host_fs_lines(root, file);
    size_t i;

    for (i = 0; lines[i]; i++) {
        Route route = { .metric = 0 };

        if (parse(lines[i], &route)) {
            g_array_append_val(net->routes, route);
        }
    }
}

HostNet *host_net_new(const char *root)
{
    HostNet *net = g_new0(HostNet, 1);
    g_autofree char *dir = host_fs_path(root, "/sys/class/net");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    net->list = g_ptr_array_new_with_free_func(free_interface);
    net->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    net->routes = g_array_new(FALSE, TRUE, sizeof(Route));
    for (i = 0; names[i]; i++) {
        HostInterface *interface = read_interface(dir, names[i]);

        if (interface) {
            g_ptr_array_add(net->list, interface);
            g_hash_table_insert(net->by_name, interface->name, interface);
        }
    }
    read_routes(net, root, "/proc/net/route", parse_v4);
    read_routes(net, root, "/proc/net/ipv6_route", parse_v6);
    return net;
}

void host_net_free(HostNet *net)
{
    g_hash_table_unref(net->by_name);
    g_ptr_array_unref(net->list);
    g_array_unref(net->routes);
    g_free(net);
}

static void add_below(const HostNet *net, GHashTable *seen, GHashTable *set,
                      const char *name)
{
    HostInterface *interface = g_hash_table_lookup(net->by_name, name);
    guint i;

    if (!interface || !g_hash_table_add(seen, interface)) {
        return;
    }
    if (interface->hardware) {
        g_hash_table_add(set, interface);
    }
    for (i = 0; i < interface->lower->len; i++) {
        add_below(net, seen, set, interface->lower->pdata[i]);
    }
    /*
     * A bridge of Open vSwitch is not linked with its ports: they belong to
     * the datapath.
     */
    if (!interface->hardware && !interface->lower->len) {
        add_below(net, seen, set, "ovs-system");
    }
}

void host_net_add(const HostNet *net, GHashTable *set, const char *name)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    add_below(net, seen, set, name);
}

static bool is_zero(const Route *route)
{
    static const uint8_t zero[16];

    return !route->bits && !memcmp(route->to, zero, sizeof(zero));
}

void host_net_add_default(const HostNet *net, GHashTable *set)
{
    guint i;

    for (i = 0; i < net->routes->len; i++) {
        const Route *route = &g_array_index(net->routes, Route, i);

        if (is_zero(route)) {
            host_net_add(net, set, route->name);
        }
    }
}

/* Return: AF_INET, AF_INET6, or 0 if it is not an address */
static int parse_address(const char *text, uint8_t *address)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

    if (inet_pton(AF_INET, text, address) == 1) {
        return AF_INET;
    }
    if (inet_pton(AF_INET6, text, address) != 1) {
        return 0;
    }
    if (!memcmp(address, mapped, sizeof(mapped))) {
        memmove(address, address + sizeof(mapped), 4);
        return AF_INET;
    }
    return AF_INET6;
}

bool host_net_is_local(const char *text)
{
    static const uint8_t loopback[16] = { [15] = 1 };
    uint8_t address[16];
    int family = parse_address(text, address);

    return (family == AF_INET && address[0] == 127) ||
           (family == AF_INET6 && !memcmp(address, loopback, 16));
}

static bool has(const Route *route, int family, const uint8_t *address)
{
    unsigned bytes = route->bits / 8;
    unsigned rest = route->bits % 8;

    return route->family == family && !memcmp(route->to, address, bytes) &&
           (!rest || !((route->to[bytes] ^ address[bytes]) >> (8 - rest)));
}

/* The longest prefix is the best route; then the lowest metric. */
static bool is_better(const Route *route, const Route *than)
{
    return !than || route->bits > than->bits ||
           (route->bits == than->bits && route->metric < than->metric);
}

bool host_net_add_to(const HostNet *net, GHashTable *set, const char *text)
{
    const char *scope = strchr(text, '%');
    const Route *best = NULL;
    uint8_t address[16];
    int family;
    guint i;

    if (scope) {
        host_net_add(net, set, scope + 1);
        return g_hash_table_contains(net->by_name, scope + 1);
    }
    family = parse_address(text, address);
    for (i = 0; family && i < net->routes->len; i++) {
        const Route *route = &g_array_index(net->routes, Route, i);

        if (has(route, family, address) && is_better(route, best)) {
            best = route;
        }
    }
    if (best) {
        host_net_add(net, set, best->name);
    }
    return best != NULL;
}
