mock_provider "homeport" {}

variables {
  application = "notes"
  target      = "home"
}

run "accepts_no_migrations" {
  command = plan
}

run "accepts_migrations_by_digest" {
  command = plan

  variables {
    migrations = "api/notes-migrations@sha256:0000000000000000000000000000000000000000000000000000000000000000"
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

run "refuses_migrations_without_a_digest" {
  command = plan

  variables {
    migrations = "api/notes-migrations:latest"
  }

  expect_failures = [var.migrations]
}
