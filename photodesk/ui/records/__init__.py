"""Settings, section "Records": what may go by its class, legal holds, erasures with their days and certificates.

And the whole record of a patient in one folder, from here and from the timeline. What is shown and done is the desk's
(`desk.retention`, `desk.erasures`, `export.record`), the same as of the commands.
"""
