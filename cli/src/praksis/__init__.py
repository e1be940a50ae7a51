"""The command line of Praksis, for operators and for those who build what stands beside it."""
