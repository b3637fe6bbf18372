variable "images" {
  description = "The images of a release, by digest: the README says how they get here."
  type        = object({ migrations = string, api = string, tagger = string, web = string })
}
