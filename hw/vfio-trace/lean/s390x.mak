# SPDX-License-Identifier: GPL-2.0-or-later
#
# ./configure --lean: nothing is left out for s390x.

include ../s390x-softmmu/default.mak
