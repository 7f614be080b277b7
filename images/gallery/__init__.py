"""Pictures that their owners have agreed to show to everybody (promise P13)."""
