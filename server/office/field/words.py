"""What the fields that rep and office edit are called on pages."""

from flask import Blueprint

FIELDS = {
    "code": "Number",
    "name": "Name",
    "address": "Address",
    "city": "Town",
    "region": "Region",
    "postcode": "Postcode",
    "phone": "Telephone",
    "opening_hours": "Opening hours",
    "opening": "Opening hours",  # its name in what was done before version 3
    "position": "Position (degrees, metres)",
    "tax_id": "Tax number",
    "terms_days": "Payment term in days",
    "store_class": "Class",
    "channel": "Channel",
    "banner": "Banner",
    "price_list": "Price list",
    "visits_per_4w": "Visits in four weeks",
    "role": "Role",
    "email": "Email",
    "preferred_time": "Best time",
    "state": "State",
    "status": "Status",
    "status_reason": "Reason",
    "merged_into": "Merged into",
    "on_shelf": "On shelf",
    "facings": "Facings",
    "shelf_stock": "On the shelf",
    "back_stock": "In the back",
    "price_minor": "Shelf price (cents)",
    "out_of_stock": "Out of stock",
    "nearest_expiry": "Nearest expiry",
    "listed": "Listed",
    "promotion_seen": "Promotion seen",
}


def field_word(name: str) -> str:
    """A field as people call it; one nobody named stays readable."""
    return FIELDS.get(name) or name.replace("_", " ").capitalize()


def install(blueprint: Blueprint) -> None:
    """Make it known to the templates."""
    blueprint.add_app_template_filter(field_word)
