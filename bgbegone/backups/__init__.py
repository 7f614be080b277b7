"""Backups: everything in one file, whatever database and store it lies in, and back again.

A backup is a tar archive in which each part follows the other, so that it is written and read as a stream:
`backup.json`, the rows of each model in portions (JSON, a row a line), the files of the store, and `end.json`
with a digest over all that came before. Rows are those of one moment. They are portable: what was backed up
from SQLite and a folder can be restored into PostgreSQL and S3.
"""
