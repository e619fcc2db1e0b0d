"""The officer's page on a telephone: today's orders, also without a network, and what came of them."""
