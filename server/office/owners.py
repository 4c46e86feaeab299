"""With whom something lies: roles as people of the console say them."""

OWNERS: dict[str, str] = {
    "order_desk": "Order desk",
    "finance": "Finance",
    "supervisor": "Supervisor",
    "key_account": "Key account",
    "warehouse": "Warehouse",
    "admin": "Administrator",
    "rep": "The rep",
}


def owner_word(owner: str | None, name: str | None = None) -> str:
    """A role as people say it, or the name of who took the item."""
    return OWNERS.get(owner or "") or name or owner or "Nobody"
