"""What a file of facts says, as commands: one module per service that takes them."""
