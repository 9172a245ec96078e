"""The header of import files through the AWS SDK."""


def test_the_header_holds_the_attributes_of_the_pool(make_pool):
    """All that can be imported, custom ones included, and two columns of the account itself."""
    pool = make_pool(Schema=[{"Name": "team", "AttributeDataType": "String"}])
    header = pool.cognito.get_csv_header(UserPoolId=pool.pool_id)
    assert header["UserPoolId"] == pool.pool_id
    assert header["CSVHeader"][:2] == ["name", "given_name"]
    assert header["CSVHeader"][-4:] == ["updated_at", "custom:team", "cognito:mfa_enabled", "cognito:username"]
    assert {"sub", "identities"}.isdisjoint(header["CSVHeader"])
