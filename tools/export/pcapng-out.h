/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: blocks of the file format
 *
 * As draft-ietf-opsawg-pcapng defines them, little-endian: a section header,
 * interfaces wherever they are needed first, and packets.
 */
#ifndef VFIO_TRACE_EXPORT_PCAPNG_OUT_H
#define VFIO_TRACE_EXPORT_PCAPNG_OUT_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* LINKTYPE_USER7: the range from 147 to 162 is for private use. */
#define PCAPNG_LINKTYPE 154

/* Bytes of a packet that readers take */
#define PCAPNG_SNAPLEN 262144

/* Bytes of an option: names, descriptions and comments are cut there. */
#define PCAPNG_OPTION_MAX 4096

/**
 * enum PcapngDirection: direction of a packet, as its flags have it
 */
typedef enum PcapngDirection {
    PCAPNG_NO_DIRECTION,
    PCAPNG_INBOUND,
    PCAPNG_OUTBOUND,
} PcapngDirection;

/**
 * struct PcapngPacket: what a packet has besides its bytes
 * @interface: number of its interface
 * @ns: its time
 * @direction: PcapngDirection
 * @comment: its comment, UTF-8, or NULL
 */
typedef struct PcapngPacket {
    uint32_t interface;
    uint64_t ns;
    PcapngDirection direction;
    const char *comment;
} PcapngPacket;

/**
 * pcapng_put_section() - append the begin of a file
 * @out: where to append it
 * @program: the program that wrote it
 * @comment: a comment on all of it
 */
void pcapng_put_section(GByteArray *out, const char *program,
                        const char *comment);

/**
 * pcapng_put_interface() - append an interface, with times in nanoseconds
 * @out: where to append it; the first interface is number 0
 * @name: its name
 * @description: its description, or NULL
 */
void pcapng_put_interface(GByteArray *out, const char *name,
                          const char *description);

/**
 * pcapng_put_packet() - append a packet
 * @out: where to append it
 * @packet: what it has
 * @bytes: its bytes, at most PCAPNG_SNAPLEN
 * @len: number of them
 */
void pcapng_put_packet(GByteArray *out, const PcapngPacket *packet,
                       const void *bytes, size_t len);

/**
 * pcapng_shift() - add to the times of packets
 * @blocks: blocks, all of them whole
 * @ns: what to add
 * @max: the latest time
 */
void pcapng_shift(GByteArray *blocks, uint64_t ns, uint64_t max);

/**
 * pcapng_patch() - set a number of 32 bits in the bytes of all packets
 * @blocks: blocks
 * @at: where in each packet, all of which are longer
 * @value: the number
 */
void pcapng_patch(GByteArray *blocks, size_t at, uint32_t value);

#endif /* VFIO_TRACE_EXPORT_PCAPNG_OUT_H */
