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
    error_message = "image must be a repository and a digest (site/notes-web@sha256:…), without a registry."
  }
}

variable "hosts" {
  description = "Host names on which its route answers; empty for CloudFront's own name, or when the caller routes to it."
  type        = list(string)
  default     = []
}

variable "environment" {
  description = "Served as /config.json at run time; no secrets."
  type        = map(string)
  default     = {}
}

variable "cpus" {
  description = "Limit in CPUs. Of the sibling at home: here the files are served, and nothing runs."
  type        = number
  default     = 0.25

  validation {
    condition     = var.cpus > 0
    error_message = "cpus must be more than 0."
  }
}

variable "memory" {
  description = "Limit in MiB. Of the sibling at home: here the files are served, and nothing runs."
  type        = number
  default     = 128

  validation {
    condition     = var.memory >= 16
    error_message = "memory must be at least 16 (MiB)."
  }
}

variable "read_only" {
  description = "Whether the container's root is read-only (/tmp is writable). Of the sibling at home: here the files are served, and nothing runs."
  type        = bool
  default     = true
}

variable "tmpfs" {
  description = "Further writable folders in memory. Of the sibling at home: here the files are served, and nothing runs."
  type        = list(string)
  default     = []
}

variable "cap_add" {
  description = "Capabilities that the container keeps; all others are dropped. Of the sibling at home: here the files are served, and nothing runs."
  type        = list(string)
  default     = []
}

variable "route" {
  description = "The path prefix it answers on."
  type        = string
  default     = "/"

  validation {
    condition     = var.route == "/" || can(regex("^(/[A-Za-z0-9._~-]+)+$", var.route))
    error_message = "route must be / or a path without a slash at its end."
  }
}

variable "port" {
  description = "The port on which the image serves. Of the sibling at home: here the files are served, and nothing runs."
  type        = number
  default     = 8080

  validation {
    condition     = var.port >= 1 && var.port <= 65535
    error_message = "port must be between 1 and 65535."
  }
}

variable "files" {
  description = "The folder in the image that holds the built files."
  type        = string
  default     = "/site"

  validation {
    condition     = startswith(var.files, "/")
    error_message = "files must be an absolute path."
  }
}

variable "healthcheck" {
  description = "The path that answers 2xx or 3xx when it is ready; null when it is enough that the port accepts. Of the sibling at home: here the files are served, and nothing runs."
  type        = string
  default     = "/"
}

variable "start_period" {
  description = "Seconds it has to become healthy. Of the sibling at home: here the files are served, and nothing runs."
  type        = number
  default     = 60
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

variable "bucket" {
  description = "The bucket's name, unique in the world; null: made of the application, the target, the site and a hash with the account."
  type        = string
  default     = null

  validation {
    condition     = var.bucket == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must be 3 to 63 lower case letters, digits and hyphens."
  }
}

variable "distribution" {
  description = "The distribution that serves the bucket, where the caller made it; null: the module makes one."
  type        = object({ id = string, arn = string, domain_name = string })
  default     = null
}

variable "after" {
  description = "What must be live before the new files are: the services that they call."
  type        = any
  default     = null
}

variable "base" {
  description = "What it stands on: outputs of the base."
  type = object({
    load_balancer_dns      = string
    listener_https         = optional(string)
    certificate_cloudfront = optional(string)
    region                 = string
    account                = string
  })
}
