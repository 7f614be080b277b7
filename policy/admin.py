"""Django looks for an app's admin here; each part keeps its own."""

from policy.contact import admin as _contact  # noqa: F401
from policy.guides import admin as _guides  # noqa: F401
from policy.reports import admin as _reports  # noqa: F401
from policy.versions import admin as _versions  # noqa: F401
