mock_provider "homeport" {}

variables {
  application = "notes"
  target      = "home"
  name        = "web"
  image       = "site/notes-web@sha256:0000000000000000000000000000000000000000000000000000000000000000"
}

run "accepts_the_defaults" {
  command = plan
}

run "accepts_a_host" {
  command = plan

  variables {
    hosts = ["notes.localhost"]
  }
}

run "refuses_an_application_in_capitals" {
  command = plan

  variables {
    application = "Notes"
  }

  expect_failures = [var.application]
}

run "refuses_a_target_with_a_space" {
  command = plan

  variables {
    target = "my home"
  }

  expect_failures = [var.target]
}

run "refuses_a_name_that_starts_with_a_digit" {
  command = plan

  variables {
    name = "1api"
  }

  expect_failures = [var.name]
}

run "refuses_an_image_without_a_digest" {
  command = plan

  variables {
    image = "api/notes-api:latest"
  }

  expect_failures = [var.image]
}

run "refuses_no_cpu" {
  command = plan

  variables {
    cpus = 0
  }

  expect_failures = [var.cpus]
}

run "refuses_too_little_memory" {
  command = plan

  variables {
    memory = 8
  }

  expect_failures = [var.memory]
}

run "refuses_a_route_that_ends_with_a_slash" {
  command = plan

  variables {
    route = "/web/"
  }

  expect_failures = [var.route]
}

run "refuses_a_port_that_is_none" {
  command = plan

  variables {
    port = 0
  }

  expect_failures = [var.port]
}

run "refuses_a_relative_folder" {
  command = plan

  variables {
    files = "site"
  }

  expect_failures = [var.files]
}
