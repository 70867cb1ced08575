/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends Ethernet frames of several lengths, and UDP datagrams.
 *
 *     frames INTERFACE COUNT ADDRESS
 *
 * The lengths take turns.  A frame is of the local experimental type 0x88b5, and
 * has its number behind the header and then bytes that depend on it.  Behind
 * each frame goes a datagram to ADDRESS: the device computes its checksum.
 */
#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 14, MOST = 1514, TYPE = 0x88b5, UDP_HEADERS = 42, DISCARD = 9 };

static const unsigned lengths[] = { 60, 18, 61, 64, 128, 255, 256, 257, 1000,
                                    1513, MOST };

int main(int argc, char **argv)
{
    struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
    struct sockaddr_in peer = { .sin_family = AF_INET,
                                .sin_port = htons(DISCARD) };
    uint8_t frame[MOST] = { 0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2,
                            TYPE >> 8, TYPE & 0xff };
    unsigned n, i, count;
    int fd, udp;

    if (argc != 4 || inet_pton(AF_INET, argv[3], &peer.sin_addr) != 1) {
        errx(2, "usage: frames INTERFACE COUNT ADDRESS");
    }
    fd = socket(AF_PACKET, SOCK_RAW, htons(TYPE));
    to.sll_ifindex = if_nametoindex(argv[1]);
    udp = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || udp < 0 || !to.sll_ifindex) {
        err(1, "%s", argv[1]);
    }
    count = strtoul(argv[2], NULL, 0);
    for (n = 0; n < count; n++) {
        unsigned length = lengths[n % (sizeof(lengths) / sizeof(lengths[0]))];

        frame[HEADER] = n >> 8;
        frame[HEADER + 1] = n;
        for (i = HEADER + 2; i < length; i++) {
            frame[i] = i * 3 + n;
        }
        if (sendto(fd, frame, length, 0, (struct sockaddr *)&to,
                   sizeof(to)) != (ssize_t)length) {
            err(1, "frame %u of %u bytes", n, length);
        }
        if (length > UDP_HEADERS &&
            sendto(udp, frame, length - UDP_HEADERS, 0,
                   (struct sockaddr *)&peer, sizeof(peer)) < 0) {
            err(1, "datagram %u of %u bytes", n, length);
        }
    }
    return 0;
}
