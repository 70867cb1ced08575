@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem Keeps Windows from installing drivers for a PCI device, and uninstalls
rem the one that it has.
setlocal
set RESTRICTIONS=HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceInstall\Restrictions
set MARK=%~dp0vfio-trace-mark.exe
if not "%~2" == "" goto usage
set VENDOR=
set DEVICE=
for /f "tokens=1 delims=:" %%a in ("%~1") do set VENDOR=%%a
for /f "tokens=2 delims=:" %%a in ("%~1") do set DEVICE=%%a
set DIGITS=%VENDOR%%DEVICE%
rem Four digits each; the loop runs if there is anything else.
if "%VENDOR:~3,1%" == "" goto usage
if not "%VENDOR:~4,1%" == "" goto usage
if "%DIGITS:~7,1%" == "" goto usage
if not "%DIGITS:~8,1%" == "" goto usage
for /f "delims=0123456789abcdefABCDEF" %%a in ("%DIGITS%") do goto usage
set ID=PCI\VEN_%VENDOR%^&DEV_%DEVICE%
if exist "%MARK%" "%MARK%" "vfio-trace-hold: begin %VENDOR%:%DEVICE%"
reg add "%RESTRICTIONS%" /v DenyDeviceIDs /t REG_DWORD /d 1 /f >NUL 2>&1
if errorlevel 1 goto denied
reg add "%RESTRICTIONS%" /v DenyDeviceIDsRetroactive /t REG_DWORD /d 1 /f >NUL 2>&1
rem The values of the list are numbered: take the first free number.
set NUMBER=0
:next
set /a NUMBER+=1
reg query "%RESTRICTIONS%\DenyDeviceIDs" /v %NUMBER% >NUL 2>&1
if not errorlevel 1 goto next
reg add "%RESTRICTIONS%\DenyDeviceIDs" /v %NUMBER% /t REG_SZ /d "%ID%" /f >NUL 2>&1
if errorlevel 1 goto denied
powershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0vfio-trace-devices.ps1" remove "%ID%"
set RESULT=%ERRORLEVEL%
if exist "%MARK%" "%MARK%" "vfio-trace-hold: end %VENDOR%:%DEVICE%"
exit /b %RESULT%

:usage
echo Usage: vfio-trace-hold VENDOR:DEVICE
echo Keeps Windows from installing drivers for a PCI device, until vfio-trace-release
echo is run. VENDOR and DEVICE are its IDs, four hexadecimal digits each: 10de:2204
exit /b 2

:denied
echo vfio-trace-hold: access is denied: start the command prompt as administrator.
exit /b 1
