output "name" {
  description = "What it is called in its application."
  value       = var.name
}

output "address" {
  description = "Where the candidate answers, for the route."
  value       = homeport_container.this.address
}
