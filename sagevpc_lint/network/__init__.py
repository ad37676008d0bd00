"""The network that the facts describe: what its groups, tables and gateways let through."""
