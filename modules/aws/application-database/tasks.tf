locals {
  psql   = "psql"
  logins = toset(["owner", "app"])
  flyway = "flyway"
  log = {
    logDriver = "awslogs"
    options = {
      awslogs-group         = aws_cloudwatch_log_group.this.name
      awslogs-region        = var.base.region
      awslogs-stream-prefix = "database"
    }
  }
  without_capabilities = {
    capabilities = { drop = ["ALL"] }
    tmpfs        = [{ containerPath = "/tmp", size = 256, mountOptions = ["mode=1777"] }]
  }
}

# Runs the SQL that it is given as HOMEPORT_SQL, as the master. An image's own entry point stays: it runs the command.
resource "aws_ecs_task_definition" "psql" {
  family                   = "${local.title}-psql"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution["psql"].arn
  tags                     = local.tags

  container_definitions = jsonencode([{
    name      = local.psql
    image     = var.base.client_image
    essential = true
    command   = ["sh", "-c", "printf '%s\\n' \"$HOMEPORT_SQL\" | psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1"]
    environment = [
      { name = "PGCONNECT_TIMEOUT", value = "10" },
      { name = "PGDATABASE", value = "postgres" },
      { name = "PGHOST", value = aws_db_instance.this.address },
      { name = "PGPORT", value = tostring(aws_db_instance.this.port) },
      { name = "PGSSLMODE", value = "require" },
      { name = "PGUSER", value = aws_db_instance.this.username },
    ]
    secrets                = [{ name = "PGPASSWORD", valueFrom = "${local.master_secret}:password::" }]
    readonlyRootFilesystem = true
    linuxParameters        = local.without_capabilities
    logConfiguration       = local.log
  }])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.platform == "linux/arm64" ? "ARM64" : "X86_64"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# What `homeport psql` runs, with the login of one role: a session must not hold another's.
resource "aws_ecs_task_definition" "login" {
  for_each = local.logins

  family                   = "${local.title}-psql-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution[each.key].arn
  tags                     = local.tags

  container_definitions = jsonencode([{
    name      = local.psql
    image     = var.base.client_image
    essential = true
    command   = ["psql", "--version"]
    environment = [
      { name = "PGCONNECT_TIMEOUT", value = "10" },
      { name = "PGDATABASE", value = local.name },
      { name = "PGHOST", value = aws_db_instance.this.address },
      { name = "PGPORT", value = tostring(aws_db_instance.this.port) },
      { name = "PGSSLMODE", value = "require" },
      { name = "PSQL_HISTORY", value = "/dev/null" },
    ]
    secrets = [
      for variable, key in { PGPASSWORD = "password", PGUSER = "username" } :
      { name = variable, valueFrom = "${aws_secretsmanager_secret.this[each.key].arn}:${key}::" }
    ]
    readonlyRootFilesystem = true
    linuxParameters        = local.without_capabilities
    logConfiguration       = local.log
  }])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.platform == "linux/arm64" ? "ARM64" : "X86_64"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ecs_task_definition" "flyway" {
  count = var.migrations == null ? 0 : 1

  family                   = "${local.title}-migrations"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = aws_iam_role.execution["flyway"].arn
  tags                     = local.tags

  container_definitions = jsonencode([{
    name      = local.flyway
    image     = homeport_image.migrations[0].reference
    essential = true
    command   = local.migrate
    environment = [
      { name = "LC_ALL", value = "C.UTF-8" }, # without it, Java reads its own arguments as ASCII
    ]
    secrets = [
      { name = "FLYWAY_USER", valueFrom = "${aws_secretsmanager_secret.this["owner"].arn}:username::" },
      { name = "FLYWAY_PASSWORD", valueFrom = "${aws_secretsmanager_secret.this["owner"].arn}:password::" },
    ]
    readonlyRootFilesystem = true
    linuxParameters        = local.without_capabilities
    logConfiguration       = local.log
  }])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.platform == "linux/arm64" ? "ARM64" : "X86_64"
  }

  lifecycle {
    create_before_destroy = true
  }
}
