/* Where stores go that were taken out: the pattern whose days together cost least, and in each of
 * its days the cheapest place; and children, which take whole days or tours from two plans.
 */
#include "kernel.h"
#include <string.h>

void set_chosen(Kernel *k, int store, int pattern) {
    int before = k->chosen[store];
    if (before >= 0) k->cost -= k->pattern_cost[before];
    k->chosen[store] = pattern;
    k->cost += k->pattern_cost[pattern];
    int gone = !k->pattern[pattern], where = k->absent_at[store];
    if (gone && where < 0) {
        k->absent_at[store] = k->absents;
        k->absent[k->absents++] = store;
    } else if (!gone && where >= 0) {
        int other = k->absent[--k->absents];
        k->absent[where] = other;
        k->absent_at[other] = where;
        k->absent_at[store] = -1;
    }
}

/* The cheapest tour and place of a store on a day, into day_more, day_best, day_place. */
static void ask_day(Kernel *k, int store, int day) {
    double load = k->load[store], served = k->service[store], least = FAR;
    int empty_seen = 0;
    k->day_best[day] = -1;
    for (int tour = k->day_tour[day]; tour < k->day_tour[day + 1]; tour++) {
        if (!k->count[tour] && empty_seen++) continue; /* empty tours of a day are alike */
        if (k->skip > 0 && chance(&k->luck) < k->skip) continue;
        const Memo *memo = cheapest(k, store, tour);
        if (memo->more >= FAR) continue;
        double more = memo->more, over;
        int place = memo->place;
        if (memo->more2 < FAR && k->skip > 0 && chance(&k->luck) < k->skip) {
            more = memo->more2;
            place = memo->place2;
        }
        double price = price_of(k, tour, k->travel[tour] + more, k->carried[tour] + load,
                                k->served[tour] + served, &over) - k->price[tour];
        if (!k->count[tour]) price += k->limits[tour].fixed;
        if (price < least) {
            least = price;
            k->day_best[day] = tour;
            k->day_place[day] = place;
        }
    }
    k->day_more[day] = least;
}

static int best_pattern(Kernel *k, int store) {
    uint64_t here = k->visited[store], asked = 0;
    int chosen = -1;
    double least = FAR / 2;
    for (int p = k->pattern_from[store]; p < k->pattern_from[store + 1]; p++) {
        uint64_t days = k->pattern[p];
        if ((days & here) != here) continue;
        double sum = k->pattern_cost[p];
        for (days &= ~here; days && sum < least; days &= days - 1) {
            int day = __builtin_ctzll(days);
            if (!(asked >> day & 1)) {
                ask_day(k, store, day);
                asked |= 1ULL << day;
            }
            sum += k->day_more[day];
        }
        if (sum < least) {
            least = sum;
            chosen = p;
        }
    }
    return chosen;
}

static int place_one(Kernel *k, int store) {
    keep_store(k, store);
    int pattern = best_pattern(k, store);
    double skip = k->skip;
    if (pattern < 0) { /* perhaps only because a tour was skipped */
        k->skip = 0;
        pattern = best_pattern(k, store);
    }
    if (pattern < 0 && k->visited[store] & ~k->frozen) {
        uint64_t days = k->visited[store] & ~k->frozen;
        for (; days; days &= days - 1) take_out(k, store, __builtin_ctzll(days));
        pattern = best_pattern(k, store);
    }
    k->skip = skip;
    if (pattern < 0) return 0;
    uint64_t days = k->pattern[pattern] & ~k->visited[store];
    for (; days; days &= days - 1) {
        int day = __builtin_ctzll(days);
        put_in(k, store, k->day_best[day], k->day_place[day]);
    }
    set_chosen(k, store, pattern);
    return 1;
}

/* Order by which loose stores are placed: by chance, heavy ones, far ones or near ones first. */
static void order_loose(Kernel *k) {
    int way = pick(&k->luck, 14), home = k->tour_start[0];
    for (int i = 0; i < k->looses; i++) {
        int store = k->loose[i], first = k->pattern_from[store];
        double many = __builtin_popcountll(k->pattern[first]);
        double far = k->there[(size_t)home * k->nodes + store];
        double key = chance(&k->luck);
        if (way >= 4 && way < 7) key = -many * (k->load[store] + k->service[store]);
        else if (way >= 7 && way < 9) key = -far;
        else if (way == 9) key = far;
        else if (way >= 10 && way < 12) key -= many;
        else if (way >= 12) key += k->pattern_from[store + 1] - first;
        int at = i;
        for (; at > 0 && k->key[at - 1] > key; at--) {
            k->key[at] = k->key[at - 1];
            k->loose[at] = k->loose[at - 1];
        }
        k->key[at] = key;
        k->loose[at] = store;
    }
}

int place_all(Kernel *k) {
    order_loose(k);
    for (int i = 0; i < k->looses; i++)
        if (!place_one(k, k->loose[i])) return 0;
    for (int i = 0; i < k->touches; i++)
        if (!on_time(k, k->touched[i])) return 0;
    return 1;
}

/* --- whole plans ------------------------------------------------------------------------------ */

void empty_plan(Kernel *k) {
    memset(k->count, 0, k->tours * sizeof(int32_t));
    memset(k->visited, 0, k->stores * sizeof(uint64_t));
    memset(k->at, 0xff, (size_t)k->days * k->stores * sizeof(int32_t));
    memset(k->chosen, 0xff, k->stores * sizeof(int32_t));
    memset(k->absent_at, 0xff, k->stores * sizeof(int32_t));
    k->absents = 0;
    for (int t = 0; t < k->tours; t++) k->price[t] = k->excess[t] = 0;
    k->cost = k->over = 0;
    for (int t = 0; t < k->tours; t++) measure(k, t);
    begin(k);
}

/* May the store have this day beside those it has? */
static int may_have(const Kernel *k, int store, int day) {
    uint64_t want = k->visited[store] | 1ULL << day;
    for (int p = k->pattern_from[store]; p < k->pattern_from[store + 1]; p++)
        if ((k->pattern[p] & want) == want) return 1;
    return 0;
}

/* Copy stops of one tour of a plan, behind what stands there, where pattern and clock allow it. */
static void copy_tour(Kernel *k, const int32_t *stop, int count, int tour) {
    int day = k->tour_day[tour];
    for (int i = 0; i < count; i++) {
        int store = stop[i];
        if (k->at[(size_t)day * k->stores + store] >= 0 || !may_have(k, store, day)) continue;
        put_in(k, store, tour, k->count[tour]);
    }
    if (on_time(k, tour) || k->frozen >> day & 1) return;
    int32_t *again = k->stop + (size_t)tour * k->room;
    while (k->count[tour] && !on_time(k, tour)) take_out(k, again[k->count[tour] - 1], day);
}

/* Stores that stand on all days of a pattern they have in `chosen` keep it; the others are loose. */
static void settle(Kernel *k, const int32_t *chosen, const int32_t *other) {
    for (int store = 0; store < k->stores; store++) {
        uint64_t days = k->visited[store];
        if (chosen[store] >= 0 && k->pattern[chosen[store]] == days)
            set_chosen(k, store, chosen[store]);
        else if (other && other[store] >= 0 && k->pattern[other[store]] == days)
            set_chosen(k, store, other[store]);
        else loosen(k, store);
    }
}

/* A plan: patterns of all stores (-1: any), number of stops of all tours, then the stops. */
int kernel_load(Kernel *k, const int32_t *chosen, const int32_t *count, const int32_t *stop) {
    empty_plan(k);
    for (int tour = 0; tour < k->tours; stop += count[tour++]) {
        copy_tour(k, stop, count[tour], tour);
        k->touches = 0;
        k->step++;
    }
    begin(k);
    settle(k, chosen, 0);
    return place_all(k);
}

static int take_days(Kernel *k, const int8_t *whose, int who, const int32_t *count,
                     const int32_t *stop) {
    for (int tour = 0; tour < k->tours; stop += count[tour++]) {
        int from = whose[tour];
        if (from != who) continue;
        int at = tour; /* a tour of the same day that is still free, if this one is not */
        if (k->count[at])
            for (at = k->day_tour[k->tour_day[tour]]; at < k->day_tour[k->tour_day[tour] + 1]; at++)
                if (!k->count[at]) break;
        if (at < k->day_tour[k->tour_day[tour] + 1]) copy_tour(k, stop, count[tour], at);
    }
    return 0;
}

/* A child: some days from the first plan, some from the second, some tours of each on the rest. */
int kernel_cross(Kernel *k, const int32_t *chosen, const int32_t *count, const int32_t *stop,
                 const int32_t *chosen2, const int32_t *count2, const int32_t *stop2) {
    int8_t first[4096], second[4096];
    if (k->tours > 4096) return 0;
    double lean = 0.2 + 0.6 * chance(&k->luck);
    for (int day = 0; day < k->days; day++) {
        double way = chance(&k->luck);
        int mixed = chance(&k->luck) < 0.4;
        for (int t = k->day_tour[day]; t < k->day_tour[day + 1]; t++) {
            int mine = (mixed ? chance(&k->luck) : way) < lean;
            if (k->frozen >> day & 1) mine = 1;
            first[t] = mine ? 1 : 0;
            second[t] = mine && !mixed ? 0 : 1;
        }
    }
    empty_plan(k);
    take_days(k, first, 1, count, stop);
    take_days(k, second, 1, count2, stop2);
    begin(k);
    settle(k, chosen, chosen2);
    return place_all(k);
}
