resource "aws_cognito_user_pool" "shop" {
  name                     = "shop"
  user_pool_tier           = "PLUS"
  auto_verified_attributes = ["email"]

  user_pool_add_ons {
    advanced_security_mode = "AUDIT"
  }

  schema {
    name                = "team"
    attribute_data_type = "String"
    mutable             = true

    string_attribute_constraints {
      min_length = 0
      max_length = 64
    }
  }
}

# Users

resource "aws_cognito_user" "kim" {
  user_pool_id = aws_cognito_user_pool.shop.id
  username     = "kim"
  password     = var.changed ? "Changed-Horse-10" : "Correct-Horse-9"

  attributes = {
    email          = "kim@example.com"
    email_verified = true
    team           = var.changed ? "red" : "blue"
  }
}

resource "aws_cognito_user" "lee" {
  user_pool_id             = aws_cognito_user_pool.shop.id
  username                 = "lee"
  temporary_password       = "Correct-Horse-9"
  message_action           = "SUPPRESS"
  desired_delivery_mediums = ["EMAIL"]
  enabled                  = !var.changed
  force_alias_creation     = false

  client_metadata = {
    from = "terraform"
  }

  validation_data = {
    source = "terraform"
  }

  attributes = {
    email          = "lee@example.com"
    email_verified = true
  }
}

resource "aws_cognito_user_group" "staff" {
  user_pool_id = aws_cognito_user_pool.shop.id
  name         = "staff"
  description  = var.changed ? "Whoever works here" : "Who works here"
  precedence   = var.changed ? 2 : 1
  role_arn     = "arn:aws:iam::123456789012:role/staff"
}

resource "aws_cognito_user_group" "guests" {
  user_pool_id = aws_cognito_user_pool.shop.id
  name         = "guests"
  precedence   = 0
}

resource "aws_cognito_user_in_group" "kim" {
  user_pool_id = aws_cognito_user_pool.shop.id
  group_name   = aws_cognito_user_group.staff.name
  username     = aws_cognito_user.kim.username
}

data "aws_cognito_user_group" "staff" {
  user_pool_id = aws_cognito_user_pool.shop.id
  name         = aws_cognito_user_group.staff.name
}

data "aws_cognito_user_groups" "all" {
  user_pool_id = aws_cognito_user_pool.shop.id
  depends_on   = [aws_cognito_user_group.staff, aws_cognito_user_group.guests]
}

data "aws_cognito_user_pool" "shop" {
  user_pool_id = aws_cognito_user_pool.shop.id
}

data "aws_cognito_user_pools" "shop" {
  name = aws_cognito_user_pool.shop.name
}

data "aws_cognito_user_pool_signing_certificate" "shop" {
  user_pool_id = aws_cognito_user_pool.shop.id
}

output "read" {
  value = {
    group         = data.aws_cognito_user_group.staff.description
    groups        = sort([for group in data.aws_cognito_user_groups.all.groups : group.group_name])
    pool          = data.aws_cognito_user_pool.shop.name
    pools_by_name = [for id in data.aws_cognito_user_pools.shop.ids : id == aws_cognito_user_pool.shop.id]
    certificate   = length(data.aws_cognito_user_pool_signing_certificate.shop.certificate) > 100
    client        = data.aws_cognito_user_pool_client.web.callback_urls
    clients       = sort(data.aws_cognito_user_pool_clients.all.client_names)
  }
}
