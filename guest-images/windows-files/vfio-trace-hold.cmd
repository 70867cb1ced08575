@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem Keeps Windows from installing drivers for a device: VENDOR DEVICE, or removes
rem the driver that it has.
setlocal
set RESTRICTIONS=HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceInstall\Restrictions
set MARK=%~dp0vfio-trace-mark.exe
if "%~2" == "" goto usage
if not "%~3" == "" goto usage
echo %~1%~2| findstr /r /x "[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]" >NUL
if errorlevel 1 goto usage
set ID=PCI\VEN_%~1^&DEV_%~2
if exist "%MARK%" "%MARK%" "vfio-trace-hold: begin %~1:%~2"
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
if exist "%MARK%" "%MARK%" "vfio-trace-hold: end %~1:%~2"
exit /b %RESULT%

:usage
echo Usage: vfio-trace-hold VENDOR DEVICE
echo Keeps Windows from installing drivers for a PCI device, until vfio-trace-release
echo is run. VENDOR and DEVICE are its IDs, four hexadecimal digits each: 10de 2204
exit /b 2

:denied
echo vfio-trace-hold: access is denied: start the command prompt as administrator.
exit /b 1
