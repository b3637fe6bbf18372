# Where it goes: a region of an AWS account, and the host names on which it answers there.
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
    homeport = {
      source = "homeport/homeport"
    }
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account]
}

provider "homeport" {
  region   = var.region
  account  = var.account
  host     = var.host
  instance = var.instance
}

variable "region" {
  description = "The region; `homeport setup` has made the base there."
  type        = string
}

variable "account" {
  description = "The account's number."
  type        = string
}

variable "host" {
  description = "The server whose registry the images are copied from: `local`, or `ssh://user@server`. Null once ECR has them."
  type        = string
  default     = "local"
}

variable "instance" {
  description = "The installation on that server."
  type        = string
  default     = "homeport"
}

variable "hosts" {
  description = "The host names on which the application answers; none for CloudFront's own name."
  type        = list(string)
  default     = []
}
