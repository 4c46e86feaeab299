/* The planner's inner loop: a plan as arrays, changed in place and taken back when not accepted.
 *
 * A plan gives each store one of its patterns (a set of days, as bits) and each tour (one rep on one
 * day, or one of several cars) an order of stops. All times are minutes, all costs minutes of
 * travel. Nothing here reads a clock or a file; the only state is what `Kernel` holds, so the same
 * seed and the same calls give the same plan on every machine (no fused arithmetic, see native.py).
 *
 * tour.c  one tour: legs, clocks, the cheapest place for a store
 * ruin.c  which visits are taken out together
 * place.c patterns and places for stores that were taken out; children of two plans
 * search.c accept or take back; the best plan so far; what Python calls
 */
#ifndef TALARIA_KERNEL_H
#define TALARIA_KERNEL_H
#include <stddef.h>
#include <stdint.h>

#define FAR 1e30

typedef struct { double from, until, from2, until2; } Opening; /* starts of service, two spells */

typedef struct { /* limits of one tour */
    double load_max, work_max;           /* soft: paid for while searching, never in a result */
    double clock_from, clock_to;         /* hard */
    double lunch_from, lunch_until, lunch; /* lunch 0: none */
    double fixed;                        /* cost of using the tour at all */
} Limits;

typedef struct { /* where a store would go cheapest in one tour */
    uint64_t version;
    double more, more2;
    int32_t place, place2;
} Memo;

typedef struct { uint64_t state; } Luck;

typedef struct Kernel {
    int stores, nodes, days, tours, room;
    double *there, *back; /* minutes a -> b at [a][b], and the same at [b][a] */
    double *service, *load;
    int32_t *pattern_from;
    uint64_t *pattern;
    double *pattern_cost;
    Opening *opening; /* [day][store], or none */
    int32_t *tour_day, *tour_start, *tour_end, *day_tour; /* tours stand in order of their days */
    Limits *limits;
    uint64_t frozen; /* days that nothing may touch */
    int32_t *near;   /* [store][stores - 1], nearest first */
    double balance, work_wanted;
    double pay_load, pay_work;
    int seen, load_over, work_over; /* since the last change of these prices */
    /* the plan that is worked on */
    int32_t *chosen;          /* pattern of a store, or -1 while it is out */
    uint64_t *visited;        /* days it stands on now */
    int32_t *at;              /* [day][store] -> tour, or -1 */
    int32_t *count, *stop;    /* [tour], [tour][room] */
    double *leg;              /* [tour][room + 1]: minutes into each stop and home */
    double *travel, *carried, *served, *price, *excess;
    double *out0, *out1, *in0, *in1; /* clocks without and with lunch eaten: see tour.c */
    uint8_t *clocked;
    uint64_t *version, versions;
    Memo *memo;
    double cost, over; /* over: sum of all excess */
    /* what the running step has touched */
    uint64_t step, *touched_at, *cut_at;
    int32_t *touched, touches;
    int32_t *old_count, *old_stop;
    double *old_leg, *old_travel, *old_carried, *old_served, *old_price, *old_excess;
    uint64_t *old_version;
    int32_t *moved, moves, *old_chosen;
    uint64_t *old_visited, *moved_at;
    int32_t *loose, looses; /* stores to be placed */
    uint64_t *loose_at;
    int32_t absents, *absent, *absent_at; /* stores that are on no day */
    double *key;
    double *day_more;
    int32_t *day_place, *day_best;
    double old_cost, old_over;
    /* the best plan without excess */
    double best;
    int32_t *best_chosen, *best_count, *best_stop;
    Luck luck;
    double string_max, out_mean, whole_share, near_share, skip;
} Kernel;

double chance(Luck *luck);
int pick(Luck *luck, int below);

void touch(Kernel *k, int tour);
void keep_store(Kernel *k, int store);
void take_out(Kernel *k, int store, int day);
void put_in(Kernel *k, int store, int tour, int place);
Memo *cheapest(Kernel *k, int store, int tour);
double price_of(const Kernel *k, int tour, double travel, double carried, double served, double *over);
void reprice(Kernel *k, int tour);
void measure(Kernel *k, int tour);

void loosen(Kernel *k, int store);
void ruin(Kernel *k);

int place_all(Kernel *k);
void set_chosen(Kernel *k, int store, int pattern);
int on_time(Kernel *k, int tour);

void begin(Kernel *k);
void empty_plan(Kernel *k);
#endif
