output "registry" {
  description = "Where the server's own engine pushes and pulls."
  value       = "127.0.0.1:${var.registry.port}"
}

output "gateway" {
  description = "Address and port of the gateway on the server."
  value       = "${var.gateway.address}:${var.gateway.http}"
}
