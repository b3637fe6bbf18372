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
  description = "Host names on which all routes of the application answer."
  type        = list(string)

  validation {
    condition     = length(var.hosts) > 0
    error_message = "hosts must name at least one host."
  }
}

variable "database" {
  description = "The application's database; null for none."
  type = object({
    migrations   = optional(string)
    placeholders = optional(map(string), {})
    extensions   = optional(list(string), [])
    delete_data  = optional(bool, false)
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
