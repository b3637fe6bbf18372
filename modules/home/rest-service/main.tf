resource "homeport_container" "this" {
  service      = var.name
  application  = var.application
  target       = var.target
  image        = var.image
  command      = var.command
  environment  = var.environment
  secrets      = var.secrets
  database     = var.database
  networks     = ["edge", "data"]
  port         = var.port
  healthcheck  = var.healthcheck
  start_period = var.start_period
  cpus         = var.cpus
  memory       = var.memory * 1024 * 1024
  read_only    = var.read_only
  tmpfs        = var.tmpfs
  cap_add      = var.cap_add

  lifecycle {
    create_before_destroy = true
  }
}

# Only when it is used alone: an application routes to all of its candidates at once.
resource "homeport_route" "this" {
  for_each = var.route == null ? [] : toset(var.hosts)

  host    = each.key
  path    = var.route
  address = homeport_container.this.address

  lifecycle {
    create_before_destroy = true
  }
}
