variable "images" {
  description = "The images of a release, by digest: `homeport releases --json` lists them."
  type        = object({ migrations = string, api = string, tagger = string, web = string })
}
