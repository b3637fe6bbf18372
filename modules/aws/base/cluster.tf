resource "aws_ecs_cluster" "this" {
  #checkov:skip=CKV_AWS_65:Container Insights cost by the metric; ECS and the load balancer have their own without
  name = var.name
  tags = { Name = var.name }
}
