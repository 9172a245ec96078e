"""The application, for INSTALLED_APPS."""

from django.apps import AppConfig
from django.core.signals import setting_changed

from cognomen_kit.django.the_account import forget
from cognomen_kit.web import TEMPLATES


class CognitoConfig(AppConfig):
    """Has no models. Its folder is that of the pages' templates, so that loaders find them after the project's own."""

    name = "cognomen_kit.django"
    label = "cognomen_kit"
    path: str = str(TEMPLATES.parent)

    def ready(self) -> None:
        """Settings that a test overrides count at once."""
        setting_changed.connect(forget, dispatch_uid="cognomen_kit")
