@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem Windows Setup runs this in Windows PE, before it touches the disk.
rem %1: the drive of the config CD
>COM1 echo vfio-trace: phase windowsPE
call %1\vfio-trace\requirements.cmd
exit /b 0
