output "routes" {
  description = "Host and path of every route, with the service that answers there."
  value       = module.notes.routes
}
