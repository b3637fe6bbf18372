resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:AWS encrypts it; a key of one's own costs by the month
  #checkov:skip=CKV_AWS_338:how long logs are kept is the base's to say
  name              = "/homeport/${var.application}/${var.target}/${var.name}"
  retention_in_days = var.base.log_retention_days
  tags              = local.tags
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  count = local.is_routed ? 1 : 0

  alarm_name          = "${local.title}-errors"
  alarm_description   = "${var.name} of ${var.application} on ${var.target} answered 5xx five times in five minutes."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  statistic           = "Sum"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 5
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  tags                = local.tags

  dimensions = {
    LoadBalancer = split(":loadbalancer/", var.base.load_balancer)[1]
    TargetGroup  = aws_lb_target_group.this[0].arn_suffix
  }
}

# A task that runs reports its CPU every minute.
resource "aws_cloudwatch_metric_alarm" "absent" {
  count = local.is_routed ? 0 : 1

  alarm_name          = "${local.title}-absent"
  alarm_description   = "No task of ${var.name} of ${var.application} on ${var.target} ran for five minutes."
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  statistic           = "SampleCount"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "breaching"
  tags                = local.tags

  dimensions = {
    ClusterName = var.base.cluster_name
    ServiceName = aws_ecs_service.this.name
  }
}
