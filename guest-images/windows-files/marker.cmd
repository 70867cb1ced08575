@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem The marker helper as a command and a service.
set TARGET=C:\Program Files\vfio-trace
set ENVIRONMENT=HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment
rem setx would add this account's own PATH to the machine's, without variables and
rem cut at 1024 characters.
set "MACHINE_PATH="
for /f "tokens=2,*" %%a in ('reg query "%ENVIRONMENT%" /v Path') do set "MACHINE_PATH=%%b"
if "%MACHINE_PATH%" == "" goto nopath
reg add "%ENVIRONMENT%" /v Path /t REG_EXPAND_SZ /d "%MACHINE_PATH%;%TARGET%" /f >NUL
if errorlevel 1 goto nopath
goto service

:nopath
>COM1 echo vfio-trace: error can not add to PATH

:service
if not exist "%TARGET%\vfio-trace-mark.exe" exit /b 0
"%TARGET%\vfio-trace-mark.exe" --install-service >NUL
if errorlevel 1 >COM1 echo vfio-trace: error can not install the marker service
exit /b 0
