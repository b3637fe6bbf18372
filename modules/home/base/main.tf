locals {
  gateway_ip  = cidrhost(var.networks.edge, 2)
  registry_ip = cidrhost(var.networks.edge, 3)
  tls         = var.gateway.https != null
}

resource "homeport_network" "edge" {
  name   = "edge"
  subnet = var.networks.edge
}

resource "homeport_network" "data" {
  name     = "data"
  subnet   = var.networks.data
  internal = true
}

resource "homeport_volume" "registry" {
  name = "registry"
}

# On another disk if the owner has one: for backup, recovery and moving applications.
resource "homeport_volume" "registry_backup" {
  name = "registry-backup"
  path = var.registry.backup
}

resource "homeport_volume" "postgres" {
  name = "postgres"
}

resource "homeport_container" "registry" {
  service  = "registry"
  image    = var.images.registry
  networks = [homeport_network.edge.name]
  ip       = local.registry_ip
  aliases  = ["registry"]
  port     = 5000
  memory   = 512 * 1024 * 1024
  cpus     = 1
  mounts = [
    "${homeport_volume.registry.name}:/var/lib/registry",
    "${homeport_volume.registry_backup.name}:/backup",
    "${var.folder}/registry:/etc/docker/registry:ro",
  ]

  # The engine gives up no volume that a container has.
  lifecycle {
    replace_triggered_by = [homeport_volume.registry_backup.path]
  }
}

resource "homeport_container" "postgres" {
  service  = "postgres"
  image    = var.images.postgres
  user     = "999:999"
  networks = [homeport_network.data.name]
  ip       = cidrhost(var.networks.data, 2)
  aliases  = ["postgres"]
  memory   = 1024 * 1024 * 1024
  cpus     = 2
  tmpfs    = ["/var/run/postgresql"]
  environment = {
    POSTGRES_PASSWORD_FILE = "/run/secrets/password"
    POSTGRES_INITDB_ARGS   = "--auth-host=scram-sha-256 --locale-provider=builtin --builtin-locale=C.UTF-8"
    PGDATA                 = "/var/lib/postgresql/data"
  }
  mounts = [
    "${homeport_volume.postgres.name}:/var/lib/postgresql/data",
    "${var.folder}/postgres:/run/secrets:ro",
  ]
}

resource "homeport_container" "gateway" {
  service  = "gateway"
  image    = var.images.gateway
  user     = var.user
  networks = [homeport_network.edge.name]
  ip       = local.gateway_ip
  port     = 8080
  memory   = 256 * 1024 * 1024
  cpus     = 2
  command = [
    "haproxy", "-W", "-S", "/run/haproxy/master.sock,mode,600",
    "-f", "/usr/local/etc/haproxy/haproxy.cfg", "-f", "/etc/haproxy/conf.d",
  ]
  files = {
    "/usr/local/etc/haproxy/haproxy.cfg" = templatefile("${path.module}/haproxy.cfg.tftpl", {
      registry_address = "${local.registry_ip}:5000"
      https            = var.gateway.https
      lan              = var.registry.lan != null
    })
  }
  mounts = concat([
    "${var.folder}/gateway/conf.d:/etc/haproxy/conf.d:ro",
    "${var.folder}/gateway/maps:/etc/haproxy/maps:ro",
    "${var.folder}/gateway/run:/run/haproxy",
    ], local.tls ? [
    "${var.folder}/gateway/certificates:/etc/haproxy/certificates:ro",
  ] : [])
  publish = concat([
    "${var.gateway.address}:${var.gateway.http}:8080",
    "127.0.0.1:${var.registry.port}:5000",
    ], local.tls ? [
    "${var.gateway.address}:${var.gateway.https}:8443",
    ] : [], var.registry.lan != null ? [
    "${var.gateway.address}:${var.registry.lan}:5443",
  ] : [])

  depends_on = [homeport_container.registry]
}
