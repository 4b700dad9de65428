"""From a camera card to filed photos: copied, proven, assigned, filed; then, if asked, erased from the card.

Above all: a photo that was on the card is either still on the card or readable in the store, at every instant.

Who does what:

    importer process   copying: scan → reading → copier → finishing, with twins, pace and outbox beside them;
                       holds the keys of the packs in hand, nothing else
    desk or command    service → running → filing; later inbox_filing; adopting and resuming after a break;
                       owns a pack once it is verified; files into charts
    both               job (states, outcomes), reasons, workplace; they speak by line and `protocol.importing`
    before, after      cards (what counts as one); receipt (signed), report (one page), erasing (a separate act)

Words: a *source* is a file or folder the person chose, a *found* file one regular file below it, a *shot* a copy of
it in an inbox *pack*, an *outcome* what became of one found file. Words of the states are those of `job.FileState`.

Nothing here starts a thread or a process: decoder, executors, channel, log and signer arrive as arguments. Not done
here: watching for cards, separator cards and grouping, and anything a person sees.

Dependency: `msgspec`, for the job's order and result as JSON with exactly the declared fields.
"""
