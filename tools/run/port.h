/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: root ports of the guest's machine
 *
 * The guest is a q35.  Its root bus has slots 0x00 to 0x1f; slot 0 is the host
 * bridge, slot 0x1f the chipset (ISA bridge, AHCI, SMBus).  Disks, the marker's
 * virtio-serial and the user's own devices get the first free slots from 1 on.
 * Each card has a root port: the first 15 are functions 0 of slots 0x10 to
 * 0x1e, further ones are functions 1 to 7 of these slots.
 */
#ifndef VFIO_TRACE_RUN_PORT_H
#define VFIO_TRACE_RUN_PORT_H

#include <glib.h>

/* Largest number of cards: one for each root port */
#define RUN_PORTS 120

/**
 * run_port_card() - count the functions of a card
 * @guests: HostPci: the guest's devices, sorted by address
 * @first: the card's first device
 *
 * Return: the number of devices from @first on that share its slot
 */
guint run_port_card(const GPtrArray *guests, guint first);

/**
 * run_port_count() - count the cards
 * @guests: HostPci: the guest's devices, sorted by address
 */
unsigned run_port_count(const GPtrArray *guests);

/**
 * run_port_place() - choose a root port's place on the root bus
 * @port: number of the port, from 0
 * @ports: number of ports
 *
 * A port's place does not depend on @ports, so that a guest finds its devices
 * again when others are added.
 *
 * Return: the value of addr=, with multifunction=on if the slot has more ports;
 *         to be freed
 */
char *run_port_place(unsigned port, unsigned ports);

#endif /* VFIO_TRACE_RUN_PORT_H */
