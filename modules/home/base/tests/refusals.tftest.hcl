mock_provider "homeport" {}

variables {
  folder   = "/var/lib/homeport/homeport"
  user     = "0:0"
  images   = { registry = "registry", postgres = "postgres", gateway = "haproxy", front = "haproxy" }
  networks = { edge = "172.31.248.0/22", data = "172.31.244.0/22" }
  gateway  = { address = "127.0.0.1", http = 80, https = 443 }
  registry = { port = 5000 }
}

run "accepts_the_defaults" {
  command = plan
}

run "accepts_a_second_disk" {
  command = plan

  variables {
    registry = { port = 5000, backup = "/mnt/second" }
  }
}

run "publishes_no_https_port_without_tls" {
  command = plan

  variables {
    gateway = { address = "127.0.0.1", http = 80 }
  }

  assert {
    condition     = !anytrue([for one in homeport_container.front.publish : endswith(one, ":8443")])
    error_message = "Without HTTPS its port must not be published."
  }

  assert {
    condition     = !strcontains(homeport_container.gateway.files["/usr/local/etc/haproxy/haproxy.cfg"], "ssl crt")
    error_message = "Without HTTPS the gateway must not ask for a certificate."
  }
}

run "leads_to_another_port_for_https" {
  command = plan

  variables {
    gateway = { address = "127.0.0.1", http = 80, https = 8443 }
  }

  assert {
    condition     = strcontains(homeport_container.gateway.files["/usr/local/etc/haproxy/haproxy.cfg"], "https://%[var(txn.host)]:8443%[pathq]")
    error_message = "The redirect must name the port."
  }
}

run "opens_the_registry_on_the_gateways_address" {
  command = plan

  variables {
    registry = { port = 5000, lan = 5443 }
  }

  assert {
    condition     = contains(homeport_container.front.publish, "127.0.0.1:5443:5443")
    error_message = "The registry's port for other machines must be published."
  }
}

run "refuses_an_open_registry_without_https" {
  command = plan

  variables {
    gateway  = { address = "127.0.0.1", http = 80 }
    registry = { port = 5000, lan = 5443 }
  }

  expect_failures = [var.registry]
}

run "refuses_a_relative_folder" {
  command = plan

  variables {
    folder = "homeport"
  }

  expect_failures = [var.folder]
}

run "refuses_a_user_by_name" {
  command = plan

  variables {
    user = "ana"
  }

  expect_failures = [var.user]
}

run "refuses_a_network_that_is_too_small" {
  command = plan

  variables {
    networks = { edge = "172.31.248.0/30", data = "172.31.244.0/22" }
  }

  expect_failures = [var.networks]
}

run "refuses_one_port_for_both" {
  command = plan

  variables {
    gateway = { address = "127.0.0.1", http = 80, https = 80 }
  }

  expect_failures = [var.gateway]
}
