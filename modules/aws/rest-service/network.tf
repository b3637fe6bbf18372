locals {
  listener        = coalesce(var.base.listener_https, var.base.listener_http)
  security_groups = compact([aws_security_group.this.id, try(var.database_access.security_group, null)])

  # The longer path is asked first. All applications share the listener: within its band, a rule's place is a hash.
  depth    = var.route == null ? 0 : length(compact(split("/", var.route)))
  band     = [{ first = 45001, size = 5000 }, { first = 15001, size = 30000 }, { first = 5001, size = 10000 }, { first = 1, size = 5000 }][min(local.depth, 3)]
  paths    = var.route == null ? [] : var.route == "/" ? ["/*"] : [var.route, "${var.route}/*"]
  priority = [for index in range(length(var.hosts)) : local.band.first + parseint(substr(sha1("${var.application}.${var.target}${coalesce(var.route, "/")} ${index}"), 0, 8), 16) % local.band.size]

  # 32 characters; another port is another group, which is made before the old one goes.
  target_group = "${trim(substr(local.title, 0, 23), "-")}-${substr(sha1("${local.title}:${coalesce(var.port, 0)}"), 0, 8)}"
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:it is attached to the service, in a list that checkov does not follow
  name        = local.title
  description = "${var.name} of ${var.application} on ${var.target}"
  vpc_id      = var.base.vpc_id
  tags        = merge(local.tags, { Name = local.title })
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  count = local.is_routed ? 1 : 0

  security_group_id            = aws_security_group.this.id
  description                  = "Requests from the load balancer"
  referenced_security_group_id = var.base.load_balancer_security_group
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  tags                         = merge(local.tags, { Name = "${local.title}-from-load-balancer" })
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  count = local.is_routed ? 1 : 0

  security_group_id            = var.base.load_balancer_security_group
  description                  = "Requests to ${var.name} of ${var.application} on ${var.target}"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  tags                         = merge(local.tags, { Name = "${local.title}-to-service" })
}

# As at home, a service may call out on any port of TCP: its image, its secrets and its log are out there, too.
resource "aws_vpc_security_group_egress_rule" "this" {
  security_group_id = aws_security_group.this.id
  description       = "What it calls"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 1
  to_port           = 65535
  tags              = merge(local.tags, { Name = "${local.title}-calls" })
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; what follows is the VPC's own network
  count = local.is_routed ? 1 : 0

  name                 = local.target_group
  vpc_id               = var.base.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = var.port
  deregistration_delay = 30
  tags                 = local.tags

  # Without a path it is enough that the port answers at all.
  health_check {
    path                = coalesce(var.healthcheck, "/")
    matcher             = var.healthcheck == null ? "200-499" : "200-399"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each = local.is_routed ? { for index, host in var.hosts : index => host } : {}

  listener_arn = local.listener
  priority     = local.priority[each.key]
  tags         = local.tags

  condition {
    host_header {
      values = [each.value]
    }
  }

  condition {
    path_pattern {
      values = local.paths
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[0].arn
  }
}
