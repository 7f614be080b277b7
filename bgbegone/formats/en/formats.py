"""One form for the whole world: the day first, the month in words, 24 hours.

Django's English form ends in “a.m.”, which makes two full stops of one at the end of a sentence, calls twelve
o'clock “noon”, and says 11/26/2026 where space is short.
"""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
TIME_FORMAT = "H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
