"""PhotoDesk: the clinic's photo record on a desktop.

The map, one line a package. Each line may import only from lines below it; names on one line may not see each other.

    __main__
    app           start-up of every process, command line, settings, paths: the only wiring
    ui  server    the screens, one folder each · the clinic server: keeps and passes on ciphertext, knows no key
    background    the only place that starts threads or processes
    importing  compare  export  sync  interop   a card becomes filed photos · two visits side by side · the one door
                  out · what travels to the clinic server · what other systems say about visits
    desk          who is signed in, roles, the viewing gate: the only door from screens to the store
    store         catalog, charts, inbox packs, keys, slots, migrations, health: the only place that opens SQLCipher
    log           frames, chain, checkpoints, verification
    imaging  protocol  crypto         decoding in its sandbox · messages between processes · primitives
    photos  visits  patients          the vocabulary: pure, frozen, validated
    ids  clock  progress
    errors

Words: a *workstation* is one computer, a *desk* the unlocked workplace of one signed-in person, a *chart* everything
clinical about one patient, the *catalog* who the patients are, an *original* a file as the camera wrote it, a
*rendition* a picture derived from it, the *inbox* where shots wait to be filed, the *log* the record of every view.
"""

__version__ = "0.1.0"
