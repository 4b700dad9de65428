# The clinic server on Windows, started with the computer by the Task Scheduler. Run once as administrator:
#   powershell -ExecutionPolicy Bypass -File installers\server.ps1 -Data C:\ProgramData\PhotoDesk\server
# Written from Windows' documentation; not run by us.
param([string]$Data = "C:\ProgramData\PhotoDesk\server", [string]$Address = "0.0.0.0", [int]$Port = 8443)
$ErrorActionPreference = "Stop"
$project = Split-Path -Parent $PSScriptRoot
$python = Join-Path $project ".venv\Scripts\python.exe"
if (-not (Test-Path $python)) { & (Join-Path $PSScriptRoot "prepare.ps1") }
New-Item -ItemType Directory -Force -Path $Data | Out-Null
icacls $Data /inheritance:r /grant:r "SYSTEM:(OI)(CI)F" "Administrators:(OI)(CI)F" | Out-Null
$action = New-ScheduledTaskAction -Execute $python -WorkingDirectory $project `
    -Argument "-m photodesk serve --host $Address --port $Port --data `"$Data`""
$trigger = New-ScheduledTaskTrigger -AtStartup
$settings = New-ScheduledTaskSettingsSet -RestartCount 99 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero)
$principal = New-ScheduledTaskPrincipal -UserId "SYSTEM" -LogonType ServiceAccount -RunLevel Highest
Register-ScheduledTask -TaskName "PhotoDesk clinic server" -Action $action -Trigger $trigger -Settings $settings `
    -Principal $principal -Force | Out-Null
New-NetFirewallRule -DisplayName "PhotoDesk clinic server" -Direction Inbound -Protocol TCP -LocalPort $Port `
    -Action Allow -ErrorAction SilentlyContinue | Out-Null
Start-ScheduledTask -TaskName "PhotoDesk clinic server"
Write-Output "The clinic server is started, and starts with this computer. Run 'photodesk serve' once by hand to see the code."
