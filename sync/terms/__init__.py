"""Trade arithmetic: what a rep, a shopkeeper and the office would each work out on paper.

Everything here is exact and pure: numbers in, numbers out, the same on the server, on the
reference handheld and, by the cases in `sync/contract/terms`, on anybody else's. No binary
fractions: quantities are whole eaches, money is whole minor units, prices are decimals, and
where something must be rounded it is rounded half up, away from zero, once, at the end. A file
here may import only its neighbours, because handhelds carry this folder and nothing else of
`sync`.

quantity   case and each, minimum and multiple     price      which price, and what it comes to
promotion  what a promotion offers, and to whom    credit     exposure and ageing
evaluate   what promotions give together           spread     parts that sum to the whole
tax        tax by class, on net prices             hint       what a little more would bring
suggest    what to order, with its arithmetic      cutoff     which delivery day is still open
collection the life of a receipt              allocation which items a payment settles
digest     whether two sides hold the same rows
"""
