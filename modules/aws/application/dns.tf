locals {
  # A base that was set up before it knew its load balancer's zone has none.
  has_zone = local.base.zone_id != null && (length(var.sites) > 0 || local.base.load_balancer_zone_id != null)
  leads_to = {
    name    = length(var.sites) > 0 ? local.distribution_name : local.base.load_balancer_dns
    zone_id = length(var.sites) > 0 ? one(module.distribution[*].zone_id) : local.base.load_balancer_zone_id
  }

  # The load balancer has addresses of IPv4 only.
  records = local.has_zone && length(local.paths) > 0 ? merge([
    for type in length(var.sites) > 0 ? ["A", "AAAA"] : ["A"] : { for host in var.hosts : "${host} ${type}" => { host = host, type = type } }
  ]...) : {}
}

# A record that somebody else has made is not written over: AWS refuses, and names it.
resource "aws_route53_record" "this" {
  for_each = local.records

  zone_id = local.base.zone_id
  name    = each.value.host
  type    = each.value.type

  alias {
    name                   = local.leads_to.name
    zone_id                = local.leads_to.zone_id
    evaluate_target_health = false
  }
}
