resource "aws_budgets_budget" "this" {
  count = var.budget == null ? 0 : 1

  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.budget.monthly)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  notification {
    notification_type          = "FORECASTED"
    comparison_operator        = "GREATER_THAN"
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = [var.budget.email]
  }

  notification {
    notification_type          = "ACTUAL"
    comparison_operator        = "GREATER_THAN"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = [var.budget.email]
  }
}
