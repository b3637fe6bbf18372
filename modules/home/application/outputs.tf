output "routes" {
  description = "Host and path of every route, with the service that answers there."
  value       = { for key, route in local.routes : key => route.service }
}

output "database" {
  description = "The database's name; null without one."
  value       = one(module.database[*].name)
}

output "version" {
  description = "The schema version; null without migrations."
  value       = one(module.database[*].version)
}
