"""GetCSVHeader."""

from cognomen.api.call import Call, operation
from cognomen.domain.csv_header import csv_header
from cognomen.wire.idp import GetCSVHeaderRequest, GetCSVHeaderResponse


@operation
async def get_csv_header(call: Call, request: GetCSVHeaderRequest) -> GetCSVHeaderResponse:
    """The columns of a file of users for this pool."""
    return GetCSVHeaderResponse(user_pool_id=call.pool.pool_id, csv_header=csv_header(call.pool.schema))
