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
  description = "The image, by digest, as it is called at home: `<namespace>/<application>-<name>@sha256:…`."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._/-]*@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must be a repository and a digest (api/notes-api@sha256:…), without a registry."
  }
}

variable "hosts" {
  description = "Host names on which its route answers; without one it has no route."
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
    condition     = var.cpus > 0 && var.cpus <= 16
    error_message = "cpus must be more than 0, and at most 16 on Fargate."
  }
}

variable "memory" {
  description = "Limit in MiB."
  type        = number
  default     = 512

  validation {
    condition     = var.memory >= 16 && var.memory <= 122880
    error_message = "memory must be at least 16 (MiB), and at most 122880 on Fargate."
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
  description = "Names of secrets of the target (`homeport/<application>/<target>/<NAME>` in Secrets Manager), with their version ids."
  type        = map(string)
  default     = {}
}

variable "database" {
  description = "Name of the database whose app role it gets; null for none."
  type        = string
  default     = null
}

variable "database_access" {
  description = "How it reaches that database: the `access` of application-database."
  type        = object({ secret = string, security_group = string })
  default     = null
}

variable "replicas" {
  description = "How many of it run."
  type        = number
  default     = 1

  validation {
    condition     = var.replicas >= 1 && var.replicas <= 100 && floor(var.replicas) == var.replicas
    error_message = "replicas must be a whole number between 1 and 100."
  }
}

variable "platform" {
  description = "The platform of the image."
  type        = string
  default     = "linux/amd64"

  validation {
    condition     = contains(["linux/amd64", "linux/arm64"], var.platform)
    error_message = "platform must be linux/amd64 or linux/arm64."
  }
}

variable "repository" {
  description = "The image's repository in ECR where the caller made it, for images that several services share; null: the module makes it."
  type        = object({ arn = string })
  default     = null
}

variable "after" {
  description = "What must be done before anything new starts: a migration, for example."
  type        = any
  default     = null
}

variable "base" {
  description = "What it stands on: outputs of the base."
  type = object({
    vpc_id                       = string
    public_subnets               = list(string)
    cluster                      = string
    cluster_name                 = string
    load_balancer                = string
    load_balancer_dns            = string
    load_balancer_security_group = string
    listener_http                = string
    listener_https               = optional(string)
    permissions_boundary         = string
    log_retention_days           = number
    region                       = string
    account                      = string
  })
}
