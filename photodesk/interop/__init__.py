"""What other systems of the clinic say about visits, read: bytes in, rows and plain words out. Pure but for one folder.

    csv_table   a table somebody exported: its rows (`read_table`); `csv_proposal` says what its columns may mean
    messages    HL7 v2 files: SIU and ADT messages, one or many, with or without batch headers (`read_messages`)
    query_rows  the data sets of a DICOM modality worklist (`row_of`); the network is `background.worklist_query`'s
    drop_folder files that another system puts into a folder: which are there and still, their bytes, their removal

Guarantees: whatever the bytes are, a reader ends with rows and problems by line, never with an exception and never
with a guess; a problem's words hold nothing of what the line holds. Limits, each said where it is met: 16 MiB a file,
20,000 rows, 64 kB a line or message, 200 characters a text. Text is read in this process: it is text, not pictures.
It does: no patients, no visits, no rights (`desk.worklist`), and nothing is ever sent.

Dependency: `pydicom`, whose data sets the query returns. HL7 has our own reader of some hundred lines: `hl7` writes
texts it cannot unescape into the program log and asserts on odd separators, and `hl7apy` brings a validating object
model of every message for the ten fields we want.
"""
