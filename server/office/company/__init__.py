"""The company itself: people, policies, rules, promotions, and the audit of who did what."""
