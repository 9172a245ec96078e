resource "aws_cognito_user_pool_domain" "prefix" {
  user_pool_id          = aws_cognito_user_pool.shop.id
  domain                = "shop-of-terraform"
  managed_login_version = var.changed ? 2 : 1
}

resource "aws_cognito_user_pool_domain" "custom" {
  user_pool_id    = aws_cognito_user_pool.shop.id
  domain          = "login.shop.example"
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/${var.changed ? "second" : "first"}"
}

resource "aws_cognito_user_pool_ui_customization" "every_client" {
  user_pool_id = aws_cognito_user_pool_domain.prefix.user_pool_id
  css          = ".label-customizable {font-weight: ${var.changed ? 700 : 400};}"
}

resource "aws_cognito_user_pool_ui_customization" "web" {
  user_pool_id = aws_cognito_user_pool_domain.prefix.user_pool_id
  client_id    = aws_cognito_user_pool_client.web.id
  css          = ".banner-customizable {background: ${var.changed ? "white" : "black"};}"
  image_file   = filebase64("${path.module}/logo.png")
}

resource "aws_cognito_risk_configuration" "every_client" {
  user_pool_id = aws_cognito_user_pool.shop.id

  risk_exception_configuration {
    blocked_ip_range_list = var.changed ? ["203.0.113.0/24"] : ["198.51.100.0/24"]
    skipped_ip_range_list = ["192.0.2.1/32"]
  }
}

resource "aws_cognito_risk_configuration" "web" {
  user_pool_id = aws_cognito_user_pool.shop.id
  client_id    = aws_cognito_user_pool_client.web.id

  account_takeover_risk_configuration {
    actions {
      low_action {
        event_action = "NO_ACTION"
        notify       = false
      }

      medium_action {
        event_action = "MFA_IF_CONFIGURED"
        notify       = var.changed
      }

      high_action {
        event_action = "BLOCK"
        notify       = true
      }
    }

    notify_configuration {
      from       = "in@id.example"
      reply_to   = "ask@id.example"
      source_arn = "arn:aws:ses:us-east-1:123456789012:identity/id.example"

      block_email {
        subject   = "Blocked"
        html_body = "<p>We blocked a sign-in.</p>"
        text_body = "We blocked a sign-in."
      }

      mfa_email {
        subject   = var.changed ? "A second factor" : "Second factor"
        html_body = "<p>We asked for a second factor.</p>"
        text_body = "We asked for a second factor."
      }

      no_action_email {
        subject   = "A sign-in"
        html_body = "<p>You signed in.</p>"
        text_body = "You signed in."
      }
    }
  }

  compromised_credentials_risk_configuration {
    event_filter = var.changed ? ["SIGN_IN", "SIGN_UP"] : ["SIGN_IN"]

    actions {
      event_action = "NO_ACTION"
    }
  }
}
