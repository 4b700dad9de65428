"""The clinic server: keeps and passes on ciphertext, and makes several workstations one clinic.

It holds no key that opens anything and can read no name, note or pixel: it checks signatures, sizes and order, keeps
bytes durably, and says what came after a place. A second clinic on the same server shares nothing but the process.

Words: a *clinic* is founded with an enrolment code; its *membership log* is the only thing that says who belongs;
an *upload* is a blob on its way in parts; *evidence* is what a workstation sent that contradicts what it sent before.

Guarantees: what was answered with 2xx is on the disk; the same message sent twice has one effect; every limit answers
with a status, a code and a sentence; no log line, metric or error carries content.

Libraries: FastAPI (routes and the OpenAPI page from one description) on uvicorn (whose `ssl_context_factory` takes a
context of TLS 1.3 only; with httptools, since parsing in Python would cost more than the encryption), SQLAlchemy Core
with Alembic (one schema for SQLite and PostgreSQL, forward migrations), obstore (S3-compatible stores; a local folder
is our own few lines because obstore does not sync it), prometheus-client (its text format).
"""
