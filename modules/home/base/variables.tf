variable "folder" {
  description = "The installation's folder on the server."
  type        = string

  validation {
    condition     = startswith(var.folder, "/")
    error_message = "folder must be an absolute path."
  }
}

variable "user" {
  description = "`uid:gid` that owns the folder; the gateway runs as it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+:[0-9]+$", var.user))
    error_message = "user must be uid:gid, in numbers."
  }
}

variable "images" {
  description = "References of the service images."
  type = object({
    registry = string
    postgres = string
    gateway  = string
    front    = string # HAProxy too, often an older one
  })
}

variable "networks" {
  description = "CIDRs of the two networks."
  type        = object({ edge = string, data = string })

  validation {
    condition     = can(cidrhost(var.networks.edge, 9)) && can(cidrhost(var.networks.data, 9))
    error_message = "networks must be two CIDRs with room for at least ten addresses each."
  }
}

variable "gateway" {
  description = "Where the gateway listens on the server: an address, the port for HTTP, and the one for HTTPS (null: none). For HTTPS, `gateway/certificates/gateway.pem` in the folder holds certificate and key."
  type        = object({ address = string, http = number, https = optional(number) })

  validation {
    condition     = var.gateway.http != var.gateway.https
    error_message = "gateway.http and gateway.https must differ."
  }
}

variable "registry" {
  description = "The registry's port on the server's loopback, the folder of its second volume (null: the engine's own place), and the port for other machines on the gateway's address (null: none), which needs HTTPS."
  type        = object({ port = number, backup = optional(string), lan = optional(number) })

  validation {
    condition     = var.registry.lan == null || var.gateway.https != null
    error_message = "registry.lan needs gateway.https: other machines reach the registry with TLS only."
  }
}
