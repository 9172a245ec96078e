resource "aws_cognito_identity_provider" "google" {
  user_pool_id  = aws_cognito_user_pool.shop.id
  provider_name = "Google"
  provider_type = "Google"

  provider_details = {
    client_id        = var.changed ? "other.apps.googleusercontent.com" : "some.apps.googleusercontent.com"
    client_secret    = "a secret of Google"
    authorize_scopes = "openid email"

    # what AWS adds by itself, and would be taken away again if it were not written here
    attributes_url                = "https://people.googleapis.com/v1/people/me?personFields="
    attributes_url_add_attributes = "true"
    authorize_url                 = "https://accounts.google.com/o/oauth2/v2/auth"
    oidc_issuer                   = "https://accounts.google.com"
    token_request_method          = "POST"
    token_url                     = "https://www.googleapis.com/oauth2/v4/token"
  }

  attribute_mapping = {
    email    = "email"
    username = "sub"
  }
}

resource "aws_cognito_identity_provider" "oidc" {
  user_pool_id    = aws_cognito_user_pool.shop.id
  provider_name   = "Corporation"
  provider_type   = "OIDC"
  idp_identifiers = var.changed ? ["corp.example", "corporation.example"] : ["corp.example"]

  provider_details = {
    client_id                     = "cognito"
    client_secret                 = "a secret of theirs"
    authorize_scopes              = "openid email"
    attributes_request_method     = "GET"
    attributes_url_add_attributes = "false"
    oidc_issuer                   = "https://id.corp.example"
    authorize_url                 = "https://id.corp.example/authorize"
    token_url                     = "https://id.corp.example/token"
    attributes_url                = "https://id.corp.example/userinfo"
    jwks_uri                      = "https://id.corp.example/keys"
  }

  attribute_mapping = {
    email    = "email"
    username = "sub"
  }
}

resource "aws_cognito_identity_provider" "saml" {
  user_pool_id  = aws_cognito_user_pool.shop.id
  provider_name = "Partner"
  provider_type = "SAML"

  provider_details = {
    MetadataFile            = file("${path.module}/metadata.xml")
    EncryptedResponses      = "false"
    IDPSignout              = var.changed ? "true" : "false"
    RequestSigningAlgorithm = "rsa-sha256"
    SSORedirectBindingURI   = "https://partner.example/sso"
    SLORedirectBindingURI   = "https://partner.example/slo"
  }

  attribute_mapping = {
    email = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
  }
}
