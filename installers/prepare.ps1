# Dot-sourced by run.ps1 and test.ps1: finds or installs Python, makes .venv, installs exactly what the lock pins, by hash.
function Write-Line([string] $text) { [Console]::Error.WriteLine("photodesk: $text") }

function Find-Python {
    foreach ($version in '3.13', '3.12', '3.11') {
        $path = & py "-$version" -c 'import sys; print(sys.executable)' 2>$null
        if ($LASTEXITCODE -eq 0 -and $path) { return $path }
    }
    return $null
}

function Initialize-PhotoDesk([string] $project, [string] $lock) {
    $venv = Join-Path $project '.venv'
    $python = Join-Path $venv 'Scripts\python.exe'
    $stamp = Join-Path $venv ('installed-' + (Split-Path -Leaf (Split-Path -Parent $lock)))
    if ((Test-Path $python) -and (Test-Path $stamp) -and ((Get-FileHash $lock).Hash -eq (Get-FileHash $stamp).Hash)) {
        & $python -m compileall -q (Join-Path $project 'photodesk') | Out-Null
        return $python
    }
    if (-not (Test-Path $python)) {
        $base = Find-Python
        if (-not $base) {
            Write-Line 'Installing Python 3.12'
            winget install --exact --id Python.Python.3.12 --silent --accept-package-agreements --accept-source-agreements | Out-Null
            $base = Find-Python
        }
        if (-not $base) { throw 'Python 3.11 or newer is needed: install it from python.org and run this again.' }
        Write-Line "Making the environment in $venv"
        & $base -m venv $venv
    }
    Write-Line "Installing what $(Split-Path -Leaf $lock) pins"
    & $python -m pip install -q --disable-pip-version-check --no-input --require-hashes --only-binary :all: -r $lock 2>&1 | Out-Null
    if ($LASTEXITCODE -ne 0) { throw 'A dependency could not be installed.' }
    Set-Content -Path (Join-Path $venv 'Lib\site-packages\photodesk.pth') -Value $project -Encoding ascii
    Copy-Item $lock $stamp
    & $python -m compileall -q (Join-Path $project 'photodesk') | Out-Null  # our child processes write no bytecode
    return $python
}
