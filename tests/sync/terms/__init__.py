"""Trade arithmetic, tested by the cases in `sync/contract/terms` and by properties."""
