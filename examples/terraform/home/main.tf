# A root of your own: the modules of homeport, without homeport.yaml. Where it goes is in target.tf.
# Run it while the provider is served:  homeport terraform -- init && homeport terraform -- apply
module "notes" {
  source = "../../../modules/home/application"

  name   = "notes"
  target = "terraform"
  hosts  = var.hosts

  database = {
    migrations   = var.images.migrations
    extensions   = ["pg_trgm"]
    placeholders = { longest_tag = "24" }
  }

  services = {
    api    = { image = var.images.api, port = 8000, route = "/api", healthcheck = "/healthz", memory = 256 }
    worker = { image = var.images.api, command = ["python", "-m", "notes.worker"], memory = 128 }
  }

  models = {
    tagger = { image = var.images.tagger, port = 8080, route = "/model", healthcheck = "/healthz", memory = 128 }
  }

  sites = {
    web = { image = var.images.web, environment = { FLAGS = "suggest-tags" } }
  }
}
