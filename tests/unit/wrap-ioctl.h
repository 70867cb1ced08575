/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: ioctl() of a program that is linked with -Wl,--wrap=ioctl
 */
#ifndef TESTS_UNIT_WRAP_IOCTL_H
#define TESTS_UNIT_WRAP_IOCTL_H

int __wrap_ioctl(int fd, unsigned long request, ...);

#endif /* TESTS_UNIT_WRAP_IOCTL_H */
