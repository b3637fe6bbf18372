variable "application" {
  description = "The application's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.application))
    error_message = "application must be lower case letters, digits and hyphens, and start with a letter."
  }
}

variable "target" {
  description = "The target's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}$", var.target))
    error_message = "target must be lower case letters, digits and hyphens, and start with a letter."
  }
}

variable "hosts" {
  description = "Host names on which it answers; empty for CloudFront's own name only."
  type        = list(string)
  default     = []
}

variable "sites" {
  description = "The sites' routes, and the buckets that hold their files."
  type        = map(object({ route = string, bucket = string }))

  validation {
    condition     = length(var.sites) > 0
    error_message = "sites must name at least one site."
  }
}

variable "routes" {
  description = "The path prefixes that the load balancer answers: never kept, with every method, header and cookie."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for route in var.routes : route == "/" || can(regex("^(/[A-Za-z0-9._~-]+)+$", route))])
    error_message = "each of routes must be / or a path without a slash at its end."
  }
}

variable "base" {
  description = "What it stands on: outputs of the base."
  type = object({
    load_balancer_dns      = string
    listener_https         = optional(string)
    certificate_cloudfront = optional(string)
    region                 = string
  })
}
