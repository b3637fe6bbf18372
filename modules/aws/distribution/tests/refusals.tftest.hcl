# What OpenTofu makes up when it plans must pass for an ARN; Terraform makes up nothing before it applies.
mock_provider "aws" {
  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/mocked" }
  }
}

variables {
  application = "notes"
  target      = "production"
  sites       = { web = { route = "/", bucket = "notes-production-web" } }

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

run "carries_a_site_and_its_services" {
  command = plan

  variables {
    routes = ["/api", "/model"]
  }

  assert {
    condition     = join(" ", aws_cloudfront_distribution.this.ordered_cache_behavior[*].path_pattern) == join(" ", ["/model", "/model/*", "/api", "/api/*"])
    error_message = "Every route is a path and all below it, the longer one first."
  }

  assert {
    condition     = alltrue([for one in aws_cloudfront_distribution.this.ordered_cache_behavior : length(one.allowed_methods) == 7 && one.cache_policy_id == local.caching_disabled && one.origin_request_policy_id == local.all_viewer && length(one.function_association) == 0])
    error_message = "Services get every method, header and cookie, and nothing of theirs is kept."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].target_origin_id == "web" && length(aws_cloudfront_distribution.this.default_cache_behavior[0].function_association) == 1
    error_message = "The rest is the site's, with its page for every path that names no file."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.viewer_certificate[0].cloudfront_default_certificate
    error_message = "Without a host name it has CloudFront's."
  }

  assert {
    condition     = length(aws_cloudfront_distribution.this.custom_error_response) == 0
    error_message = "An error page would hide the errors of the services."
  }
}

run "asks_the_longer_route_first" {
  command = plan

  variables {
    routes = ["/api", "/", "/api/admin"]
    sites  = { web = { route = "/app", bucket = "notes-production-web" } }
  }

  assert {
    condition     = join(" ", aws_cloudfront_distribution.this.ordered_cache_behavior[*].path_pattern) == join(" ", ["/api/admin", "/api/admin/*", "/app", "/app/*", "/api", "/api/*"])
    error_message = "A longer path is asked first."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].target_origin_id == "services" && length(aws_cloudfront_distribution.this.default_cache_behavior[0].allowed_methods) == 7
    error_message = "A service may have the root."
  }

  assert {
    condition     = strcontains(aws_cloudfront_function.single_page["web"].code, "'/app/index.html'")
    error_message = "A site's page is below its route."
  }
}

run "takes_a_domain" {
  command = plan

  variables {
    hosts  = ["notes.example.com"]
    routes = ["/api"]
    base = {
      load_balancer_dns      = "homeport-1.eu-west-1.elb.amazonaws.com"
      listener_https         = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/homeport/0123456789abcdef/2222222222222222"
      certificate_cloudfront = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
      region                 = "eu-west-1"
    }
  }

  assert {
    condition     = aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021"
    error_message = "TLS 1.2 is the least."
  }

  assert {
    condition     = one(flatten([for one in aws_cloudfront_distribution.this.origin : one.custom_origin_config[*].origin_protocol_policy])) == "https-only"
    error_message = "Between CloudFront and the load balancer it is encrypted, too."
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

run "refuses_no_site" {
  command = plan

  variables {
    sites = {}
  }

  expect_failures = [var.sites]
}

run "refuses_a_route_that_ends_with_a_slash" {
  command = plan

  variables {
    routes = ["/api/"]
  }

  expect_failures = [var.routes]
}

run "refuses_hosts_without_a_certificate" {
  command = plan

  variables {
    hosts = ["notes.example.com"]
  }

  expect_failures = [aws_cloudfront_distribution.this]
}

run "refuses_two_answers_on_one_route" {
  command = plan

  variables {
    routes = ["/"]
  }

  expect_failures = [aws_cloudfront_distribution.this]
}
