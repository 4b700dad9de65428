# From a bare Windows 10 or 11 to every check and test. Written for Windows and not run there yet.
$ErrorActionPreference = 'Stop'
$project = Split-Path -Parent $PSScriptRoot
. (Join-Path $PSScriptRoot 'prepare.ps1')
$python = Initialize-PhotoDesk $project (Join-Path $project 'tests\requirements.lock')
Set-Location $project
if ($args.Count -gt 0) { & $python -m pytest @args; exit $LASTEXITCODE }
foreach ($check in @(@('ruff', 'check', 'photodesk', 'tests'), @('mypy'), @('importlinter.cli'), @('pytest', '-q'))) {
    if ($check[0] -eq 'importlinter.cli') { & (Join-Path (Split-Path $python) 'lint-imports.exe') } else { & $python -m @check }
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
