locals {
  registry_ip = cidrhost(var.networks.edge, 3)
  tls         = var.gateway.https != null
  # Sockets of the gateway, by which the front leads to it, and what the front opens for each on the server.
  entries = merge(
    { "http.sock" = { port = 8080, publish = "${var.gateway.address}:${var.gateway.http}" } },
    { "registry.sock" = { port = 5000, publish = "127.0.0.1:${var.registry.port}" } },
    local.tls ? { "https.sock" = { port = 8443, publish = "${var.gateway.address}:${var.gateway.https}" } } : {},
    var.registry.lan != null ? {
      "registry-lan.sock" = { port = 5443, publish = "${var.gateway.address}:${var.registry.lan}" }
    } : {},
  )
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

# Without a port of the server and without a fixed address: a new one starts beside the old one and takes its sockets.
resource "homeport_container" "gateway" {
  service  = "gateway"
  image    = var.images.gateway
  user     = var.user
  networks = [homeport_network.edge.name]
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
    "/usr/local/etc/haproxy/hold.lua" = file("${path.module}/hold.lua")
  }
  mounts = concat([
    "${var.folder}/gateway/conf.d:/etc/haproxy/conf.d:ro",
    "${var.folder}/gateway/maps:/etc/haproxy/maps:ro",
    "${var.folder}/gateway/run:/run/haproxy",
    "${var.folder}/gateway/entry:/run/entry",
    ], local.tls ? [
    "${var.folder}/gateway/certificates:/etc/haproxy/certificates:ro",
  ] : [])

  depends_on = [homeport_container.registry]

  # It has an address of the network, which cannot be made anew under it.
  lifecycle {
    replace_triggered_by = [homeport_network.edge.subnet]
  }
}

# Has the server's ports, and leads every connection to the gateway as it comes: the gateway can then be replaced without
# anybody being turned away. Its own replacement turns people away for a moment, so it changes as seldom as can be.
resource "homeport_container" "front" {
  service  = "front"
  image    = var.images.front
  user     = var.user
  networks = [homeport_network.edge.name]
  ip       = cidrhost(var.networks.edge, 2)
  port     = 8080
  memory   = 256 * 1024 * 1024
  cpus     = 2
  command  = ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
  files = {
    "/usr/local/etc/haproxy/haproxy.cfg" = templatefile("${path.module}/front.cfg.tftpl", { entries = local.entries })
  }
  mounts  = ["${var.folder}/gateway/entry:/run/entry:ro"]
  publish = [for entry in values(local.entries) : "${entry.publish}:${entry.port}"]

  depends_on = [homeport_container.gateway]
}
