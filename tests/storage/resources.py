"""One of each thing that a pool can be given, as the tests need them."""

from cognomen.domain.domains import PoolDomain
from cognomen.domain.identities import LinkedIdentity
from cognomen.domain.import_jobs import ImportJob, Status
from cognomen.domain.login_brandings import Asset, LoginBranding
from cognomen.domain.pool_logs import PoolLog
from cognomen.domain.resource_servers import ResourceServer, Scope
from cognomen.domain.signing_keys import CertifiedKey
from cognomen.domain.terms import Terms
from cognomen.domain.ui_customizations import UiCustomization
from cognomen.storage import (
    domains,
    identity_providers,
    import_files,
    import_jobs,
    log_deliveries,
    login_brandings,
    pool_logs,
    resource_servers,
    saml_keys,
    terms,
    ui_customizations,
    user_identities,
)
from cognomen.storage.database import Tx
from cognomen.storage.identity_providers import ProviderRow
from cognomen.storage.import_files import SealedPart
from storage.samples import NOW, SUB

CLIENT = "1client"
PROVIDER = "corp \u00e9"
DELIVERIES = [{"LogLevel": "ERROR"}]


def a_server(pool_id: str) -> ResourceServer:
    scopes = (Scope("read", 'R "\u00e9'), Scope("write", "W"))
    return ResourceServer(pool_id, "https://api/\u00e9", "API", scopes, NOW, NOW + 1)


def a_prefix(pool_id: str) -> PoolDomain:
    return PoolDomain(f"app-{pool_id}", pool_id, 2, None, NOW, NOW + 1)


def a_custom_domain(pool_id: str) -> PoolDomain:
    return PoolDomain(f"{pool_id}.example.com", pool_id, 1, {"CertificateArn": "arn"}, NOW, NOW)


def a_provider(pool_id: str) -> ProviderRow:
    mappings = {"attributes": {"email": "m"}, "acr": None}
    return ProviderRow(pool_id, PROVIDER, "OIDC", b"\x00sealed", mappings, NOW, NOW)


def an_identity(pool_id: str) -> LinkedIdentity:
    return LinkedIdentity(pool_id, "corp", "Cognito_Subject", "subject-7", SUB, "OIDC", NOW)


def a_look(pool_id: str) -> UiCustomization:
    return UiCustomization(pool_id, CLIENT, ".a {}", b"\x89PNG\x00", NOW, NOW)


def a_style(pool_id: str) -> LoginBranding:
    return LoginBranding(
        pool_id=pool_id,
        branding_id="b1",
        client_id=CLIENT,
        uses_provided=False,
        settings={"a": [1, None, "\u00e9"]},
        assets=(Asset("FORM_LOGO", "LIGHT", "PNG", b"\x00\xff", "id"),),
        created_ms=NOW,
        modified_ms=NOW + 1,
    )


def a_document(pool_id: str) -> Terms:
    return Terms(pool_id, "t1", CLIENT, "terms-of-use", {"cognito:default": "https://\u00e9"}, NOW, NOW)


def a_saml_key(pool_id: str) -> CertifiedKey:
    return CertifiedKey(pool_id, b"\x00sealed", b"\x30\x82", NOW)


async def give_everything(tx: Tx, pool_id: str) -> None:
    """One of each; the identity is that of SUB, whoever has it."""
    await resource_servers.insert(tx, a_server(pool_id))
    await domains.insert(tx, a_custom_domain(pool_id))
    await domains.insert(tx, a_prefix(pool_id))
    await identity_providers.insert(tx, a_provider(pool_id))
    await identity_providers.put_identifiers(tx, pool_id, PROVIDER, ("b", "a"))
    await user_identities.insert(tx, an_identity(pool_id))
    await ui_customizations.put(tx, a_look(pool_id))
    await login_brandings.insert(tx, a_style(pool_id))
    await terms.insert(tx, a_document(pool_id))
    await log_deliveries.put(tx, pool_id, DELIVERIES)
    await give_import_job(tx, pool_id)
    await pool_logs.put(tx, PoolLog(pool_id, "log-1", "arn:aws:s3:::logs", {"é": 1}, NOW))
    await saml_keys.keep_first(tx, a_saml_key(pool_id))


async def give_import_job(tx: Tx, pool_id: str) -> None:
    """A job under way with a file, as if each pool were an account of its own."""
    job = ImportJob(pool_id, "import-1", "job", "arn:aws:iam::1:role/r", None, Status.IN_PROGRESS, NOW)
    await import_jobs.insert(tx, job)
    await import_jobs.activate(tx, pool_id, job)
    await import_files.put_parts(tx, pool_id, job.job_id, "upload-1", [SealedPart(0, 1, b"sealed")])
    await import_files.put_log(tx, pool_id, job.job_id, 0, b"told")
