locals {
  # 64 characters, of which the longest ending takes 32.
  long  = "${var.application}-${var.target}"
  title = length(local.long) <= 32 ? local.long : "${substr(local.long, 0, 23)}-${substr(sha1(local.long), 0, 8)}"
  tags  = { "homeport:application" = var.application, "homeport:target" = var.target, "homeport:service" = "distribution" }

  services = "services" # the origin that the load balancer is

  # What answers each route. A longer path is asked before a shorter one.
  behaviors = merge({ for route in var.routes : route => local.services }, { for name, site in var.sites : site.route => name })
  default   = lookup(local.behaviors, "/", keys(var.sites)[0])
  by_length = [for entry in reverse(sort([for route in keys(local.behaviors) : "${format("%05d", length(route))}${route}"])) : substr(entry, 5, -1)]
  patterns  = flatten([for route in local.by_length : [{ route = route, pattern = route }, { route = route, pattern = "${route}/*" }] if route != "/"])

  # CloudFront asks the load balancer with the viewer's Host: its certificate fits the application's own names only.
  is_origin_encrypted = length(var.hosts) > 0 && var.base.listener_https != null

  # CloudFront's own policies, the same in every account.
  # Source: Amazon CloudFront, "Use managed cache policies", "Use managed origin request policies".
  caching_optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  caching_disabled  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer        = "216adef6-5c7f-47e4-b989-5492eafa07d3"

  every_method = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
  reading      = ["GET", "HEAD", "OPTIONS"]
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_68:a web application firewall costs by the month and by the request; add one where it is wanted
  #checkov:skip=CKV2_AWS_47:the same
  #checkov:skip=CKV_AWS_86:the services keep their own logs
  #checkov:skip=CKV_AWS_310:one origin each: a site is one bucket, the services are one load balancer
  #checkov:skip=CKV_AWS_374:a public application is for every country
  #checkov:skip=CKV_AWS_174:TLS 1.2 is the least wherever there is a certificate; CloudFront's own name takes no minimum
  #checkov:skip=CKV2_AWS_42:without a domain there is no certificate of one's own
  comment             = "${var.application} on ${var.target}"
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = "PriceClass_100"
  aliases             = var.hosts
  default_root_object = local.default == local.services ? null : "index.html"
  tags                = local.tags

  dynamic "origin" {
    for_each = var.sites

    content {
      origin_id                = origin.key
      domain_name              = "${origin.value.bucket}.s3.${var.base.region}.amazonaws.com"
      origin_access_control_id = aws_cloudfront_origin_access_control.this.id
    }
  }

  dynamic "origin" {
    for_each = length(var.routes) > 0 ? [var.base.load_balancer_dns] : []

    content {
      origin_id   = local.services
      domain_name = origin.value

      custom_origin_config {
        http_port                = 80
        https_port               = 443
        origin_protocol_policy   = local.is_origin_encrypted ? "https-only" : "http-only"
        origin_ssl_protocols     = ["TLSv1.2"]
        origin_read_timeout      = 60
        origin_keepalive_timeout = 60
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = local.default
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = local.default == local.services ? local.every_method : local.reading
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.default == local.services ? local.caching_disabled : local.caching_optimized
    origin_request_policy_id   = local.default == local.services ? local.all_viewer : null
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id

    dynamic "function_association" {
      for_each = contains(keys(local.behaviors), "/") && local.default != local.services ? [local.default] : []

      content {
        event_type   = "viewer-request"
        function_arn = aws_cloudfront_function.single_page[function_association.value].arn
      }
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.patterns

    content {
      path_pattern               = ordered_cache_behavior.value.pattern
      target_origin_id           = local.behaviors[ordered_cache_behavior.value.route]
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = contains(var.routes, ordered_cache_behavior.value.route) ? local.every_method : local.reading
      cached_methods             = ["GET", "HEAD"]
      compress                   = true
      cache_policy_id            = contains(var.routes, ordered_cache_behavior.value.route) ? local.caching_disabled : local.caching_optimized
      origin_request_policy_id   = contains(var.routes, ordered_cache_behavior.value.route) ? local.all_viewer : null
      response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id

      dynamic "function_association" {
        for_each = contains(var.routes, ordered_cache_behavior.value.route) ? [] : [local.behaviors[ordered_cache_behavior.value.route]]

        content {
          event_type   = "viewer-request"
          function_arn = aws_cloudfront_function.single_page[function_association.value].arn
        }
      }
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = length(var.hosts) == 0
    acm_certificate_arn            = length(var.hosts) == 0 ? null : var.base.certificate_cloudfront
    ssl_support_method             = length(var.hosts) == 0 ? null : "sni-only"
    minimum_protocol_version       = length(var.hosts) == 0 ? "TLSv1" : "TLSv1.2_2021"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  lifecycle {
    precondition {
      condition     = length(var.hosts) == 0 || var.base.certificate_cloudfront != null
      error_message = "hosts need a certificate in us-east-1 that covers them: give the base a domain, or leave hosts empty and use CloudFront's own name."
    }

    precondition {
      condition     = length(local.behaviors) == length(var.routes) + length(var.sites)
      error_message = "each path prefix may be the route of one service or site only."
    }
  }
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = local.title
  description                       = "${var.application} on ${var.target}"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# An error page would do as much, and would also hide every 403 and 404 of the services.
resource "aws_cloudfront_function" "single_page" {
  for_each = var.sites

  name    = length("${local.title}-${each.key}") <= 64 ? "${local.title}-${each.key}" : "${local.title}-${sha1(each.key)}"
  comment = "A path that names no file is the site's page"
  runtime = "cloudfront-js-2.0"
  code    = templatefile("${path.module}/single-page.js.tftpl", { page = "${trimsuffix(each.value.route, "/")}/index.html" })
}

resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:an application speaks for its own name, not for every name below it
  name    = local.title
  comment = "${var.application} on ${var.target}"

  # What an application says itself is left as it is.
  security_headers_config {
    content_type_options {
      override = false
    }

    frame_options {
      frame_option = "SAMEORIGIN"
      override     = false
    }

    referrer_policy {
      referrer_policy = "strict-origin-when-cross-origin"
      override        = false
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      override                   = false
    }
  }

  lifecycle {
    ignore_changes = [custom_headers_config, remove_headers_config] # read back as empty blocks where there are none
  }
}
