"""What the pages about pictures are called where they are counted."""

from django.utils.translation import gettext_lazy as _

from policy.analytics.names import register

register("home", _("Start page"))
register("photos", _("My photos"), "photos_*")
register("photo", _("One photo"), "photo_*", "rendition_*", "version_*", "link_*")
register("studio", _("Studio"), "studio_*")
register("presets", _("Presets"), "preset_*")
register("grounds", _("Background pictures"), "ground_*")
register("shared", _("Link to a photo"), "shared_*")
register("batches", _("Batches"), "batch", "batch_*")
register("shared_batch", _("Link to a batch"), "shared_batch_*")
register("gallery", _("Gallery"), "gallery_*")
register("api_docs", _("Documentation of the API"))
register("api", _("API"), "api_*")
register("api_keys", _("API keys and webhooks"), "api_key_*", "webhook*")
