"""What all applications of a server, or of an AWS account, stand on: `homeport setup` and `homeport trust`."""
