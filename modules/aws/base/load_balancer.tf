locals {
  ports = merge({ http = 80 }, local.has_certificate ? { https = 443 } : {})
}

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:services keep their own logs; every request in S3 costs by the month
  #checkov:skip=CKV_AWS_150:it holds no data, and who takes the base down has been asked
  #checkov:skip=CKV2_AWS_20:without a domain there is no certificate, and CloudFront asks on port 80 for applications without a name
  #checkov:skip=CKV2_AWS_28:a web application firewall costs by the month and by the request; add one where it is wanted
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = aws_subnet.public[*].id
  security_groups            = [aws_security_group.load_balancer.id]
  drop_invalid_header_fields = true
  tags                       = { Name = var.name }

  depends_on = [aws_route.public]
}

# What it may send, and where to, each service adds for itself.
resource "aws_security_group" "load_balancer" {
  name        = "${var.name}-load-balancer"
  description = "The load balancer that applications share"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-load-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  #checkov:skip=CKV_AWS_260:it is what the public asks
  for_each = local.ports

  security_group_id = aws_security_group.load_balancer.id
  description       = "Requests by ${upper(each.key)}"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  tags              = { Name = "${var.name}-${each.key}" }
}

resource "aws_lb_listener" "http" {
  #checkov:skip=CKV_AWS_2:without a domain there is no certificate; CloudFront, which asks here, speaks TLS to the public
  #checkov:skip=CKV_AWS_103:the same
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"
  tags              = { Name = "${var.name}-http" }

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Nothing answers here."
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener" "https" {
  count = local.has_certificate ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.regional[0].certificate_arn
  tags              = { Name = "${var.name}-https" }

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Nothing answers here."
      status_code  = "404"
    }
  }
}
