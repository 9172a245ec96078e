"""Documents that users agree to: CreateTerms to DeleteTerms, DescribeTermsByClient, ListTerms."""

from cognomen.api.call import Call, operation
from cognomen.api.paging import Asked, page
from cognomen.domain.terms import Terms
from cognomen.flows import terms as flow
from cognomen.storage import terms
from cognomen.storage.database import Tx
from cognomen.wire.idp import (
    CreateTermsRequest,
    CreateTermsResponse,
    DeleteTermsRequest,
    DescribeTermsByClientRequest,
    DescribeTermsByClientResponse,
    DescribeTermsRequest,
    DescribeTermsResponse,
    ListTermsRequest,
    ListTermsResponse,
    TermsDescriptionType,
    TermsType,
    UpdateTermsRequest,
    UpdateTermsResponse,
)

SOURCE, ENFORCEMENT = "LINK", "NONE"  # the only ones that there are


@operation
async def create_terms(call: Call, request: CreateTermsRequest) -> CreateTermsResponse:
    """Give an app client a document."""
    made = await flow.create_terms(call.world, call.client, request.terms_name, request.links or {})
    return CreateTermsResponse(terms=shown(made))


@operation
async def describe_terms(call: Call, request: DescribeTermsRequest) -> DescribeTermsResponse:
    """Everything that is known of a document."""
    return DescribeTermsResponse(terms=shown(await flow.require_terms(call.world, call.pool, request.terms_id)))


@operation
async def describe_terms_by_client(call: Call, request: DescribeTermsByClientRequest) -> DescribeTermsByClientResponse:
    """Everything that is known of a document of an app client."""
    found = await flow.require_terms_of_client(call.world, call.client, request.terms_name)
    return DescribeTermsByClientResponse(terms=shown(found))


@operation
async def list_terms(call: Call, request: ListTermsRequest) -> ListTermsResponse:
    """The documents of a pool, a page at a time, in the order of their ids."""
    pool_id = call.pool.pool_id

    async def read(tx: Tx, after: str, limit: int) -> list[Terms]:
        return await terms.page(tx, pool_id, after, limit)

    asked = Asked(f"ListTerms:{pool_id}", request.next_token, request.max_results)
    found, token = await page(call.world, asked, read, lambda one: one.terms_id)
    return ListTermsResponse(terms=[described(one) for one in found], next_token=token)


@operation
async def update_terms(call: Call, request: UpdateTermsRequest) -> UpdateTermsResponse:
    """Change what is given of a document; the rest stays."""
    changed = await flow.change_terms(call.world, call.pool, request.terms_id, request.terms_name, request.links)
    return UpdateTermsResponse(terms=shown(changed))


@operation
async def delete_terms(call: Call, request: DeleteTermsRequest) -> None:
    """Delete a document."""
    await flow.delete_terms(call.world, call.pool, request.terms_id)


def described(one: Terms) -> TermsDescriptionType:
    """A document as lists show it."""
    return TermsDescriptionType(
        terms_id=one.terms_id,
        terms_name=one.name,
        enforcement=ENFORCEMENT,
        creation_date=one.created_ms / 1000,
        last_modified_date=one.modified_ms / 1000,
    )


def shown(one: Terms) -> TermsType:
    """A document as answers hold it."""
    return TermsType(
        terms_id=one.terms_id,
        user_pool_id=one.pool_id,
        client_id=one.client_id,
        terms_name=one.name,
        terms_source=SOURCE,
        enforcement=ENFORCEMENT,
        links=dict(one.links),
        creation_date=one.created_ms / 1000,
        last_modified_date=one.modified_ms / 1000,
    )
