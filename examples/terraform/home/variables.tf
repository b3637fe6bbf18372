variable "images" {
  description = "The images of a release, by digest: `homeport releases --json` lists them."
  type        = object({ migrations = string, api = string, tagger = string, web = string })
}

variable "name" {
  description = "The host name on which the application answers."
  type        = string
  default     = "notes-by-terraform.localhost"
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
