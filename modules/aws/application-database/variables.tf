variable "application" {
  description = "The application's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.application))
    error_message = "application must be lower case letters, digits and hyphens, and start with a letter."
  }
}

variable "target" {
  description = "The target's name; it and the application's name the database."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}$", var.target))
    error_message = "target must be lower case letters, digits and hyphens, and start with a letter."
  }
}

variable "migrations" {
  description = "The migrations image, by digest, as it is called at home: Flyway with this release's SQL. Null for a database without migrations."
  type        = string
  default     = null

  validation {
    condition     = var.migrations == null || can(regex("^[a-z0-9][a-z0-9._/-]*@sha256:[0-9a-f]{64}$", var.migrations))
    error_message = "migrations must be a repository and a digest (api/notes-migrations@sha256:…), without a registry."
  }
}

variable "placeholders" {
  description = "Flyway placeholders."
  type        = map(string)
  default     = {}
}

variable "extensions" {
  description = "Postgres extensions, made before the migrations run."
  type        = list(string)
  default     = []
}

variable "delete_data" {
  description = "True: destroying the module deletes the instance and its backups, without a last snapshot. Otherwise AWS refuses to delete it."
  type        = bool
  default     = false
}

variable "postgres" {
  description = "The major version of Postgres."
  type        = number
  default     = 17

  validation {
    condition     = contains([14, 15, 16, 17, 18], var.postgres)
    error_message = "postgres must be a major version that RDS offers: 14 to 18."
  }
}

variable "instance_class" {
  description = "The size of the instance."
  type        = string
  default     = "db.t4g.micro"

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "instance_class must be one of RDS, such as db.t4g.micro."
  }
}

variable "storage" {
  description = "Its disk in GiB; it grows by itself to five times that."
  type        = number
  default     = 20

  validation {
    condition     = var.storage >= 20
    error_message = "storage must be at least 20 (GiB)."
  }
}

variable "platform" {
  description = "The platform of the migrations image."
  type        = string
  default     = "linux/amd64"

  validation {
    condition     = contains(["linux/amd64", "linux/arm64"], var.platform)
    error_message = "platform must be linux/amd64 or linux/arm64."
  }
}

variable "base" {
  description = "What it stands on: outputs of the base."
  type = object({
    vpc_id               = string
    public_subnets       = list(string)
    isolated_subnets     = list(string)
    cluster              = string
    permissions_boundary = string
    log_retention_days   = number
    client_image         = string
    region               = string
    account              = string
  })
}
