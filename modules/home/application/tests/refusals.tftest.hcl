mock_provider "homeport" {}

variables {
  name   = "notes"
  target = "home"
  hosts  = ["notes.localhost"]
}

run "accepts_an_application_with_a_database_only" {
  command = plan

  variables {
    database = {}
  }
}

run "accepts_all_kinds" {
  command = plan

  variables {
    services = { api = { image = "api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8000, route = "/api" } }
    models   = { tagger = { image = "model/notes-tagger@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8080, route = "/model" } }
    sites    = { web = { image = "site/notes-web@sha256:0000000000000000000000000000000000000000000000000000000000000000" } }
  }
}

run "refuses_a_name_in_capitals" {
  command = plan

  variables {
    name = "Notes"
  }

  expect_failures = [var.name]
}

run "refuses_no_host" {
  command = plan

  variables {
    hosts = []
  }

  expect_failures = [var.hosts]
}
