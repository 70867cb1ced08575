@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem The marker helper as a command and a service.
set TARGET=C:\Program Files\vfio-trace
setx /M PATH "%PATH%;%TARGET%" >NUL
if errorlevel 1 >COM1 echo vfio-trace: error can not add to PATH
if exist "%TARGET%\vfio-trace-mark.exe" "%TARGET%\vfio-trace-mark.exe" --install-service >NUL
if errorlevel 1 >COM1 echo vfio-trace: error can not install the marker service
exit /b 0
