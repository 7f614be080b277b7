"""The sixteen promises of the policy, by their anchors, and what in the code keeps each of them."""

from django.utils.translation import gettext_lazy as _

from bgbegone.lib.words import Words

CLAUSES = tuple(f"P{number}" for number in range(1, 17))

MECHANISMS: dict[str, Words] = {
    "P1": _(
        "Every version of this policy is kept with a checksum and can never be changed once "
        "published; the database itself refuses it. A message sent through the contact page is stored "
        "before anything else happens to it, so that it survives a mail server that is down."
    ),
    "P2": _(
        "The table below is made from the database's own description of itself. A field that is not "
        "in it makes our tests fail, and the software is not released."
    ),
    "P3": _("The registration form has no other fields than these, and a test counts them."),
    "P4": _(
        "Passwords are stored as Argon2 hashes only. Attempts to sign in are slowed down, and the "
        "pages of our staff open only after a second factor."
    ),
    "P5": _(
        "The advice stands on the pages where you choose and change your password. A permission is "
        "written down with who may use the account and until when, and you see it in your account."
    ),
    "P6": _(
        "Our staff open the contact data of one account at a time, for a reason that is noted and shown "
        "to you. It leaves the site only by an entry in the register of disclosures, with the ground, "
        "the recipient, the fields and the proof; ground (a) is refused without your agreement. The "
        "database itself refuses to change an entry. Those about you are in your account."
    ),
    "P7": _(
        "News goes to nobody who has not asked for it and confirmed the address. The link in each "
        "e-mail ends it without signing in, and opening the link alone changes nothing."
    ),
    "P8": _(
        "A view is stored as the name of the page, the hour, and how long the page was really looked "
        "at. The record has no field for an address, a browser or a person. Global Privacy Control "
        "and Do Not Track mean that nothing is recorded."
    ),
    "P9": _(
        "Our staff see sums by page and day. Suggestions come from what all readers of a page together "
        "read next."
    ),
    "P10": _(
        "A report leaves out every group smaller than the limit, and so many more that no sum gives "
        "the missing figure away. Each report handed over is written down with the partner's name."
    ),
    "P11": _(
        "The table below is the list that the server itself obeys: a cookie that is not in it is not "
        "sent. The pages are forbidden to load anything from another site."
    ),
    "P12": _(
        "A link to another site leads to a page that says so first. Its target is signed by us, and "
        "the other site is not told where you come from."
    ),
    "P13": _(
        "Nothing but the job that cuts your picture out reads it, with a model that lies on our own "
        "disk. A model that would send pictures elsewhere is refused. Our staff see facts about a "
        "picture; the picture itself opens only after a reason has been noted, which you can read. The "
        "gallery shows what its owner has agreed to, picture by picture, and the words of each consent "
        "are kept. Withdrawing it deletes the entry, and no browser may show its copy without asking."
    ),
    "P14": _(
        "Each link holds 192 random bits. We store a fingerprint of it and not the link. Wrong, "
        "withdrawn and expired links answer alike, and guessing is slowed down."
    ),
    "P15": _(
        "The advice stands beside the upload and beside every link. “Private” makes no link at all; "
        "the result then opens only in the browser or account that sent it."
    ),
    "P16": _(
        "Every few minutes a job deletes what has run out: rows, files, small pictures and links "
        "together. The table below is its own record. You can take everything along and close your "
        "account by yourself; when it has been erased, you get a receipt. With SQLite, the database of a "
        "single machine, what was deleted is overwritten within five minutes. PostgreSQL shows it to "
        "nobody from that moment; its bytes leave the files when the server tidies them up, and its log "
        "as this is replaced. Backups are kept for the days that the figure below names. For as long the "
        "bare number of what was deleted or withdrawn is kept, and nothing else of it, so that a backup "
        "which has to be restored does not bring it back."
    ),
}
