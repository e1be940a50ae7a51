"""Intake: from a question to a decision that can be explained."""
