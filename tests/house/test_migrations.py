"""What a migration says stays said: databases were made by it, and it is not carried out again.

Whoever needs another table or column writes a new migration, and freezes it here when it is done.
"""

from hashlib import sha256

from tests.house.tree import ROOT

FROZEN = {
    "0001_core.py": "bd6a64f97b1393e1f95d620d245e992a93d99e4537b2c6bb7fa5bf90c47f4855",
    "0002_contact_email.py": "63cbf24c6629b835578f10fcc151483d441138a7f57faf80172c17fe63aee02c",
    "0003_store_opening_hours.py": (
        "6d440b177d61527beb807c64094c1a4862242725712791e97ed0fabe6d763170"
    ),
    "0005_visit_routes.py": "bcded3fdf8335acacce1d9e2d4845afb6905408d874dc959d417785ae65142e8",
    "0004_photos.py": "ad52ae62c019edbc88b65fe90ccd282d7ee88ae7ca585f0363c8d131422a9d0b",
    "0006_planners.py": "a25d1dc9e585d76b3fe437ac9fb40fae15665da7bc4f312341628487f3417568",
    "0007_gone_entries.py": "dc3336a8ec5f3fbd34f140ecf6820d3fd7277d7824f34025a1917a3c3b36165f",
    "0008_competitors.py": "1e287337f7da7befb025c8a761d76020e6fba434cca214b8b0962577e31ad465",
    "0009_sales_target.py": "0ddcd676653144213441187cfac9ebd7ef53e5098c3779ca01c14fd85b2e3564",
}
"""SHA-256 of each migration's text."""
FOLDER = ROOT / "schemas" / "migrations" / "versions"


def test_a_migration_that_was_carried_out_never_changes() -> None:
    """Frozen: a later change is a new migration."""
    now = {name: sha256((FOLDER / name).read_bytes()).hexdigest() for name in FROZEN}
    assert now == FROZEN


def test_every_migration_is_frozen() -> None:
    assert {path.name for path in FOLDER.glob("[0-9]*.py")} == FROZEN.keys()
