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
  description = "The migrations image, by digest: Flyway with this release's SQL. Null for a database without migrations."
  type        = string
  default     = null

  validation {
    condition     = var.migrations == null || can(regex("@sha256:[0-9a-f]{64}$", var.migrations))
    error_message = "migrations must name an image by digest (…@sha256:…)."
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
  description = "True: destroying the module drops the database. Otherwise its data stays on the server and is found again."
  type        = bool
  default     = false
}
