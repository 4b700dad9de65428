# From a bare Windows 10 or 11 to PhotoDesk: Python through winget where missing, environment, locked dependencies, start.
#   powershell -ExecutionPolicy Bypass -File installers\run.ps1 [COMMAND …]
# Written for Windows and not run there yet: see "Known limits" in README.md.
$ErrorActionPreference = 'Stop'
$project = Split-Path -Parent $PSScriptRoot
. (Join-Path $PSScriptRoot 'prepare.ps1')
$python = Initialize-PhotoDesk $project (Join-Path $project 'requirements.lock')
& $python -m photodesk @args
exit $LASTEXITCODE
