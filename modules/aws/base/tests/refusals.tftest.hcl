# What OpenTofu makes up when it plans must pass for an ARN; Terraform makes up nothing before it applies.
mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1c", "eu-west-1a", "eu-west-1b"] }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mocked" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mocked" }
  }

  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/mocked/0123456789abcdef" }
  }

  mock_resource "aws_acm_certificate" {
    defaults = { arn = "arn:aws:acm:eu-west-1:123456789012:certificate/mocked" }
  }
}

mock_provider "aws" {
  alias = "us_east_1"

  mock_resource "aws_acm_certificate" {
    defaults = { arn = "arn:aws:acm:eu-west-1:123456789012:certificate/mocked" }
  }
}

variables {
  region       = "eu-west-1"
  account      = "123456789012"
  state_bucket = "homeport-123456789012-eu-west-1"
}

run "works_without_a_domain_and_without_github" {
  command = plan

  assert {
    condition     = length(aws_lb_listener.https) == 0 && length(aws_acm_certificate.regional) == 0 && keys(aws_vpc_security_group_ingress_rule.load_balancer) == ["http"]
    error_message = "Without a domain it answers on 80 only."
  }

  assert {
    condition     = length(aws_iam_role.deploy) == 0 && length(aws_iam_role.plan) == 0 && length(aws_iam_openid_connect_provider.github) == 0
    error_message = "Without GitHub nobody may deploy from there."
  }

  assert {
    condition     = length(aws_budgets_budget.this) == 0 && output.plan_role == null && output.budget == null && length(output.certificate_records) == 0
    error_message = "What was not asked for is not there."
  }

  assert {
    condition     = join(" ", concat(aws_subnet.public[*].availability_zone, aws_subnet.isolated[*].availability_zone)) == "eu-west-1a eu-west-1b eu-west-1a eu-west-1b"
    error_message = "It stands in two zones, whatever their order."
  }

  assert {
    condition     = length(distinct(concat(aws_subnet.public[*].cidr_block, aws_subnet.isolated[*].cidr_block))) == 4
    error_message = "No two subnets share addresses."
  }

  assert {
    condition     = aws_lb_listener.http.default_action[0].fixed_response[0].status_code == "404"
    error_message = "What no application answers is not found."
  }
}

run "waits_for_records_that_are_made_elsewhere" {
  command = plan

  variables {
    domain = "example.com"
  }

  assert {
    condition     = length(aws_acm_certificate.regional) == 1 && length(aws_acm_certificate.cloudfront) == 1
    error_message = "Both certificates are asked for."
  }

  assert {
    condition     = length(aws_acm_certificate_validation.regional) == 0 && length(aws_lb_listener.https) == 0 && length(aws_route53_record.proof) == 0
    error_message = "Nothing waits for records that somebody must make first."
  }
}

run "goes_on_when_certificates_were_issued" {
  command = plan

  variables {
    domain             = "example.com"
    certificate_issued = true
  }

  assert {
    condition     = length(aws_lb_listener.https) == 1 && length(aws_acm_certificate_validation.cloudfront) == 1 && length(aws_route53_record.proof) == 0
    error_message = "HTTPS is set up, and no record of a zone that is elsewhere."
  }
}

run "gives_a_role_to_each_environment_and_ref" {
  command = plan

  variables {
    github = {
      repository    = "octo/shop"
      repository_id = "456"
      owner_id      = "123"
      environments  = ["production"]
      refs          = ["refs/heads/main"]
    }
  }

  assert {
    condition     = sort(keys(aws_iam_role.deploy)) == tolist(["production", "refs/heads/main"])
    error_message = "One role each."
  }

  assert {
    condition     = aws_iam_role.deploy["production"].name == "homeport-deploy-production" && can(regex("^homeport-deploy-refs-heads-main-[0-9a-f]{8}$", aws_iam_role.deploy["refs/heads/main"].name))
    error_message = "They are called after what they are for."
  }

  assert {
    condition     = alltrue([for trust in values(local.trust) : alltrue([for one in jsondecode(trust).Statement : keys(one.Condition) == ["StringEquals"]])])
    error_message = "Subjects are compared whole, never by a pattern."
  }
}

run "keeps_a_budget" {
  command = plan

  variables {
    budget = { monthly = 50, email = "ana@example.com" }
  }

  assert {
    condition     = output.budget == "homeport" && aws_budgets_budget.this[0].limit_amount == "50"
    error_message = "The budget is what was asked for."
  }
}

run "refuses_a_name_in_capitals" {
  command = plan

  variables {
    name = "Homeport"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "homeport-of-everybody-there"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_with_two_hyphens_in_a_row" {
  command = plan

  variables {
    name = "home--port"
  }

  expect_failures = [var.name]
}

run "refuses_a_region_that_is_a_zone" {
  command = plan

  variables {
    region = "eu-west-1a"
  }

  expect_failures = [var.region]
}

run "refuses_a_account_without_twelve_digits" {
  command = plan

  variables {
    account = "12345"
  }

  expect_failures = [var.account]
}

run "refuses_a_domain_with_a_star" {
  command = plan

  variables {
    domain = "*.example.com"
  }

  expect_failures = [var.domain]
}

run "refuses_a_zone_without_a_domain" {
  command = plan

  variables {
    zone_id = "Z123"
  }

  expect_failures = [var.zone_id]
}

run "refuses_a_repository_without_an_owner" {
  command = plan

  variables {
    github = { repository = "shop", repository_id = "456", owner_id = "123" }
  }

  expect_failures = [var.github]
}

run "refuses_a_repository_pattern" {
  command = plan

  variables {
    github = { repository = "octo/*", repository_id = "456", owner_id = "123" }
  }

  expect_failures = [var.github]
}

run "refuses_a_repository_id_that_is_a_name" {
  command = plan

  variables {
    github = { repository = "octo/shop", repository_id = "shop", owner_id = "123" }
  }

  expect_failures = [var.github]
}

run "refuses_a_owner_id_that_is_a_name" {
  command = plan

  variables {
    github = { repository = "octo/shop", repository_id = "456", owner_id = "octo" }
  }

  expect_failures = [var.github]
}

run "refuses_a_environment_pattern" {
  command = plan

  variables {
    github = { repository = "octo/shop", repository_id = "456", owner_id = "123", environments = ["*"] }
  }

  expect_failures = [var.github]
}

run "refuses_a_environment_with_a_colon" {
  command = plan

  variables {
    github = { repository = "octo/shop", repository_id = "456", owner_id = "123", environments = ["a:b"] }
  }

  expect_failures = [var.github]
}

run "refuses_a_ref_pattern" {
  command = plan

  variables {
    github = { repository = "octo/shop", repository_id = "456", owner_id = "123", refs = ["refs/tags/v*"] }
  }

  expect_failures = [var.github]
}

run "refuses_a_ref_that_is_short" {
  command = plan

  variables {
    github = { repository = "octo/shop", repository_id = "456", owner_id = "123", refs = ["main"] }
  }

  expect_failures = [var.github]
}

run "refuses_a_budget_of_nothing" {
  command = plan

  variables {
    budget = { monthly = 0, email = "ana@example.com" }
  }

  expect_failures = [var.budget]
}

run "refuses_a_budget_without_an_address" {
  command = plan

  variables {
    budget = { monthly = 5, email = "ana" }
  }

  expect_failures = [var.budget]
}

run "refuses_a_retention_that_cloudwatch_does_not_have" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_a_client_image_without_a_tag" {
  command = plan

  variables {
    client_image = "postgres"
  }

  expect_failures = [var.client_image]
}

run "refuses_a_bucket_in_capitals" {
  command = plan

  variables {
    state_bucket = "Homeport"
  }

  expect_failures = [var.state_bucket]
}

run "refuses_an_environment_that_is_called_as_the_plan_role" {
  command = plan

  variables {
    github = { repository = "octo/shop", repository_id = "456", owner_id = "123", environments = ["plan"] }
  }

  expect_failures = [aws_iam_role_policy.deploy]
}
