"""What was deleted must not be readable in the files of the database (promise P16).

SQLite overwrites what it deletes (`secure_delete` in the settings), but first in its log, where the rows as
they were stand until they are written over. So the log is emptied after each run that deletes.

PostgreSQL keeps deleted rows in its files until it vacuums, and in its log until that is recycled; both are
its administrator's, and the policy says so.
"""

import logging

from django.db import connection

logger = logging.getLogger(__name__)


def empty_log() -> bool:
    """Write the log of the database back and cut it to nothing. False when somebody was still reading it."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_pages = cursor.fetchone()
    if is_busy:
        # The next run empties it.
        logger.warning("log of the database not emptied")
    return not is_busy
