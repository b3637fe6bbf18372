# What OpenTofu makes up when it plans must pass for an ARN; Terraform makes up nothing before it applies.
mock_provider "aws" {
  mock_resource "aws_db_instance" {
    defaults = { master_user_secret = [{ secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!mocked", secret_status = "active", kms_key_id = "mocked" }] }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mocked" }
  }
}

mock_provider "homeport" {}

variables {
  application = "notes"
  target      = "production"

  base = {
    vpc_id                       = "vpc-1"
    public_subnets               = ["subnet-1", "subnet-2"]
    isolated_subnets             = ["subnet-3", "subnet-4"]
    cluster                      = "arn:aws:ecs:eu-west-1:123456789012:cluster/homeport"
    cluster_name                 = "homeport"
    load_balancer                = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/homeport/0123456789abcdef"
    load_balancer_dns            = "homeport-1.eu-west-1.elb.amazonaws.com"
    load_balancer_security_group = "sg-1"
    listener_http                = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/homeport/0123456789abcdef/1111111111111111"
    permissions_boundary         = "arn:aws:iam::123456789012:policy/homeport-boundary"
    log_retention_days           = 30
    client_image                 = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/homeport/psql@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    region                       = "eu-west-1"
    account                      = "123456789012"
  }
}

run "accepts_no_migrations" {
  command = plan

  assert {
    condition     = length(homeport_ecs_task.migration) == 0
    error_message = "Without migrations nothing migrates."
  }

  assert {
    condition     = aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot && aws_db_instance.this.backup_retention_period == 7
    error_message = "Data must be hard to lose."
  }

  assert {
    condition     = aws_db_instance.this.storage_encrypted && aws_db_instance.this.manage_master_user_password && !aws_db_instance.this.publicly_accessible
    error_message = "It is encrypted, its password is AWS's to keep, and it has no public door."
  }

  assert {
    condition     = contains([for one in aws_db_parameter_group.this.parameter : "${one.name}=${one.value}"], "rds.force_ssl=1")
    error_message = "TLS must be forced."
  }

  assert {
    condition     = aws_db_instance.this.engine_version == "17" && aws_db_parameter_group.this.family == "postgres17"
    error_message = "The parameters must be those of its major."
  }
}

run "gives_a_session_one_login" {
  command = plan

  assert {
    condition     = alltrue([for login, definition in aws_ecs_task_definition.login : definition.family == "notes-production-psql-${login}"])
    error_message = "homeport psql finds its task by this family."
  }

  assert {
    condition     = length(aws_ecs_task_definition.login) == 2 && toset(keys(aws_iam_role.execution)) == toset(["app", "owner", "psql"])
    error_message = "Each role's session is started by a role that reads its login, and no other."
  }
}

run "accepts_migrations_by_digest" {
  command = plan

  variables {
    migrations   = "api/notes-migrations@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    placeholders = { longest_tag = "24" }
  }

  assert {
    condition     = length(homeport_ecs_task.migration) == 1
    error_message = "Migrations run once."
  }
}

run "gives_up_the_data_where_it_was_said" {
  command = plan

  variables {
    delete_data = true
  }

  assert {
    condition     = !aws_db_instance.this.deletion_protection && aws_db_instance.this.skip_final_snapshot
    error_message = "Then nothing is in the way."
  }
}

run "names_an_instance_as_rds_wants_it" {
  command = plan

  variables {
    application = "a--b-"
  }

  assert {
    condition     = can(regex("^a-b-production-[0-9a-f]{8}$", aws_db_instance.this.identifier))
    error_message = "RDS takes no two hyphens in a row."
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

run "refuses_a_major_that_rds_has_not" {
  command = plan

  variables {
    postgres = 9
  }

  expect_failures = [var.postgres]
}

run "refuses_an_instance_class_that_is_none" {
  command = plan

  variables {
    instance_class = "t4g.micro"
  }

  expect_failures = [var.instance_class]
}

run "refuses_less_storage_than_rds_gives" {
  command = plan

  variables {
    storage = 5
  }

  expect_failures = [var.storage]
}

run "refuses_a_platform_that_fargate_has_not" {
  command = plan

  variables {
    platform = "linux/riscv64"
  }

  expect_failures = [var.platform]
}
