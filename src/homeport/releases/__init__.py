"""What a release was, and the rules of the next one: records, migrations, promotion, rollback. Pure."""
