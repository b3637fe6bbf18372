variable "name" {
  description = "What its own resources are called."
  type        = string
  default     = "homeport"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 20
    error_message = "name must be at most 20 lower case letters, digits and single hyphens, and start with a letter."
  }
}

variable "region" {
  description = "The region that the provider is configured for."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be one of AWS, such as eu-west-1."
  }
}

variable "account" {
  description = "The account's number."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account must be the account's number, twelve digits."
  }
}

variable "domain" {
  description = "The domain under which applications answer; certificates are for it and for every name one level below. Null: the load balancer answers on 80 only, and sites have CloudFront's own name."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z][a-z0-9-]*$", var.domain))
    error_message = "domain must be a whole domain in lower case, such as example.com."
  }
}

variable "zone_id" {
  description = "The domain's zone in this account's Route 53. Null where DNS is elsewhere: then add what the output `certificate_records` says."
  type        = string
  default     = null

  validation {
    condition     = var.zone_id == null || var.domain != null
    error_message = "zone_id needs a domain."
  }
}

variable "certificate_issued" {
  description = "Where DNS is elsewhere: true once AWS has issued both certificates. HTTPS is set up from then on."
  type        = bool
  default     = false
}

variable "github" {
  description = "The repository that may deploy from GitHub Actions, with its number and its owner's: a deploy role for each of `environments`, and for each of `refs` (refs/heads/main) where a private repository has no environments. Null: nobody may."
  type = object({
    repository    = string
    repository_id = string
    owner_id      = string
    environments  = optional(list(string), [])
    refs          = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.github == null || can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.github.repository))
    error_message = "github.repository must be an owner and a name, such as octo/shop, written as on GitHub."
  }

  validation {
    condition     = var.github == null || (can(regex("^[0-9]+$", var.github.repository_id)) && can(regex("^[0-9]+$", var.github.owner_id)))
    error_message = "github.repository_id and github.owner_id must be GitHub's numbers."
  }

  validation {
    condition     = var.github == null || alltrue([for one in try(var.github.environments, []) : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", one))])
    error_message = "each of github.environments must be letters, digits, dots, hyphens and underscores."
  }

  validation {
    condition     = var.github == null || alltrue([for one in try(var.github.refs, []) : can(regex("^refs/(heads|tags)/[A-Za-z0-9][A-Za-z0-9._/-]*$", one))])
    error_message = "each of github.refs must be one whole branch or tag, such as refs/heads/main: no pattern."
  }
}

variable "budget" {
  description = "US dollars a month that all of the account may cost, and who is written to before and when it costs more. Null: nobody."
  type        = object({ monthly = number, email = string })
  default     = null

  validation {
    condition     = var.budget == null || try(var.budget.monthly > 0, false)
    error_message = "budget.monthly must be more than 0 (US dollars)."
  }

  validation {
    condition     = var.budget == null || can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", var.budget.email))
    error_message = "budget.email must be an address."
  }
}

variable "log_retention_days" {
  description = "How long applications' logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of CloudWatch's: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "client_image" {
  description = "The image of one-off tasks with psql in it."
  type        = string
  default     = "public.ecr.aws/docker/library/postgres:17-alpine"

  validation {
    condition     = can(regex("^[^ ]+(:[^ /]+|@sha256:[0-9a-f]{64})$", var.client_image))
    error_message = "client_image must be a reference with a tag or a digest."
  }
}

variable "state_bucket" {
  description = "The bucket that holds states, releases and locks. It must exist: its settings are made here, the bucket and what is in it are not."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket must be the name of a bucket: 3 to 63 lower case letters, digits, dots and hyphens."
  }
}
