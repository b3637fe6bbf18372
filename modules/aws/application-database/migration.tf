locals {
  # The arguments that Flyway has at home; the connection alone is another, and must be encrypted.
  jdbc = "jdbc:postgresql://${aws_db_instance.this.address}:${aws_db_instance.this.port}/${local.name}"
  migrate = concat(
    [
      "-url=${local.jdbc}?sslmode=require&ApplicationName=homeport-migration&options=-c%20client_connection_check_interval%3D1s",
      "-outputType=json",
      "-locations=filesystem:/flyway/sql,filesystem:/flyway/callbacks",
      "-failOnMissingLocations=true",
      "-validateMigrationNaming=true",
      "-ignoreMigrationPatterns=*:future,repeatable:missing",
      "-postgresql.transactional.lock=false",
    ],
    [for name, value in merge(var.placeholders, { homeport_app = "${local.name}_app" }) : "-placeholders.${name}=${value}"],
    ["migrate"],
  )
}

resource "aws_ecr_repository" "migrations" {
  #checkov:skip=CKV_AWS_136:AWS encrypts it; a key of one's own costs by the month and protects no more against who may pull
  count = var.migrations == null ? 0 : 1

  name                 = "${split("@", var.migrations)[0]}/${var.target}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true # what it holds is at home, too
  tags                 = local.tags

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "homeport_image" "migrations" {
  count = var.migrations == null ? 0 : 1

  repository = aws_ecr_repository.migrations[0].name
  source     = split("@", var.migrations)[0]
  digest     = split("@", var.migrations)[1]
  platform   = var.platform
}

# Any change runs it again: Flyway does what is new, and nothing else.
resource "homeport_ecs_task" "migration" {
  count = var.migrations == null ? 0 : 1

  cluster          = var.base.cluster
  task_definition  = aws_ecs_task_definition.flyway[0].arn
  container        = local.flyway
  subnets          = var.base.public_subnets
  security_groups  = local.task_security_groups
  assign_public_ip = true
  triggers         = { instance = aws_db_instance.this.resource_id }

  depends_on = [homeport_rds_roles.this]
}
