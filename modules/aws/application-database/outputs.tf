output "name" {
  description = "The database's name; a rest-service of this name gets DATABASE_URL and the PG… variables of its app role."
  value       = local.name
}

output "app" {
  description = "The role of the services."
  value       = homeport_rds_roles.this.app
}

output "version" {
  description = "Null: the schema version is in Flyway's history, which only a task in the VPC can read."
  value       = null
}

output "access" {
  description = "How a rest-service reaches it: the app role's secret, and the security group of the clients."
  value = {
    secret         = aws_secretsmanager_secret.this["app"].arn
    security_group = aws_security_group.client.id
  }
}

output "migration" {
  description = "The task that brought the schema up to date; null without migrations."
  value       = one(homeport_ecs_task.migration[*].task)
}

output "psql" {
  description = "How to run psql beside it, as the master: the task definition, its container and its security groups."
  value = {
    task_definition = aws_ecs_task_definition.psql.arn
    container       = local.psql
    security_groups = local.task_security_groups
  }
}

output "instance" {
  description = "The RDS instance's identifier."
  value       = aws_db_instance.this.identifier
}
