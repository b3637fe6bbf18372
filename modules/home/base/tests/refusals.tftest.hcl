mock_provider "homeport" {}

variables {
  folder   = "/var/lib/homeport/homeport"
  user     = "0:0"
  images   = { registry = "registry", postgres = "postgres", gateway = "haproxy" }
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
