@echo off
rem SPDX-License-Identifier: GPL-2.0-or-later
rem The first logon, which Windows Setup makes: the end of the installation.
>COM1 echo vfio-trace: phase firstlogon
call "%~dp0power.cmd"
rem Setup keeps the answer file, and Windows the password of an automatic logon.
reg delete "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v DefaultPassword /f >NUL 2>&1
reg delete "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v AutoLogonCount /f >NUL 2>&1
reg add "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v AutoAdminLogon /t REG_SZ /d 0 /f >NUL 2>&1
if errorlevel 1 >COM1 echo vfio-trace: error can not switch the automatic logon off
del /f /q "%SystemRoot%\Panther\unattend.xml" >NUL 2>&1
del /f /q "%SystemRoot%\Panther\Unattend\unattend.xml" >NUL 2>&1
>COM1 echo vfio-trace: phase done
if exist "%~dp0vfio-trace-mark.exe" "%~dp0vfio-trace-mark.exe" "vfio-trace: phase done"
shutdown /s /t 5
exit /b 0
