resource "homeport_database" "this" {
  name        = "${var.application}_${var.target}"
  application = var.application
  target      = var.target
  extensions  = var.extensions
  delete_data = var.delete_data
}

resource "homeport_migration" "this" {
  count = var.migrations == null ? 0 : 1

  database     = homeport_database.this.name
  application  = var.application
  target       = var.target
  image        = var.migrations
  placeholders = var.placeholders
}
