"""What every kind of target asks of Postgres and of Flyway, and what their answers mean. Pure."""
