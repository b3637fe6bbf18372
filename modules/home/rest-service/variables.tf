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

variable "name" {
  description = "What it is called in its application."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}$", var.name))
    error_message = "name must be lower case letters, digits and hyphens, and start with a letter."
  }
}

variable "image" {
  description = "The image, by digest."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must be named by digest (…@sha256:…)."
  }
}

variable "hosts" {
  description = "Host names on which its route answers; empty when the caller routes to it."
  type        = list(string)
  default     = []
}

variable "environment" {
  description = "Variables; no secrets."
  type        = map(string)
  default     = {}
}

variable "cpus" {
  description = "Limit in CPUs."
  type        = number
  default     = 0.5

  validation {
    condition     = var.cpus > 0
    error_message = "cpus must be more than 0."
  }
}

variable "memory" {
  description = "Limit in MiB."
  type        = number
  default     = 512

  validation {
    condition     = var.memory >= 16
    error_message = "memory must be at least 16 (MiB)."
  }
}

variable "read_only" {
  description = "Whether the container's root is read-only (/tmp is writable)."
  type        = bool
  default     = true
}

variable "tmpfs" {
  description = "Further writable folders in memory."
  type        = list(string)
  default     = []
}

variable "cap_add" {
  description = "Capabilities that the container keeps; all others are dropped."
  type        = list(string)
  default     = []
}

variable "route" {
  description = "The path prefix it answers on, passed on whole; null for a worker or an internal service."
  type        = string
  default     = null

  validation {
    condition     = var.route == null || var.route == "/" || can(regex("^(/[A-Za-z0-9._~-]+)+$", var.route))
    error_message = "route must be / or a path without a slash at its end."
  }
}

variable "port" {
  description = "The port it listens on; null for a worker."
  type        = number
  default     = null

  validation {
    condition     = var.port == null || try(var.port >= 1 && var.port <= 65535, false)
    error_message = "port must be between 1 and 65535."
  }
}

variable "healthcheck" {
  description = "The path that answers 2xx or 3xx when it is ready; null when it is enough that the port accepts."
  type        = string
  default     = null
}

variable "start_period" {
  description = "Seconds it has to become healthy."
  type        = number
  default     = 60
}

variable "command" {
  description = "Instead of the image's own command."
  type        = list(string)
  default     = null
}

variable "secrets" {
  description = "Names of secrets in the target's store, with their versions."
  type        = map(string)
  default     = {}
}

variable "database" {
  description = "Name of the database whose app role it gets; null for none."
  type        = string
  default     = null
}
