# What OpenTofu makes up when it plans must pass for an ARN; Terraform makes up nothing before it applies.
mock_provider "aws" {
  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/mocked" }
  }
}

mock_provider "homeport" {}

variables {
  application = "notes"
  target      = "production"
  name        = "web"
  image       = "site/notes-web@sha256:0000000000000000000000000000000000000000000000000000000000000000"

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

run "accepts_the_defaults" {
  command = plan

  assert {
    condition     = length(module.distribution) == 1
    error_message = "Used alone it has a distribution of its own."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_policy && aws_s3_bucket_public_access_block.this.restrict_public_buckets && aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.ignore_public_acls
    error_message = "The bucket is private."
  }

  assert {
    condition     = length(local.bucket) <= 63
    error_message = "A bucket's name has 63 characters at the most."
  }
}

run "is_served_by_the_callers_distribution" {
  command = plan

  variables {
    distribution = { id = "E1", arn = "arn:aws:cloudfront::123456789012:distribution/E1", domain_name = "d1.cloudfront.net" }
    environment  = { FLAGS = "beta" }
  }

  assert {
    condition     = length(module.distribution) == 0 && homeport_site_files.this.distribution == "E1"
    error_message = "The caller has made it."
  }

  assert {
    condition     = homeport_site_files.this.environment == tomap({ FLAGS = "beta" })
    error_message = "The environment is served as /config.json."
  }
}

run "refuses_an_application_in_capitals" {
  command = plan

  variables {
    application = "Notes"
  }

  expect_failures = [var.application]
}

run "refuses_a_target_with_a_space" {
  command = plan

  variables {
    target = "my home"
  }

  expect_failures = [var.target]
}

run "refuses_a_name_that_starts_with_a_digit" {
  command = plan

  variables {
    name = "1api"
  }

  expect_failures = [var.name]
}

run "refuses_an_image_without_a_digest" {
  command = plan

  variables {
    image = "site/notes-web:latest"
  }

  expect_failures = [var.image]
}

run "refuses_no_cpu" {
  command = plan

  variables {
    cpus = 0
  }

  expect_failures = [var.cpus]
}

run "refuses_too_little_memory" {
  command = plan

  variables {
    memory = 8
  }

  expect_failures = [var.memory]
}

run "refuses_a_route_that_ends_with_a_slash" {
  command = plan

  variables {
    route = "/web/"
  }

  expect_failures = [var.route]
}

run "refuses_a_port_that_is_none" {
  command = plan

  variables {
    port = 0
  }

  expect_failures = [var.port]
}

run "refuses_a_relative_folder" {
  command = plan

  variables {
    files = "site"
  }

  expect_failures = [var.files]
}

run "refuses_a_bucket_in_capitals" {
  command = plan

  variables {
    bucket = "Notes"
  }

  expect_failures = [var.bucket]
}

run "refuses_a_platform_that_fargate_has_not" {
  command = plan

  variables {
    platform = "linux/riscv64"
  }

  expect_failures = [var.platform]
}
