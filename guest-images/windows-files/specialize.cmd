@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem Windows Setup runs this as the system's account, when Windows runs for the
rem first time. The traced device is not there yet.
rem %1: the drive of the config CD
set SOURCE=%1\vfio-trace
set TARGET=C:\Program Files\vfio-trace
>COM1 echo vfio-trace: phase specialize
md "%TARGET%"
xcopy /e /i /y /q "%SOURCE%" "%TARGET%" >NUL
if not exist "%TARGET%\firstlogon.cmd" >COM1 echo vfio-trace: error can not copy files to %TARGET%
rem Passwords of local accounts would expire after 42 days.
net accounts /maxpwage:unlimited >NUL
call "%SOURCE%\settings.cmd"
call "%SOURCE%\hold.cmd"
call "%SOURCE%\power.cmd"
call "%SOURCE%\boot.cmd"
call "%SOURCE%\certificates.cmd"
call "%SOURCE%\marker.cmd"
rem What the settings of the installation say is not for the guest's users.
del /f /q "%TARGET%\boot.cmd"
>COM1 echo vfio-trace: phase specialized
exit /b 0
