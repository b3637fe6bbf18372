output "name" {
  description = "The database's name; a rest-service of this name gets DATABASE_URL and the PG… variables of its app role."
  value       = homeport_database.this.name
}

output "app" {
  description = "The role of the services."
  value       = homeport_database.this.app
}

output "version" {
  description = "The schema version that Flyway's history names; empty without migrations."
  value       = one(homeport_migration.this[*].version)
}
