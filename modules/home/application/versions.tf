terraform {
  required_version = ">= 1.11"

  required_providers {
    homeport = {
      source = "homeport/homeport"
    }
  }
}
