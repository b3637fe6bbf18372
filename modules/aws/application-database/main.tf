locals {
  name  = "${var.application}_${var.target}"
  title = "${var.application}-${var.target}"
  tags  = { "homeport:application" = var.application, "homeport:target" = var.target, "homeport:service" = "database" }

  # RDS: 63 characters, no two hyphens in a row, none at the end; the final snapshot's name is six longer.
  identifier = (
    can(regex("^[a-z0-9]+(-[a-z0-9]+)*$", local.title)) && length(local.title) <= 50
    ? local.title
    : "${trim(replace(substr(local.title, 0, 41), "/-+/", "-"), "-")}-${substr(sha1(local.title), 0, 8)}"
  )
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_118:enhanced monitoring costs by the month; CloudWatch has the instance's own metrics
  #checkov:skip=CKV_AWS_157:a standby doubles the cost; backups are on
  #checkov:skip=CKV_AWS_161:a password at home and here, so that what was tested is what runs
  #checkov:skip=CKV_AWS_293:deletion protection is off only where the owner said that the data may go
  #checkov:skip=CKV_AWS_353:Performance Insights is not offered for every small instance
  identifier     = local.identifier
  engine         = "postgres"
  engine_version = tostring(var.postgres)
  instance_class = var.instance_class

  storage_type          = "gp3"
  storage_encrypted     = true
  allocated_storage     = var.storage
  max_allocated_storage = var.storage * 5

  # The database itself is made with its roles: as at home, it belongs to the owner role.
  username                    = "homeport"
  manage_master_user_password = true
  parameter_group_name        = aws_db_parameter_group.this.name
  db_subnet_group_name        = aws_db_subnet_group.this.name
  vpc_security_group_ids      = [aws_security_group.this.id]
  publicly_accessible         = false

  backup_retention_period   = 7
  copy_tags_to_snapshot     = true
  deletion_protection       = !var.delete_data
  skip_final_snapshot       = var.delete_data
  final_snapshot_identifier = var.delete_data ? null : "${local.identifier}-final"
  delete_automated_backups  = var.delete_data

  apply_immediately               = true
  auto_minor_version_upgrade      = true
  allow_major_version_upgrade     = false
  enabled_cloudwatch_logs_exports = keys(aws_cloudwatch_log_group.instance)
  tags                            = local.tags
}

resource "aws_db_parameter_group" "this" {
  name        = "${local.identifier}-postgres${var.postgres}"
  family      = "postgres${var.postgres}"
  description = "Postgres ${var.postgres} of ${var.application} on ${var.target}"
  tags        = local.tags

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_min_duration_statement" # milliseconds
    value = "1000"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_subnet_group" "this" {
  name        = local.identifier
  description = "The database of ${var.application} on ${var.target}"
  subnet_ids  = var.base.isolated_subnets
  tags        = local.tags
}

resource "homeport_rds_roles" "this" {
  cluster          = var.base.cluster
  task_definition  = aws_ecs_task_definition.psql.arn
  container        = local.psql
  subnets          = var.base.public_subnets
  security_groups  = local.task_security_groups
  assign_public_ip = true
  host             = aws_db_instance.this.address
  port             = aws_db_instance.this.port
  database         = local.name
  owner_secret     = aws_secretsmanager_secret.this["owner"].arn
  app_secret       = aws_secretsmanager_secret.this["app"].arn
  extensions       = var.extensions

  depends_on = [
    aws_iam_role_policy.execution,
    aws_vpc_security_group_egress_rule.client,
    aws_vpc_security_group_egress_rule.task,
    aws_vpc_security_group_ingress_rule.this,
  ]
}
