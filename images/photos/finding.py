"""Finding one's photos again: by a part of the name, and by how far they are."""

from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from images.engine.matte.confidence import NEEDS_A_LOOK
from images.photos.models import Photo
from images.work.models import Cutout

_STATES = {
    "": Q(),
    "look": Q(cutout__status=Cutout.Status.DONE, cutout__confidence__lt=NEEDS_A_LOOK),
    "done": Q(cutout__status=Cutout.Status.DONE),
    "open": Q(cutout__status__in=[Cutout.Status.QUEUED, Cutout.Status.RUNNING, Cutout.Status.HELD]),
    "failed": Q(cutout__status=Cutout.Status.FAILED),
}


class FindForm(forms.Form):
    """What is looked for; a form that was filled in wrongly finds everything."""

    q = forms.CharField(label=_("Name"), max_length=200, required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        choices=[
            ("", _("All")),
            ("look", _("Needs a look")),
            ("done", _("Ready")),
            ("open", _("Under way")),
            ("failed", _("Did not work")),
        ],
        required=False,
    )

    @property
    def is_used(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def among(self, photos: QuerySet[Photo]) -> QuerySet[Photo]:
        if not self.is_valid():
            return photos
        words, state = self.cleaned_data["q"].replace("\0", ""), self.cleaned_data["show"]
        found = photos.filter(_STATES[state])
        return found.filter(name__icontains=words) if words else found

    @property
    def query(self) -> str:
        """What is looked for, to be added to an address."""
        return f"&{urlencode(self.cleaned_data)}" if self.is_used else ""

    @property
    def address(self) -> str:
        """The same for the first page, whose address has nothing else."""
        return f"?{self.query[1:]}" if self.is_used else ""
