# Where it goes: a home server, and the host names on which it answers there.
terraform {
  required_version = ">= 1.11"

  required_providers {
    homeport = {
      source = "homeport/homeport"
    }
  }
}

provider "homeport" {
  host     = var.host
  instance = var.instance
}

variable "host" {
  description = "`local`, or `ssh://user@server`."
  type        = string
  default     = "local"
}

variable "instance" {
  description = "The installation on that host."
  type        = string
  default     = "homeport"
}

variable "hosts" {
  description = "The host names on which the application answers."
  type        = list(string)
  default     = ["notes-by-terraform.localhost"]
}
