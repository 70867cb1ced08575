@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem The first logon, which Windows Setup makes: the end of the installation.
>COM1 echo vfio-trace: phase firstlogon
call "%~dp0power.cmd"
rem Windows keeps the password of an automatic logon. Setup keeps the answer file:
rem in one copy it replaces passwords; newer versions have a second one as it came.
reg delete "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v DefaultPassword /f >NUL 2>&1
reg delete "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v AutoLogonCount /f >NUL 2>&1
reg add "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v AutoAdminLogon /t REG_SZ /d 0 /f >NUL 2>&1
if errorlevel 1 >COM1 echo vfio-trace: error can not switch the automatic logon off
for %%f in (unattend unattend-original Autounattend) do del /f /q "%SystemRoot%\Panther\%%f.xml" >NUL 2>&1
for %%f in (unattend unattend-original) do del /f /q "%SystemRoot%\Panther\Unattend\%%f.xml" >NUL 2>&1
if exist "%SystemRoot%\Panther\unattend-original.xml" >COM1 echo vfio-trace: error can not delete the answer file
>COM1 echo vfio-trace: phase done
if exist "%~dp0vfio-trace-mark.exe" "%~dp0vfio-trace-mark.exe" "vfio-trace: phase done"
shutdown /s /t 5
exit /b 0
