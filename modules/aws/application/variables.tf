variable "name" {
  description = "The application's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.name))
    error_message = "name must be lower case letters, digits and hyphens, and start with a letter."
  }
}

variable "target" {
  description = "The target's name."
  type        = string
}

variable "hosts" {
  description = "Host names on which all routes of the application answer; empty for CloudFront's own name, or the load balancer's where there is no site."
  type        = list(string)

  validation {
    condition     = alltrue([for host in var.hosts : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9-]+$", host))])
    error_message = "each of hosts must be a whole host name in lower case, such as notes.example.com."
  }
}

variable "database" {
  description = "The application's database; null for none. See application-database for each key."
  type = object({
    migrations     = optional(string)
    placeholders   = optional(map(string), {})
    extensions     = optional(list(string), [])
    delete_data    = optional(bool, false)
    postgres       = optional(number, 17)
    instance_class = optional(string, "db.t4g.micro")
    storage        = optional(number, 20)
  })
  default = null
}

variable "services" {
  description = "REST services and workers, by name. See rest-service for each key."
  type = map(object({
    image        = string
    port         = optional(number)
    route        = optional(string)
    healthcheck  = optional(string)
    start_period = optional(number, 60)
    command      = optional(list(string))
    environment  = optional(map(string), {})
    secrets      = optional(map(string), {})
    cpus         = optional(number, 0.5)
    memory       = optional(number, 512)
    read_only    = optional(bool, true)
    tmpfs        = optional(list(string), [])
    cap_add      = optional(list(string), [])
    replicas     = optional(number, 1)
  }))
  default = {}
}

variable "models" {
  description = "Machine-learning models behind an API, by name. The same keys as services."
  type = map(object({
    image        = string
    port         = optional(number)
    route        = optional(string)
    healthcheck  = optional(string)
    start_period = optional(number, 60)
    command      = optional(list(string))
    environment  = optional(map(string), {})
    secrets      = optional(map(string), {})
    cpus         = optional(number, 0.5)
    memory       = optional(number, 512)
    read_only    = optional(bool, true)
    tmpfs        = optional(list(string), [])
    cap_add      = optional(list(string), [])
    replicas     = optional(number, 1)
  }))
  default = {}
}

variable "sites" {
  description = "Client-side sites, by name. See client-side for each key."
  type = map(object({
    image        = string
    port         = optional(number, 8080)
    files        = optional(string, "/site")
    route        = optional(string, "/")
    healthcheck  = optional(string, "/")
    start_period = optional(number, 60)
    environment  = optional(map(string), {})
    cpus         = optional(number, 0.25)
    memory       = optional(number, 128)
    read_only    = optional(bool, true)
    tmpfs        = optional(list(string), [])
    cap_add      = optional(list(string), [])
  }))
  default = {}
}

variable "platform" {
  description = "The platform of the images."
  type        = string
  default     = "linux/amd64"

  validation {
    condition     = contains(["linux/amd64", "linux/arm64"], var.platform)
    error_message = "platform must be linux/amd64 or linux/arm64."
  }
}

variable "base" {
  description = "What it stands on: outputs of a base in the same root; null: the one that `homeport setup` made in the account and region of the homeport provider."
  type = object({
    vpc_id                       = string
    public_subnets               = list(string)
    isolated_subnets             = list(string)
    cluster                      = string
    cluster_name                 = string
    load_balancer                = string
    load_balancer_dns            = string
    load_balancer_security_group = string
    load_balancer_zone_id        = optional(string)
    listener_http                = string
    listener_https               = optional(string)
    certificate_cloudfront       = optional(string)
    permissions_boundary         = string
    log_retention_days           = number
    client_image                 = string
    zone_id                      = optional(string)
    region                       = string
    account                      = string
  })
  default = null
}
