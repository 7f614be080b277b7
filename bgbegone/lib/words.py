"""The type of a sentence for people, which is put into the reader's language when it is shown."""

from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # known to the stubs only

    Words = str | _StrPromise
else:
    Words = str | Promise
