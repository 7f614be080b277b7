"""A line in the log for each password and code that was refused, without whose it would have been."""

import logging
from typing import Any

logger = logging.getLogger(__name__)

_REFUSALS = {
    "email_password_mismatch",
    "enter_current_password",
    "incorrect_code",
    "incorrect_password",
    "too_many_login_attempts",
    "username_password_mismatch",
}


class Told:
    """For the adapters of allauth, which make every sentence about something that was refused."""

    def validation_error(self, code: str, *arguments: Any) -> Exception:
        if code in _REFUSALS:
            logger.info("refused", extra={"code": code})
        refusal: Exception = super().validation_error(code, *arguments)  # type: ignore[misc]
        return refusal
