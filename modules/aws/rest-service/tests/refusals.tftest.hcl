# What OpenTofu makes up when it plans must pass for an ARN; Terraform makes up nothing before it applies.
mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mocked" }
  }

  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/mocked/0123456789abcdef" }
  }
}

mock_provider "homeport" {}

variables {
  application = "notes"
  target      = "production"
  name        = "api"
  image       = "api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000"

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

run "accepts_a_worker" {
  command = plan

  assert {
    condition     = length(aws_lb_target_group.this) == 0 && length(aws_lb_listener_rule.this) == 0 && length(aws_cloudwatch_metric_alarm.absent) == 1
    error_message = "A worker has no route, and an alarm for when it is gone."
  }

  assert {
    condition     = homeport_ecs_rollout.this.path == null && homeport_ecs_rollout.this.load_balancer == null
    error_message = "Nothing can be asked of a worker."
  }

  assert {
    condition     = aws_ecs_task_definition.this.cpu == "512" && aws_ecs_task_definition.this.memory == "1024"
    error_message = "Half a CPU and 512 MiB are sold as 512 and 1024."
  }
}

run "accepts_a_service_with_a_route" {
  command = plan

  variables {
    port  = 8000
    route = "/api"
    hosts = ["notes.example.com"]
  }

  assert {
    condition     = one(flatten([for one in aws_lb_listener_rule.this["0"].condition : [for host in one.host_header : host.values]])) == "notes.example.com"
    error_message = "The rule must name the host."
  }

  assert {
    condition     = toset(flatten([for one in aws_lb_listener_rule.this["0"].condition : [for path in one.path_pattern : path.values]])) == toset(["/api", "/api/*"])
    error_message = "The route is the path and all below it, and not /apiary."
  }

  assert {
    condition     = aws_lb_listener_rule.this["0"].listener_arn == var.base.listener_http
    error_message = "Without a certificate the rule is the other listener's."
  }

  assert {
    condition     = aws_lb_target_group.this[0].deregistration_delay == "30" && aws_lb_target_group.this[0].health_check[0].interval == 10 && aws_lb_target_group.this[0].health_check[0].healthy_threshold == 2
    error_message = "Checks every ten seconds, and thirty to drain."
  }

  assert {
    condition     = aws_lb_target_group.this[0].health_check[0].matcher == "200-499"
    error_message = "Without a health check it is enough that it answers."
  }

  assert {
    condition     = aws_ecs_service.this.deployment_circuit_breaker[0].enable && aws_ecs_service.this.deployment_circuit_breaker[0].rollback
    error_message = "The circuit breaker must be on."
  }

  assert {
    condition     = homeport_ecs_rollout.this.host == "notes.example.com" && homeport_ecs_rollout.this.path == "/api"
    error_message = "The rollout asks what a person would."
  }

  assert {
    condition     = homeport_ecs_rollout.this.encrypted == false && homeport_ecs_rollout.this.start_period == 60
    error_message = "Without a certificate it asks over HTTP, and is as patient as the service needs."
  }
}

run "asks_the_longer_route_first" {
  command = plan

  variables {
    port  = 8000
    route = "/"
    hosts = ["notes.example.com"]
  }

  assert {
    condition     = aws_lb_listener_rule.this["0"].priority > 45000 && aws_lb_listener_rule.this["0"].priority <= 50000
    error_message = "What answers everything is asked last."
  }

  assert {
    condition     = flatten([for one in aws_lb_listener_rule.this["0"].condition : [for path in one.path_pattern : path.values]]) == ["/*"]
    error_message = "The root is everything."
  }
}

run "buys_256_512_for_0_25_and_256" {
  command = plan

  variables {
    cpus   = 0.25
    memory = 256
  }

  assert {
    condition     = aws_ecs_task_definition.this.cpu == "256" && aws_ecs_task_definition.this.memory == "512"
    error_message = "Sizes are rounded up to what Fargate sells."
  }
}

run "buys_512_3072_for_0_25_and_3000" {
  command = plan

  variables {
    cpus   = 0.25
    memory = 3000
  }

  assert {
    condition     = aws_ecs_task_definition.this.cpu == "512" && aws_ecs_task_definition.this.memory == "3072"
    error_message = "Sizes are rounded up to what Fargate sells."
  }
}

run "buys_2048_4096_for_2_and_512" {
  command = plan

  variables {
    cpus   = 2
    memory = 512
  }

  assert {
    condition     = aws_ecs_task_definition.this.cpu == "2048" && aws_ecs_task_definition.this.memory == "4096"
    error_message = "Sizes are rounded up to what Fargate sells."
  }
}

run "buys_16384_122880_for_16_and_122880" {
  command = plan

  variables {
    cpus   = 16
    memory = 122880
  }

  assert {
    condition     = aws_ecs_task_definition.this.cpu == "16384" && aws_ecs_task_definition.this.memory == "122880"
    error_message = "Sizes are rounded up to what Fargate sells."
  }
}

run "buys_512_1024_for_0_3_and_16" {
  command = plan

  variables {
    cpus   = 0.3
    memory = 16
  }

  assert {
    condition     = aws_ecs_task_definition.this.cpu == "512" && aws_ecs_task_definition.this.memory == "1024"
    error_message = "Sizes are rounded up to what Fargate sells."
  }
}

run "runs_on_arm" {
  command = plan

  variables {
    platform = "linux/arm64"
  }

  assert {
    condition     = aws_ecs_task_definition.this.runtime_platform[0].cpu_architecture == "ARM64" && homeport_image.this.platform == "linux/arm64"
    error_message = "The tasks must run on the images' platform."
  }
}

run "uses_a_repository_of_the_caller" {
  command = plan

  variables {
    repository = { arn = "arn:aws:ecr:eu-west-1:123456789012:repository/api/notes-api" }
  }

  assert {
    condition     = length(aws_ecr_repository.this) == 0
    error_message = "The caller has made it."
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

run "refuses_an_image_with_a_registry" {
  command = plan

  variables {
    image = "localhost:5000/api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000"
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

run "refuses_more_cpu_than_fargate_has" {
  command = plan

  variables {
    cpus = 17
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

run "refuses_more_memory_than_fargate_has" {
  command = plan

  variables {
    memory = 122881
  }

  expect_failures = [var.memory]
}

run "refuses_a_route_that_ends_with_a_slash" {
  command = plan

  variables {
    route = "/api/"
  }

  expect_failures = [var.route]
}

run "refuses_a_port_that_is_none" {
  command = plan

  variables {
    port = 70000
  }

  expect_failures = [var.port]
}

run "refuses_no_replica" {
  command = plan

  variables {
    replicas = 0
  }

  expect_failures = [var.replicas]
}

run "refuses_half_a_replica" {
  command = plan

  variables {
    replicas = 1.5
  }

  expect_failures = [var.replicas]
}

run "refuses_a_platform_that_fargate_has_not" {
  command = plan

  variables {
    platform = "linux/riscv64"
  }

  expect_failures = [var.platform]
}

run "refuses_a_database_without_its_access" {
  command = plan

  variables {
    database = "notes_production"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

# Applied to a mocked account, so that what is known afterwards only can be looked at.
run "gives_the_container_what_it_has_at_home" {
  command = apply

  override_resource {
    target = aws_ecs_task_definition.this
    values = { arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/notes-production-api:1" }
  }

  override_resource {
    target = aws_iam_role.execution
    values = { arn = "arn:aws:iam::123456789012:role/notes-production-api-execution" }
  }

  override_resource {
    target = aws_iam_role.task
    values = { arn = "arn:aws:iam::123456789012:role/notes-production-api-task" }
  }

  override_resource {
    target = homeport_image.this
    values = { reference = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api/notes-api@sha256:0000000000000000000000000000000000000000000000000000000000000000" }
  }

  override_resource {
    target = aws_ecr_repository.this
    values = { arn = "arn:aws:ecr:eu-west-1:123456789012:repository/api/notes-api" }
  }

  override_data {
    target = data.aws_secretsmanager_secret.this
    values = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:homeport/notes/production/STRIPE_KEY-AbCdEf" }
  }

  variables {
    command     = ["python", "-m", "notes.worker"]
    environment = { LOG_LEVEL = "info" }
    secrets     = { STRIPE_KEY = "11111111-2222-3333-4444-555555555555" }
    database    = "notes_production"
    cap_add     = ["NET_BIND_SERVICE"]
    tmpfs       = ["/var/cache/nginx"]
    memory      = 256
    database_access = {
      secret         = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:homeport/notes/production/database-app-AbCdEf"
      security_group = "sg-2"
    }
  }

  assert {
    condition = { for one in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].secrets : one.name => one.valueFrom } == {
      DATABASE_URL = "${var.database_access.secret}:url::"
      PGDATABASE   = "${var.database_access.secret}:dbname::"
      PGHOST       = "${var.database_access.secret}:host::"
      PGPASSWORD   = "${var.database_access.secret}:password::"
      PGPORT       = "${var.database_access.secret}:port::"
      PGUSER       = "${var.database_access.secret}:username::"
      STRIPE_KEY   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:homeport/notes/production/STRIPE_KEY-AbCdEf:::11111111-2222-3333-4444-555555555555"
    }
    error_message = "Secrets come by reference, each at its version."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].memory == 256 && aws_ecs_task_definition.this.memory == "1024"
    error_message = "The container's limit is not rounded up."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].readonlyRootFilesystem
    error_message = "The root must be read-only."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].linuxParameters.tmpfs[*].containerPath == ["/tmp", "/var/cache/nginx"]
    error_message = "/tmp and the named folders must be writable."
  }

  assert {
    condition     = !contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].linuxParameters.capabilities.drop, "NET_BIND_SERVICE") && length(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].linuxParameters.capabilities.drop) == 13
    error_message = "What is kept is what was named."
  }

  assert {
    condition = toset([for one in jsondecode(aws_iam_role_policy.execution.policy).Statement : one.Resource if contains(one.Action, "secretsmanager:GetSecretValue")][0]) == toset([
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:homeport/notes/production/STRIPE_KEY-AbCdEf",
      var.database_access.secret,
    ])
    error_message = "The execution role reads the named secrets, and no other."
  }

  assert {
    condition     = aws_iam_role.execution.permissions_boundary == var.base.permissions_boundary && aws_iam_role.task.permissions_boundary == var.base.permissions_boundary
    error_message = "Both roles must stay inside the base's boundary."
  }

  assert {
    condition     = contains(aws_ecs_service.this.network_configuration[0].security_groups, "sg-2")
    error_message = "It must be a client of the database."
  }
}
