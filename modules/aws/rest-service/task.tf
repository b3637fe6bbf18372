locals {
  # What Fargate sells. Source: Amazon ECS, "Task definition parameters", "Task size".
  sizes = [
    { cpu = 256, memory = [512, 1024, 2048] },
    { cpu = 512, memory = range(1024, 4097, 1024) },
    { cpu = 1024, memory = range(2048, 8193, 1024) },
    { cpu = 2048, memory = range(4096, 16385, 1024) },
    { cpu = 4096, memory = range(8192, 30721, 1024) },
    { cpu = 8192, memory = range(16384, 61441, 4096) },
    { cpu = 16384, memory = range(32768, 122881, 8192) },
  ]
  size = flatten([
    for size in local.sizes : [
      for memory in size.memory : { cpu = size.cpu, memory = memory } if size.cpu >= var.cpus * 1024 && memory >= var.memory
    ]
  ])[0]

  # What an engine leaves a container unless it is told otherwise: Fargate can take these away, and add none.
  capabilities = [
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
    "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
  ]

  # Variable to the key in the app role's secret.
  database_variables = {
    DATABASE_URL = "url"
    PGHOST       = "host"
    PGPORT       = "port"
    PGDATABASE   = "dbname"
    PGUSER       = "username"
    PGPASSWORD   = "password"
  }

  secrets = merge(
    { for name, version in var.secrets : name => "${data.aws_secretsmanager_secret.this[name].arn}:::${version}" },
    var.database_access == null ? {} : {
      for name, key in local.database_variables : name => "${var.database_access.secret}:${key}::"
    },
  )

  container = {
    name                   = var.name
    image                  = homeport_image.this.reference
    essential              = true
    command                = var.command
    memory                 = var.memory # the task's is rounded up, the container's limit is what it was at home
    portMappings           = [for port in compact([var.port]) : { containerPort = tonumber(port), hostPort = tonumber(port), protocol = "tcp" }]
    environment            = [for name, value in var.environment : { name = name, value = value }]
    secrets                = [for name, reference in local.secrets : { name = name, valueFrom = reference }]
    readonlyRootFilesystem = var.read_only

    linuxParameters = {
      capabilities = {
        drop = length(var.cap_add) == 0 ? ["ALL"] : sort(setsubtract(local.capabilities, var.cap_add))
      }
      tmpfs = [
        for folder in sort(distinct(concat(["/tmp"], var.tmpfs))) : {
          containerPath = folder
          size          = var.memory
          mountOptions  = ["mode=1777"]
        }
      ]
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.base.region
        awslogs-stream-prefix = var.name
      }
    }
  }
}

data "aws_secretsmanager_secret" "this" {
  for_each = var.secrets

  name = "homeport/${var.application}/${var.target}/${each.key}"
}

resource "aws_ecs_task_definition" "this" {
  #checkov:skip=CKV_AWS_336:the root is read-only unless the manifest says that the image needs it otherwise
  family                   = local.title
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = local.size.cpu
  memory                   = local.size.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode([{ for key, value in local.container : key => value if value != null }])
  tags                     = local.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.platform == "linux/arm64" ? "ARM64" : "X86_64"
  }

  lifecycle {
    create_before_destroy = true # the circuit breaker goes back to the revision before

    precondition {
      condition     = (var.database == null) == (var.database_access == null)
      error_message = "database and database_access go together: both are outputs of application-database."
    }
  }
}
