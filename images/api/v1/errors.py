"""What the contract answers when something is wrong. These sentences are part of it, so they are English."""

from collections.abc import Mapping

from django.http import JsonResponse

TITLES: Mapping[str, str] = {
    "missing_source": "No image given",
    "multiple_sources": "Multiple image sources given",
    "multiple_bg_sources": "Multiple background sources given",
    "failed_image_download": "Failed to download image",
    "failed_bg_download": "Failed to download background image",
    "failed_to_read_image": "Failed to read image",
    "file_too_large": "File too large",
    "invalid_file_type": "Invalid file type",
    "invalid_dimensions": "Invalid image dimensions",
    "resolution_too_high": "Image resolution too high",
    "invalid_image_url": "Invalid image URL",
    "invalid_bg_image_url": "Invalid background image URL",
    "invalid_bg_color": "Invalid background color",
    "invalid_channels": "Invalid channels",
    "invalid_crop": "Invalid crop",
    "invalid_crop_margin": "Invalid crop margin",
    "invalid_add_shadow": "Invalid shadow",
    "invalid_shadow_type": "Invalid shadow type",
    "invalid_shadow_opacity": "Invalid shadow opacity",
    "invalid_format": "Invalid format",
    "invalid_position": "Invalid position",
    "invalid_roi": "Invalid region of interest",
    "invalid_scale": "Invalid scale",
    "invalid_semitransparency": "Invalid semitransparency",
    "invalid_size": "Invalid size",
    "invalid_type": "Invalid type",
    "invalid_type_level": "Invalid type level",
    "invalid_body": "Request body could not be read",
    "roi_exceeds_bounds": "Region of interest exceeds the image",
    "roi_region_empty": "Region of interest is empty",
    "unknown_foreground": "Could not identify foreground in image",
    "auth_failed": "API Key invalid",
    "missing_key": "Missing API Key",
    "key_in_address": "API key in the address",
    "key_in_clear": "API key sent without encryption; withdraw it",
    "not_allowed": "This API key may not do that",
    "rate_limit_exceeded": "Rate limit exceeded",
    "not_implemented": "Not offered here",
    "not_found": "Not found",
    "method_not_allowed": "Method not allowed",
    "busy": "Too busy",
    "timeout": "Not finished in time",
    "internal": "Something went wrong on our side",
}


class Refused(Exception):
    """The request ends here, with an error of the contract."""

    def __init__(self, code: str, detail: str = "", *, status: int = 400, wait: int = 0) -> None:
        super().__init__(code)
        self.code, self.detail, self.status, self.wait = code, detail, status, wait

    def answer(self) -> JsonResponse:
        error = {"title": TITLES[self.code], "code": self.code}
        if self.detail:
            error["detail"] = self.detail
        response = JsonResponse({"errors": [error]}, status=self.status)
        if self.wait:
            response["Retry-After"] = str(self.wait)
        return response
