"""What is true for all pools."""

from dataclasses import fields

from cognomen.domain.facts import AttemptLimits, Facts, Quotas
from cognomen.settings import Settings


def facts_of(settings: Settings, media: frozenset[str]) -> Facts:
    """What is true for all pools."""
    return Facts(
        region=settings.region,
        account_id=settings.account_id,
        public_url=settings.url,
        issuer=settings.issuer,
        accepted_issuers=settings.accepted_issuers,
        attempts=AttemptLimits(
            confirm_sign_up=settings.limits.confirm_sign_up_per_hour,
            resend_confirmation_code=settings.limits.resend_confirmation_code_per_hour,
            recover_password=settings.limits.recover_password_per_hour,
            change_password=settings.limits.change_password_per_hour,
            get_user_attribute_verification_code=settings.limits.get_user_attribute_verification_code_per_hour,
            verify_user_attribute=settings.limits.verify_user_attribute_per_hour,
            sign_in_codes=settings.limits.sign_in_codes_per_hour,
            update_user_attributes=settings.limits.update_user_attributes_codes_per_hour,
        ),
        fixed_code=settings.dev.fixed_code if settings.is_dev else None,
        media=media,
        quotas=Quotas(**{one.name: getattr(settings.quotas, one.name) for one in fields(Quotas)}),
        rates=settings.rates,
    )
