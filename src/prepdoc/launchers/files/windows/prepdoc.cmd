@echo off
rem Drop statements on this, or start it for the page.
rem Explorer does not quote a name with & or ^ in it: what stands behind would be another command.
rem So prepdoc reads the whole line itself, and the last word here is exit, not exit /b.
chcp 65001 >nul
setlocal EnableDelayedExpansion
set "PREPDOC_LINE=!cmdcmdline!"
setlocal DisableDelayedExpansion
set "PREPDOC=prepdoc.exe"
set PREPDOC_WORDS=%*
"%PREPDOC%" drop --from-cmd
if errorlevel 1 pause
exit
