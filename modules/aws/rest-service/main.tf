locals {
  title      = "${var.application}-${var.target}-${var.name}"
  repository = "${split("@", var.image)[0]}/${var.target}"
  is_routed  = var.port != null && var.route != null && length(var.hosts) > 0
  tags       = { "homeport:application" = var.application, "homeport:target" = var.target, "homeport:service" = var.name }
}

resource "aws_ecs_service" "this" {
  #checkov:skip=CKV_AWS_333:without a NAT gateway a task reaches ECR by an address of its own; its security group admits the load balancer only
  name                               = local.title
  cluster                            = var.base.cluster
  task_definition                    = aws_ecs_task_definition.this.arn
  desired_count                      = var.replicas
  launch_type                        = "FARGATE"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = local.is_routed ? var.start_period : null
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  wait_for_steady_state              = false # a rollback would count as a success: homeport_ecs_rollout follows the deployment
  tags                               = local.tags

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.base.public_subnets
    security_groups  = local.security_groups
    assign_public_ip = true
  }

  dynamic "load_balancer" {
    for_each = aws_lb_target_group.this

    content {
      target_group_arn = load_balancer.value.arn
      container_name   = var.name
      container_port   = var.port
    }
  }

  lifecycle {
    ignore_changes = [availability_zone_rebalancing] # AWS chooses it by the number of zones
  }

  # Its tasks start at once: nothing that they need may come later, nor go before them.
  depends_on = [
    var.after,
    aws_iam_role_policy.execution,
    aws_lb_listener_rule.this,
    aws_vpc_security_group_egress_rule.this,
    aws_vpc_security_group_egress_rule.load_balancer,
    aws_vpc_security_group_ingress_rule.this,
  ]
}

resource "homeport_ecs_rollout" "this" {
  cluster         = var.base.cluster
  service         = aws_ecs_service.this.name
  task_definition = aws_ecs_task_definition.this.arn
  load_balancer   = local.is_routed ? var.base.load_balancer : null
  host            = local.is_routed ? var.hosts[0] : null
  path            = local.is_routed ? var.route : null
  encrypted       = var.base.listener_https != null
  start_period    = var.start_period
  timeout         = max(600, 300 + var.start_period)
}
