resource "aws_cognito_user_pool_client" "plain" {
  user_pool_id = aws_cognito_user_pool.shop.id
  name         = var.changed ? "plain, renamed" : "plain"
}

resource "aws_cognito_user_pool_client" "web" {
  user_pool_id    = aws_cognito_user_pool.shop.id
  name            = "web"
  generate_secret = true

  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["openid", "email", "profile"]
  callback_urls                        = var.changed ? ["https://shop.example/in"] : ["https://shop.example/in", "http://localhost:3000/in"]
  default_redirect_uri                 = "https://shop.example/in"
  logout_urls                          = ["https://shop.example/out"]
  supported_identity_providers         = var.changed ? ["COGNITO", aws_cognito_identity_provider.google.provider_name] : ["COGNITO"]

  explicit_auth_flows           = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
  prevent_user_existence_errors = var.changed ? "LEGACY" : "ENABLED"
  read_attributes               = ["email", "email_verified", "custom:team"]
  write_attributes              = var.changed ? ["email"] : ["email", "custom:team"]

  access_token_validity   = var.changed ? 20 : 10
  id_token_validity       = 15
  refresh_token_validity  = var.changed ? 48 : 45
  auth_session_validity   = var.changed ? 10 : 5
  enable_token_revocation = !var.changed

  enable_propagate_additional_user_context_data = true

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "hours"
  }

  refresh_token_rotation {
    feature                    = "ENABLED"
    retry_grace_period_seconds = var.changed ? 30 : 10
  }

  # an import does not know it, and would make the client anew
  lifecycle {
    ignore_changes = [generate_secret]
  }
}

resource "aws_cognito_user_pool_client" "machine" {
  user_pool_id    = aws_cognito_user_pool.shop.id
  name            = "machine"
  generate_secret = true

  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = ["${aws_cognito_resource_server.api.identifier}/read"]

  lifecycle {
    ignore_changes = [generate_secret]
  }
}

# A client that a service of AWS made, here this one, is taken over by its name, and left when it is destroyed.
resource "aws_cognito_user_pool_client" "of_a_service" {
  user_pool_id = aws_cognito_user_pool.shop.id
  name         = "of-a-service-1"

  lifecycle {
    ignore_changes = all
  }
}

resource "aws_cognito_managed_user_pool_client" "taken_over" {
  user_pool_id          = aws_cognito_user_pool.shop.id
  name_prefix           = "of-a-service"
  access_token_validity = var.changed ? 2 : 1
  depends_on            = [aws_cognito_user_pool_client.of_a_service]
}

resource "aws_cognito_resource_server" "api" {
  user_pool_id = aws_cognito_user_pool.shop.id
  identifier   = "https://api.shop.example"
  name         = "API"

  scope {
    scope_name        = "read"
    scope_description = "Read orders"
  }

  scope {
    scope_name        = var.changed ? "write" : "change"
    scope_description = "Change orders"
  }
}

data "aws_cognito_user_pool_client" "web" {
  user_pool_id = aws_cognito_user_pool.shop.id
  client_id    = aws_cognito_user_pool_client.web.id
}

data "aws_cognito_user_pool_clients" "all" {
  user_pool_id = aws_cognito_user_pool.shop.id

  depends_on = [
    aws_cognito_user_pool_client.plain,
    aws_cognito_user_pool_client.web,
    aws_cognito_user_pool_client.machine,
    aws_cognito_user_pool_client.of_a_service,
  ]
}
