# The base that `homeport setup` made where the provider works, unless the caller has one.
data "homeport_base" "this" {
  count = var.base == null ? 1 : 0
}

locals {
  base = one(concat(var.base[*], data.homeport_base.this[*]))

  services = merge(var.services, var.models)
  by_route = { for name, service in local.services : service.route => name if service.route != null }
  paths    = merge(local.by_route, { for name, site in var.sites : site.route => name })

  # Without a name of its own it has CloudFront's, and without a site the load balancer's.
  distribution_name = one(module.distribution[*].domain_name)
  hosts             = length(var.hosts) > 0 ? var.hosts : [length(var.sites) > 0 ? local.distribution_name : local.base.load_balancer_dns]

  # CloudFront's own name is asked of the load balancer in the clear: no certificate of ours is for that name.
  is_encrypted     = length(var.hosts) > 0 && local.base.listener_https != null
  base_of_services = merge(local.base, { listener_https = local.is_encrypted ? local.base.listener_https : null })

  # Several services may run one image.
  repositories = toset([for service in values(local.services) : split("@", service.image)[0]])

  # The distribution is made before the buckets, whose policies name it: so it knows what they will be called.
  buckets = {
    for name in keys(var.sites) : name => join("-", [
      "homeport-site", # by which the role that deploys may touch it, and no bucket else
      trim(substr("${var.name}-${var.target}-${name}", 0, 36), "-"),
      substr(sha1("${var.name}-${var.target}-${name}.${local.base.account}.${local.base.region}"), 0, 12),
    ])
  }

  routes = merge([
    for host in local.hosts : { for path, name in local.paths : "${host}${path}" => name }
  ]...)
}

module "database" {
  source = "../application-database"
  count  = var.database == null ? 0 : 1

  application    = var.name
  target         = var.target
  migrations     = var.database.migrations
  placeholders   = var.database.placeholders
  extensions     = var.database.extensions
  delete_data    = var.database.delete_data
  postgres       = var.database.postgres
  instance_class = var.database.instance_class
  storage        = var.database.storage
  platform       = var.platform
  base           = local.base
}

resource "aws_ecr_repository" "this" {
  #checkov:skip=CKV_AWS_136:AWS encrypts it; a key of one's own costs by the month and protects no more against who may pull
  for_each = local.repositories

  name                 = "${each.key}/${var.target}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true # what it holds is at home, too
  tags                 = { "homeport:application" = var.name, "homeport:target" = var.target }

  image_scanning_configuration {
    scan_on_push = true
  }
}

module "service" {
  source   = "../rest-service"
  for_each = local.services

  application     = var.name
  target          = var.target
  name            = each.key
  image           = each.value.image
  hosts           = local.hosts
  route           = each.value.route
  port            = each.value.port
  healthcheck     = each.value.healthcheck
  start_period    = each.value.start_period
  command         = each.value.command
  environment     = each.value.environment
  secrets         = each.value.secrets
  database        = one(module.database[*].name)
  database_access = one(module.database[*].access)
  cpus            = each.value.cpus
  memory          = each.value.memory
  read_only       = each.value.read_only
  tmpfs           = each.value.tmpfs
  cap_add         = each.value.cap_add
  replicas        = each.value.replicas
  platform        = var.platform
  repository      = { arn = aws_ecr_repository.this[split("@", each.value.image)[0]].arn }
  base            = local.base_of_services

  after = module.database[*].migration # nothing new starts before the schema is up to date
}

# One public name for all that the application is made of.
module "distribution" {
  source = "../distribution"
  count  = length(var.sites) > 0 ? 1 : 0

  application = var.name
  target      = var.target
  hosts       = var.hosts
  sites       = { for name, site in var.sites : name => { route = site.route, bucket = local.buckets[name] } }
  routes      = keys(local.by_route)
  base        = local.base
}

module "site" {
  source   = "../client-side"
  for_each = var.sites

  application  = var.name
  target       = var.target
  name         = each.key
  image        = each.value.image
  hosts        = var.hosts
  route        = each.value.route
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
  platform     = var.platform
  bucket       = local.buckets[each.key]
  distribution = module.distribution[0]
  base         = local.base

  after = { for name, service in module.service : name => service.deployment } # the page comes after what it calls
}

# Changes with every release and depends on all of it, so that what a release removes goes last.
resource "terraform_data" "release" {
  input = sha256(jsonencode([var.hosts, var.database, local.services, var.sites]))

  depends_on = [module.service, module.site]
}
