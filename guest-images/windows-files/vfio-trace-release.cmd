@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem Lets Windows install drivers for the devices that were held, and makes it do
rem so now.
setlocal
set RESTRICTIONS=HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceInstall\Restrictions
set MARK=%~dp0vfio-trace-mark.exe
if "%~1" == "" goto start
echo Usage: vfio-trace-release
echo Lets Windows install drivers for all devices that vfio-trace-hold holds.
exit /b 2

:start
reg query "%RESTRICTIONS%\DenyDeviceIDs" >NUL 2>&1
if errorlevel 1 goto nothing
rem Before the policy goes: Windows may install a driver as soon as it has gone.
if exist "%MARK%" "%MARK%" "vfio-trace-release: begin"
reg delete "%RESTRICTIONS%\DenyDeviceIDs" /f >NUL 2>&1
if errorlevel 1 goto denied
reg delete "%RESTRICTIONS%" /v DenyDeviceIDs /f >NUL 2>&1
reg delete "%RESTRICTIONS%" /v DenyDeviceIDsRetroactive /f >NUL 2>&1
powershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0vfio-trace-devices.ps1" rescan
set RESULT=%ERRORLEVEL%
if exist "%MARK%" "%MARK%" "vfio-trace-release: end"
exit /b %RESULT%

:nothing
echo No device is held.
exit /b 0

:denied
echo vfio-trace-release: access is denied: start the command prompt as administrator.
exit /b 1
