locals {
  services  = merge(var.services, var.models)
  addresses = merge({ for name, service in module.service : name => service.address }, { for name, site in module.site : name => site.address })
  paths     = merge({ for name, service in local.services : service.route => name if service.route != null }, { for name, site in var.sites : site.route => name })

  # Keyed by host and path, not by service: a service that is renamed switches its route in place.
  routes = merge([
    for host in var.hosts : { for path, name in local.paths : "${host}${path}" => { host = host, path = path, service = name } }
  ]...)
}

module "database" {
  source = "../application-database"
  count  = var.database == null ? 0 : 1

  application  = var.name
  target       = var.target
  migrations   = var.database.migrations
  placeholders = var.database.placeholders
  extensions   = var.database.extensions
  delete_data  = var.database.delete_data
}

module "service" {
  source   = "../rest-service"
  for_each = local.services

  application  = var.name
  target       = var.target
  name         = each.key
  image        = each.value.image
  port         = each.value.port
  healthcheck  = each.value.healthcheck
  start_period = each.value.start_period
  command      = each.value.command
  environment  = each.value.environment
  secrets      = each.value.secrets
  database     = one(module.database[*].name)
  cpus         = each.value.cpus
  memory       = each.value.memory
  read_only    = each.value.read_only
  tmpfs        = each.value.tmpfs
  cap_add      = each.value.cap_add

  depends_on = [module.database] # nothing new starts before the schema is up to date
}

module "site" {
  source   = "../client-side"
  for_each = var.sites

  application  = var.name
  target       = var.target
  name         = each.key
  image        = each.value.image
  port         = each.value.port
  files        = each.value.files
  healthcheck  = each.value.healthcheck
  start_period = each.value.start_period
  environment  = each.value.environment
  cpus         = each.value.cpus
  memory       = each.value.memory
  read_only    = each.value.read_only
  tmpfs        = each.value.tmpfs
  cap_add      = each.value.cap_add
}

# Every route waits for every candidate: a release switches as a whole, or not at all.
resource "homeport_route" "this" {
  for_each = local.routes

  host    = each.value.host
  path    = each.value.path
  address = local.addresses[each.value.service]

  depends_on = [module.service, module.site]

  lifecycle {
    create_before_destroy = true
  }
}

# Changes with every release and depends on all of it, so that what a release removes goes last.
resource "terraform_data" "release" {
  input = sha256(jsonencode([var.hosts, var.database, local.services, var.sites]))

  depends_on = [homeport_route.this]
}
