"""From a camera card to filed photos: copied, proven, assigned, filed; then, if asked, erased from the card.

Above all: a photo that was on the card is either still on the card or readable in the store, at every instant.

Who does what:

    importer process   copying: scan → reading → copier → finishing, with twins, pace and outbox beside them;
                       holds the keys of the packs in hand, nothing else
    desk or command    service → running → filing; later inbox_filing; adopting and resuming after a break;
                       owns a pack once it is verified; files into charts
    both               job (states, outcomes), reasons, workplace; they speak by line and `protocol.importing`
    grouping           separators, wristbands → labels (what a code means); sequence → brackets → grouping (pure);
                       group_memory, group_board (kept edits, at a desk); suggesting; card_shots (cards when filing);
                       separator_cards (to print); card_policy (the clinic's settings)
    at a desk          shot_marks (sites and views before filing, sealed), waiting (the inbox in short), names (shown)
    before             cards (what counts as one), volume, camera_folders, card_look; card_notes tells the register
    after              closing: receipt (signed, kept), report (one page), erasing (a separate act)

Words: a *source* is a file or folder the person chose, a *found* file one regular file below it, a *shot* a copy of
it in an inbox *pack*, an *outcome* what became of one found file. Words of the states are those of `job.FileState`.

Nothing here starts a thread or a process: decoder, executors, channel, log and signer arrive as arguments. Not done
here: watching for cards, and anything a person sees.

Groups never guess: a card's text carries the clinic's own check, a wristband's number must be some patient's exactly,
and a bracket that does not close, or holds two patients, names nobody. A person confirms every suggestion.

Dependency: `msgspec`, for the job's order and result as JSON with exactly the declared fields.
"""
