output "base" {
  description = "What every application takes as its `base`."
  value = {
    vpc_id                       = aws_vpc.this.id
    public_subnets               = aws_subnet.public[*].id
    isolated_subnets             = aws_subnet.isolated[*].id
    cluster                      = aws_ecs_cluster.this.arn
    cluster_name                 = aws_ecs_cluster.this.name
    load_balancer                = aws_lb.this.arn
    load_balancer_dns            = aws_lb.this.dns_name
    load_balancer_security_group = aws_security_group.load_balancer.id
    load_balancer_zone_id        = aws_lb.this.zone_id
    listener_http                = aws_lb_listener.http.arn
    listener_https               = one(aws_lb_listener.https[*].arn)
    certificate_cloudfront       = one(aws_acm_certificate_validation.cloudfront[*].certificate_arn)
    permissions_boundary         = aws_iam_policy.boundary.arn
    log_retention_days           = var.log_retention_days
    client_image                 = var.client_image
    zone_id                      = var.zone_id
    region                       = var.region
    account                      = var.account
  }

  depends_on = [
    aws_route_table_association.public,
    aws_route_table_association.isolated,
    aws_vpc_endpoint.s3,
    aws_vpc_security_group_ingress_rule.load_balancer,
  ]
}

output "deploy_roles" {
  description = "The role that a deployment assumes, by GitHub environment or by ref."
  value       = { for key, role in aws_iam_role.deploy : key => role.arn }
}

output "plan_role" {
  description = "The role that a plan for a pull request assumes; null without GitHub."
  value       = one(aws_iam_role.plan[*].arn)
}

output "certificate_records" {
  description = "Where DNS is elsewhere: records that prove the domain. They stay, certificates are renewed by them."
  value       = local.is_ours ? [] : [for proof in local.proofs : { name = proof.resource_record_name, type = proof.resource_record_type, value = proof.resource_record_value }]
}

output "certificates" {
  description = "The certificates by region, issued or not; empty without a domain."
  value       = merge({ for one in aws_acm_certificate.regional : var.region => one.arn }, { for one in aws_acm_certificate.cloudfront : "us-east-1" => one.arn })
}

output "budget" {
  description = "The budget's name; null without one."
  value       = one(aws_budgets_budget.this[*].name)
}
