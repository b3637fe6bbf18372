# What OpenTofu makes up when it plans must pass for an ARN; Terraform makes up nothing before it applies.
mock_provider "aws" {
  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/mocked" }
  }

  mock_resource "aws_db_instance" {
    defaults = { master_user_secret = [{ secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!mocked", secret_status = "active", kms_key_id = "mocked" }] }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mocked" }
  }

  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/mocked/0123456789abcdef" }
  }
}

mock_provider "homeport" {}

variables {
  name   = "notes"
  target = "production"
  hosts  = []

  base = {
    vpc_id                       = "vpc-1"
    public_subnets               = ["subnet-1", "subnet-2"]
    isolated_subnets             = ["subnet-3", "subnet-4"]
    cluster                      = "arn:aws:ecs:eu-west-1:123456789012:cluster/homeport"
    cluster_name                 = "homeport"
    load_balancer                = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/homeport/0123456789abcdef"
    load_balancer_dns            = "homeport-1.eu-west-1.elb.amazonaws.com"
    load_balancer_security_group = "sg-1"
    listener_http                = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/homeport/0123456789abcdef/1111111111111111"
    permissions_boundary         = "arn:aws:iam::123456789012:policy/homeport-boundary"
    log_retention_days           = 30
    client_image                 = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/homeport/psql@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    region                       = "eu-west-1"
    account                      = "123456789012"
  }
}

run "accepts_an_application_with_a_database_only" {
  command = plan

  variables {
    database = {}
  }

  assert {
    condition     = output.url == null
    error_message = "What has no route has no address."
  }
}

run "accepts_all_kinds" {
  command = plan

  variables {
    database = { migrations = "api/notes-migrations@sha256:0000000000000000000000000000000000000000000000000000000000000000" }
    services = {
      api    = { image = "api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8000, route = "/api", replicas = 2 }
      worker = { image = "api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000", command = ["python", "-m", "notes.worker"] }
    }
    models = { tagger = { image = "model/notes-tagger@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8080, route = "/model" } }
    sites  = { web = { image = "site/notes-web@sha256:0000000000000000000000000000000000000000000000000000000000000000" } }
  }

  assert {
    condition     = length(module.distribution) == 1 && length(module.service) == 3
    error_message = "One public name for all of it."
  }

  assert {
    condition     = length(aws_ecr_repository.this) == 2
    error_message = "Two services of one image share its repository."
  }

  assert {
    condition     = keys(local.paths) == ["/", "/api", "/model"]
    error_message = "Every route must be there."
  }
}

run "answers_on_the_load_balancer_without_a_site" {
  command = plan

  variables {
    services = { api = { image = "api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8000, route = "/api" } }
  }

  assert {
    condition     = output.url == "http://homeport-1.eu-west-1.elb.amazonaws.com"
    error_message = "Without a site and a domain it answers on the load balancer's name."
  }

  assert {
    condition     = jsonencode(output.routes) == jsonencode({ "homeport-1.eu-west-1.elb.amazonaws.com/api" = "api" })
    error_message = "The routes must say where."
  }

  assert {
    condition     = length(module.distribution) == 0 && length(module.database) == 0
    error_message = "Neither a site nor a database was asked for."
  }
}

run "answers_on_its_own_name" {
  command = plan

  variables {
    hosts    = ["notes.example.com"]
    services = { api = { image = "api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8000, route = "/api" } }
  }

  assert {
    condition     = output.url == "http://notes.example.com" && output.points_to["notes.example.com"] == "homeport-1.eu-west-1.elb.amazonaws.com"
    error_message = "It answers on its own name, which points to the load balancer."
  }
}

run "stands_on_the_base_of_the_account_without_one_of_its_own" {
  command = plan

  variables {
    base     = null
    services = { api = { image = "api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8000, route = "/api" } }
  }

  override_data {
    target = data.homeport_base.this
    values = {
      vpc_id                       = "vpc-2"
      public_subnets               = ["subnet-1", "subnet-2"]
      cluster                      = "arn:aws:ecs:eu-central-1:123456789012:cluster/homeport"
      cluster_name                 = "homeport"
      load_balancer                = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/homeport/0123456789abcdef"
      load_balancer_dns            = "homeport-2.eu-central-1.elb.amazonaws.com"
      load_balancer_security_group = "sg-2"
      listener_http                = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/homeport/0123456789abcdef/1111111111111111"
      listener_https               = null
      permissions_boundary         = "arn:aws:iam::123456789012:policy/homeport-boundary"
      log_retention_days           = 30
      region                       = "eu-central-1"
      account                      = "123456789012"
    }
  }

  assert {
    condition     = output.url == "http://homeport-2.eu-central-1.elb.amazonaws.com"
    error_message = "The base is the one that the provider finds."
  }
}

run "makes_no_record_where_the_base_has_no_zone" {
  command = plan

  variables {
    hosts    = ["notes.example.com"]
    services = { api = { image = "api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8000, route = "/api" } }
  }

  assert {
    condition     = length(aws_route53_record.this) == 0
    error_message = "Its DNS is elsewhere."
  }
}

run "names_its_hosts_in_the_zone_of_the_base" {
  command = plan

  variables {
    hosts    = ["notes.example.com", "example.com"]
    services = { api = { image = "api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8000, route = "/api" } }
    base = {
      vpc_id                       = "vpc-1"
      public_subnets               = ["subnet-1", "subnet-2"]
      isolated_subnets             = ["subnet-3", "subnet-4"]
      cluster                      = "arn:aws:ecs:eu-west-1:123456789012:cluster/homeport"
      cluster_name                 = "homeport"
      load_balancer                = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/homeport/0123456789abcdef"
      load_balancer_dns            = "homeport-1.eu-west-1.elb.amazonaws.com"
      load_balancer_zone_id        = "Z32O12XQLNTSW2"
      load_balancer_security_group = "sg-1"
      listener_http                = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/homeport/0123456789abcdef/1111111111111111"
      permissions_boundary         = "arn:aws:iam::123456789012:policy/homeport-boundary"
      log_retention_days           = 30
      client_image                 = "psql:17"
      zone_id                      = "Z1"
      region                       = "eu-west-1"
      account                      = "123456789012"
    }
  }

  assert {
    condition     = keys(aws_route53_record.this) == ["example.com A", "notes.example.com A"]
    error_message = "Every host is named, and by IPv4 only, as the load balancer is."
  }

  assert {
    condition     = alltrue([for one in aws_route53_record.this : one.zone_id == "Z1" && one.alias[0].name == "homeport-1.eu-west-1.elb.amazonaws.com" && one.alias[0].zone_id == "Z32O12XQLNTSW2"])
    error_message = "Each leads to the load balancer."
  }
}

run "names_a_site_for_both_kinds_of_addresses" {
  command = plan

  variables {
    hosts = ["notes.example.com"]
    sites = { web = { image = "site/notes-web@sha256:0000000000000000000000000000000000000000000000000000000000000000" } }
    base = {
      vpc_id                       = "vpc-1"
      public_subnets               = ["subnet-1", "subnet-2"]
      isolated_subnets             = ["subnet-3", "subnet-4"]
      cluster                      = "arn:aws:ecs:eu-west-1:123456789012:cluster/homeport"
      cluster_name                 = "homeport"
      load_balancer                = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/homeport/0123456789abcdef"
      load_balancer_dns            = "homeport-1.eu-west-1.elb.amazonaws.com"
      load_balancer_security_group = "sg-1"
      listener_http                = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/homeport/0123456789abcdef/1111111111111111"
      certificate_cloudfront       = "arn:aws:acm:us-east-1:123456789012:certificate/1"
      permissions_boundary         = "arn:aws:iam::123456789012:policy/homeport-boundary"
      log_retention_days           = 30
      client_image                 = "psql:17"
      zone_id                      = "Z1"
      region                       = "eu-west-1"
      account                      = "123456789012"
    }
  }

  assert {
    condition     = keys(aws_route53_record.this) == ["notes.example.com A", "notes.example.com AAAA"]
    error_message = "CloudFront has addresses of both kinds."
  }
}

run "refuses_a_name_in_capitals" {
  command = plan

  variables {
    name = "Notes"
  }

  expect_failures = [var.name]
}

run "refuses_a_host_that_is_no_name" {
  command = plan

  variables {
    hosts = ["https://notes.example.com"]
  }

  expect_failures = [var.hosts]
}

run "refuses_a_platform_that_fargate_has_not" {
  command = plan

  variables {
    platform = "linux/riscv64"
  }

  expect_failures = [var.platform]
}
