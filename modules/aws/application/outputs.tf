output "routes" {
  description = "Host and path of every route, with the service that answers there."
  value       = local.routes
}

output "database" {
  description = "The database's name; null without one."
  value       = one(module.database[*].name)
}

output "version" {
  description = "Null: the schema version is in Flyway's history, which only a task in the VPC can read."
  value       = one(module.database[*].version)
}

output "url" {
  description = "Where the application answers; null where nothing has a route."
  value       = length(local.paths) == 0 ? null : "${length(var.sites) > 0 || local.is_encrypted ? "https" : "http"}://${local.hosts[0]}"
}

output "points_to" {
  description = "What each of the hosts points to by DNS, or must where the base has no zone: CloudFront's name, or the load balancer's."
  value       = { for host in var.hosts : host => length(var.sites) > 0 ? local.distribution_name : local.base.load_balancer_dns }
}
