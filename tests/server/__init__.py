"""Tests of the clinic server.

PostgreSQL, where installed, is a real one; so is OpenStack Swift's S3 interface (`swift.py`, from Debian). moto
(`stand_in.py`, with flask, flask-cors and boto3 under it) speaks S3 on every machine: a stand-in, whose word about S3
counts less than Swift's.
"""
