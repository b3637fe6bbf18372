output "name" {
  description = "What it is called in its application."
  value       = var.name
}

output "address" {
  description = "Where its route is answered: the load balancer's name; empty for a worker."
  value       = local.is_routed ? var.base.load_balancer_dns : ""
}

output "service" {
  description = "The name of its ECS service."
  value       = aws_ecs_service.this.name
}

output "log_group" {
  description = "Where its log is."
  value       = aws_cloudwatch_log_group.this.name
}

output "task_role" {
  description = "The name of the role that its tasks have: attach to it what it may do in the account."
  value       = aws_iam_role.task.name
}

output "deployment" {
  description = "The deployment that was seen to succeed."
  value       = homeport_ecs_rollout.this.deployment
}
