"""Services of a contract: quotes, orders, subscriptions, activation, charges."""
