# One pool for each block of aws_cognito_user_pool, so that a difference in a plan names what it is about.

locals {
  role     = "arn:aws:iam::123456789012:role/texts"
  identity = "arn:aws:ses:us-east-1:123456789012:identity/id.example"
  function = "arn:aws:lambda:us-east-1:123456789012:function"
  key      = "arn:aws:kms:us-east-1:123456789012:key/7b0f3c1e-6b0c-4f6a-9a3b-0d9f3c1e6b0c"
}

resource "aws_cognito_user_pool" "plain" {
  name = "plain"
  tags = var.changed ? { Team = "red" } : {}
}

resource "aws_cognito_user_pool" "account_recovery_setting" {
  name = "account_recovery_setting"

  account_recovery_setting {
    recovery_mechanism {
      name     = var.changed ? "admin_only" : "verified_email"
      priority = 1
    }

    dynamic "recovery_mechanism" {
      for_each = var.changed ? [] : ["verified_phone_number"]
      content {
        name     = recovery_mechanism.value
        priority = 2
      }
    }
  }
}

resource "aws_cognito_user_pool" "admin_create_user_config" {
  name = "admin_create_user_config"

  admin_create_user_config {
    allow_admin_create_user_only = !var.changed

    invite_message_template {
      email_message = var.changed ? "{username}: {####}" : "Hello {username}, your password is {####}."
      email_subject = "Welcome"
      sms_message   = "{username} {####}"
    }
  }
}

resource "aws_cognito_user_pool" "alias_attributes" {
  name                     = "alias_attributes"
  alias_attributes         = ["email", "preferred_username"]
  auto_verified_attributes = var.changed ? ["email", "phone_number"] : ["email"]
  deletion_protection      = var.changed ? "INACTIVE" : "ACTIVE"

  tags = {
    Team = var.changed ? "red" : "blue"
    Kept = "yes"
  }

  sms_configuration {
    external_id    = "texts"
    sns_caller_arn = local.role
  }
}

resource "aws_cognito_user_pool" "device_configuration" {
  name = "device_configuration"

  device_configuration {
    challenge_required_on_new_device      = !var.changed
    device_only_remembered_on_user_prompt = true
  }
}

resource "aws_cognito_user_pool" "email_configuration" {
  name = "email_configuration"

  email_configuration {
    email_sending_account  = "DEVELOPER"
    from_email_address     = var.changed ? "The office <office@id.example>" : "in@id.example"
    reply_to_email_address = "ask@id.example"
    source_arn             = local.identity
  }
}

# The block is added, and taken away again: the pool goes back to AWS's own sender.
resource "aws_cognito_user_pool" "email_configuration_gone" {
  name = "email_configuration_gone"

  dynamic "email_configuration" {
    for_each = var.changed ? [] : [local.identity]
    content {
      email_sending_account = "DEVELOPER"
      source_arn            = email_configuration.value
    }
  }
}

resource "aws_cognito_user_pool" "email_mfa_configuration" {
  name              = "email_mfa_configuration"
  mfa_configuration = "OPTIONAL"

  email_configuration {
    email_sending_account = "DEVELOPER"
    source_arn            = local.identity
  }

  email_mfa_configuration {
    message = var.changed ? "{####}" : "Your code is {####}."
    subject = "Your code"
  }
}

resource "aws_cognito_user_pool" "lambda_config" {
  name = "lambda_config"

  lambda_config {
    create_auth_challenge          = "${local.function}:one"
    custom_message                 = "${local.function}:one"
    define_auth_challenge          = "${local.function}:one"
    post_authentication            = "${local.function}:one"
    post_confirmation              = "${local.function}:one"
    pre_authentication             = "${local.function}:one"
    pre_sign_up                    = var.changed ? "${local.function}:two" : "${local.function}:one"
    user_migration                 = "${local.function}:one"
    verify_auth_challenge_response = "${local.function}:one"
    kms_key_id                     = local.key

    custom_email_sender {
      lambda_arn     = "${local.function}:one"
      lambda_version = "V1_0"
    }

    custom_sms_sender {
      lambda_arn     = var.changed ? "${local.function}:two" : "${local.function}:one"
      lambda_version = "V1_0"
    }

    pre_token_generation_config {
      lambda_arn     = "${local.function}:one"
      lambda_version = var.changed ? "V3_0" : "V2_0"
    }
  }
}

resource "aws_cognito_user_pool" "pre_token_generation" {
  name = "pre_token_generation"

  lambda_config {
    pre_token_generation = var.changed ? "${local.function}:two" : "${local.function}:one"
  }
}

resource "aws_cognito_user_pool" "lambda_config_gone" {
  name = "lambda_config_gone"

  dynamic "lambda_config" {
    for_each = var.changed ? [] : ["${local.function}:one"]
    content {
      pre_sign_up = lambda_config.value
    }
  }
}

resource "aws_cognito_user_pool" "password_policy" {
  name = "password_policy"

  password_policy {
    minimum_length                   = var.changed ? 14 : 10
    password_history_size            = var.changed ? 0 : 3
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = var.changed
    require_uppercase                = true
    temporary_password_validity_days = var.changed ? 3 : 10
  }
}

# Attributes are added. Whatever else is said of the schema, the pool is never made anew.
resource "aws_cognito_user_pool" "schema" {
  name = "schema"

  schema {
    name                = "email"
    attribute_data_type = "String"
    mutable             = true
    required            = true

    string_attribute_constraints {
      min_length = 7
      max_length = 256
    }
  }

  schema {
    name                     = "team"
    attribute_data_type      = "String"
    developer_only_attribute = false
    mutable                  = true
    required                 = false

    string_attribute_constraints {
      min_length = 1
      max_length = 64
    }
  }

  schema {
    name                     = "note"
    attribute_data_type      = "String"
    developer_only_attribute = true
    mutable                  = true

    string_attribute_constraints {
      max_length = 2048
    }
  }

  schema {
    name                = "points"
    attribute_data_type = "Number"
    mutable             = true

    number_attribute_constraints {
      min_value = -5
      max_value = 1000
    }
  }

  schema {
    name                = "agreed"
    attribute_data_type = "Boolean"
    mutable             = false
  }

  schema {
    name                = "born"
    attribute_data_type = "DateTime"
    mutable             = true
  }

  schema {
    name                = "unbounded"
    attribute_data_type = "String"
    mutable             = true

    string_attribute_constraints {}
  }

  dynamic "schema" {
    for_each = var.changed || var.back ? ["added", "later"] : []
    content {
      name                = schema.value
      attribute_data_type = "String"
      mutable             = true

      string_attribute_constraints {
        min_length = 0
        max_length = 10
      }
    }
  }
}

resource "aws_cognito_user_pool" "sign_in_policy" {
  name = "sign_in_policy"

  sign_in_policy {
    allowed_first_auth_factors = var.changed ? ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] : ["PASSWORD", "WEB_AUTHN"]
  }

  web_authn_configuration {
    relying_party_id  = "id.example"
    user_verification = "preferred"
  }
}

resource "aws_cognito_user_pool" "web_authn_configuration" {
  name = "web_authn_configuration"

  web_authn_configuration {
    relying_party_id  = var.changed ? "login.id.example" : "id.example"
    user_verification = var.changed ? "required" : "preferred"
  }
}

resource "aws_cognito_user_pool" "web_authn_configuration_gone" {
  name = "web_authn_configuration_gone"

  dynamic "web_authn_configuration" {
    for_each = var.changed ? [] : ["id.example"]
    content {
      relying_party_id = web_authn_configuration.value
    }
  }
}

resource "aws_cognito_user_pool" "sms_configuration" {
  name                       = "sms_configuration"
  mfa_configuration          = "ON"
  sms_authentication_message = var.changed ? "{####}" : "Your code is {####}."
  sms_verification_message   = var.changed ? "{####}!" : "Prove it by {####}."

  sms_configuration {
    external_id    = var.changed ? "others" : "texts"
    sns_caller_arn = local.role
    sns_region     = "eu-west-1"
  }
}

resource "aws_cognito_user_pool" "software_token_mfa_configuration" {
  name              = "software_token_mfa_configuration"
  mfa_configuration = var.changed ? "ON" : "OPTIONAL"

  software_token_mfa_configuration {
    enabled = true
  }
}

resource "aws_cognito_user_pool" "mfa_gone" {
  name              = "mfa_gone"
  mfa_configuration = var.changed ? "OFF" : "ON"

  dynamic "software_token_mfa_configuration" {
    for_each = var.changed ? [] : [true]
    content {
      enabled = software_token_mfa_configuration.value
    }
  }
}

resource "aws_cognito_user_pool" "user_attribute_update_settings" {
  name                     = "user_attribute_update_settings"
  auto_verified_attributes = ["email", "phone_number"]

  sms_configuration {
    external_id    = "texts"
    sns_caller_arn = local.role
  }

  user_attribute_update_settings {
    attributes_require_verification_before_update = var.changed ? ["email"] : ["email", "phone_number"]
  }
}

resource "aws_cognito_user_pool" "user_pool_add_ons" {
  name           = "user_pool_add_ons"
  user_pool_tier = "PLUS"

  user_pool_add_ons {
    advanced_security_mode = var.changed ? "ENFORCED" : "AUDIT"

    advanced_security_additional_flows {
      custom_auth_mode = var.changed ? "ENFORCED" : "AUDIT"
    }
  }
}

resource "aws_cognito_user_pool" "user_pool_tier" {
  name           = "user_pool_tier"
  user_pool_tier = var.changed ? "ESSENTIALS" : "LITE"
}

resource "aws_cognito_user_pool" "username_configuration" {
  name                     = "username_configuration"
  username_attributes      = ["email", "phone_number"]
  auto_verified_attributes = var.changed ? ["email"] : []

  username_configuration {
    case_sensitive = false
  }
}

resource "aws_cognito_user_pool" "verification_message_template" {
  name = "verification_message_template"

  verification_message_template {
    default_email_option = "CONFIRM_WITH_CODE"
    email_message        = var.changed ? "{####}" : "Your code is {####}."
    email_subject        = var.changed ? "Code" : "Your code"
    sms_message          = "{####}"
  }
}

resource "aws_cognito_user_pool" "email_verification" {
  name                       = "email_verification"
  email_verification_message = var.changed ? "{####}" : "Your code is {####}."
  email_verification_subject = "Your code"
}
