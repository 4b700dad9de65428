"""Start-up of every process and the command line: the only wiring.

`entry` looks at the first argument and hands over to the keeper, a desk, an importer, a decoder or the command line, so
that each process loads only what it needs. The keeper (`keeper*`) holds the workstation's signing keys, writes the log,
counts attempts and ends desks.

Words: a *part* is what a process is (keeper, desk, importer, decoder, command), a *command* a desk without windows,
the *front* the desk a person sees and the *spare* the keyless one behind it. Guarantees: no command bypasses roles or
the log; no secret is in an argument or the environment. It decides nothing clinical and touches no key but the
workstation's.

Dependencies: `click`, because options, help and examples of some twenty commands stay declarations and are tested as
such; `platformdirs`, because where a program's data lies is each system's own convention and easily got wrong.
"""
